"""Strips of transformed pictures: each class's first picture at every magnitude screened."""

import base64
import io
from collections.abc import Mapping, Sequence
from math import ceil, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from invariances.screening import Pictures, picture_ids
from invariances.transforms import TRANSFORMS, Setting

LARGEST, SMALLEST = 96, 32
"""Side of a picture on the page, in pixels."""
BUDGET = 16_000_000
"""Pixels of all pictures together, above which they are shown smaller: about 6 MB of the page."""
COLUMNS = 24
"""Pictures in a row of a sheet: WebP ends at 16,383 pixels."""
QUALITY = 82


def side_within(count: int, side: int) -> int:
    """The side at which `count` pictures of `side` pixels stay within the budget."""
    fitting = int(sqrt(BUDGET / max(1, count)))
    return max(min(side, LARGEST, fitting), min(side, SMALLEST))


def transformed(
    pictures: Pictures, transform: str, magnitudes: Sequence[float], setting: Setting, side: int
) -> dict[str, NDArray[np.uint8]]:
    """The first picture of each class at each magnitude, as the screening transforms it.

    Returns
    -------
    uint8 [M, side, side, 3] by class; the noise is that of the screening, as `setting` has its seed.
    """
    values = torch.tensor(magnitudes, dtype=torch.float64)
    found = {}
    for index, name in enumerate(pictures.classes):
        row = int(np.flatnonzero(pictures.class_index == index)[0])
        ids = torch.from_numpy(picture_ids(pictures.names[[row]])).expand(len(values))
        stored = torch.from_numpy(np.array(pictures.pixels[[row]])).permute(0, 3, 1, 2).float()
        own = Setting(setting.padding, setting.seed, ids)
        with torch.inference_mode():
            changed = TRANSFORMS[transform](stored.expand(len(values), -1, -1, -1), values, own)
            if changed.shape[-1] > side:
                changed = torch.nn.functional.interpolate(
                    changed, size=(side, side), mode="bilinear", antialias=True
                )
        found[str(name)] = changed.round().byte().permute(0, 2, 3, 1).numpy()
    return found


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
    chunks: Sequence[Pictures],
    grids: Mapping[str, Sequence[float]],
    classes: Sequence[str],
    setting: Setting,
    share: int = 1,
) -> dict[str, object]:
    """All strips of one preparation.

    Parameters
    ----------
    chunks : the prepared pictures. grids : magnitudes by transform.
    share : how many preparations share the page's budget.

    Returns
    -------
    ``side`` in pixels and ``sheets[transform][class]``, None for a class that has no pictures here.
    """
    count = share * len(classes) * sum(map(len, grids.values()))
    side = side_within(count, int(chunks[0].pixels.shape[2]))
    strips: list[list[str | None]] = []
    for transform, magnitudes in grids.items():
        own: dict[str, str] = {}
        for chunk in chunks:
            shown = transformed(chunk, transform, magnitudes, setting, side)
            own |= {name: sheet(pictures) for name, pictures in shown.items()}
        strips.append([own.get(name) for name in classes])
    return {"side": side, "columns": COLUMNS, "sheets": strips}
