"""Text in figures: names made readable, lines of a given width, labels that do not overlap."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from .style import POINTS_PER_MM, RC, SMALL, TITLE, Page, ink

Array = npt.NDArray[np.float64]
LINE_HEIGHT = 1.2  # of a line of text, in sizes of its font


def spaced(name: str) -> str:
    """Return a name as it is shown: spaces for underscores, on one line."""
    return " ".join(name.replace("_", " ").split())


def short_names(names: Sequence[str]) -> list[str]:
    """Return names as they are shown beside lines: of "tench, Tinca tinca", the first synonym.

    Names that would then be the same (ImageNet has two cranes) are shown in full.
    """
    first = [spaced(name.split(",")[0]) for name in names]
    count = Counter(first)
    return [
        short if short and count[short] == 1 else spaced(name)
        for short, name in zip(first, names, strict=True)
    ]


@lru_cache(maxsize=4096)
def text_width(string: str, size: float, weight: str = "normal") -> float:
    """Return the width in mm of one line of text at a font size in points."""
    font = FontProperties(family=RC["font.family"], size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(string, font, ismath=False)
    return float(width) / POINTS_PER_MM


def shortened(string: str, width: float, size: float, weight: str = "normal") -> str:
    """Return the string, cut with an ellipsis where it is wider than `width` mm."""
    if text_width(string, size, weight) <= width:
        return string
    cut = string
    while cut and text_width(cut + "…", size, weight) > width:
        cut = cut[:-1].rstrip(" ,")
    return cut + "…"


def page_title(page: Page, title: str) -> None:
    """Write a page's title at its top left, cut to its width."""
    size = TITLE + 1.0
    title = shortened(title, page.width - 1.0, size, "bold")
    page.text(0.5, 0.8, title, fontsize=size, weight="bold")


def wrapped(string: str, width: float, size: float, lines: int = 2) -> str:
    """Return the string broken at spaces into at most `lines` lines of `width` mm.

    What does not fit is cut with an ellipsis.
    """
    rows: list[str] = []
    words = string.split()
    while words:
        row = words.pop(0)
        last = len(rows) == lines - 1
        while words and (last or text_width(f"{row} {words[0]}", size) <= width):
            row = f"{row} {words.pop(0)}"
        rows.append(shortened(row, width, size))
    return "\n".join(rows)


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float) -> Array:
    """Move labels as little as possible so that none overlaps another.

    Parameters
    ----------
    centres, sizes
        Where each label should stand and how much room it takes, in one dimension, [N] each.
    low, high
        The interval that the labels should stay in.

    Returns
    -------
    Array
        New centres [N], in the order given: the least squares solution that keeps the labels' order
        and distances (isotonic regression, by pooling adjacent violators). Where the labels need
        more room than there is, they stand close together about the interval's middle.
    """
    order = np.argsort(np.asarray(centres, dtype=float), kind="stable")
    size = np.asarray(sizes, dtype=float)[order]
    if not len(order):
        return np.zeros(0)
    offset = np.concatenate([[0.0], np.cumsum((size[1:] + size[:-1]) / 2)])
    free = _isotonic(np.asarray(centres, dtype=float)[order] - offset)
    first, last = low + size[0] / 2, high - size[-1] / 2 - offset[-1]
    free = np.clip(free, first, last) if first <= last else np.full_like(free, (first + last) / 2)
    moved = np.empty(len(order))
    moved[order] = free + offset
    return moved


def _isotonic(values: Array) -> Array:
    """Return the non-decreasing sequence nearest to the values."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while blocks and blocks[-1][0] > mean:
            previous, members = blocks.pop()
            mean = (mean * count + previous * members) / (count + members)
            count += members
        blocks.append((mean, count))
    return np.concatenate([np.full(count, mean) for mean, count in blocks])


def label_lines(
    axes: Axes,
    labels: Sequence[tuple[str, str, float]],
    end: float,
    size: tuple[float, float],
    width: float,
) -> None:
    """Write each line's name to the right of the axes, in its colour, with a thread to its end.

    Parameters
    ----------
    axes
        Where the lines are drawn; the labels are outside, over no data.
    labels
        Text, colour, and height of the line's end as a fraction of the axes' height.
    end
        Where the lines end, as a fraction of the axes' width.
    size
        Width and height of the axes in mm.
    width
        The room right of the axes in mm.
    """
    bend, stop, left = 0.8, 3.0, 3.4  # of a thread and of the text, mm right of the axes
    line = SMALL * LINE_HEIGHT / POINTS_PER_MM
    room = width - left - 0.3
    texts = [wrapped(text, room, SMALL) for text, _, _ in labels]
    if sum(line * (text.count("\n") + 1) for text in texts) > size[1]:
        texts = [shortened(text, room, SMALL) for text, _, _ in labels]
    heights = [line * (text.count("\n") + 1) for text in texts]
    ends = [height * size[1] for _, _, height in labels]
    centres = spread(ends, heights, min(0.0, size[1] - sum(heights)), size[1])
    threads = []
    for (_, colour, height), text, centre in zip(labels, texts, centres / size[1], strict=True):
        threads.append(
            [(end, height), (1.0 + bend / size[0], height), (1.0 + stop / size[0], centre)]
        )
        axes.text(
            1.0 + left / size[0],
            centre,
            text,
            transform=axes.transAxes,
            color=ink(colour),
            fontsize=SMALL,
            va="center",
            linespacing=1.0,
            gid="label",
        )
    lines = LineCollection(
        threads,
        colors=[colour for _, colour, _ in labels],
        linewidths=0.5,
        transform=axes.transAxes,
        clip_on=False,
        zorder=2,
    )
    axes.add_collection(lines, autolim=False)


def counted(pictures: int) -> str:
    """So many pictures, in words."""
    return "1 picture" if pictures == 1 else f"{pictures} pictures"
