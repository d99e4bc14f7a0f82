"""Accuracy of one network untransformed, at random, and at the worst of transforms combined."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import TransformAxis
from .key import Sign, draw_key, key_height
from .labels import short_names, shortened, text_width, wrapped
from .registry import figure
from .responses import known, present
from .style import SINGLE_COLUMN, SMALL, TITLE, Look, Page, Palette, applied, striped

TOGETHER = "all pictures"
PER_PAGE = 30  # classes
PITCH, TICKS, LABEL = 5.2, 3.4, 4.6  # mm, of a row; below the axes
NAMES = 0.36  # of the width, at most
# From light to dark: the harder the picture's transform is chosen.
MEASURES = {
    "baseline_accuracy": Look("#8A8A8A", "-", "o"),
    "random_accuracy": Look("#7FA8D1", "-", "D"),
    "drawn_accuracy": Look("#4C80B8", "-", "^"),
    "worst_accuracy": Look("#1B4F8A", "-", "s"),
    "refined_accuracy": Look("#0A2240", "-", "v"),
}


@figure(
    "worst/{model}/{combined}",
    reads={"worst": "worst/{model}/{combined}.csv"},
    category="Worst cases",
    labels={"network": "{model}", "transforms": "{combined}"},
    per_page=PER_PAGE,
)
def worst(
    worst: pd.DataFrame,
    model: str,
    combined: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = SINGLE_COLUMN,
) -> list[Figure]:
    """Accuracy of **{model}** under **{combined}**, of all pictures and of each class: untransformed, at a
    random point of the grid, at the worst of some points drawn at random, at each picture's worst point of
    the grid, and at the worst found between the grid's points; with 95 % intervals over pictures.
    """
    known("model in the worst cases", model, present(worst, "model"))
    rows = worst[(worst["model"] == model) & (worst["transform"] == combined)]
    known(f"transforms in the worst cases of {model}", combined, present(worst, "transform"))
    # Of all pictures together is the row without a class.
    together = rows["class"].isna()
    classes, every = rows[~together], rows[together]
    labels = [
        transforms[name].label if name in transforms else name for name in combined.split("+")
    ]
    title = " + ".join(labels)
    title = title[:1].upper() + title[1:]
    return [
        _page(pd.concat([every, classes.iloc[start : start + PER_PAGE]]), title, palette, width)
        for start in range(0, max(len(classes), 1), PER_PAGE)
    ]


def _page(rows: pd.DataFrame, title: str, palette: Palette, width: float) -> Figure:
    """Draw the rows of some classes, all pictures first."""
    measures = [name for name in MEASURES if rows[name].notna().all()]
    signs = _signs(measures, int(rows["drawn"].iloc[0]))
    classes = [str(name) for name in rows["class"].iloc[1:]]
    names = [TOGETHER, *short_names(classes)]
    left = min(max(text_width(name, SMALL) for name in names) + 6.0, NAMES * width)
    with applied():
        size = TITLE + 1.0
        # Bold letters are wider than those that lines are measured by.
        heading = wrapped(title, 0.85 * width, size)
        head = 6.0 + 4.0 * heading.count("\n")
        top = head + key_height(signs, width) + 1.5
        tall = PITCH * len(rows)
        page = Page(width, top + tall + TICKS + LABEL)
        page.text(0.5, 0.8, heading, fontsize=size, weight="bold", linespacing=1.1)
        draw_key(page, 1.2, head, signs)
        axes = page.axes(left, top, width - left - 3.0, tall)
        _accuracy_axes(axes, len(rows))
        for number, name in enumerate(measures):
            offset = (number - (len(measures) - 1) / 2) * 0.8 / len(measures)
            _dots(axes, rows, name, np.arange(len(rows)) + offset, MEASURES[name])
        _names(page, (left, top, tall), names, classes, palette)
    return page.figure


def _accuracy_axes(axes: Axes, rows: int) -> None:
    """Accuracy from left to right, rows from top to bottom, every second one shaded."""
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "0.25", "0.5", "0.75", "1"])
    axes.set_xlabel("Accuracy")
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    striped(axes, rows)
    if rows > 1:
        axes.axhline(0.5, color="#BBBBBB", linewidth=0.5, zorder=0.5)


def _dots(axes: Axes, rows: pd.DataFrame, name: str, y: np.ndarray, look: Look) -> None:
    """One accuracy of every row with its interval; of a single picture there is none."""
    several = rows["images"].to_numpy() > 1
    low, high = (rows[f"{name}_{end}"].to_numpy(float)[several] for end in ("low", "high"))
    axes.hlines(y[several], low, high, color=look.colour, lw=0.7, zorder=2, gid=f"interval:{name}")
    axes.plot(
        rows[name].to_numpy(float),
        y,
        linestyle="none",
        marker=look.marker,
        markersize=3.0,
        markerfacecolor="white" if name == "baseline_accuracy" else look.colour,
        markeredgecolor=look.colour,
        markeredgewidth=0.7,
        clip_on=False,
        zorder=3,
        gid=f"accuracy:{name}",
    )


def _names(
    page: Page,
    box: tuple[float, float, float],
    names: Sequence[str],
    classes: Sequence[str],
    palette: Palette,
) -> None:
    """Write the rows' names beside them, after all pictures' each class's with a mark in its colour."""
    left, top, tall = box
    axes = page.axes(0.0, top, left, tall)
    axes.set_xlim(0.0, left)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_axis_off()
    for row, label in enumerate(classes, start=1):
        look = palette.look(label)
        axes.plot([left - 2.2], [row], marker=look.marker, color=look.colour, ms=3.0, mew=0)
    for row, name in enumerate(names):
        text = shortened(name, left - 4.6, SMALL)
        weight = "normal" if row else "bold"
        axes.text(left - 4.0, row, text, ha="right", va="center", fontsize=SMALL, weight=weight)


def _signs(measures: Sequence[str], drawn: int) -> list[Sign]:
    words = {
        "baseline_accuracy": "untransformed",
        "random_accuracy": "random point",
        "drawn_accuracy": f"worst of {drawn}",
        "worst_accuracy": "worst of the grid",
        "refined_accuracy": "worst, refined",
    }
    signs: list[Sign] = []
    for name in measures:
        look = MEASURES[name]
        face = "white" if name == "baseline_accuracy" else look.colour
        keywords = {"color": look.colour, "linestyle": "none", "marker": look.marker}
        style = {"markersize": 3.0, "markerfacecolor": face, "markeredgewidth": 0.7}
        signs.append((keywords | style, words[name]))
    return [*signs, ({"color": "#555555", "linewidth": 0.8}, "95 % interval")]
