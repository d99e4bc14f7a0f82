"""The magnitudes of a sweep: of one transform, or of several together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from invariances.transforms import combined, cropped, find

if TYPE_CHECKING:
    from invariances.inference.responder import Apply


def transform_of(names: Sequence[str], window: int | None = None) -> Apply:
    """The transform of that name, or several combined, the first applied first.

    `window` is the side of what is seen of larger pictures, see `invariances.transforms.cropped`.
    """
    first, *others = (find(name) for name in names)
    if window is not None:
        return cropped(first, window)
    return combined(first, *others) if others else first


def expanded(grids: Sequence[tuple[Sequence[float], float]]) -> tuple[NDArray[np.float64], int]:
    """Magnitudes [M] of one transform or [M, D] of D combined (the last runs fastest), and the identity.

    Parameters
    ----------
    grids : each transform's magnitudes, ascending, and the one that changes nothing.

    Returns
    -------
    The magnitudes, and the place of the identity among them.
    """
    values = [np.asarray(grid, dtype=np.float64) for grid, _ in grids]
    places = [list(grid).index(identity) for grid, identity in grids]
    if len(values) == 1:
        return values[0], places[0]
    axes = np.meshgrid(*values, indexing="ij")
    magnitudes = np.stack([axis.ravel() for axis in axes], axis=1)
    return magnitudes, int(np.ravel_multi_index(places, axes[0].shape))
