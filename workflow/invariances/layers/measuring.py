"""The passes: every picture at every magnitude once, all layers of a batch looked at as they are put out.

The loop is inference's. Pictures come in an order that follows from their names; each one's first row is
its untransformed one, with which the others are compared, and which is the stranger of the next picture.
So nothing is kept of a layer but its outputs for two pictures.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.inference.responder import Responder, check_finite
from invariances.layers.choice import Layer
from invariances.layers.distances import Comparing, Distances
from invariances.layers.fields import Raster
from invariances.layers.moving import Moving, local_step, moves
from invariances.layers.units import PICTURES, Units, UnitScores, drawn, thresholds
from invariances.magnitudes import TransformAxis
from invariances.transforms import Setting, Transform

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What was found of one layer; `raster` is none where it has no map, or the transform moves nothing."""

    layer: Layer
    raster: Raster | None
    distances: Distances
    scores: UnitScores


@dataclass(frozen=True)
class Found:
    """What was found of a network: its layers, and whether it is right [N, M].

    Pictures stand in the order of their ids, here and in the layers' distances. `step` is that of the
    derivative at the identity on the transform's axis, none where there is none.
    """

    layers: tuple[Measured, ...]
    right: NDArray[np.bool_]
    step: float | None


@dataclass(frozen=True)
class Rows:
    """The rows (picture, magnitude) of a measurement, in their order.

    The last picture's untransformed row comes first, alone: it is the first one's stranger. Then each
    picture's, the untransformed one first.

    Attributes
    ----------
    order : [N], pictures by their own numbers, which follow from their names.
    places : [P], what each picture is shown at: places in `values`.
    values : magnitudes swept [M], then those of the derivative, if any.
    """

    order: NDArray[np.int64]
    places: NDArray[np.int64]
    values: Floats

    @property
    def pictures(self) -> NDArray[np.int64]:
        """The picture of each row."""
        return np.concatenate([self.order[-1:], np.repeat(self.order, len(self.places))])

    @property
    def magnitudes(self) -> Floats:
        """The magnitude of each row."""
        return self.values[self.at]

    @property
    def at(self) -> NDArray[np.int64]:
        """The place of each row's magnitude in `values`."""
        return np.concatenate([self.places[:1], np.tile(self.places, len(self.order))])

    def runs(self, start: int, stop: int) -> Iterator[tuple[slice, int, bool]]:
        """Parts of rows that are one picture's: (slice from `start` on, place, whether it begins there).

        The place is the picture's in `order`, -1 for the row that comes first.
        """
        begin = start
        while begin < stop:
            number, within = divmod(begin - 1, len(self.places)) if begin else (-1, 0)
            end = min(stop, begin + len(self.places) - within if begin else 1)
            yield slice(begin - start, end - start), number, within == 0
            begin = end


def rows_of(
    pictures: Pictures, axis: TransformAxis, step: float | None, most: int | None = None
) -> Rows:
    """The rows of a measurement, of `most` pictures; raises InputError of fewer than two."""
    order = np.argsort(pictures.ids, kind="stable")[:most]
    if len(order) < 2:
        raise InputError("layers: one picture has none to differ from; two are needed")
    identity, count = axis.identity_index, len(axis.magnitudes)
    others = [place for place in range(count) if place != identity]
    values = np.array(axis.magnitudes, dtype=np.float64)
    if step is not None:
        start = axis.position(axis.identity)
        values = np.concatenate([values, axis.magnitude([start + step, start - step])])
        others += [count, count + 1]
    return Rows(order, np.array([identity, *others]), values)


class Watching:
    """One layer as its outputs come, a batch after the other."""

    def __init__(
        self, rows: Rows, comparing: Comparing, units: Units, ids: NDArray[np.int64]
    ) -> None:
        self.rows, self.comparing, self.units, self.ids = rows, comparing, units, ids
        self.at, self.seen = rows.at, 0

    def __call__(self, output: Tensor) -> None:
        """The outputs [n, ...] of the next n rows."""
        output = output.float().contiguous()
        count = output.shape[0]
        swept = self.units.magnitudes
        chosen = output.flatten(1)[:, drawn(output[0].numel()).to(output.device)]
        for part, picture, begins in self.rows.runs(self.seen, self.seen + count):
            if begins:
                self.comparing.begin(output[part.start], picture if picture >= 0 else None)
            if picture < 0:
                continue
            if begins:
                self.units.begin(chosen[part.start])
            places = self.at[self.seen + part.start : self.seen + part.stop]
            self.comparing.add(output[part], places, picture, int(self.ids[picture]))
            grid = torch.from_numpy(places < swept)
            where = torch.from_numpy(places[places < swept]).to(output.device)
            self.units.add(chosen[part][grid.to(output.device)], where)
        self.seen += count


