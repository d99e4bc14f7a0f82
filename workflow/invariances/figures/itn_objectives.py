"""Objectives of the ITN: displacement against held-out accuracy, by run.

One point a run (objective and seed): to the right, larger transforms; up, more of the accuracy kept
at the worst k. A row of panels a classifier; the line is the accuracy on untransformed pictures.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from invariances.errors import InputError

from .axes import number
from .curves import heading
from .itn_curves import BASELINE
from .itn_kinds import HEADINGS, MOVED, decades, kinds_in
from .key import Sign, draw_key, key_height
from .labels import page_title, spaced
from .registry import figure
from .responses import present
from .style import DOUBLE_COLUMN, NORMAL, SINGLE_COLUMN, SMALL, Look, Page, applied

OBJECTIVES = {
    "gated": Look("#7A2E0E", "", "s"),
    "constrained": Look("#0072B2", "", "o"),
    "volume": Look("#117733", "", "D"),
}
MEANINGS = {"gated": "gated, as in the paper", "constrained": "constrained", "volume": "volume"}
LEFT, GUTTER, TITLE_ROOM, TICKS, LABEL, TALL, WIDEST = 10.0, 6.0, 5.0, 4.2, 5.0, 34.0, 80.0  # mm


@figure(
    "itn/objectives",
    reads={"objectives": "itn_objectives.csv"},
    category="Invariant Transformer Net",
    labels={"network": "all", "figure": "objectives"},
    kind="itn",
    cases="none",
)
def itn_objectives(objectives: pd.DataFrame, width: float = DOUBLE_COLUMN) -> Figure:
    """The paper's objective, the constrained one and the certified family, over seeds: displacement at
    k = (1, 1) against accuracy at the worst k, on pictures not trained on. One point is one training, its
    seed written into it.
    """
    return draw_objectives(objectives, width=width)


def draw_objectives(objectives: pd.DataFrame, *, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw every run's displacement at k = (1, 1) against its worst held-out accuracy.

    Parameters
    ----------
    objectives
        The rows of itn_objectives.csv.

    Raises
    ------
    InputError
        For a table without rows, or an objective that is not known.
    """
    if objectives.empty:
        raise InputError("the table of objectives holds no run")
    strange = sorted(set(objectives["objective"]) - set(OBJECTIVES))
    if strange:
        raise InputError(f"objective {strange[0]!r}: not {' or '.join(OBJECTIVES)}")
    kinds = [k for k in kinds_in(list(objectives.columns), "displacement")
             if objectives[f"{k}_displacement"].notna().any()]  # fmt: skip
    models = present(objectives, "model")
    inner = min((width - LEFT - 2.0 - (len(kinds) - 1) * GUTTER) / len(kinds), WIDEST)
    total = max(SINGLE_COLUMN, LEFT + len(kinds) * (inner + GUTTER) - GUTTER + 2.0)
    signs = _signs(objectives)
    row = TITLE_ROOM + TALL + TICKS
    with applied():
        head = 6.0 + key_height(signs, total) + 1.5
        page = Page(total, head + len(models) * row + LABEL)
        page_title(page, "Which objective finds larger transforms at the same accuracy")
        draw_key(page, 1.2, 6.0, signs)
        for line, model in enumerate(models):
            rows = objectives[objectives["model"] == model]
            for column, kind in enumerate(kinds):
                left, top = LEFT + column * (inner + GUTTER), head + line * row
                indent = LEFT - 0.5 if column == 0 else 0.0
                name = f"{spaced(model)}, {HEADINGS[kind].lower()}"
                heading(page, left - indent, top, inner + indent, name, "")
                axes = page.axes(left, top + TITLE_ROOM, inner, TALL)
                _panel(axes, rows, objectives, kind, column == 0)
        for column in range(len(kinds)):
            middle = LEFT + column * (inner + GUTTER) + inner / 2
            label = f"Displacement at k = (1, 1), {MOVED[:1].lower()}{MOVED[1:]}"
            page.text(middle, head + len(models) * row, label, ha="center", fontsize=NORMAL)
    return page.figure


def _signs(objectives: pd.DataFrame) -> list[Sign]:
    signs: list[Sign] = [
        (
            {"color": look.colour, "linestyle": "none", "marker": look.marker, "markersize": 4.0,
             "markeredgewidth": 0.0},
            f"{MEANINGS[name]}; a point a run, with its seed",
        )
        for name, look in OBJECTIVES.items()
        if (objectives["objective"] == name).any()
    ]  # fmt: skip
    return [*signs, (dict(BASELINE), "untransformed")]


def _panel(
    axes: Axes, rows: pd.DataFrame, everything: pd.DataFrame, kind: str, first: bool
) -> None:
    axes.axhline(float(rows["baseline_accuracy"].iloc[0]), gid="baseline", **BASELINE)
    for name, look in OBJECTIVES.items():
        own = rows[rows["objective"] == name]
        for run in own.to_dict("records"):
            x, y = float(run[f"{kind}_displacement"]), float(run["worst_accuracy"])
            axes.plot(
                [x], [y], look.marker, color=look.colour, ms=6.0, mew=0, gid=f"{name}:{run['seed']}"
            )
            axes.annotate(
                str(run["seed"]), (x, y), xytext=(0, -0.2), textcoords="offset points", ha="center",
                va="center_baseline", fontsize=SMALL - 1.5, color="white",
            )  # fmt: skip
    places = everything[f"{kind}_displacement"]
    if (places > 0).all():
        axes.set_xscale("log")
        low, high = float(places.min()) / 2, float(places.max()) * 2
        axes.set_xlim(low, high)
        decades(axes.xaxis, low, high)
    heights = everything[["worst_accuracy", "baseline_accuracy"]].to_numpy(dtype=float)
    low = max(0.0, np.floor(heights.min() * 10 - 0.5) / 10)
    high = min(1.0, np.ceil(heights.max() * 10 + 0.5) / 10)
    axes.set_ylim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    ticks = np.arange(round(low * 10), round(high * 10) + 1) / 10
    ticks = ticks if len(ticks) <= 7 else ticks[::2]
    axes.set_yticks(ticks, [number(float(tick)) if first else "" for tick in ticks])
    if first:
        axes.set_ylabel("Accuracy at the worst k")
