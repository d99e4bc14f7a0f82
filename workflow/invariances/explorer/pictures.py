"""Strips of transformed pictures: each class's first picture at every magnitude screened."""

import base64
import io
from collections.abc import Mapping, Sequence
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from invariances.inference import Pictures
from invariances.screening.thumbnails import SIDE, strips
from invariances.transforms import Setting, find

SMALLEST = 32
"""Side of a picture on the page at least, in pixels; a thumbnail's at most."""
BUDGET = 16_000_000
"""Pixels of all pictures together, above which they are shown smaller: about 6 MB of the page."""
COLUMNS = 24
"""Pictures in a row of a sheet: WebP ends at 16,383 pixels."""
QUALITY = 82


def side_within(count: int, side: int) -> int:
    """The side at which `count` pictures of `side` pixels stay within the budget."""
    fitting = int(sqrt(BUDGET / max(1, count)))
    return max(min(side, SIDE, fitting), min(side, SMALLEST))


def sheet(pictures: NDArray[np.uint8]) -> str:
    """Pictures [T, h, w, 3] side by side, `COLUMNS` in a row, as a data URI of WebP.

    Pictures below 32 pixels (digits) are kept without loss: they have few pixels, and each counts.
    """
    count, height, width = pictures.shape[:3]
    columns = min(COLUMNS, count)
    canvas = np.zeros((ceil(count / columns) * height, columns * width, 3), dtype=np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * height, index % columns * width
        canvas[top : top + height, left : left + width] = picture
    file = io.BytesIO()
    options = {"lossless": True} if width < SMALLEST else {"quality": QUALITY}
    Image.fromarray(canvas).save(file, format="WEBP", method=4, **options)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def sheets(
    pictures: Pictures,
    grids: Mapping[str, Sequence[float]],
    classes: Sequence[str],
    setting: Setting,
    share: int = 1,
) -> dict[str, object]:
    """All strips of one preparation.

    Parameters
    ----------
    pictures : the prepared ones; the first of each class is shown. grids : magnitudes by transform.
    share : how many preparations share the page's budget.

    Returns
    -------
    ``side`` in pixels and ``sheets[transform][class]``, None for a class that has no pictures here.
    """
    count = share * len(classes) * sum(map(len, grids.values()))
    side = side_within(count, pictures.pixels.shape[2])
    found: list[list[str | None]] = []
    for transform, magnitudes in grids.items():
        shown = strips(pictures, np.asarray(magnitudes), find(transform), setting, side)
        own = dict(zip(pictures.classes, map(sheet, shown), strict=True))
        found.append([own.get(name) for name in classes])
    return {"side": side, "columns": COLUMNS, "sheets": found}


def shared_sheets(
    pictures: Mapping[str, Pictures],
    grids: Mapping[str, Sequence[float]],
    classes: Sequence[str],
    setting: Setting,
) -> dict[str, object]:
    """The strips of every network, once for networks that share their prepared pictures.

    Returns
    -------
    ``pictures``, each preparation's `sheets`; ``preparations``, each network's place among them.
    """
    distinct = {id(own): own for own in pictures.values()}
    places = list(distinct)
    return {
        "pictures": [
            sheets(own, grids, classes, setting, share=len(distinct)) for own in distinct.values()
        ],
        "preparations": [places.index(id(own)) for own in pictures.values()],
    }
