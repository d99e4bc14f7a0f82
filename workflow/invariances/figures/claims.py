"""The paper's statements as a table: what is claimed, what was measured, and what follows.

One row a statement; on its right the statistic of each classifier with its 95 % interval as dot and
whisker, over the range that the statement allows (shaded, its limits written below), then the numbers
and the verdict in words.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import MINUS
from .key import Sign, draw_key, key_height, look_signs
from .labels import page_title, shortened, spaced, text_width, wrapped
from .registry import figure
from .responses import present
from .style import DOUBLE_COLUMN, NORMAL, SMALL, Look, Page, applied, model_looks

NUMBER, GAP, RIGHT = 8.0, 3.0, 1.0  # mm
PLOT, FIGURES, VERDICT = 36.0, 24.0, 21.0  # mm, widths of the columns right of the text
LINE, SMALL_LINE, MODEL_LINE, LIMITS, PADDING = 2.9, 2.6, 3.2, 2.6, 1.8  # mm
CLAIMED = "#DCE9F2"
INK = {"supported": "#1A6B3C", "not supported": "#A3261B"}
GLYPHS = {"supported": "✓", "not supported": "✗", "not asked": "\N{EN DASH}"}
SHORT = {"cannot be told from this run": "cannot be told"}
PAIR = Look("#222222", "-", "D")
"""A statement about two classifiers together."""


class Row(NamedTuple):
    """A statement as it is laid out: its cells by classifier, lines of text, and height in mm."""

    cells: pd.DataFrame
    statement: str
    statistic: str
    height: float


@figure(
    "claims",
    reads={"claims": "claims.csv"},
    category="Claims",
    labels={"figure": "claims"},
)
def claims(claims: pd.DataFrame, models: Sequence[str], width: float = DOUBLE_COLUMN) -> Figure:
    """The paper's statements C1 to C8 and R1 of related work, each with the statistic that decides it, its
    95 % interval and the range that the statement allows. Supported: the whole interval lies in that
    range; not supported: none of it does; otherwise it cannot be told from this run. The rules were fixed
    in code before the data were seen; docs/claims.md explains them.
    """
    return draw_claims(claims, models=models, width=width)


def draw_claims(
    claims: pd.DataFrame, *, models: Sequence[str] | None = None, width: float = DOUBLE_COLUMN
) -> Figure:
    """Draw the rows of claims.csv as one table.

    Parameters
    ----------
    claims
        The rows of claims.csv, in the order of the statements.
    models
        The run's classifiers in the run's order, which decides their looks; as in the table if None.
    """
    names = list(models or [name for name in present(claims, "model") if "+" not in name])
    looks = model_looks(names)
    room = width - NUMBER - PLOT - FIGURES - VERDICT - 3 * GAP - RIGHT
    claims = claims.assign(part=claims["part"].fillna(""))
    groups = claims.groupby(["claim", "part"], sort=False)
    rows = {f"{claim}{part}": _row(cells, room) for (claim, part), cells in groups}
    signs = _signs({spaced(name): look for name, look in looks.items()})
    top = 6.0 + key_height(signs, width) + 2.0
    with applied():
        page = Page(width, top + sum(row.height for row in rows.values()) + 1.0)
        page_title(page, "Statements, decided")
        draw_key(page, 1.2, 6.0, signs)
        before = ""
        for key, row in rows.items():
            _rule(page, top, key[:2] != before)
            before = key[:2]
            _draw_row(page, top, key, row, looks, room)
            top += row.height
    return page.figure


def _row(cells: pd.DataFrame, room: float) -> Row:
    statement = wrapped(str(cells["statement"].iloc[0]), room, NORMAL, 3)
    statistic = wrapped(str(cells["statistic"].iloc[0]), room, SMALL, 4)
    written = LINE * _lines(statement) + SMALL_LINE * _lines(statistic)
    drawn = MODEL_LINE * len(cells) + LIMITS
    return Row(cells, statement, statistic, max(written, drawn) + PADDING)


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _rule(page: Page, top: float, strong: bool) -> None:
    axes = page.axes(0.5, top, page.width - 1.0, 0.3)
    axes.set_axis_off()
    axes.axhline(0.5, color="#888888" if strong else "#DDDDDD", linewidth=0.5, clip_on=False)


def _draw_row(
    page: Page, top: float, key: str, row: Row, looks: Mapping[str, Look], room: float
) -> None:
    first = top + PADDING / 2
    page.text(0.8, first, key, fontsize=NORMAL, weight="bold")
    page.text(NUMBER, first, row.statement, fontsize=NORMAL, linespacing=1.1)
    below = first + LINE * _lines(row.statement)
    page.text(NUMBER, below, row.statistic, fontsize=SMALL, color="#555555", linespacing=1.1)
    left = NUMBER + room + GAP
    axes = page.axes(left, first, PLOT, MODEL_LINE * len(row.cells))
    limits = _scale(axes, row.cells)
    _write_limits(page, left, first + MODEL_LINE * len(row.cells), row.cells, limits)
    for place, cell in enumerate(row.cells.to_dict("records")):
        look = looks.get(str(cell["model"]), PAIR)
        text = "not in this run"
        if np.isfinite(cell["value"]):
            _dot(axes, cell, place, look)
            text = _numbers(*(float(cell[name]) for name in ("value", "low", "high")))
        line = first + MODEL_LINE * place + 0.4
        column = left + PLOT + GAP
        page.text(column, line, shortened(text, FIGURES, SMALL), fontsize=SMALL)
        verdict = str(cell["verdict"])
        short = SHORT.get(verdict, verdict)
        page.text(
            column + FIGURES + GAP,
            line,
            f"{GLYPHS.get(verdict, '?')} {short}",
            fontsize=SMALL,
            color=INK.get(verdict, "#555555"),
        )


def _scale(axes: Axes, cells: pd.DataFrame) -> tuple[float, float]:
    """Set an axis that holds intervals and claimed limits, shade the claimed range; return its ends."""
    low, high = (float(cells[f"claimed_{end}"].iloc[0]) for end in ("low", "high"))
    values = cells[["value", "low", "high"]].to_numpy(dtype=float)
    found = [v for v in (*values.ravel(), low, high) if np.isfinite(v)]
    ends = min(found), max(found)
    if high == 1.0 and low >= 0:  # a share, or a correlation
        ends = min(ends[0], 0.0), 1.0
    elif not np.isfinite([low, high]).all() or ends[0] == ends[1]:
        reach = (ends[1] - ends[0]) or abs(ends[0]) or 1.0
        ends = ends[0] - 0.25 * reach, ends[1] + 0.25 * reach
    margin = 0.03 * (ends[1] - ends[0])
    ends = ends[0] - margin, ends[1] + margin
    axes.set_xlim(*ends)
    axes.set_ylim(len(cells) - 0.5, -0.5)
    axes.set_axis_off()
    axes.axvspan(max(low, ends[0]), min(high, ends[1]), color=CLAIMED, linewidth=0, gid="claimed")
    axes.plot([0, 1], [0, 0], color="#888888", lw=0.5, transform=axes.transAxes, clip_on=False)
    return ends


def _write_limits(
    page: Page, left: float, top: float, cells: pd.DataFrame, ends: tuple[float, float]
) -> None:
    """The claimed range's limits below the axis, the lower one first; infinite ones are left out."""
    written_to = -np.inf
    for name in ("claimed_low", "claimed_high"):
        limit = float(cells[name].iloc[0])
        if not np.isfinite(limit):
            continue
        text = _number(limit)
        half = text_width(text, SMALL - 0.5) / 2
        place = left + PLOT * (limit - ends[0]) / (ends[1] - ends[0])
        if place - half > written_to + 0.5:
            page.text(place, top + 0.3, text, ha="center", fontsize=SMALL - 0.5, color="#555555")
            written_to = place + half


def _dot(axes: Axes, cell: Mapping[Any, Any], place: int, look: Look) -> None:
    axes.plot([cell["low"], cell["high"]], [place, place], color=look.colour, lw=0.8, zorder=2)
    axes.plot(
        [cell["value"]],
        [place],
        marker=look.marker,
        markersize=3.2,
        color=look.colour,
        markeredgewidth=0.0,
        linestyle="none",
        clip_on=False,
        zorder=3,
        gid=f"value:{cell['model']}",
    )


def _numbers(value: float, low: float, high: float) -> str:
    """A value with its interval, or alone where the interval is a point."""
    if low == value == high:
        return _number(value)
    return f"{_number(value)} [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    text = f"{value:.{decimals}f}"
    if decimals:
        text = "0" if float(text) == 0 else text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def _signs(looks: dict[str, Look]) -> list[Sign]:
    pair = {"color": PAIR.colour, "marker": PAIR.marker, "markersize": 3.2, "linewidth": 0.8}
    return [
        *look_signs(looks),
        *([(pair, "two together")] if len(looks) > 1 else []),
        ({"color": CLAIMED, "linewidth": 5.0}, "what the statement allows"),
    ]
