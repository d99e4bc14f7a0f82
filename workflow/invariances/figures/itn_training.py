"""Figure 4a: both losses over the training of an Invariant Transformer Net.

Four panels over the steps: the classifier's loss, the transforms' losses, the batches' accuracy, and
how far the transforms move a picture at k = (1, 1). The strip under them is the branch of the
objective that each step took.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from invariances.errors import InputError

from .curves import heading
from .itn_kinds import HEADINGS, LOOKS, MOVED, STEERED_BY, decades, evenly, kinds_in
from .key import Sign, draw_key, key_height, look_signs
from .labels import shortened, spaced
from .registry import figure
from .style import DOUBLE_COLUMN, NORMAL, SMALL, TITLE, Look, Page, applied

Array = npt.NDArray[np.float64]

CLASSIFIER = Look("#333333", "-", "")
BRANCHES = {"transform": "#CFE0EE", "both": "#6F9EC4", "classifier": "#7A2E0E"}
MEANINGS = {
    "transform": "branch: larger transforms",
    "both": "branch: both at once",
    "classifier": "branch: loss of the classifier",
}
SMOOTHED = 24  # the running mean's window is this part of all steps
LEFT, GUTTER, TITLE_ROOM, TICKS, STRIP, LABEL, TALL = 11.0, 14.0, 5.0, 4.2, 2.0, 3.6, 27.0  # mm


@figure(
    "itn/{model}/training",
    reads={"history": "itn/{model}/history.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "4a: training"},
    kind="itn",
    cases="learners",
)
def itn_training(history: pd.DataFrame, model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """Training the Invariant Transformer Net before **{model}** (the paper's figure 4a): the
    classifier's loss and the transforms' losses, each step and its running mean, the batches'
    accuracy, and how far the transforms move a picture at k = (1, 1), on a logarithmic axis. The
    strip shows which branch of the objective each step took. A classifier's loss that stays level
    while displacement grows is what the paper reports.
    """
    return draw_training(history, model, width=width)


def running_mean(values: Array, window: int) -> Array:
    """Return the mean over `window` neighbours, fewer at the ends: [N] from [N]; gaps are left out."""
    known = np.isfinite(values)
    sums = np.convolve(np.where(known, values, 0.0), np.ones(window), mode="same")
    counts = np.convolve(known.astype(float), np.ones(window), mode="same")
    means: Array = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    return means


def draw_training(history: pd.DataFrame, model: str, *, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the losses, the accuracy and the displacement over a training.

    Parameters
    ----------
    history
        The rows of history.csv: one a step, and at the end of a constrained training its retraction.
    model
        The classifier's name.

    Raises
    ------
    InputError
        For a history without steps or without the columns of any transform.
    """
    kinds = kinds_in(list(history.columns), "displacement")
    missing = [f"{kind}_loss" for kind in kinds if f"{kind}_loss" not in history.columns]
    if missing:
        raise InputError(f"the history lacks the columns {', '.join(missing)}")
    steps = history[history["branch"] != "retraction"]
    if steps.empty:
        raise InputError("the history holds no step")
    retracted = history[history["branch"] == "retraction"]
    window = max(1, len(steps) // SMOOTHED)
    inner = (width - 2 * LEFT - GUTTER + 8.0) / 2
    signs = _signs(steps, kinds, bool(len(retracted)), window)
    with applied():
        head = 6.0 + key_height(signs, width) + 1.5
        row = TITLE_ROOM + TALL + TICKS + 1.5
        below = head + 2 * row - 1.2
        page = Page(width, below + STRIP + LABEL + 1.2)
        title = f"{spaced(model)}: training the Invariant Transformer Net"
        page.text(
            0.5,
            0.8,
            shortened(title, width - 1, TITLE + 1, "bold"),
            fontsize=TITLE + 1,
            weight="bold",
        )
        draw_key(page, 1.2, 6.0, signs)
        panels = []
        for index, name in enumerate(
            (
                "Loss of the classifier",
                "Losses of the transforms",
                "Accuracy",
                "Displacement at k = (1, 1)",
            )
        ):
            down, across = divmod(index, 2)
            left, top = LEFT + across * (inner + GUTTER), head + down * row
            heading(page, left - LEFT + 0.5, top, inner + LEFT, name, "abcd"[index])
            panels.append(page.axes(left, top + TITLE_ROOM, inner, TALL))
        _lines(panels[0], steps, "classifier_loss", CLASSIFIER, window)
        _lines(panels[2], steps, "accuracy", CLASSIFIER, window)
        for kind in kinds:
            _lines(panels[1], steps, f"{kind}_loss", LOOKS[kind], window)
            _displacement(panels[3], steps, retracted, kind)
        _scales(panels, steps)
        for left in (LEFT, LEFT + inner + GUTTER):
            _branches(page.axes(left, below, inner, STRIP), steps)
            page.text(
                left - 1.5, below + STRIP / 2, "branch", ha="right", va="center", fontsize=SMALL
            )
            page.text(left + inner / 2, below + STRIP + 0.5, "Step", ha="center", fontsize=NORMAL)
    return page.figure


def _signs(steps: pd.DataFrame, kinds: Sequence[str], retracted: bool, window: int) -> list[Sign]:
    named = {f"{HEADINGS[kind].lower()} ({STEERED_BY[kind]})": LOOKS[kind] for kind in kinds}
    signs = look_signs(named)
    for keywords, _ in signs:
        keywords["marker"] = ""
    if window > 1:
        grey = {"color": "#777777", "linestyle": "none", "marker": "o", "markersize": 1.4}
        signs.append((grey, "single steps"))
        signs.append(({"color": "#777777", "linewidth": 1.2}, f"running mean over {window}"))
    if retracted:
        signs.append(
            ({"color": "#333333", "linestyle": "none", "marker": "o", "markersize": 3.6,
              "markerfacecolor": "white", "markeredgewidth": 0.8}, "after the retraction")
        )  # fmt: skip
    present = [branch for branch in BRANCHES if (steps["branch"] == branch).any()]
    signs += [
        ({"color": BRANCHES[branch], "linewidth": 4.0}, MEANINGS[branch]) for branch in present
    ]
    return signs


def _lines(axes: Axes, steps: pd.DataFrame, column: str, look: Look, window: int) -> None:
    """Draw single steps as dots and their running mean as a line."""
    x, y = steps["step"].to_numpy(dtype=float), steps[column].to_numpy(dtype=float)
    if window > 1:
        axes.plot(x, y, ".", color=look.colour, ms=2.0, mew=0, alpha=0.35, gid=f"steps:{column}")
    axes.plot(
        x,
        running_mean(y, window),
        color=look.colour,
        linestyle=look.line,
        linewidth=1.2,
        gid=f"mean:{column}",
    )


def _displacement(axes: Axes, steps: pd.DataFrame, retracted: pd.DataFrame, kind: str) -> None:
    column, look = f"{kind}_displacement", LOOKS[kind]
    axes.plot(
        steps["step"].to_numpy(),
        steps[column].to_numpy(),
        color=look.colour,
        linestyle=look.line,
        linewidth=1.2,
        gid=column,
    )
    if len(retracted):
        axes.plot(
            retracted["step"].to_numpy(),
            retracted[column].to_numpy(),
            "o",
            color=look.colour,
            mfc="white",
            ms=3.6,
            mew=0.8,
            clip_on=False,
            gid=f"retracted:{kind}",
        )


def _scales(panels: Sequence[Axes], steps: pd.DataFrame) -> None:
    first, last = float(steps["step"].iloc[0]), float(steps["step"].iloc[-1])
    pad = 0.02 * max(last - first, 1.0)
    for axes in panels:
        axes.set_xlim(first - pad, last + pad)
        _step_ticks(axes, first, last)
    classifier, transforms, accuracy, displacement = panels
    classifier.set_ylabel("Cross-entropy")
    # From 0, so that a loss that only wavers looks as constant as it is.
    classifier.set_ylim(0.0, None)
    transforms.set_ylabel("Transform loss")
    transforms.axhline(0.0, color="#BBBBBB", lw=0.5, zorder=0.5)
    accuracy.set_ylabel("Accuracy of the batch")
    accuracy.set_ylim(-0.03, 1.05)
    accuracy.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    displacement.set_ylabel(MOVED)
    heights = np.concatenate([line.get_ydata() for line in displacement.get_lines()])
    if (np.asarray(heights, dtype=float) > 0).all():
        displacement.set_yscale("log")
        decades(displacement.yaxis, *displacement.get_ylim())
    for axes in (classifier, transforms):
        evenly(axes.yaxis, *axes.get_ylim())


def _step_ticks(axes: Axes, first: float, last: float) -> None:
    """Put ticks at whole numbers of steps."""
    if last - first < 5:
        axes.set_xticks(np.arange(first, last + 1))
    else:
        evenly(axes.xaxis, first, last, most=7)


def _branches(axes: Axes, steps: pd.DataFrame) -> None:
    """Draw, for each step, which branch of the objective it took."""
    first, last = float(steps["step"].iloc[0]), float(steps["step"].iloc[-1])
    pad = 0.02 * max(last - first, 1.0)
    axes.set_xlim(first - pad, last + pad)
    axes.set_ylim(0, 1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_axis_off()
    taken = steps["branch"].to_numpy()
    edges = np.flatnonzero(taken[1:] != taken[:-1]) + 1
    for start, stop in zip([0, *edges], [*edges, len(taken)], strict=True):
        low, high = steps["step"].iloc[start] - 0.5, steps["step"].iloc[stop - 1] + 0.5
        colour = BRANCHES.get(str(taken[start]), "#888888")
        run = Rectangle((low, 0), high - low, 1, color=colour, lw=0, gid=f"branch:{taken[start]}")
        axes.add_patch(run)
