"""The key to a figure's signs: in the head of a page, outside all axes, over no data."""

from collections.abc import Sequence
from typing import Any

from matplotlib.lines import Line2D

from .labels import text_width
from .marks import MARK_COLOUR
from .style import ACCURACY, OTHERS, SMALL, Look, Page

Sign = tuple[dict[str, Any], str]  # how a line or marker is drawn, and what it means
ROW = 3.2  # mm
LONG = 6.0  # mm, the sample of a line


def look_signs(looks: dict[str, Look]) -> list[Sign]:
    """Return the signs of classes or classifiers, by the name to be written."""
    return [
        (
            {"color": look.colour, "linestyle": look.line, "linewidth": 1.2,
             "marker": look.marker, "markersize": 3.2, "markeredgewidth": 0.0},
            name,
        )
        for name, look in looks.items()
    ]  # fmt: skip


def curve_signs(thresholds: bool = True) -> list[Sign]:
    """Return the signs that all curve panels share, and what they mean."""
    grey = {"color": "#777777", "linewidth": 1.2}
    signs: list[Sign] = [
        (grey, "mean softmax"),
        ({"color": OTHERS.colour, "linewidth": 0.9, "linestyle": OTHERS.line}, "largest of others"),
        (
            {"color": ACCURACY.colour, "linewidth": 0.6, "marker": "o", "markersize": 1.8,
             "markerfacecolor": "white", "markeredgewidth": 0.5},
            "accuracy",
        ),
    ]  # fmt: skip
    if not thresholds:
        return signs
    edge = {"color": MARK_COLOUR, "linestyle": "none", "markersize": 3.6, "markeredgewidth": 0.7}
    return [
        *signs,
        ({**edge, "marker": "v"}, "switch (95 % interval; dotted: open)"),
        ({**edge, "marker": ">", "markerfacecolor": "white"}, "no switch in the range"),
        ({**edge, "marker": "x"}, "accuracy halved"),
    ]


def draw_key(page: Page, left: float, top: float, signs: Sequence[Sign]) -> None:
    """Write signs with their meanings at (left, top) mm, row by row, to the page's right end."""
    for (keywords, meaning), (shift, row) in zip(signs, _places(signs, page.width), strict=True):
        sample = _sample(keywords)
        start, line = left + shift, top + row * ROW
        middle = 1.0 - (line + 1.1) / page.height
        points = [start + sample / 2] if sample < LONG else [start, start + LONG / 2, start + LONG]
        page.figure.add_artist(
            Line2D([x / page.width for x in points], [middle] * len(points), **keywords)
        )
        page.text(start + sample + 1.4, line, meaning, fontsize=SMALL)


def key_height(signs: Sequence[Sign], width: float) -> float:
    """Return the height in mm of the key on a page of a width in mm."""
    return ROW * (1 + max((row for _, row in _places(signs, width)), default=0))


def _places(signs: Sequence[Sign], width: float) -> list[tuple[float, int]]:
    """Return each sign's place: mm from the left, and the row."""
    places: list[tuple[float, int]] = []
    left, row = 0.0, 0
    for keywords, meaning in signs:
        needed = _sample(keywords) + 1.4 + text_width(meaning, SMALL)
        if left > 0 and left + needed > width - 2.0:
            left, row = 0.0, row + 1
        places.append((left, row))
        left += needed + 3.2
    return places


def _sample(keywords: dict[str, Any]) -> float:
    return 2.4 if keywords.get("linestyle") == "none" else LONG
