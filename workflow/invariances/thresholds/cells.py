"""The tables of a sweep: thresholds.csv and curves.parquet, one class at a time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.statistics import mean_interval, proportion_interval
from invariances.statistics.bootstrap import LEVEL, RESAMPLES
from invariances.tables import CURVES, THRESHOLDS
from invariances.tables.frames import frame
from invariances.thresholds.axes import (
    Axis,
    Direction,
    Floats,
    Indices,
    SweepArrays,
    from_axis,
    infer_axis,
    members,
    outward,
    to_axis,
)
from invariances.thresholds.crossings import (
    first_crossing,
    half_accuracy,
    half_accuracy_interval,
    leading_intervals,
    switch_interval,
)


def class_margins(mean_softmax: NDArray[Any], label: int) -> tuple[Floats, Indices]:
    """The class's mean softmax minus every other category's.

    Parameters
    ----------
    mean_softmax : [M, K]; label : the class's category.

    Returns
    -------
    margins : [M, K - 1]; rivals : [K - 1], the categories compared with.
    """
    rivals = np.delete(np.arange(mean_softmax.shape[1]), label)
    softmax = mean_softmax.astype(float)
    return softmax[:, [label]] - softmax[:, rivals], rivals


def threshold_table(
    sweep: SweepArrays,
    categories: Sequence[str],
    model: str,
    transform: str,
    *,
    axis: Axis | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Both thresholds of every class, in each direction in which the grid extends.

    ``threshold`` is the paper's switch (section IV.A): the first magnitude from the identity at
    which the class's mean softmax is no longer higher than every other category's; the identity
    itself where it is not highest there, and the range's end, ``censored``, where it stays highest.
    ``flips_to`` is the category that overtakes, empty if censored. ``half_accuracy`` is where
    accuracy falls to half its untransformed value. ``low`` and ``high`` are in the order of
    numbers, so that in the direction ``down`` the far limit is ``low``; a far limit at the range's
    end is open. Rivals in resamples are the sweep's candidates; the estimate sees all categories.

    Parameters
    ----------
    categories : the K names of the classifier's categories.
    axis : on which curves are linear between grid points; by default log for log-spaced grids.
    resamples : B; seed : of the bootstrap.

    Returns
    -------
    The table ``THRESHOLDS``, classes in the sweep's order, ``down`` after ``up``.
    """
    scale = axis or infer_axis(sweep.magnitudes)
    coordinate = to_axis(sweep.magnitudes, scale)
    rows: list[dict[str, object]] = []
    for number, name, label, pictures in members(sweep):
        margins, rivals = class_margins(sweep.mean_softmax[number], label)
        right = sweep.prediction[pictures] == label
        softmax = distinct(sweep.candidates[number], sweep.candidate_softmax[pictures])
        recognised = [
            (float(from_axis(low, scale)), float(from_axis(high, scale)))
            for low, high in leading_intervals(margins, coordinate)
        ]
        for direction, path in outward(sweep.magnitudes, sweep.identity):
            along = coordinate[path]
            switch = first_crossing(margins[path], along)
            half = half_accuracy(right[:, path], along)
            interval = switch_interval(
                softmax[:, path], along, resamples=resamples, level=level, seed=seed
            )
            low, high = _ordered(interval, float(switch.coordinate), direction, scale)
            half_interval = half_accuracy_interval(
                right[:, path], along, resamples=resamples, level=level, seed=seed
            )
            half_low, half_high = _ordered(half_interval, float(half.coordinate), direction, scale)
            rows.append(
                {
                    "model": model,
                    "transform": transform,
                    "class": name,
                    "direction": direction,
                    "threshold": _magnitude(float(switch.coordinate), sweep, path, scale),
                    "low": low,
                    "high": high,
                    "censored": bool(switch.censored),
                    "flips_to": ""
                    if switch.censored
                    else str(categories[int(rivals[switch.candidate])]),
                    "images": len(pictures),
                    "baseline_accuracy": float(right[:, sweep.identity].mean()),
                    "half_accuracy": _magnitude(float(half.coordinate), sweep, path, scale),
                    "half_accuracy_low": half_low,
                    "half_accuracy_high": half_high,
                    "half_accuracy_censored": bool(half.censored),
                    "recognised": recognised,
                }
            )
    return frame(THRESHOLDS, rows)


def distinct(candidates: NDArray[Any], softmax: NDArray[Any]) -> NDArray[Any]:
    """The softmax [n, M, L] of candidates that are categories, each once, the true one first."""
    _, first = np.unique(candidates, return_index=True)
    return softmax[..., [index for index in np.sort(first) if candidates[index] >= 0]]


def _magnitude(coordinate: float, sweep: SweepArrays, path: Indices, axis: Axis) -> float:
    """Back to a magnitude; grid points return as the grid has them, not through a logarithm."""
    grid = np.asarray(sweep.magnitudes, dtype=float)[path]
    at = np.flatnonzero(to_axis(grid, axis) == coordinate)
    # Adding zero turns a negative zero, which would be written "-0", into zero.
    return (float(grid[at[0]]) if len(at) else float(from_axis(coordinate, axis))) + 0.0


def _ordered(
    interval: tuple[float, float], estimate: float, direction: Direction, axis: Axis
) -> tuple[float, float]:
    """Limits from the identity outwards -> magnitudes in ascending order, around the estimate."""
    low, high = min(*interval, estimate), max(*interval, estimate)
    return float(from_axis(low, axis)) + 0.0, float(from_axis(high, axis)) + 0.0


def curve_table(
    sweep: SweepArrays,
    categories: Sequence[str],
    model: str,
    transform: str,
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Response curves with intervals: accuracy and the mean softmax of each class's candidates.

    Accuracy has the mid-P interval, mean softmax the Bayesian bootstrap's; each limit is pointwise,
    95 % at a magnitude, not for a curve as a whole.

    Returns
    -------
    The table ``CURVES``, one row per class, magnitude and predicted class, in this order.
    """
    frames: list[pd.DataFrame] = []
    magnitudes = np.asarray(sweep.magnitudes, dtype=float)
    for number, name, label, pictures in members(sweep):
        right = (sweep.prediction[pictures] == label).sum(axis=0)
        accuracy_low, accuracy_high = proportion_interval(right, len(pictures), level)
        softmax = distinct(sweep.candidates[number], sweep.candidate_softmax[pictures])
        shown = [int(k) for k in dict.fromkeys(sweep.candidates[number].tolist()) if k >= 0]
        low, high = mean_interval(softmax, resamples=resamples, level=level, seed=seed)
        count = len(shown)
        frames.append(
            pd.DataFrame(
                {
                    "model": model,
                    "transform": transform,
                    "class": name,
                    "magnitude": np.repeat(magnitudes, count),
                    "images": len(pictures),
                    "accuracy": np.repeat(right / len(pictures), count),
                    "accuracy_low": np.repeat(accuracy_low, count),
                    "accuracy_high": np.repeat(accuracy_high, count),
                    "predicted_class": np.tile(
                        [str(categories[k]) for k in shown], len(magnitudes)
                    ),
                    "mean_softmax": softmax.astype(float).mean(axis=0).ravel(),
                    "softmax_low": low.ravel(),
                    "softmax_high": high.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[CURVES.names]
