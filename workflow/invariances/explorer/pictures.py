"""Strips of transformed pictures: some of each class at every magnitude screened."""

import base64
import io
from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from invariances.costs import EXPLORER_PIXELS as BUDGET
from invariances.costs import EXPLORER_SIDE as SMALLEST
from invariances.costs import THUMBNAIL_SIDE as SIDE
from invariances.inference import Pictures, read_pictures
from invariances.screening.thumbnails import strips
from invariances.transforms import Setting, find

COMFORTABLE = 60
"""Side at which a picture still shows what it is: more pictures of a class are there while it is kept."""
COLUMNS = 24
"""Pictures in a row of a sheet: decoders end at some 16,000 pixels."""
QUALITY = 60


def prepared_of(files: Mapping[str, Sequence[Path]], *, objects: bool) -> dict[str, Pictures]:
    """Each network's pictures, read once for networks that see theirs alike and so share the files."""
    each = dict.fromkeys(map(tuple, files.values()))
    shared = {paths: read_pictures(paths, objects=objects) for paths in each}
    return {model: shared[tuple(paths)] for model, paths in files.items()}


def side_within(count: int, side: int) -> int:
    """The side at which `count` pictures of `side` pixels stay within the budget."""
    fitting = int(sqrt(BUDGET / max(1, count)))
    return max(min(side, SIDE, fitting), min(side, SMALLEST))


def sheet(pictures: NDArray[np.uint8]) -> str:
    """Pictures [T, h, w, 3] side by side, `COLUMNS` in a row, as a data URI of AVIF.

    Pictures below 32 pixels (digits) are WebP, without loss: they have few pixels, and each counts.
    """
    count, height, width = pictures.shape[:3]
    columns = min(COLUMNS, count)
    canvas = np.zeros((ceil(count / columns) * height, columns * width, 3), dtype=np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * height, index % columns * width
        canvas[top : top + height, left : left + width] = picture
    file = io.BytesIO()
    kind, options = (
        "avif",
        {"quality": QUALITY, "subsampling": "4:4:4", "speed": 8, "max_threads": 1},
    )
    if width < SMALLEST:
        kind, options = "webp", {"lossless": True, "method": 4}
    Image.fromarray(canvas).save(file, format=kind.upper(), **options)
    return f"data:image/{kind};base64," + base64.b64encode(file.getvalue()).decode()


def shown_of(
    pictures: Sequence[Pictures], grids: Mapping[str, Sequence[float]], classes: Sequence[str]
) -> dict[str, list[str]]:
    """Which pictures of each class the page shows, by name: all, or the first that its budget allows.

    Parameters
    ----------
    pictures : each preparation's; all have the same ones. grids : magnitudes by transform.
    """
    prepared = pictures[0]
    names = {name: prepared.names[prepared.rows_of(name)].tolist() for name in classes}
    side = min(prepared.pixels.shape[2], COMFORTABLE)
    fitting = BUDGET // (side**2 * len(pictures) * sum(map(len, grids.values())))
    most = max(map(len, names.values()), default=1)
    each = next(
        (
            n
            for n in range(most, 1, -1)
            if sum(min(len(own), n) for own in names.values()) <= fitting
        ),
        1,
    )
    return {name: own[:each] for name, own in names.items()}


def sheets(
    pictures: Pictures,
    grids: Mapping[str, Sequence[float]],
    classes: Sequence[str],
    shown: Mapping[str, Sequence[str]],
    setting: Setting,
    share: int = 1,
) -> dict[str, object]:
    """All strips of one preparation.

    Parameters
    ----------
    pictures : the prepared ones. grids : magnitudes by transform. shown : names of pictures by class.
    share : how many preparations share the page's budget.

    Returns
    -------
    ``side`` in pixels and ``sheets[transform][class][picture]``.
    """
    rows = [
        [row for row in pictures.rows_of(name) if pictures.names[row] in shown.get(name, ())]
        for name in classes
    ]
    flat = np.array([row for own in rows for row in own], dtype=np.intp)
    count = share * len(flat) * sum(map(len, grids.values()))
    side = side_within(count, pictures.pixels.shape[2])
    found: list[list[list[str]]] = []
    for transform, magnitudes in grids.items():
        strip = strips(pictures, flat, np.asarray(magnitudes), find(transform), setting, side)
        drawn = iter([sheet(each) for each in strip])
        found.append([[next(drawn) for _ in own] for own in rows])
    return {"side": side, "columns": COLUMNS, "sheets": found}


def shared_sheets(
    pictures: Mapping[str, Pictures],
    grids: Mapping[str, Sequence[float]],
    classes: Sequence[str],
    shown: Mapping[str, Sequence[str]],
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
            sheets(own, grids, classes, shown, setting, share=len(distinct))
            for own in distinct.values()
        ],
        "preparations": [places.index(id(own)) for own in pictures.values()],
    }
