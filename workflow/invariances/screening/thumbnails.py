"""Pictures transformed: the thumbnails under figures' axes, each class's first, and those of the page."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from invariances.costs import THUMBNAIL_SIDE as SIDE
from invariances.costs import THUMBNAILS as COUNT
from invariances.inference import Pictures
from invariances.inference.responder import Apply, transformed
from invariances.inference.tensors import as_pixels, shrunk
from invariances.magnitudes import Scale
from invariances.transforms import Setting


def strips(
    pictures: Pictures,
    shown: NDArray[np.intp],
    magnitudes: NDArray[np.float64],
    apply: Apply,
    setting: Setting,
    side: int = SIDE,
) -> NDArray[np.uint8]:
    """Pictures, by their rows [R], at each magnitude [M], as the screening transforms them.

    Returns
    -------
    uint8 [R, M, h, w, 3], the longer side at most `side`.
    """
    rows = np.repeat(shown, len(magnitudes))
    values = np.tile(magnitudes, len(shown))
    small = [
        as_pixels(shrunk(batch, side))
        for _, batch in transformed(pictures, rows, values, apply, setting)
    ]
    pixels: NDArray[np.uint8] = np.concatenate(small)
    return pixels.reshape(len(shown), len(magnitudes), *pixels.shape[1:])


def thumbnails(
    pictures: Pictures,
    magnitudes: NDArray[np.float64],
    axis: Scale,
    apply: Apply,
    setting: Setting,
) -> Mapping[str, NDArray[Any]]:
    """What stands under a figure's axis.

    Parameters
    ----------
    magnitudes : the grid, ascending; its range is shown, evenly on the figure's `axis`, of an ordinal one
        points of the grid.

    Returns
    -------
    classes [C], magnitudes [T] and pictures uint8 [C, T, h, w, 3].
    """
    shown = spread(magnitudes, axis)
    found = strips(pictures, pictures.first_of_classes, shown, apply, setting)
    return {"classes": pictures.classes, "magnitudes": shown, "pictures": found}


def spread(magnitudes: NDArray[np.float64], axis: Scale, count: int = COUNT) -> NDArray[np.float64]:
    """Magnitudes [T] evenly spaced, as the figure's axis has them, over the grid's range.

    Of an ordinal axis at most `count` of its points, both ends among them.
    """
    if axis == "ordinal":
        places = np.linspace(0, len(magnitudes) - 1, min(count, len(magnitudes)))
        points: NDArray[np.float64] = magnitudes[places.round().astype(int)]
        return points
    low, high = magnitudes[0], magnitudes[-1]
    if axis == "log":
        return np.exp2(np.linspace(np.log2(low), np.log2(high), count))
    return np.linspace(low, high, count)