def measure(
    responder: Responder,
    pictures: Pictures,
    axis: TransformAxis,
    layers: Sequence[Layer],
    rasters: Mapping[str, Raster],
    transform: Transform,
    most: int | None = None,
) -> Found:
    """Layers of a classifier under one transform, on its grid.

    Parameters
    ----------
    responder : whose classifier has the layers in its ``network``; it applies `transform`.
    rasters : where the units of layers with a map stand, see `fields.rasters`.
    most : pictures that are looked at, drawn by their names; all by default.

    Raises
    ------
    InputError : there are fewer than two pictures, or an answer is not finite.
    """
    setting = responder.setting or Setting()
    step = None
    if moves(transform) and not axis.ordinal:
        step = local_step(transform, pictures.pixels.shape[1])
    rows = rows_of(pictures, axis, step, most)
    limits = _limits(responder, pictures, rows, axis, layers)
    count, swept = len(rows.order), len(axis.magnitudes)
    watching = {}
    for layer in layers:
        moving = None
        if moves(transform) and layer.name in rasters:
            moving = Moving(rasters[layer.name], transform, rows.values, setting)
        comparing = Comparing(Distances.empty(count, swept), moving, step)
        units = Units(limits[layer.name], swept)
        watching[layer.name] = Watching(rows, comparing, units, pictures.ids[rows.order])
    right = np.zeros((count, len(rows.values)), dtype=bool)
    shown, values, at = rows.pictures, rows.magnitudes, rows.at
    # The first row is the last picture's.
    place = np.concatenate([[-1], np.repeat(np.arange(count), len(rows.places))])
    with watched(responder.classifier, watching):
        for part, softmax in responder(pictures, shown, values):
            check_finite(softmax, pictures, shown[part], values[part])
            predicted = softmax.argmax(dim=1).cpu().numpy()
            right[place[part], at[part]] = predicted == pictures.categories[shown[part]]
    found = [
        Measured(
            layer,
            rasters.get(layer.name) if moves(transform) else None,
            watching[layer.name].comparing.found,
            watching[layer.name].units.scores(),
        )
        for layer in layers
    ]
    return Found(tuple(found), right[:, :swept], step)


def _limits(
    responder: Responder,
    pictures: Pictures,
    rows: Rows,
    axis: TransformAxis,
    layers: Sequence[Layer],
) -> dict[str, Tensor]:
    """What each layer's units exceed when they fire, from untransformed pictures."""
    kept: dict[str, list[Tensor]] = {layer.name: [] for layer in layers}

    def keep(name: str) -> Callable[[Tensor], None]:
        def look(output: Tensor) -> None:
            units = drawn(output[0].numel()).to(output.device)
            kept[name].append(output.float().flatten(1)[:, units])

        return look

    shown = rows.order[:PICTURES]
    with watched(responder.classifier, {layer.name: keep(layer.name) for layer in layers}):
        for _ in responder.logits(pictures, shown, np.full(len(shown), axis.identity)):
            pass
    return {name: thresholds(torch.cat(parts)) for name, parts in kept.items()}


@contextmanager
def watched(
    classifier: nn.Module, watching: Mapping[str, Callable[[Tensor], None]]
) -> Iterator[None]:
    """Layers of a classifier's network, looked at whenever they put something out."""
    modules = dict(classifier.get_submodule("network").named_modules())
    handles = []
    for name, look in watching.items():

        def hook(
            module: nn.Module, given: object, output: Tensor, look: Callable[[Tensor], None] = look
        ) -> None:
            look(output)

        handles.append(modules[name].register_forward_hook(hook))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
