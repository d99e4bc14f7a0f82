"""Two classifiers' thresholds held against each other: one panel a transform, one for all ranks.

A dot is a class in one direction, its thresholds in the two classifiers its coordinates, with their
95 % intervals, dotted on an open side; on the diagonal both have the same threshold. Open dots never
switched in one of the two. The last panel holds what is left without units: each class's rank within its
transform and direction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import MINUS, TransformAxis
from .key import Sign, draw_key, key_height
from .labels import page_title, short_names, shortened, spaced, text_width
from .registry import figure
from .responses import known, present, ranges_of
from .style import DOUBLE_COLUMN, NORMAL, SMALL, Page, Palette, applied
from .whiskers import whiskers

Array = npt.NDArray[np.float64]
COLUMNS = 4
LEFT, GUTTER, TITLE_ROOM, TICKS, BETWEEN, RIGHT = 12.0, 8.0, 6.6, 3.6, 3.4, 2.4  # mm
NAMED = 20  # of more classes than this, the key names none
CELL = ["transform", "class", "direction"]
RHO = "\N{GREEK SMALL LETTER RHO}"
ALL, WITHIN = "all", "within transforms"
LIMITS = ("threshold", "low", "high")
PALE: dict[str, Any] = {"color": "#BBBBBB", "linewidth": 0.5, "zorder": 0.5}


@figure(
    "comparison/{first}+{second}",
    reads={
        "thresholds": "thresholds.csv",
        "curves": "curves.parquet",
        "correlations": "correlations.csv",
    },
    category="Comparison",
    labels={"network": "{first}", "other": "{second}"},
    cases="networks",
)
def comparison(
    thresholds: pd.DataFrame,
    curves: pd.DataFrame,
    correlations: pd.DataFrame,
    first: str,
    second: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Each class's thresholds in **{first}** (across) and in **{second}** (upwards), a panel a
    transform, with their 95 % intervals, dotted where one is open; on the diagonal both networks have
    the same threshold.
    Above each panel, Spearman's correlation of the classes within that transform and its 95 %
    interval, classes resampled. The last panel ranks the classes within each transform and
    direction: whether the same classes are the most and the least invariant in both networks.
    """
    return draw_comparison(
        thresholds,
        correlations,
        transforms,
        palette,
        (first, second),
        ranges=ranges_of(curves),
        width=width,
    )


