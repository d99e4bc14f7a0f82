"""Networks' median thresholds, of ranking.csv, as marks with their intervals: magnitude upwards."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from .axes import TransformAxis
from .labels import wrapped
from .style import NORMAL, Look
from .whiskers import whiskers

ALL = "(all)"  # in ranking.csv: of all transforms together
OF_MEDIAN = {
    "median_threshold": "threshold", "median_low": "low", "median_high": "high",
    "median_censored": "censored", "median_interval": "interval",
}  # fmt: skip


def magnitude_axis(
    axes: Axes, transform: TransformAxis, ends: tuple[float, float], tall: float
) -> None:
    """The vertical axis of a panel `tall` mm high, the identity dashed."""
    transform.apply(axes, *ends, pad=0.04, most=7, on="y")
    axes.set_ylabel(wrapped(transform.unit or "magnitude", tall, NORMAL), linespacing=1.0)
    axes.axhline(transform.identity, color="#999999", linewidth=0.6, linestyle="--", zorder=0)


def draw_medians(
    axes: Axes,
    rows: pd.DataFrame,
    x: npt.NDArray[np.float64],
    transform: TransformAxis,
    ends: tuple[float, float],
    look: Look,
) -> None:
    """Marks at [N] places, open where half of the pictures keep their prediction, and their intervals.

    Parameters
    ----------
    rows : [N] rows of ranking.csv. ends : the lowest and highest magnitude screened.
    """
    cells = rows[[*OF_MEDIAN, "direction", "images"]].rename(columns=OF_MEDIAN)
    y = cells["threshold"].to_numpy(float)
    whiskers(cells, ends, transform.identity).draw(axes.vlines, x, color=look.colour, linewidth=0.8)
    censored = cells["censored"].to_numpy(bool)
    for chosen, face in ((~censored, look.colour), (censored, "white")):
        axes.plot(
            x[chosen], y[chosen], linestyle="none", marker=look.marker, markersize=3.4,
            markerfacecolor=face, markeredgecolor=look.colour, markeredgewidth=0.8, clip_on=False,
            gid="median",
        )  # fmt: skip
