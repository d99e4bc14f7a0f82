"""Thresholds of all classes, by transform, for all classifiers: one page to see invariance by.

One panel a transform, one row a class. A bar reaches from one switch to the other, through the
identity: the longer, the more invariant the class. Its ends are the switches with their 95 %
intervals, dotted on an open side; a cross is half accuracy; an open arrow at the range's end says that the
prediction never switched. Of more than 40 classes, a panel shows the share that is still recognised at each
magnitude.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import TransformAxis
from .key import Sign, draw_key, look_signs
from .labels import page_title, shortened, spaced, text_width
from .marks import IDENTITY_LINE
from .panels import Box, layout, panel
from .registry import figure
from .responses import chosen, known, present, ranges_of
from .style import (
    DOUBLE_COLUMN,
    SMALL,
    TITLE,
    Look,
    Page,
    Palette,
    applied,
    model_looks,
    striped,
)
from .whiskers import unrecognised, whiskers

NAMED = 40  # of more classes than this, the share is drawn instead of every one
HALF_COLOUR = "#222222"


@figure(
    "overview",
    reads={"thresholds": "thresholds.csv", "curves": "curves.parquet"},
    category="Thresholds",
    labels={"figure": "all thresholds"},
)
def overview(
    thresholds: pd.DataFrame,
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """How far each transform can go, for every class, in both directions from the identity, and for each
    network. Filled marks: the switch, where another category's mean softmax overtakes the class's
    (section IV.A), with 95 % intervals over pictures, dotted where one is open. Crosses: half accuracy,
    where accuracy is half of that on untransformed pictures. Open arrows: no switch within the range
    screened. Open squares: not recognised untransformed, so that there is nothing to lose. Other open
    marks: the grid is coarse, and without every second point of it the switch moves by more than its
    interval.
    """
    return draw_overview(thresholds, transforms, palette, ranges=ranges_of(curves), width=width)


def draw_overview(
    thresholds: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    *,
    models: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw the thresholds of all classes by transform, for all classifiers.

    Parameters
    ----------
    thresholds
        The rows of thresholds.csv.
    transforms
        The axes of transforms, in the order of the panels; those without rows are left out.
    palette
        The classes' looks; its classes come first, in its order.
    models, names, classes
        Classifiers, transforms and classes to draw; all that the table has if None.
    ranges
        The lowest and highest magnitude screened, by transform; what the table reaches if None.

    Raises
    ------
    InputError
        For a classifier, transform or class that the table does not have.
    """
    shown = chosen("model in the thresholds", models, present(thresholds, "model"))
    available = present(thresholds, "transform")
    wanted = chosen("transform in the thresholds", names, [t for t in transforms if t in available])
    ordered = palette.ordered(present(thresholds, "class"))
    rows = chosen("class in the thresholds", classes, ordered)
    looks = model_looks(shown)
    signs = look_signs({spaced(model): looks[model] for model in shown})
    for name in wanted:
        known("transform in --transforms", name, transforms)
    shown_rows = thresholds[thresholds["transform"].isin(wanted)]
    signs += [] if len(rows) > NAMED else _signs(shown_rows, transforms)
    axes_of = [transforms[name] for name in wanted]
    with applied():
        page, boxes, many = _layout(axes_of, rows, len(shown), signs, width)
        draw_key(page, 1.2, 6.0, signs)
        _headline(
            page, f"Thresholds of {len(rows)} classes" if many else "Thresholds of each class"
        )
        for index, (name, transform) in enumerate(zip(wanted, axes_of, strict=True)):
            cells = thresholds[(thresholds["transform"] == name) & thresholds["class"].isin(rows)]
            limits = cells[["threshold", "low", "high"]].to_numpy(dtype=float)
            ends = (ranges or {}).get(name) or transform.around(limits)
            axes = panel(page, boxes[index], transform, ends)
            axes.axvline(transform.identity, **{**IDENTITY_LINE, "color": "#999999"})
            first = boxes[index][0] == boxes[0][0]
            if many:
                _share_axis(axes, first)
            else:
                _row_axis(axes, len(rows))
            if first and not many:
                _row_names(page, boxes[index], rows, palette)
            for number, model in enumerate(shown):
                own = cells[cells["model"] == model]
                offset = (number - (len(shown) - 1) / 2) * 0.72 / len(shown)
                if many:
                    _shares(axes, own, ends, transform.identity, looks[model])
                else:
                    _bars(axes, own, rows, offset, ends, transform.identity, looks[model])
    return page.figure