def draw_comparison(
    thresholds: pd.DataFrame,
    correlations: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    pair: tuple[str, str],
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw the thresholds of one classifier against another's.

    Parameters
    ----------
    thresholds, correlations
        The rows of thresholds.csv and of correlations.csv.
    transforms
        The axes of transforms, in the order of the panels; those without rows are left out.
    palette
        The classes' looks.
    pair
        The classifier on the horizontal axis and the one on the vertical.
    ranges
        The lowest and highest magnitude screened, by transform; what the table reaches if None.

    Raises
    ------
    InputError
        For a classifier that the table does not have, or a transform without an axis.
    """
    for model in pair:
        known("model in the thresholds", model, present(thresholds, "model"))
    cells = _paired(thresholds, pair)
    available = present(cells, "transform")
    wanted = [name for name in transforms if name in available]
    for name in available:
        known("transform in --transforms", name, transforms)
    classes = palette.ordered(present(cells, "class"))
    rows = correlations[(correlations["first"] == pair[0]) & (correlations["second"] == pair[1])]
    with applied():
        signs = _signs(classes, palette)
        page, boxes = _layout(len(wanted) + 1, signs, width)
        draw_key(page, 1.2, 6.0, signs)
        first, second = (spaced(model) for model in pair)
        page_title(page, f"Thresholds of {second} against {first}")
        for index, (name, box) in enumerate(zip(wanted, boxes, strict=False)):
            own = cells[cells["transform"] == name]
            axis = transforms[name]
            axes = page.axes(*box)
            _title(page, box, axis.heading, _rho(rows, name), axis.unit)
            limits = own[[f"{kind}_{side}" for kind in LIMITS for side in "xy"]].to_numpy(
                dtype=float
            )
            _panel(axes, own, axis, (ranges or {}).get(name) or axis.around(limits), palette)
            _names(axes, index, len(boxes), first, second)
        axes = page.axes(*boxes[-1])
        _title(page, boxes[-1], "Ranks within transforms", _rho(rows, ALL))
        _ranks(axes, cells, palette)
        _names(axes, len(boxes) - 1, len(boxes), first, second)
    return page.figure


def _paired(thresholds: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    columns = [*CELL, "threshold", "low", "high", "censored", "interval", "images"]
    one, two = (thresholds.loc[thresholds["model"] == model, columns] for model in pair)
    return one.merge(two, on=CELL, suffixes=("_x", "_y"), validate="one_to_one")


def _layout(
    panels: int, signs: Sequence[Sign], width: float
) -> tuple[Page, list[tuple[float, float, float, float]]]:
    side = (width - LEFT - RIGHT - (COLUMNS - 1) * GUTTER) / COLUMNS
    top = 6.0 + (key_height(signs, width) if signs else 0.0) + 1.6
    boxes = []
    for start in range(0, panels, COLUMNS):
        top += TITLE_ROOM
        count = min(COLUMNS, panels - start)
        boxes += [(LEFT + i * (side + GUTTER), top, side, side) for i in range(count)]
        top += side + TICKS + BETWEEN
    return Page(width, top + 1.6), boxes


def _title(
    page: Page,
    box: tuple[float, float, float, float],
    heading: str,
    rho: str,
    unit: str = "",
) -> None:
    """A panel's heading with the unit of its axes beside it, and the correlation below."""
    left, top, width, _ = box
    room = width + GUTTER - 0.5
    heading = shortened(heading, room, NORMAL)
    page.text(left, top - 6.0, heading, fontsize=NORMAL)
    taken = text_width(heading, NORMAL) + 0.8
    if unit and taken < room - 6.0:
        unit = shortened(f"({unit})", room - taken, SMALL)
        page.text(left + taken, top - 5.85, unit, fontsize=SMALL, color="#444444")
    page.text(left, top - 3.0, rho, fontsize=SMALL, color="#444444")


def _rho(correlations: pd.DataFrame, transform: str) -> str:
    """Spearman's rho with its interval, as it is written over a panel."""
    own = correlations[
        (correlations["transform"] == transform) & (correlations["statistic"] == WITHIN)
    ]
    if own.empty or own[["correlation", "low", "high"]].isna().to_numpy().any():
        return f"{RHO} not defined: all classes tie"
    value, low, high = own[["correlation", "low", "high"]].iloc[0]
    return f"{RHO} = {value:.2f} [{low:.2f}, {high:.2f}]".replace("-", MINUS)


def _panel(
    axes: Axes,
    cells: pd.DataFrame,
    axis: TransformAxis,
    ends: tuple[float, float],
    palette: Palette,
) -> None:
    for on in ("x", "y"):
        axis.apply(axes, *ends, pad=0.06, most=5, on=on)
    if axes.yaxis_inverted():  # a vertical axis that runs downwards has no place in a comparison
        axes.invert_yaxis()
    axes.plot(ends, ends, **PALE)
    for line in (axes.axvline, axes.axhline):
        line(axis.identity, linestyle=(0, (4, 2)), **PALE)
    for name, own in cells.groupby("class", sort=False):
        look = palette.look(str(name))
        x, y = (own[f"threshold_{side}"].to_numpy(float) for side in "xy")
        for lines, at, side in ((axes.hlines, y, "_x"), (axes.vlines, x, "_y")):
            found = whiskers(own, ends, axis.identity, side)
            found.draw(lines, at, color=look.colour, alpha=0.45, lw=0.5)
        open_ = (own["censored_x"] | own["censored_y"]).to_numpy(bool)
        _dots(axes, x, y, open_, look.colour, look.marker, str(name))


def _dots(
    axes: Axes,
    x: Array,
    y: Array,
    open_: npt.NDArray[np.bool_],
    colour: str,
    marker: str,
    name: str,
) -> None:
    for kind, mask in (("switch", ~open_), ("censored", open_)):
        if mask.any():
            axes.plot(
                x[mask],
                y[mask],
                linestyle="none",
                marker=marker,
                markersize=3.2,
                markerfacecolor=colour if kind == "switch" else "white",
                markeredgecolor=colour,
                markeredgewidth=0.0 if kind == "switch" else 0.7,
                clip_on=False,
                zorder=3,
                gid=f"{kind}:{name}",
            )


def _ranks(axes: Axes, cells: pd.DataFrame, palette: Palette) -> None:
    """Mid-ranks within transform and direction, from the least to the most invariant class."""
    # Downwards, a threshold farther from the identity is a smaller number.
    outward = np.where(cells["direction"] == "up", 1.0, -1.0)
    ranks = pd.DataFrame({"class": cells["class"]})
    for side in "xy":
        reach = outward * cells[f"threshold_{side}"]
        groups = reach.groupby([cells["transform"], cells["direction"]])
        count = groups.transform("size")
        ranks[side] = (groups.rank() - 0.5) / count
    axes.plot([0, 1], [0, 1], **PALE)
    for name, own in ranks.groupby("class", sort=False):
        look = palette.look(str(name))
        x, y = own["x"].to_numpy(float), own["y"].to_numpy(float)
        axes.plot(
            x,
            y,
            linestyle="none",
            marker=look.marker,
            markersize=2.4,
            color=look.colour,
            markeredgewidth=0.0,
            alpha=0.75,
            clip_on=False,
            gid=f"rank:{name}",
        )
    for limits, ticks in ((axes.set_xlim, axes.set_xticks), (axes.set_ylim, axes.set_yticks)):
        limits(-0.03, 1.03)
        ticks([0.0, 0.5, 1.0], ["least", "", "most"])


def _names(axes: Axes, index: int, panels: int, first: str, second: str) -> None:
    """The classifiers' names: below the lowest panel of a column, beside the first of a row."""
    if index + COLUMNS >= panels:
        axes.set_xlabel(first, fontsize=SMALL)
    if index % COLUMNS == 0:
        axes.set_ylabel(second, fontsize=SMALL)


def _signs(classes: Sequence[str], palette: Palette) -> list[Sign]:
    signs: list[Sign] = []
    if len(classes) <= NAMED:
        for name, short in zip(classes, short_names(classes), strict=True):
            look = palette.look(name)
            drawn = {"color": look.colour, "marker": look.marker, "markersize": 3.2}
            signs.append(({**drawn, "linestyle": "none", "markeredgewidth": 0.0}, short))
    grey = {"color": "#555555", "marker": "o", "linestyle": "none", "markersize": 3.2}
    hollow = {**grey, "markerfacecolor": "white", "markeredgewidth": 0.7}
    return [
        *signs,
        (hollow, "no switch in the range, in one or both"),
        ({"color": PALE["color"], "linewidth": 0.6}, "same threshold"),
    ]
