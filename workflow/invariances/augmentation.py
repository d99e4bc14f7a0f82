"""Pictures transformed at random while a network is trained: a dose of invariance that is known.

Of each transform a magnitude is drawn anew for every picture and epoch, evenly on the transform's axis from
the identity as far as the dose, to both sides where its grid has both: rotation by 30 is up to 30 degrees
either way, zoom by 2 is from half to twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.errors import InputError
from invariances.transforms import Setting, Transform, combined, find

DRAW = 7
"""Tells these draws from others of the same seed and epoch."""


@dataclass(frozen=True)
class Augmentation:
    """What training pictures go through.

    Attributes
    ----------
    transforms : in their order, geometric ones that follow each other as one warp.
    doses : the magnitude up to which each goes.
    setting : padding and resampling, as the run screens.
    seed : decides all draws, with the epoch and a picture's place among all.
    """

    transforms: tuple[Transform, ...]
    doses: tuple[float, ...]
    setting: Setting
    seed: int

    @property
    def mark(self) -> str:
        """What tells it from another."""
        named = [f"{t.name} {dose:g}" for t, dose in zip(self.transforms, self.doses, strict=True)]
        return f"{', '.join(named)}; {self.setting.padding}, {self.setting.resampling}; {self.seed}"

    def magnitudes(self, epoch: int, count: int) -> NDArray[np.float64]:
        """Magnitudes [count, transforms] of an epoch's pictures, by their places."""
        share = np.random.default_rng([self.seed, epoch, DRAW]).random((len(self.doses), count))
        columns = []
        for transform, dose, drawn in zip(self.transforms, self.doses, share, strict=True):
            low, high = span(transform, dose)
            columns.append(_magnitude(transform, low + (high - low) * drawn))
        return np.stack(columns, axis=1)

    def __call__(
        self, pictures: Tensor, places: NDArray[np.integer], epoch: int, count: int
    ) -> Tensor:
        """Pictures [N, 3, H, W] transformed, those at `places` [N] among all `count`."""
        drawn = torch.from_numpy(self.magnitudes(epoch, count)[places])
        # What is drawn within a transform (noise) is another in each epoch.
        ids = torch.from_numpy(places.astype(np.int64) + epoch * count)
        setting = replace(self.setting, ids=ids, seed=self.seed)
        first, *others = self.transforms
        with torch.no_grad():
            if others:
                return combined(first, *others)(pictures, drawn, setting)
            return first(pictures, drawn[:, 0], setting)


def augmentation(
    doses: Mapping[str, float], setting: Setting, seed: int, key: str = "training.augment"
) -> Augmentation | None:
    """What a config's ``augment`` says; None where no picture would change.

    Raises
    ------
    InputError : a transform that is unknown or ordinal, or a dose beyond what it can do.
    """
    found: list[tuple[Transform, float]] = []
    for name, dose in doses.items():
        transform = find(name, key)
        if transform.ordinal:
            raise InputError(f"{key}.{name}: it has single points, and none is drawn between them")
        if transform.of_object:
            raise InputError(
                f"{key}.{name}: objects are known of screened pictures alone; write "
                f"{name.removeprefix('object_')}, which moves the frame"
            )
        if transform.log and dose <= 0:
            raise InputError(f"{key}.{name}: {dose:g} must be above zero, {name} multiplies")
        _check_side(transform, dose, f"{key}.{name}")
        low, high = (_magnitude(transform, np.array(end)) for end in span(transform, dose))
        try:
            blank = torch.zeros(2, 3, 8, 8)
            transform(blank, torch.tensor([float(low), float(high)], dtype=torch.float64))
        except ValueError as error:
            raise InputError(f"{key}.{name}: {error}") from error
        if low < high:
            found.append((transform, float(dose)))
    if not found:
        return None
    transforms, ends = zip(*found, strict=True)
    return Augmentation(transforms, ends, setting, seed)


def _check_side(transform: Transform, dose: float, key: str) -> None:
    """Raise InputError for a dose on a side of the identity to which the transform does not go."""
    first, last = transform.magnitudes[0], transform.magnitudes[-1]
    identity = transform.identity
    if (dose > identity and last <= identity) or (dose < identity and first >= identity):
        side = "above" if dose < identity else "below"
        raise InputError(f"{key}: {dose:g}, but its magnitudes lie {side} {identity:g}")


def span(transform: Transform, dose: float) -> tuple[float, float]:
    """From where to where on its axis a transform's magnitudes are drawn: positions, `low` first."""
    at, end = (float(transform.position([value])[0]) for value in (transform.identity, dose))
    away = abs(end - at)
    first, last = transform.magnitudes[0], transform.magnitudes[-1]
    low = at - away if first < transform.identity else at
    high = at + away if last > transform.identity else at
    return low, high


def _magnitude(transform: Transform, position: NDArray[np.float64]) -> NDArray[np.float64]:
    """The magnitude at a position on the axis."""
    return np.exp2(position) if transform.log else np.asarray(position)
