"""Intervals of thresholds as they are drawn: solid as far as they are known, dotted on an open side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
OPEN_LINE = ":"
SLACK = 1e-6  # of the range; a limit at the range's end is not beyond it


@dataclass(frozen=True)
class Whiskers:
    """Where the intervals of N thresholds are drawn.

    Attributes
    ----------
    low, high : [N], the known limits; the threshold itself where that side is open.
    low_end, high_end : [N], to where an open side goes on, the range's end or the identity; else NaN.
    """

    low: Array
    high: Array
    low_end: Array
    high_end: Array

    def draw(self, lines: Callable[..., Any], at: npt.ArrayLike, **keywords: Any) -> None:
        """Draw them with ``axes.hlines`` or ``axes.vlines``, at [N] places on the other axis."""
        places = np.broadcast_to(np.asarray(at, dtype=float), self.low.shape)
        for start, stop, style in (
            (self.low, self.high, {}),
            (self.low, self.low_end, {"linestyle": OPEN_LINE}),
            (self.high, self.high_end, {"linestyle": OPEN_LINE}),
        ):
            drawn = np.isfinite(start) & np.isfinite(stop) & (start != stop)
            if drawn.any():
                lines(places[drawn], start[drawn], stop[drawn], **keywords, **style)


def whiskers(
    cells: pd.DataFrame, ends: tuple[float, float], identity: float, suffix: str = ""
) -> Whiskers:
    """The whiskers of rows of thresholds.csv.

    A side is open where the table says so, where it has no limit, or one beyond the range.

    Parameters
    ----------
    cells : rows with `direction`, and `threshold`, `low`, `high`, `interval` and perhaps `images`,
        followed by `suffix`.
    ends : the lowest and the highest magnitude screened.
    identity : the magnitude that changes nothing.
    """
    threshold, low, high = (
        cells[name + suffix].to_numpy(dtype=float) for name in ("threshold", "low", "high")
    )
    method = cells["interval" + suffix].astype(str)
    up = (cells["direction"] == "up").to_numpy()
    far_open = method.str.contains("open").to_numpy()
    both_open = (method == "open").to_numpy()
    low_end, high_end = np.where(up, identity, ends[0]), np.where(up, ends[1], identity)
    # One picture bounds nothing; a class that is not recognised untransformed has no threshold to bound.
    counts = next((name for name in ("images" + suffix, "images") if name in cells), None)
    alone = pd.Series(False, index=cells.index) if counts is None else cells[counts] == 1
    without = alone.to_numpy(dtype=bool) | unrecognised(cells, identity, suffix)
    slack = SLACK * (ends[1] - ends[0])
    low_open = both_open | far_open & ~up | ~(low >= ends[0] - slack)
    high_open = both_open | far_open & up | ~(high <= ends[1] + slack)
    return Whiskers(
        np.where(low_open | without, threshold, low),
        np.where(high_open | without, threshold, high),
        np.where(low_open & ~without, low_end, np.nan),
        np.where(high_open & ~without, high_end, np.nan),
    )


def recognising(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of ranking.csv but those of networks that recognise nothing untransformed.

    They have no threshold, rather than one of 0; where there are no others all stay.
    """
    known = rows["baseline_accuracy"] > 0
    return rows[known] if known.any() else rows


def unrecognised(cells: pd.DataFrame, identity: float, suffix: str = "") -> npt.NDArray[np.bool_]:
    """Which rows are of classes that do not lead untransformed: their threshold is the identity itself."""
    at_once = (cells["threshold" + suffix] == identity).to_numpy(dtype=bool)
    column = "censored" + suffix
    return at_once & ~cells[column].to_numpy(dtype=bool) if column in cells else at_once
