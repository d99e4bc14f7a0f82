"""What a sweep's job shows to its network: pictures, how they are transformed, and at which magnitudes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from invariances.inference import Pictures, read_pictures
from invariances.inference.responder import Apply
from invariances.magnitudes import TransformAxis
from invariances.screening.grid import expanded, transform_of
from invariances.transforms import moves_object


@dataclass(frozen=True)
class Job:
    """Pictures and a grid.

    Attributes
    ----------
    axes : of one transform, or of several combined, the first applied first.
    apply : the transform, or all of them.
    magnitudes : [M] of one transform, [M, D] of D combined; `identity` is the identity's place among them.
    words : the transforms' names, as they stand in paths.
    """

    axes: tuple[TransformAxis, ...]
    pictures: Pictures
    apply: Apply
    magnitudes: NDArray[np.float64]
    identity: int

    @property
    def words(self) -> str:
        return "+".join(axis.name for axis in self.axes)


def opened(
    axes: tuple[TransformAxis, ...],
    prepared: Sequence[Path],
    categories: Sequence[str],
    window: int | None = None,
) -> Job:
    """The job of a grid.

    Parameters
    ----------
    prepared : files of prepared pictures, see `read_pictures`. categories : the network's, by logit.
    window : side of what is seen of larger pictures, see `invariances.transforms.cropped`.
    """
    names = [axis.name for axis in axes]
    pictures = read_pictures(prepared, categories, objects=moves_object(names))
    grid = expanded([(axis.magnitudes, axis.identity) for axis in axes])
    return Job(axes, pictures, transform_of(names, window), *grid)
