"""Tightness: whether the Invariant Transformer Net stops at the edge of the invariance.

One row a transform and k. A point is the power of the learned matrix at which accuracy on pictures
not trained on falls below what is allowed, with its 95 % interval: at 1 the net stops at the edge,
to the right it left room, to the left it went too far.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from invariances.errors import InputError
from invariances.tables.trained import KINDS

from .axes import TransformAxis
from .itn_kinds import HEADINGS, LOOKS, STEERED_BY, place
from .labels import page_title, spaced, text_width
from .registry import figure
from .style import NORMAL, SINGLE_COLUMN, SMALL, Page, applied

POWER = TransformAxis("tightness", "power of the learned transform", "", 1.0, "log")
SMALLEST = 1 / 64  # the axis ends there: a net that goes further wrong is as wrong
ROW, GROUP, HEAD, FOOT = 3.4, 1.6, 10.0, 8.0  # mm


@figure(
    "itn/{model}/tightness",
    reads={"tightness": "itn/{model}/tightness.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "tightness"},
    kind="itn",
    cases="learners",
)
def itn_tightness(tightness: pd.DataFrame, model: str, width: float = SINGLE_COLUMN) -> Figure:
    """Does the net before **{model}** stop at the edge of the invariance? Each point is the power
    of a learned matrix at which accuracy on pictures not trained on falls below what is allowed,
    with its 95 % interval: 1 is the edge, more means that room was left, less that the net went too
    far. Open arrows: no edge up to the last power.
    """
    return draw_tightness(tightness, model, width=width)


def draw_tightness(tightness: pd.DataFrame, model: str, *, width: float = SINGLE_COLUMN) -> Figure:
    """Draw the tightness of each transform alone, and of all together, at each k looked at.

    Parameters
    ----------
    tightness
        The rows of tightness.csv.
    model
        The classifier's name.

    Raises
    ------
    InputError
        For a table without rows.
    """
    if tightness.empty:
        raise InputError("the tightness holds no row")
    shown = [kind for kind in (*KINDS, "all") if (tightness["varied"] == kind).any()]
    rows = [tightness[tightness["varied"] == kind] for kind in shown]
    tall = sum(len(part) * ROW + GROUP for part in rows)
    names = [_name(row) for part in rows for row in part.to_dict("records")]
    left = max(text_width(name, SMALL) for name in names) + 3.0
    with applied():
        page = Page(width, HEAD + tall + FOOT)
        pictures = int(tightness["pictures"].iloc[0])
        page_title(page, f"{spaced(model)}: tightness, on {pictures} pictures")
        axes = page.axes(left, HEAD, width - left - 2.5, tall)
        low, high = _limits(tightness)
        POWER.apply(axes, low, high, pad=0.03, most=7)
        axes.set_ylim(tall, 0.0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.axvline(1.0, color="#222222", lw=0.7, zorder=0.6, gid="edge")
        height = GROUP / 2
        for part in rows:
            for row in part.to_dict("records"):
                _mark(axes, row, bool(row["censored"]), height + ROW / 2, low)
                middle = HEAD + height + ROW / 2
                page.text(left - 1.5, middle, _name(row), ha="right", va="center", fontsize=SMALL)
                height += ROW
            height += GROUP
            axes.axhline(height - GROUP / 2, color="#DDDDDD", lw=0.5, zorder=0.5)
        _words(axes, page, low, high)
    return page.figure


def _name(row: dict[object, object]) -> str:
    kind = str(row["varied"])
    steered = STEERED_BY.get(kind, "every k")
    values = (float(str(row.get(f"k_{j}", "nan"))) for j in range(3))
    return f"{HEADINGS[kind]}, {steered} = {place([k for k in values if k == k])}"


def _limits(tightness: pd.DataFrame) -> tuple[float, float]:
    """Return powers of two that hold all marks and intervals, and always 1/2 and 2."""
    values = tightness[["tightness", "low", "high"]].to_numpy(dtype=float)
    values = np.clip(values[np.isfinite(values)], SMALLEST, None)
    ends = [*values, 0.5, 2.0]
    return float(2 ** np.floor(np.log2(min(ends)))), float(2 ** np.ceil(np.log2(max(ends))))


def _mark(
    axes: Axes, row: dict[object, object], censored: bool, height: float, least: float
) -> None:
    kind = str(row["varied"])
    look = LOOKS[kind]
    value, low, high = (float(str(row[name])) for name in ("tightness", "low", "high"))
    if not np.isfinite(value):
        axes.text(1.05, height, "stays at the identity", va="center", fontsize=SMALL, gid="still")
        return
    value, low, high = (max(number, least) for number in (value, low, high))
    axes.plot([low, high], [height, height], color=look.colour, lw=1.0, gid=f"interval:{kind}")
    axes.plot(
        [value],
        [height],
        marker=">" if censored else look.marker,
        color=look.colour,
        markerfacecolor="white" if censored else look.colour,
        markersize=4.0,
        markeredgewidth=0.8,
        clip_on=False,
        zorder=4,
        gid=f"tightness:{kind}",
    )


def _words(axes: Axes, page: Page, low: float, high: float) -> None:
    """Write over and under the axis what its two sides mean."""
    room = page.width - 1.0
    label = "Power at which accuracy falls below what is allowed"
    if text_width(label, NORMAL) > room:
        label = "Power"
    box = axes.get_position()
    middle = (box.x0 + box.x1) / 2 * page.width
    half = text_width(label, NORMAL) / 2
    middle = min(max(middle, half + 0.5), page.width - half - 0.5)
    page.text(middle, page.height - FOOT + 4.2, label, ha="center")
    for power, words, side in ((1.0, "went too far ", "right"), (1.0, " room left", "left")):
        axes.annotate(
            words,
            (power, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2.5),
            textcoords="offset points",
            ha=side,
            fontsize=SMALL,
            color="#555555",
        )
