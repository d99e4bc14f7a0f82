"""One network's profile over its layers, a panel a transform, beside the same network of random weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import TransformAxis
from .key import Sign, draw_key, key_height
from .labels import page_title, shortened, spaced, text_width
from .registry import figure
from .responses import known, present
from .style import DOUBLE_COLUMN, NORMAL, SHORT_DASH, SMALL, Page, applied

COLUMNS = 4
LEFT, RIGHT, GUTTER, TITLE_ROOM, TALL, BETWEEN = 9.0, 2.0, 3.5, 4.0, 26.0, 3.0  # mm
NAMES = 20.0  # mm, for the layers' names below the last row, at most
LOWEST = -0.25
LOOKS: dict[tuple[str, str], dict[str, Any]] = {
    ("mean_invariance", "trained"): {"color": "#1B4F8A", "linestyle": "-", "marker": "o"},
    ("mean_invariance", "random"): {"color": "#1B4F8A", "linestyle": SHORT_DASH, "marker": "o"},
    ("mean_equivariance", "trained"): {"color": "#E07B39", "linestyle": "-", "marker": "s"},
    ("mean_equivariance", "random"): {"color": "#E07B39", "linestyle": SHORT_DASH, "marker": "s"},
}


@figure(
    "layers/{model}",
    reads={"scores": "layer_scores.csv"},
    category="Layers",
    labels={"network": "{model}", "figure": "profiles"},
    kind="layers",
    cases="layers",
)
def layer_profiles(
    scores: pd.DataFrame,
    model: str,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Layers of **{model}** from the first to the last, a panel a transform: invariance and equivariance,
    each the mean over the transform's range, of the trained network and (dashed, open) of the same network
    of random weights, with 95 % intervals over pictures. 1: the same; 0: as different as another picture.
    Only layers with a map of places have an equivariance. Ranges differ: compare layers, not transforms.
    """
    known("model in the layers", model, present(scores, "model"))
    rows = scores[scores["model"] == model]
    names = list(dict.fromkeys(rows.sort_values("depth")["layer"]))
    shown = [name for name in transforms if name in set(rows["transform"])]
    columns = min(COLUMNS, len(shown))
    panel = (width - LEFT - RIGHT - (COLUMNS - 1) * GUTTER) / COLUMNS
    lines = -(-len(shown) // columns)
    signs = profile_signs()
    total = LEFT + RIGHT + columns * panel + (columns - 1) * GUTTER
    total = max(total, 88.0)
    top = 6.0 + key_height(signs, total) + 1.0
    with applied():
        below = 3.0 + max(text_width(shortened(name, NAMES - 3.0, SMALL), SMALL) for name in names)
        page = Page(total, top + lines * (TITLE_ROOM + TALL + BETWEEN) + below)
        page_title(page, f"{spaced(model)}, layer by layer")
        draw_key(page, 1.2, 6.0, signs)
        for number, transform in enumerate(shown):
            line, column = divmod(number, columns)
            left = LEFT + column * (panel + GUTTER)
            start = top + line * (TITLE_ROOM + TALL + BETWEEN)
            heading = shortened(transforms[transform].heading, panel, NORMAL)
            page.text(left, start + 0.4, heading, fontsize=NORMAL)
            axes = page.axes(left, start + TITLE_ROOM, panel, TALL)
            draw_profile(axes, rows[rows["transform"] == transform], names)
            draw_ticks(axes, names, first=column == 0, last=number + columns >= len(shown))
    return page.figure


def draw_profile(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    """Both measures of one network under one transform, trained and of random weights, at its layers."""
    axes.axhline(0, color="#BBBBBB", lw=0.5, zorder=0)
    place = {name: number for number, name in enumerate(names)}
    for (measure, weights), look in LOOKS.items():
        own = rows[rows["weights"] == weights].sort_values("depth")
        own = own[own[measure].notna()]
        x = own["layer"].map(place).to_numpy(float)
        low, high = (own[f"{measure}_{end}"].to_numpy(float) for end in ("low", "high"))
        axes.vlines(x, low, high, color=look["color"], lw=0.5, alpha=0.7)
        axes.plot(
            x, own[measure].to_numpy(float), color=look["color"], linestyle=look["linestyle"],
            marker=look["marker"], markersize=2.4, markeredgewidth=0.6, linewidth=0.9,
            markerfacecolor=look["color"] if weights == "trained" else "white",
            gid=f"{measure}:{weights}",
        )  # fmt: skip


def draw_ticks(axes: Axes, names: list[str], *, first: bool, last: bool) -> None:
    """Limits and ticks; names of layers and numbers on the panels at the edges alone."""
    axes.set_xlim(-0.4, len(names) - 0.6)
    # What is farther off than strangers by more than that says no more.
    axes.set_ylim(LOWEST, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"] if first else ["", "", ""])
    labels = [shortened(name, NAMES - 3.0, SMALL) for name in names] if last else [""] * len(names)
    axes.set_xticks(np.arange(len(names)), labels, rotation=90)


def profile_signs() -> list[Sign]:
    """The key of both measures and both kinds of weights."""
    words = {"mean_invariance": "invariance", "mean_equivariance": "equivariance"}
    return [
        (
            {**look, "markersize": 2.6, "linewidth": 0.9, "markeredgewidth": 0.6,
             "markerfacecolor": look["color"] if weights == "trained" else "white"},
            words[measure] + (", random weights" if weights == "random" else ""),
        )
        for (measure, weights), look in LOOKS.items()
    ]  # fmt: skip
