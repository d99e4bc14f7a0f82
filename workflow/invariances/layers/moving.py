"""A feature map moved as the picture is: what an equivariant layer puts out for the transformed picture."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from invariances.layers.fields import Raster
from invariances.transforms import Setting, Transform, warp
from invariances.transforms.warping import centres

EDGE = 1e-3
"""Units by which a place may lie beyond the outermost units' centres, of rounding."""
HALF_A_PIXEL = 0.5


@dataclass(frozen=True)
class Moving:
    """How the units of one raster move under a geometric transform.

    Attributes
    ----------
    transform : one that maps places.
    setting : the seed of those that draw; ids are given with each call.
    """

    raster: Raster
    transform: Transform
    setting: Setting

    @property
    def circular(self) -> bool:
        """Whether the map closes on itself as the picture does."""
        raster = self.raster
        closes = max(abs(raster.side * step - raster.picture) for step in raster.step) < 0.01
        return self.transform.border == "circular" and closes

    def __call__(self, features: Tensor, magnitudes: Tensor, picture: int) -> tuple[Tensor, Tensor]:
        """Maps [K, C, S, S], all moved by magnitudes [M], and which units are shown then.

        A unit is shown where what it looks at in the transformed picture lies, in the picture itself,
        between centres of units. Values between units are bilinear; moves by whole units are copies.

        Parameters
        ----------
        picture : the picture's own number, for transforms that draw.

        Returns
        -------
        Maps [K, M, C, S, S] and bool [M, S, S].
        """
        count, side = len(magnitudes), self.raster.side
        seen = self.raster.centres(features.device).expand(count, side, side, 2)
        ids = torch.full((count,), picture)
        places = self.transform.places(seen, magnitudes, replace(self.setting, ids=ids))
        if self.transform.border == "circular":
            places = torch.remainder(places + 1, 2) - 1
        units = self.raster.units(places)
        inside = (units > -EDGE) & (units < side - 1 + EDGE)
        shown = inside.all(dim=-1) | self.circular
        grid = ((2 * units + 1) / side - 1).to(features.dtype)
        # Map after map, so that those of one are next to each other.
        several = features.repeat_interleave(count, dim=0)
        grids = grid.repeat(len(features), 1, 1, 1)
        moved = warp(several, grids, "circular" if self.circular else "edge")
        return moved.reshape(len(features), count, *features.shape[1:]), shown


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
