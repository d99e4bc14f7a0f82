"""Measure i of the paper: mean accuracy over a mixed set of classes, for each transform."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .axes import TransformAxis
from .key import draw_key, key_height, look_signs
from .labels import page_title, shortened, spaced, wrapped
from .marks import IDENTITY_LINE
from .registry import figure
from .responses import chosen, known, present
from .style import DOUBLE_COLUMN, SINGLE_COLUMN, SMALL, TITLE, Look, Page, applied, model_looks

COLUMNS = 4
WIDEST = 70.0  # mm, of a panel
LEFT, GUTTER, TITLE_ROOM, TICKS, LABEL, BETWEEN = 8.0, 7.0, 4.0, 3.4, 5.2, 1.6  # mm


@figure(
    "mixed",
    reads={"curves": "curves.parquet"},
    category="Thresholds",
    labels={"figure": "mean accuracy"},
)
def mixed(
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Mean accuracy over all screened classes, by transform and network (measure i of the paper's
    section III.C), with 95 % intervals.
    """
    return draw_mixed(curves, transforms, width=width)


def mixed_accuracy(curves: pd.DataFrame, classes: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the mean accuracy over the pictures of several classes (paper, section III.C, i).

    Parameters
    ----------
    curves
        The rows of curves.parquet.
    classes
        The classes in the set, all if None. A class counts by its number of pictures.

    Returns
    -------
    DataFrame
        model, transform, magnitude, images, accuracy, accuracy_low, accuracy_high. The interval is
        put together from the classes' own, whose errors are independent: the distances to the limits
        add in squares (Zou & Donner 2008, "MOVER"), which keeps their asymmetry near 0 and 1.

    Raises
    ------
    InputError
        For a class that is not in the table.
    """
    names = chosen("class in the curves", classes, present(curves, "class"))
    cell = ["model", "transform", "class", "magnitude"]
    rows = curves[curves["class"].isin(names)].drop_duplicates(cell)
    rows = rows[[*cell, "images", "accuracy", "accuracy_low", "accuracy_high"]].copy()
    keys = ["model", "transform", "magnitude"]
    total = rows.groupby(keys, sort=False)["images"].transform("sum")
    weight = rows["images"] / total
    rows["mean"] = weight * rows["accuracy"]
    rows["below"] = (weight * (rows["accuracy"] - rows["accuracy_low"])) ** 2
    rows["above"] = (weight * (rows["accuracy_high"] - rows["accuracy"])) ** 2
    sums = rows.groupby(keys, sort=False)[["images", "mean", "below", "above"]].sum().reset_index()
    sums["accuracy_low"] = np.clip(sums["mean"] - np.sqrt(sums["below"]), 0.0, 1.0)
    sums["accuracy_high"] = np.clip(sums["mean"] + np.sqrt(sums["above"]), 0.0, 1.0)
    sums = sums.rename(columns={"mean": "accuracy"}).drop(columns=["below", "above"])
    return sums.sort_values(keys, kind="stable", ignore_index=True)


def draw_mixed(
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    *,
    models: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw the mean accuracy over a set of classes: one small panel a transform, all classifiers.

    Parameters
    ----------
    curves
        The rows of curves.parquet.
    transforms
        The axes of transforms, in the order of the panels; those without rows are left out.
    models, names, classes
        Classifiers, transforms and classes to draw; all that the table has if None.

    Raises
    ------
    InputError
        For a classifier, transform or class that the table does not have.
    """
    shown = chosen("model in the curves", models, present(curves, "model"))
    available = present(curves, "transform")
    wanted = chosen("transform in the curves", names, [t for t in transforms if t in available])
    for name in wanted:
        known("transform in --transforms", name, transforms)
    table = mixed_accuracy(curves, classes)
    count = len(classes) if classes else len(present(curves, "class"))
    # Where each picture is a class of its own, it has no other.
    counted = "pictures" if (table["images"] == count).all() else "classes"
    looks = model_looks(shown)
    signs = look_signs({spaced(model): looks[model] for model in shown})
    columns = min(COLUMNS, len(wanted))
    inner = min((width - LEFT - 3.0 - (columns - 1) * GUTTER) / columns, WIDEST)
    tall = 0.62 * inner
    height = TITLE_ROOM + tall + TICKS + LABEL + BETWEEN
    width = max(SINGLE_COLUMN, LEFT + columns * (inner + GUTTER) - GUTTER + 3.0)
    with applied():
        header = 6.0 + key_height(signs, width) + 1.5
        page = Page(width, header - (-len(wanted) // columns) * height)
        page_title(page, f"Mean accuracy over {count} {counted}")
        draw_key(page, 1.2, 6.0, signs)
        for index, name in enumerate(wanted):
            row, column = divmod(index, columns)
            box = (LEFT + column * (inner + GUTTER), header + row * height, inner, tall)
            cells = table[table["transform"] == name]
            _panel(page, box, cells, transforms[name], {m: looks[m] for m in shown}, column == 0)
    return page.figure


def _panel(
    page: Page,
    box: tuple[float, float, float, float],
    cells: pd.DataFrame,
    transform: TransformAxis,
    looks: Mapping[str, Look],
    first: bool,
) -> None:
    """Draw one transform's panel; only the first of a line has numbers on its vertical axis."""
    left, top, width, height = box
    axes = page.axes(left, top + TITLE_ROOM, width, height)
    low, high = cells["magnitude"].min(), cells["magnitude"].max()
    transform.apply(axes, float(low), float(high), pad=0.03, most=5)
    axes.set_ylim(-0.03, 1.05)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"] if first else [""] * 3)
    axes.axvline(transform.identity, **IDENTITY_LINE)
    if first:
        axes.set_ylabel("Accuracy")
    for model, look in looks.items():
        curve = cells[cells["model"] == model]
        x = curve["magnitude"].to_numpy()
        bounds = curve["accuracy_low"].to_numpy(), curve["accuracy_high"].to_numpy()
        if transform.ordinal:
            axes.vlines(x, *bounds, color=look.colour, alpha=0.36, linewidth=1.6)
        else:
            axes.fill_between(x, *bounds, color=look.colour, alpha=0.18, linewidth=0)
        axes.plot(
            x,
            curve["accuracy"].to_numpy(),
            color=look.colour,
            linestyle="none" if transform.ordinal else look.line,
            linewidth=1.1,
            marker=look.marker,
            markersize=2.6,
            markeredgewidth=0.0,
            markevery=1 if transform.ordinal else max(1, len(x) // 6),
            clip_on=False,
            gid=f"accuracy:{model}",
        )
    page.text(left, top, shortened(transform.heading, width + GUTTER - 1.0, TITLE), fontsize=TITLE)
    page.text(
        left + width / 2,
        top + TITLE_ROOM + height + TICKS + 0.4,
        wrapped(transform.unit, width + GUTTER - 1.5, SMALL),
        ha="center",
        fontsize=SMALL,
        linespacing=1.0,
    )