def _headline(page: Page, short: str) -> None:
    long = f"{short}: how far a transform can go before the prediction switches"
    fits = text_width(long, TITLE + 1.0, "bold") < page.width - 1.0
    page_title(page, long if fits else short)


def _layout(
    transforms: Sequence[TransformAxis],
    rows: Sequence[str],
    models: int,
    signs: Sequence[Sign],
    width: float,
) -> tuple[Page, list[Box], bool]:
    """Return the page and each panel's axes box (left, top, width, height) in mm."""
    many = len(rows) > NAMED
    widest = max(text_width(spaced(name), SMALL) for name in rows)
    left = 8.0 if many else min(widest, 0.17 * width) + 5.5
    tall = 34.0 if many else (0.6 + max(2.6, 1.35 * models) * len(rows))
    page, boxes = layout(transforms, left, tall, signs, width)
    return page, boxes, many


def _row_axis(axes: Axes, rows: int) -> None:
    """Rows from top to bottom, every second one shaded."""
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    striped(axes, rows)


def _share_axis(axes: Axes, first: bool) -> None:
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"] if first else [""] * 3)
    if first:
        axes.set_ylabel("Share of classes recognised")


def _shares(
    axes: Axes, cells: pd.DataFrame, ends: tuple[float, float], identity: float, look: Look
) -> None:
    """Draw, for one classifier, the share of classes whose threshold lies beyond each magnitude."""
    for direction, end in (("up", ends[1]), ("down", ends[0])):
        own = cells[cells["direction"] == direction]
        if own.empty:
            continue
        switched = np.sort(own["threshold"].to_numpy(dtype=float)[~_censored(own)])
        switched = switched if direction == "up" else switched[::-1]
        share = 1.0 - np.arange(len(switched) + 1) / len(own)
        axes.plot(
            np.concatenate([[identity], switched, [end]]),
            np.concatenate([share, share[-1:]]),
            drawstyle="steps-post",
            color=look.colour,
            linestyle=look.line,
            linewidth=1.1,
            clip_on=False,
            gid=f"share {direction}:{cells['model'].iloc[0]}",
        )


