"""Figure 4b: what the classifier makes of pictures that the Invariant Transformer Net transforms.

Upper row accuracy, lower row mean softmax of the true class, on pictures not trained on, along each
transform's k: each component alone, all together. Dashed is the value on the
untransformed pictures.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import MINUS, number
from .curves import heading
from .itn_kinds import (
    HEADINGS,
    LOOKS,
    ORDINALS,
    STEERED_BY,
    components,
    place,
    varied_kinds,
    varied_rows,
)
from .key import Sign, draw_key, key_height
from .labels import page_title, spaced, text_width
from .registry import figure
from .style import (
    DASH_DOT,
    DOTS,
    DOUBLE_COLUMN,
    NORMAL,
    SHORT_DASH,
    SINGLE_COLUMN,
    SMALL,
    TITLE,
    Page,
    applied,
)

Array = npt.NDArray[np.float64]

WAYS = {
    "first": ("-", "o", "first component alone"),
    "second": (SHORT_DASH, "s", "second alone"),
    "third": (DASH_DOT, "^", "third alone"),
    "all": (DOTS, "D", "all components: k = (x, x)"),
}
MEASURES = {"accuracy": "Accuracy", "softmax": "Mean true-class softmax"}
DODGE = 0.03  # of the axis, between the marks of two ways at one k
BASELINE: dict[str, Any] = {"color": "#777777", "linestyle": (0.0, (4.0, 2.0)), "linewidth": 0.8}
LEFT, GUTTER, TITLE_ROOM, TICKS, LABEL, TALL = 9.5, 5.0, 4.8, 4.4, 4.2, 30.0  # mm


@dataclass(frozen=True)
class Way:
    """One path through a k square: x [N] ascending, and by measure (mean, low, high) [N] each."""

    x: Array
    measures: Mapping[str, tuple[Array, Array, Array]]


def ways_of(evaluation: pd.DataFrame, kind: str) -> dict[str, Way]:
    """Return the paths along one transform's k, or along all k at once (``all``), by name."""
    if kind == "all":
        rows = evaluation[evaluation["varied"] == "all"]
        column = next(name for name in evaluation.columns if name[:1] == "k" and name[2:] == "_0")
        return {"all": _way(rows, column)} if len(rows) else {}
    rows = varied_rows(evaluation, kind)
    names = components(rows)
    k = rows[names]
    found = {
        ORDINALS[j]: _way(rows[(k.drop(columns=name) == 0).all(axis=1)], name)
        for j, name in enumerate(names)
    }
    if len(names) > 1:
        found["all"] = _way(rows[k.eq(k[names[0]], axis=0).all(axis=1)], names[0])
    return found


def _way(rows: pd.DataFrame, column: str) -> Way:
    rows = rows.sort_values(column)
    measures = {}
    for name in MEASURES:
        columns = (name, f"{name}_low", f"{name}_high")
        mean, low, high = (rows[c].to_numpy(dtype=float) for c in columns)
        measures[name] = mean, low, high
    return Way(rows[column].to_numpy(dtype=float), measures)


