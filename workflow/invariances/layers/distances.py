"""How far apart a layer's outputs are, picture by picture, reduced as they come."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.layers.choice import as_map
from invariances.layers.moving import Moving

Floats = NDArray[np.float64]
METRICS = ("euclidean", "cosine")
HELD = 4_000_000
"""Numbers of a layer's outputs that are compared at once: 16 MB."""


def squares(outputs: Tensor) -> Tensor:
    """The sums of squares float64 [M] of outputs [M, ...], each summed up in torch's cascade."""
    return outputs.square().sum(dim=tuple(range(1, outputs.ndim))).double()


def distances(one: Tensor, other: Tensor) -> Tensor:
    """Euclidean and cosine distances float64 [2, M] of outputs [M, ...] and [M or 1, ...].

    The cosine distance is 1 less the cosine of the angle; of two outputs that are zero it is 0, of one 1.
    It is (|a - b|^2 - (|a| - |b|)^2) / (2 |a| |b|), which is right for small angles as well.
    """
    apart = squares(one - other)
    first, second = squares(one).sqrt(), squares(other).sqrt()
    scale = 2 * first * second
    angle = (apart - (first - second).square()) / torch.where(scale > 0, scale, 1)
    cosine = torch.where(scale > 0, angle.clamp(0, 2), (first != second).double())
    return torch.stack([apart.sqrt(), cosine])


@dataclass
class Distances:
    """Of N pictures at M magnitudes, in the order in which pictures came; the first axis is of `METRICS`.

    Attributes
    ----------
    own : [2, N, M], of each transformed picture's output from the picture's own.
    strangers : [2, N], of the pictures' outputs from another picture's.
    moved : [2, N, M], of each transformed picture's output from the picture's own moved alike, over
        the units shown; NaN where none is.
    moved_strangers : [2, N, M], the same of another picture's output moved alike.
    shown : [N, M], the share of units shown.
    change : [N], size of the output's derivative in the magnitude at the identity, over the units shown.
    change_all : [N], the same over all units.
    lie : [N], size of the derivative less that of the moved output: the Lie derivative.
    """

    own: Floats
    strangers: Floats
    moved: Floats
    moved_strangers: Floats
    shown: Floats
    change: Floats
    change_all: Floats
    lie: Floats

    @classmethod
    def empty(cls, pictures: int, magnitudes: int) -> "Distances":
        """Nothing known yet."""
        grid, alone = (pictures, magnitudes), (pictures,)
        shapes = ((2, *grid), (2, *alone), (2, *grid), (2, *grid), grid, alone, alone, alone)
        return cls(*(np.full(shape, np.nan) for shape in shapes))


@dataclass
class Comparing:
    """Compares one layer's outputs with those of the picture untransformed and of the picture before.

    Attributes
    ----------
    found : what is filled in.
    moving : how the layer's map moves, by the magnitudes swept and then by those of the difference, the
        larger first; none of a layer without a map and of other transforms.
    step : of the central difference on the transform's axis; none where there is none.
    """

    found: Distances
    moving: Moving | None = None
    step: float | None = None
    reference: Tensor | None = None
    before: Tensor | None = None
    forward: Tensor | None = field(default=None, repr=False)

    def begin(self, output: Tensor, picture: int | None) -> None:
        """The next picture, by its output [...] untransformed; the first has no number: a stranger only."""
        # Not the batch's memory, which what follows in the network may write over.
        self.before, self.reference = self.reference, output.clone()
        if picture is not None and self.before is not None:
            pair = distances(self.reference[None], self.before[None])
            self.found.strangers[:, picture] = pair[:, 0].cpu().numpy()

    def add(self, outputs: Tensor, places: NDArray[np.int64], picture: int, number: int) -> None:
        """Outputs [m, ...] of this picture, of its own `number`, at magnitudes of these places [m]."""
        assert self.reference is not None
        magnitudes = self.found.own.shape[2]
        at_once = max(1, HELD // self.reference.numel())
        for start in range(0, len(places), at_once):
            part = slice(start, start + at_once)
            some, where = outputs[part], places[part]
            swept = where < magnitudes
            if swept.all():
                self._compare(some, where, picture, number)
                continue
            if swept.any():
                self._compare(some[torch.from_numpy(swept)], where[swept], picture, number)
            for output, place in zip(some[torch.from_numpy(~swept)], where[~swept], strict=True):
                self._differentiate(output, int(place) == magnitudes, picture, number)

    def _compare(
        self, outputs: Tensor, places: NDArray[np.int64], picture: int, number: int
    ) -> None:
        assert self.reference is not None
        found = self.found
        found.own[:, picture, places] = distances(outputs, self.reference[None]).cpu().numpy()
        if self.moving is None or self.before is None:
            return
        (own, other), shown = self._moved(places, number, self.reference, self.before)
        mask = shown[:, None]
        maps = self._map(outputs) * mask
        share = shown.double().mean(dim=(1, 2)).cpu().numpy()
        found.shown[picture, places] = share
        for name, expected in (("moved", own), ("moved_strangers", other)):
            apart = distances(maps, expected * mask).cpu().numpy()
            getattr(found, name)[:, picture, places] = np.where(share > 0, apart, np.nan)

    def _differentiate(self, output: Tensor, forward: bool, picture: int, number: int) -> None:
        if forward:
            self.forward = output.clone()
            return
        assert self.forward is not None
        assert self.reference is not None
        assert self.step is not None
        change = (self.forward - output) / (2 * self.step)
        self.forward = None
        self.found.change_all[picture] = _size(change)
        if self.moving is None:
            return
        magnitudes = self.found.own.shape[2]
        ends = np.array([magnitudes, magnitudes + 1])
        (moved,), shown = self._moved(ends, number, self.reference)
        both = shown.all(dim=0)
        if not bool(both.any()):
            return
        expected = (moved[0] - moved[1]) / (2 * self.step)
        seen = self._map(change[None])[0]
        self.found.change[picture] = _size(seen * both)
        self.found.lie[picture] = _size((seen - expected) * both)

    def _moved(
        self, places: NDArray[np.int64], number: int, *outputs: Tensor
    ) -> tuple[Tensor, Tensor]:
        assert self.moving is not None
        return self.moving(self._map(torch.stack(outputs)), places, number)

    def _map(self, outputs: Tensor) -> Tensor:
        assert self.moving is not None
        return as_map(outputs, self.moving.raster.layout)


def _size(output: Tensor) -> float:
    return float(squares(output[None]).sqrt())
