"""A series of networks: how thresholds go with its number, an epoch or a dose."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from invariances.errors import InputError

from .axes import TransformAxis, number
from .key import draw_key, key_height, look_signs
from .labels import page_title, shortened, spaced, wrapped
from .medians import ALL, draw_medians, magnitude_axis
from .registry import figure
from .responses import ranges_of
from .style import (
    DOUBLE_COLUMN,
    SINGLE_COLUMN,
    SMALL,
    TITLE,
    Look,
    Page,
    applied,
    model_looks,
)
from .whiskers import recognising

COLUMNS = 3
WIDEST, TALL = 70.0, 34.0  # mm, of a panel
LEFT, GUTTER, TITLE_ROOM, TICKS, BETWEEN = 14.0, 14.0, 4.0, 8.0, 3.0  # mm
CROWDED = 0.07  # of the series' length, between two numbers on its axis


@figure(
    "trend",
    reads={"ranking": "ranking.csv", "curves": "curves.parquet"},
    category="Comparison",
    labels={"figure": "thresholds along series"},
    cases="series",
)
def trend(
    ranking: pd.DataFrame,
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """How thresholds go along a series of networks, by transform, to both sides of the identity (dashed).
    Marks: the median of the pictures' own thresholds (of those recognised untransformed), open where half
    of the pictures keep their prediction throughout; lines: 95 % intervals that hold for all networks at
    once, dotted where one is open.
    """
    return draw_trend(ranking, transforms, ranges_of(curves), width=width)


def draw_trend(
    ranking: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    ranges: Mapping[str, tuple[float, float]],
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw a panel a transform, its magnitude upwards, the series' number to the right.

    Parameters
    ----------
    ranking : the rows of ranking.csv; those of no series are left out.
    ranges : the lowest and highest magnitude screened, by transform.

    Raises
    ------
    InputError
        For a run without series.
    """
    rows = ranking[ranking["series"].notna() & (ranking["transform"] != ALL)]
    rows = recognising(rows)
    series = list(dict.fromkeys(rows["series"]))
    if not series:
        raise InputError("figure trend: no network that recognises pictures belongs to a series")
    names = [name for name in transforms if name in set(rows["transform"])]
    looks = model_looks(series)
    signs = look_signs({spaced(name): looks[name] for name in series})
    columns = min(COLUMNS, len(names))
    inner = min((width - LEFT - 3.0 - (columns - 1) * GUTTER) / columns, WIDEST)
    width = max(SINGLE_COLUMN, LEFT + columns * (inner + GUTTER) - GUTTER + 3.0)
    height = TITLE_ROOM + TALL + TICKS + BETWEEN
    with applied():
        key = key_height(signs, width) if len(series) > 1 else 0.0
        header = 6.0 + key + 1.5
        page = Page(width, header - (-len(names) // columns) * height)
        page_title(page, "Thresholds along series")
        if len(series) > 1:
            draw_key(page, 1.2, 6.0, signs)
        for index, name in enumerate(names):
            line, column = divmod(index, columns)
            left, top = LEFT + column * (inner + GUTTER), header + line * height
            page.text(left, top, shortened(transforms[name].heading, inner, TITLE), fontsize=TITLE)
            axes = page.axes(left, top + TITLE_ROOM, inner, TALL)
            own = rows[rows["transform"] == name]
            _panel(axes, own, transforms[name], ranges[name], looks)
            below = spaced(series[0]) if len(series) == 1 else "place in the series"
            page.text(
                left + inner / 2, top + TITLE_ROOM + TALL + 3.8,
                wrapped(below, inner + GUTTER - 2.0, SMALL), ha="center", fontsize=SMALL,
                linespacing=1.0,
            )  # fmt: skip
    return page.figure


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    transform: TransformAxis,
    ends: tuple[float, float],
    looks: Mapping[str, Look],
) -> None:
    magnitude_axis(axes, transform, ends, TALL)
    at = np.sort(rows["at"].unique())
    apart = float(np.ptp(at)) or 1.0
    ticks = [float(value) for value in at]
    # Of those that crowd the first stays.
    kept = [ticks[0]]
    kept += [value for value in ticks if value - kept[-1] >= CROWDED * apart]
    axes.set_xticks(kept, [number(value) for value in kept])
    axes.set_xlim(at[0] - 0.05 * apart, at[-1] + 0.05 * apart)
    for (name, _), own in rows.groupby(["series", "direction"], sort=False):
        _line(axes, own.sort_values("at"), transform, ends, looks[str(name)])


def _line(
    axes: Axes, rows: pd.DataFrame, transform: TransformAxis, ends: tuple[float, float], look: Look
) -> None:
    """One series to one side of the identity."""
    x, y = rows["at"].to_numpy(float), rows["median_threshold"].to_numpy(float)
    axes.plot(x, y, color=look.colour, linestyle=look.line, linewidth=1.0)
    draw_medians(axes, rows, x, transform, ends, look)
