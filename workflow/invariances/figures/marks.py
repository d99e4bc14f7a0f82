"""Thresholds as they are marked on a response curve."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .axes import TransformAxis
from .responses import Mark
from .whiskers import whiskers

BOTTOM, TOP = -0.04, 1.16  # of a curve's vertical axis; thresholds stand above 1, over no data
MARK_ROW = 1.09
MARK_COLOUR = "#222222"
IDENTITY_LINE: dict[str, Any] = {
    "color": "#BBBBBB",
    "linewidth": 0.5,
    "linestyle": (0, (4, 2)),
    "zorder": 0.5,
}


def plot_marks(
    axes: Axes, marks: Sequence[Mark], transform: TransformAxis, ends: tuple[float, float]
) -> None:
    """Draw thresholds above a curve: a triangle where the prediction switches, with its interval.

    An open side of an interval is dotted, to the range's end, and has no cap. A threshold beyond the
    range (censored) is an open arrow at the range's end. A cross on the curve's height shows where the
    accuracy has fallen to half its untransformed value.
    """
    for mark in marks:
        outwards = ">" if mark.direction == "up" else "<"
        if mark.threshold == transform.identity and not mark.censored:
            # Not recognised untransformed: no magnitude at which it stops being so.
            _mark(axes, mark.threshold, MARK_ROW, "s", "white", f"unrecognised:{mark.direction}")
            continue
        if mark.censored:
            _mark(axes, mark.threshold, MARK_ROW, outwards, "white", f"censored:{mark.direction}")
        else:
            axes.vlines(mark.threshold, 0.0, MARK_ROW, color=MARK_COLOUR, lw=0.5, zorder=1.5)
            _mark(axes, mark.threshold, MARK_ROW, "v", MARK_COLOUR, f"switch:{mark.direction}")
        _interval(axes, mark, transform, ends)
        if np.isfinite(mark.half) and not mark.half_censored and mark.baseline_accuracy > 0:
            height = mark.baseline_accuracy / 2
            _mark(axes, mark.half, height, "x", MARK_COLOUR, f"half:{mark.direction}")
    axes.axvline(transform.identity, ymax=(1 - BOTTOM) / (TOP - BOTTOM), **IDENTITY_LINE)


def _interval(axes: Axes, mark: Mark, transform: TransformAxis, ends: tuple[float, float]) -> None:
    """Draw a threshold's interval, with a cap at each limit that is known."""
    found = whiskers(pd.DataFrame([asdict(mark)]), ends, transform.identity)
    found.draw(axes.hlines, MARK_ROW, color=MARK_COLOUR, lw=0.8, gid=f"whisker:{mark.direction}")
    known = ((found.low, found.low_end), (found.high, found.high_end))
    caps = [limit[0] for limit, open_end in known if np.isnan(open_end[0])]
    if caps and found.low[0] < found.high[0]:
        axes.plot(
            caps,
            [MARK_ROW] * len(caps),
            color=MARK_COLOUR,
            linestyle="none",
            marker="|",
            ms=3,
            mew=0.6,
            clip_on=False,
            gid=f"interval:{mark.direction}",
        )


def _mark(axes: Axes, x: float, y: float, marker: str, face: str, gid: str) -> None:
    axes.plot(
        [x],
        [y],
        marker=marker,
        markersize=3.6,
        markerfacecolor=face,
        markeredgecolor=MARK_COLOUR,
        markeredgewidth=0.7,
        linestyle="none",
        clip_on=False,
        zorder=5,
        gid=gid,
    )