@figure(
    "itn/{model}/curves",
    reads={"evaluation": "itn/{model}/evaluation.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "4b: accuracy over k"},
    kind="itn",
    cases="learners",
)
def itn_curves(evaluation: pd.DataFrame, model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """Accuracy and mean true-class softmax of **{model}** on pictures that the net was not trained
    on, transformed by it (the paper's figure 4b): along each component of k1 (spatial) and k2
    (colour), and all together, with 95 % intervals. Dashed: the same pictures untransformed.
    Written above each column: the lowest accuracy on its whole k square.
    """
    return draw_curves(evaluation, model, width=width)


def draw_curves(evaluation: pd.DataFrame, model: str, *, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw accuracy and mean true-class softmax along k, a column a transform.

    Parameters
    ----------
    evaluation
        The rows of evaluation.csv.
    model
        The classifier's name.

    Raises
    ------
    InputError
        For a table that varies no transform.
    """
    kinds = varied_kinds(evaluation)
    kinds += ["all"] if (evaluation["varied"] == "all").any() else []
    columns = len(kinds)
    inner = min((width - LEFT - 1.5 - (columns - 1) * GUTTER) / columns, SINGLE_COLUMN - LEFT - 1.5)
    width = max(SINGLE_COLUMN, LEFT + columns * (inner + GUTTER) - GUTTER + 1.5)
    pictures = int(evaluation["pictures"].iloc[0])
    with applied():
        signs = _signs({way for kind in kinds for way in ways_of(evaluation, kind)})
        head = 6.0 + key_height(signs, width) + 1.5
        second = head + TITLE_ROOM + TALL + TICKS
        page = Page(width, second + TALL + TICKS + LABEL)
        page_title(
            page, f"{spaced(model)}: {pictures} pictures not trained on, transformed by the net"
        )
        draw_key(page, 1.2, 6.0, signs)
        panels: dict[str, list[Axes]] = {name: [] for name in MEASURES}
        for index, kind in enumerate(kinds):
            left = LEFT + index * (inner + GUTTER)
            indent = LEFT - 0.5 if index == 0 else 0.0
            named = HEADINGS[kind] + (f": {STEERED_BY[kind]}" if kind != "all" else "")
            heading(page, left - indent, head, inner + indent, named, "abcd"[index])
            ways = ways_of(evaluation, kind)
            for name, top in zip(MEASURES, (head + TITLE_ROOM, second), strict=True):
                axes = page.axes(left, top, inner, TALL)
                _panel(axes, ways, name, float(evaluation[f"baseline_{name}"].iloc[0]), kind)
                panels[name].append(axes)
            room = inner + indent - text_width(named, TITLE, "bold") - 6.0
            note = next((n for n in _worst(evaluation, kind) if text_width(n, SMALL) < room), "")
            page.text(left + inner, head + 0.5, note, ha="right", fontsize=SMALL)
            component = "x, all components of every k"
            if kind != "all":
                component = f"x, component of {STEERED_BY[kind]}"
            below = second + TALL + TICKS
            page.text(left + inner / 2, below, component, ha="center", fontsize=NORMAL)
        for name, row in panels.items():
            _share(row, evaluation, name)
    return page.figure


def _signs(shown: Container[str]) -> list[Sign]:
    signs: list[Sign] = [
        (
            {"color": "#555555", "linestyle": line, "linewidth": 1.0, "marker": marker,
             "markersize": 3.0, "markeredgewidth": 0.0},
            meaning,
        )
        for way, (line, marker, meaning) in WAYS.items()
        if way in shown
    ]  # fmt: skip
    return [*signs, (dict(BASELINE), "untransformed"), ({"color": "#555555", "linestyle": "none",
            "marker": "|", "markersize": 6.0, "markeredgewidth": 0.8}, "95 % interval")]  # fmt: skip


def _worst(evaluation: pd.DataFrame, kind: str) -> list[str]:
    """Return where, on all of a transform's k square, the accuracy is lowest, shorter and shorter."""
    if kind == "all":
        rows = evaluation[evaluation["varied"] == "all"]
        lowest = f"{rows['accuracy'].min():.2f}"
        return [f"lowest accuracy {lowest}", f"lowest {lowest}"]
    rows = varied_rows(evaluation, kind)
    at = rows.iloc[int(rows["accuracy"].to_numpy(dtype=float).argmin())]
    value, where = f"{at['accuracy']:.2f}", place(at[components(rows)].astype(float).tolist())
    return [f"lowest accuracy {value} at {where}", f"lowest {value} at {where}", f"lowest {value}"]


def _panel(axes: Axes, ways: Mapping[str, Way], name: str, baseline: float, kind: str) -> None:
    axes.axhline(baseline, zorder=1, gid="baseline", **BASELINE)
    for index, (way, response) in enumerate(ways.items()):
        line, marker, _ = WAYS[way]
        mean, low, high = response.measures[name]
        x = response.x + (index - (len(ways) - 1) / 2) * DODGE
        colour = LOOKS[kind].colour
        axes.vlines(x, low, high, color=colour, lw=0.6, gid=f"interval:{way}", clip_on=False)
        axes.plot(
            x,
            mean,
            color=colour,
            linestyle=line,
            linewidth=1.0,
            marker=marker,
            markersize=2.8,
            markeredgewidth=0.0,
            clip_on=False,
            gid=f"{name}:{way}",
        )


def _share(row: list[Axes], evaluation: pd.DataFrame, name: str) -> None:
    """Give the panels of a row the same axes: all that is drawn, and a little room."""
    lowest = min(evaluation[f"{name}_low"].min(), evaluation[f"baseline_{name}"].min())
    highest = max(evaluation[f"{name}_high"].max(), evaluation[f"baseline_{name}"].max())
    low = np.floor(max(lowest - 0.005, 0.0) * 20) / 20
    high = np.ceil(min(highest + 0.005, 1.0) * 20) / 20
    for index, axes in enumerate(row):
        axes.set_ylim(low - 0.01 * (high - low), high + 0.01 * (high - low))
        step = 0.1 if high - low < 0.65 else 0.2
        ticks = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step
        axes.set_yticks(ticks, [number(round(float(t), 1)) if index == 0 else "" for t in ticks])
        least = min(float(np.min(line.get_xdata())) for line in axes.lines)
        if least < -0.5:
            axes.set_xlim(-1.07, 1.07)
            axes.set_xticks([-1.0, -0.5, 0.0, 0.5, 1.0], [f"{MINUS}1", "", "0", "", "1"])
        else:
            axes.set_xlim(-0.05, 1.05)
            axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "", "0.5", "", "1"])
    row[0].set_ylabel(MEASURES[name])
