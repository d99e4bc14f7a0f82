"""A feature map moved as the picture is: what an equivariant layer puts out for the transformed picture."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.layers.fields import Raster
from invariances.transforms import Setting, Transform, warp
from invariances.transforms.warping import centres

EDGE = 1e-3
"""Units by which a place may lie beyond the outermost units' centres, of rounding."""
HALF_A_PIXEL = 0.5

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Moving:
    """How the units of one raster move under a geometric transform.

    Parameters
    ----------
    transform : one that maps places.
    values : magnitudes [V] by which maps will be moved.
    setting : the seed of those that draw; ids are given with each call.
    """

    def __init__(
        self, raster: Raster, transform: Transform, values: Floats, setting: Setting
    ) -> None:
        self.raster, self.transform, self.setting = raster, transform, setting
        self.values = torch.from_numpy(values)
        self.kept: tuple[Tensor, Tensor] | None = None

    @property
    def circular(self) -> bool:
        """Whether the map closes on itself as the picture does."""
        raster = self.raster
        closes = max(abs(raster.side * abs(step) - raster.picture) for step in raster.step) < 0.01
        return self.transform.border == "circular" and closes

    def __call__(self, maps: Tensor, places: Places, picture: int) -> tuple[Tensor, Tensor]:
        """Maps [K, C, S, S], all moved by the magnitudes of these places [M], and which units are shown.

        A unit is shown where what it looks at in the transformed picture lies, in the picture itself,
        between centres of units. Values between units are bilinear; moves by whole units are copies.

        Parameters
        ----------
        picture : the picture's own number, for transforms that draw.

        Returns
        -------
        Maps [K, M, C, S, S] and bool [M, S, S].
        """
        where = torch.from_numpy(places)
        if self.transform.theta is None:
            grid, shown = self._seen(self.values[where], picture, maps.device)
        else:
            # An affine map is the same for all pictures.
            if self.kept is None:
                self.kept = self._seen(self.values, picture, maps.device)
            grid, shown = (part[where.to(part.device)] for part in self.kept)
        # As channels of one map: where a unit looks is found once for all of them.
        together = maps.reshape(-1, *maps.shape[2:])
        moved = warp(
            together.expand(len(grid), *together.shape),
            grid.to(maps.dtype),
            "circular" if self.circular else "edge",
        )
        return moved.reshape(len(grid), *maps.shape[:2], *maps.shape[2:]).transpose(0, 1), shown

    def _seen(
        self, magnitudes: Tensor, picture: int, device: torch.device
    ) -> tuple[Tensor, Tensor]:
        """Where each unit looks [M, S, S, 2], +-1 being the map's edges, and whether units are there."""
        count, side = len(magnitudes), self.raster.side
        seen = self.raster.centres(device).expand(count, side, side, 2)
        ids = torch.full((count,), picture)
        places = self.transform.places(seen, magnitudes, replace(self.setting, ids=ids))
        if self.transform.border == "circular":
            places = torch.remainder(places + 1, 2) - 1
        units = self.raster.units(places)
        inside = (units > -EDGE) & (units < side - 1 + EDGE)
        return (2 * units + 1) / side - 1, inside.all(dim=-1) | self.circular


def moves(transform: Transform) -> bool:
    """Whether a transform maps places, so that a feature map can be moved alike."""
    return transform.theta is not None or transform.source is not None


def local_step(transform: Transform, side: int) -> float:
    """How far from the identity, on the transform's axis, no pixel moves by more than half a pixel.

    One moves by just that much. Warps are bilinear, so that the central difference over this step is that
    of neighbouring pixels, (I(x + 1) - I(x - 1)) / 2, along the way that each pixel takes.

    Parameters
    ----------
    side : of the picture in pixels.
    """
    places = centres(torch.empty((1, 3, side, side), dtype=torch.float64))
    start = float(transform.position(transform.identity))
    step = 1e-3
    for _ in range(4):  # displacements are all but proportional to so small a step
        value = torch.tensor(transform.magnitude([start + step]))
        moved = transform.places(places, value, Setting()) - places
        pixels = float((moved * side / 2).norm(dim=-1).max())
        step *= HALF_A_PIXEL / pixels
    return step