def _censored(cells: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return cells["censored"].to_numpy(dtype=bool)


def _bars(
    axes: Axes,
    cells: pd.DataFrame,
    rows: Sequence[str],
    offset: float,
    ends: tuple[float, float],
    identity: float,
    look: Look,
) -> None:
    """Draw one classifier's thresholds into a panel, `offset` rows below the classes' rows."""
    if cells.empty:
        return
    place = {name: row for row, name in enumerate(rows)}
    y = cells["class"].map(place).to_numpy(dtype=float) + offset
    threshold = cells["threshold"].to_numpy(dtype=float)
    censored = _censored(cells)
    up = (cells["direction"] == "up").to_numpy()
    lost = unrecognised(cells, identity)
    axes.hlines(
        y, np.full_like(threshold, identity), threshold, color=look.colour, alpha=0.35,
        lw=2.2, zorder=2,
    )  # fmt: skip
    whiskers(cells, ends, identity).draw(axes.hlines, y, color=look.colour, lw=0.7, zorder=3)
    half = halves(cells)
    halved = np.isfinite(half) & ~lost
    axes.plot(
        half[halved],
        y[halved],
        linestyle="none",
        marker="x",
        markersize=2.6,
        markeredgecolor=HALF_COLOUR,
        markeredgewidth=0.6,
        clip_on=False,
        zorder=5,
        gid=f"half:{cells['model'].iloc[0]}",
    )
    coarse = on_coarse_grid(cells)
    for kind, mask, marker in (
        ("switch", ~censored & ~coarse & ~lost, look.marker),
        ("coarse", ~censored & coarse & ~lost, look.marker),
        ("unrecognised", lost, "s"),
        ("censored up", censored & up, ">"),
        ("censored down", censored & ~up, "<"),
    ):
        axes.plot(
            threshold[mask],
            y[mask],
            linestyle="none",
            marker=marker,
            markersize=2.9 if kind == "switch" else 3.4,
            markerfacecolor=look.colour if kind == "switch" else "white",
            markeredgecolor=look.colour,
            markeredgewidth=0.0 if kind == "switch" else 0.7,
            clip_on=False,
            zorder=4,
            gid=f"{kind}:{cells['model'].iloc[0]}",
        )


def halves(cells: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Half accuracy of each row; NaN where accuracy is not halved, or the table has the switch alone."""
    if "half_accuracy" not in cells:
        return np.full(len(cells), np.nan)
    within = ~cells["half_accuracy_censored"].to_numpy(dtype=bool)
    return np.where(within, cells["half_accuracy"].to_numpy(dtype=float), np.nan)


def on_coarse_grid(cells: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which switches move by more than their interval is wide when every second magnitude is left out."""
    if "grid_error" not in cells:
        return np.zeros(len(cells), dtype=bool)
    wide = (cells["grid_error"] > cells["high"] - cells["low"]).to_numpy(dtype=bool)
    return wide & ~_censored(cells)


def _row_names(page: Page, box: Box, rows: Sequence[str], palette: Palette) -> None:
    """Write the classes beside the first panel of a line, each with a dot in its colour."""
    left, top, _, height = box
    pitch = height / (len(rows) + 0.2)
    names = page.axes(0.0, top, left, height)
    names.set_xlim(0.0, left)
    names.set_ylim(len(rows) - 0.4, -0.6)
    names.set_axis_off()
    size = min(SMALL, pitch * 2.6)
    for row, name in enumerate(rows):
        look = palette.look(name)
        names.plot([left - 2.2], [row], marker=look.marker, color=look.colour, ms=3.0, mew=0)
        text = shortened(spaced(name), left - 4.6, size)
        names.text(left - 4.0, row, text, ha="right", va="center", fontsize=size)


def _by_transform(thresholds: pd.DataFrame) -> Iterable[tuple[object, pd.DataFrame]]:
    return thresholds.groupby("transform", sort=False, observed=True)


def _signs(thresholds: pd.DataFrame, axes: Mapping[str, TransformAxis]) -> list[Sign]:
    grey = {"color": "#555555"}
    outline = {**grey, "linestyle": "none", "markerfacecolor": "white", "markeredgewidth": 0.7}
    half = {"linestyle": "none", "marker": "x", "markersize": 2.6, "markeredgewidth": 0.6}
    signs: list[Sign] = [
        ({**grey, "linewidth": 0.8}, "95 % interval (dotted: open)"),
        ({**outline, "marker": ">", "markersize": 3.6}, "no switch in the range"),
    ]
    if np.isfinite(halves(thresholds)).any():
        signs.insert(1, ({**half, "color": HALF_COLOUR}, "half accuracy"))
    at_once = [
        unrecognised(rows, axes[str(name)].identity).any()
        for name, rows in _by_transform(thresholds)
    ]
    if any(at_once):
        signs.append(
            ({**outline, "marker": "s", "markersize": 3.4}, "not recognised untransformed")
        )
    if on_coarse_grid(thresholds).any():
        signs.append(({**outline, "marker": "o", "markersize": 2.9}, "coarse grid"))
    return signs
