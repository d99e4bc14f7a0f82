"""All pictures as one set, whatever their classes: each picture's own threshold, medians, half accuracy.

One panel a transform, one row a network. A short line is a picture's own threshold, where its prediction
first changes. With few pictures a class this is what a run can tell.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import TransformAxis
from .key import Sign, draw_key, look_signs
from .labels import page_title, spaced
from .marks import IDENTITY_LINE
from .panels import Box, layout, panel
from .registry import figure
from .responses import known, present, ranges_of
from .style import DOUBLE_COLUMN, Look, Page, applied, model_looks, striped
from .whiskers import whiskers

LEFT, ROW = 3.0, 7.0  # mm
SHOWN = 200  # of more pictures, so many quantiles
HALF_COLOUR = "#222222"


@figure(
    "together",
    reads={"mixed": "mixed.csv", "pictures": "pictures.parquet", "curves": "curves.parquet"},
    category="Thresholds",
    labels={"figure": "all pictures together"},
)
def together(
    mixed: pd.DataFrame,
    pictures: pd.DataFrame,
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """All pictures together, whatever their classes, by transform and network. Short lines: each picture's
    own threshold, where its prediction first changes (pictures that are wrong untransformed left out); of
    more than 200 pictures, 200 quantiles. Above them, filled marks: the median; open arrows: half of the
    pictures keep their prediction throughout. Below them, crosses: half accuracy over all pictures. Both
    with 95 % intervals, dotted where one is open.
    """
    return draw_together(mixed, pictures, transforms, ranges=ranges_of(curves), width=width)


def draw_together(
    mixed: pd.DataFrame,
    pictures: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    *,
    ranges: Mapping[str, tuple[float, float]],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw the pictures' own thresholds with their median and half accuracy, a row a network.

    Parameters
    ----------
    mixed, pictures
        The rows of mixed.csv and of pictures.parquet.
    transforms
        The axes of transforms, in the order of the panels; those without rows are left out.
    ranges
        The lowest and highest magnitude screened, by transform.

    Raises
    ------
    InputError
        For a transform without an axis.
    """
    available = present(mixed, "transform")
    for name in available:
        known("transform in --transforms", name, transforms)
    wanted = [name for name in transforms if name in available]
    models = present(mixed, "model")
    looks = model_looks(models)
    signs = [*look_signs({spaced(model): looks[model] for model in models}), *_signs(mixed)]
    count = int(mixed["images"].max())
    with applied():
        page, boxes = layout(
            [transforms[name] for name in wanted], LEFT, ROW * len(models), signs, width
        )
        draw_key(page, 1.2, 6.0, signs)
        page_title(page, f"All {count} pictures together" if count > 1 else "One picture")
        for name, box in zip(wanted, boxes, strict=True):
            axes = _panel(page, box, transforms[name], ranges[name])
            for row, model in enumerate(models):
                own, each = (
                    table[(table["model"] == model) & (table["transform"] == name)]
                    for table in (mixed, pictures)
                )
                _row(axes, row, own, each, ranges[name], transforms[name].identity, looks[model])
    return page.figure


def _panel(page: Page, box: Box, transform: TransformAxis, ends: tuple[float, float]) -> Axes:
    axes = panel(page, box, transform, ends)
    rows = round(box[3] / ROW)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    striped(axes, rows)
    axes.axvline(transform.identity, **{**IDENTITY_LINE, "color": "#999999"})
    return axes


def _row(
    axes: Axes,
    row: int,
    mixed: pd.DataFrame,
    pictures: pd.DataFrame,
    ends: tuple[float, float],
    identity: float,
    look: Look,
) -> None:
    known_ = pictures[(pictures["status"] == "measured") & ~pictures["censored"].astype(bool)]
    for _, side in known_.groupby("direction", sort=False):
        at = quantiles(side["threshold"].to_numpy(float))
        alpha = 0.75 if len(at) <= 40 else 0.3
        axes.vlines(at, row - 0.1, row + 0.16, color=look.colour, lw=0.7, alpha=alpha, zorder=2)
    identities = mixed["recognised"].to_numpy() == 0
    shown = mixed[~identities]
    up = (shown["direction"] == "up").to_numpy()
    for place, columns, marker in (
        (row - 0.28, ("median_threshold", "median_low", "median_high", "median_interval"), look.marker),
        (row + 0.34, ("half_accuracy", "half_accuracy_low", "half_accuracy_high",
                      "half_accuracy_interval"), "x"),
    ):  # fmt: skip
        names = dict(zip(columns, ("threshold", "low", "high", "interval"), strict=True))
        cells = shown[["direction", "images", *columns]].rename(columns=names)
        median = marker != "x"
        colour = look.colour if median else HALF_COLOUR
        censored = shown["median_censored" if median else "half_accuracy_censored"].to_numpy(bool)
        y = np.full(len(cells), place)
        whiskers(cells, ends, identity).draw(axes.hlines, y, color=colour, lw=0.8, zorder=3)
        at = cells["threshold"].to_numpy(float)
        _marks(axes, at[~censored], y[~censored], marker, colour, filled=median)
        for side, arrow in ((up, ">"), (~up, "<")):
            _marks(axes, at[censored & side], y[censored & side], arrow, colour, filled=False)


def _marks(
    axes: Axes,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    marker: str,
    colour: str,
    *,
    filled: bool,
) -> None:
    if len(x):
        axes.plot(
            x,
            y,
            linestyle="none",
            marker=marker,
            markersize=3.0 if filled or marker == "x" else 3.4,
            markerfacecolor=colour if filled else "white",
            markeredgecolor=colour,
            markeredgewidth=0.0 if filled else 0.7,
            clip_on=False,
            zorder=4,
        )


def quantiles(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The values, or of more than 200 as many quantiles: what can be told apart on paper."""
    if len(values) <= SHOWN:
        return values
    found: npt.NDArray[np.float64] = np.quantile(values, (np.arange(SHOWN) + 0.5) / SHOWN)
    return found


def _signs(mixed: pd.DataFrame) -> list[Sign]:
    grey = {"color": "#555555"}
    none = {**grey, "linestyle": "none"}
    signs: list[Sign] = [
        ({**none, "marker": "|", "markersize": 3.6, "markeredgewidth": 0.7}, "a picture's own threshold"),
        ({**none, "marker": "o", "markersize": 3.0, "markeredgewidth": 0.0}, "median"),
        ({**none, "color": HALF_COLOUR, "marker": "x", "markersize": 2.8, "markeredgewidth": 0.7},
         "half accuracy"),
        ({**grey, "linewidth": 0.8}, "95 % interval (dotted: open)"),
    ]  # fmt: skip
    if mixed[["median_censored", "half_accuracy_censored"]].to_numpy(bool).any():
        beyond = {"marker": ">", "markersize": 3.6, "markerfacecolor": "white"}
        signs.append(({**none, **beyond, "markeredgewidth": 0.7}, "beyond the range"))
    return signs
