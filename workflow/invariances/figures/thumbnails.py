"""Small pictures under an axis: each stands at the magnitude that it was transformed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from PIL import Image

from invariances.errors import InputError
from invariances.tables import read_arrays

Array = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]
SMALLEST = 5.0  # mm; a smaller picture is not recognised in print
GAP = 0.06  # of a picture's width, between two of them
PIXELS_PER_MM = 12  # about 300 dots an inch
FRAME = 200  # grey level of the hairline around a picture


@dataclass(frozen=True)
class Thumbnails:
    """One class's picture at several magnitudes: magnitudes [T], pictures [T, h, w, 3]."""

    magnitudes: Array
    pictures: Picture


def read_thumbnails(paths: Sequence[Path]) -> dict[str, Thumbnails]:
    """Read the thumbnails of classes from the chunks' files: by class, magnitudes ascending.

    Raises
    ------
    InputError
        For a file that is not such an archive, named in the message.
    """
    found: dict[str, Thumbnails] = {}
    for path in paths:
        arrays = read_arrays(path)
        missing = {"classes", "magnitudes", "pictures"} - set(arrays)
        if missing:
            raise InputError(f"{path}: lacks the arrays {', '.join(sorted(missing))}")
        magnitudes = np.asarray(arrays["magnitudes"], dtype=float)
        order = np.argsort(magnitudes, kind="stable")
        for name, pictures in zip(arrays["classes"], arrays["pictures"], strict=True):
            found[str(name)] = Thumbnails(magnitudes[order], pictures[order])
    return found


def placed(
    positions: Array, low: float, high: float, middle: float, width: float, largest: float
) -> tuple[list[int], float]:
    """Choose which thumbnails to show, and how large, so that none overlaps its neighbour.

    Each stands exactly under its magnitude, so where they are too many some are left out, and the
    axis is to be widened by half a picture at both ends (that room is counted here).

    Parameters
    ----------
    positions
        Where they stand on the axis, ascending [T].
    low, high, middle
        The ends of the axis and the identity, in the same coordinates.
    width, largest
        The width of the axis with its widened ends, and the largest side of a picture, in mm.

    Returns
    -------
    tuple
        Indices of those shown and the side of each in mm.
    """
    places = (positions - low) / ((high - low) or 1.0)
    inside = [int(i) for i in np.flatnonzero((places > -1e-9) & (places < 1 + 1e-9))]
    if not inside:
        return [], 0.0
    if _side(places[inside], width) < SMALLEST:
        inside = _thinned(places, inside, (middle - low) / ((high - low) or 1.0), width)
    side = min(_side(places[inside], width), largest)
    return inside, side


def _side(places: Array, width: float) -> float:
    """Return the side at which pictures at places in [0, 1] touch, half a picture beyond the ends."""
    closest = float(np.diff(places).min()) if len(places) > 1 else 1.0
    return width * closest / (1.0 + closest)


def _thinned(places: Array, inside: Sequence[int], middle: float, width: float) -> list[int]:
    """Keep, outwards from the identity, each picture that has room beside the one kept before."""
    start = min(inside, key=lambda i: abs(places[i] - middle))
    room = SMALLEST / (width - SMALLEST)
    kept = [start]
    for index in (i for i in inside if i > start):
        if places[index] - places[kept[-1]] >= room:
            kept.append(index)
    kept.reverse()
    for index in (i for i in reversed(inside) if i < start):
        if places[kept[-1]] - places[index] >= room:
            kept.append(index)
    return sorted(kept)


def strip(
    pictures: Sequence[Picture], centres: Sequence[float], side: float, width: float
) -> Picture:
    """Paste pictures side by side into one image: one image is drawn much faster than many.

    Parameters
    ----------
    pictures
        Each uint8 [h, w, 3].
    centres, side, width
        Centres and side of the pictures and width of the strip, in mm.

    Returns
    -------
    Picture
        uint8 [rows, columns, 3], white where there is no picture.
    """
    pixels = max(1, round(side * PIXELS_PER_MM))
    canvas = np.full((pixels, max(pixels, round(width * PIXELS_PER_MM)), 3), 255, dtype=np.uint8)
    for picture, centre in zip(pictures, centres, strict=True):
        left = round(centre * PIXELS_PER_MM - pixels / 2)
        left = min(max(left, 0), canvas.shape[1] - pixels)
        canvas[:, left : left + pixels] = _framed(_resized(picture, pixels))
    return canvas


def _framed(picture: Picture) -> Picture:
    """With a hairline around it, without which a white picture would not be seen on white paper."""
    framed = picture.copy()
    for edge in (framed[0], framed[-1], framed[:, 0], framed[:, -1]):
        edge[:] = np.minimum(edge, FRAME)
    return framed


def _resized(picture: Picture, pixels: int) -> Picture:
    """Return the picture at a side in pixels; very small ones (8 x 8 digits) keep their blocks."""
    blocks = max(picture.shape[:2]) < 32
    method = Image.Resampling.NEAREST if blocks else Image.Resampling.LANCZOS
    return np.asarray(Image.fromarray(picture).resize((pixels, pixels), method), dtype=np.uint8)


def draw_strip(
    axes: Axes, pictures: Sequence[Picture], centres: Sequence[float], side: float, width: float
) -> None:
    """Draw pictures into axes of `width` by `side` mm, centred at `centres` mm from their left."""
    image = strip(pictures, centres, side * (1.0 - GAP), width)
    axes.imshow(image, extent=(0.0, width, 0.0, side), aspect="auto", interpolation="none")
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, side)
    axes.set_axis_off()
