"""The tables of a sweep: thresholds.csv and curves.parquet, one class at a time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.statistics import mean_interval, proportion_interval
from invariances.statistics.bootstrap import LEVEL, RESAMPLES, bound_share
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
    Crossing,
    first_crossing,
    half_accuracy,
    half_accuracy_limits,
    leading_intervals,
)
from invariances.thresholds.switches import Switch, switch_interval

OPEN = "open"
GAFFKE = "Gaffke's bound"
FAR_OPEN = ", far limit open"


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
    numbers, so that in the direction ``down`` the far limit is ``low``. ``interval`` and
    ``half_accuracy_interval`` name the method, and say where the far limit is open: it is then the
    range's end, which bounds nothing. Rivals in the interval are the sweep's candidates; the estimate
    sees all categories. ``grid_error`` is by how much the threshold moves when every second point of
    the grid is left out, or the others, whichever moves it farther; missing on an ordinal axis, where
    the grid is all there is, and every threshold and limit one of its points.

    Parameters
    ----------
    categories : the K names of the classifier's categories.
    axis : on which curves are linear between grid points, unless it is ordinal; by default log for
        log-spaced grids.
    resamples : B; seed : of the bootstrap.

    Returns
    -------
    The table ``THRESHOLDS``, classes in the sweep's order, ``down`` after ``up``.
    """
    scale = axis or infer_axis(sweep.magnitudes)
    coordinate, ordinal = to_axis(sweep.magnitudes, scale), scale == "ordinal"
    rows: list[dict[str, object]] = []
    for number, name, label, pictures in members(sweep):
        margins, rivals = class_margins(sweep.mean_softmax[number], label)
        right = sweep.prediction[pictures] == label
        softmax = distinct(sweep.candidates[number], sweep.candidate_softmax[pictures])
        recognised = [
            (float(from_axis(low, scale)), float(from_axis(high, scale)))
            for low, high in leading_intervals(margins, coordinate, ordinal=ordinal)
        ]
        for direction, path in outward(sweep.magnitudes, sweep.identity):
            along = coordinate[path]
            switch = first_crossing(margins[path], along, ordinal=ordinal)
            known = switch_interval(softmax[:, path], along, level=level, ordinal=ordinal)
            limits = known.inner, known.outer
            low, high = _ordered(limits, float(switch.coordinate), direction, scale)
            threshold = _magnitude(float(switch.coordinate), sweep.magnitudes, path, scale)
            again = [
                first_crossing(margins[path][coarse], along[coarse])
                for coarse in ([] if ordinal else _every_second(len(path)))
            ]
            moved = [
                abs(_magnitude(float(each.coordinate), sweep.magnitudes, path, scale) - threshold)
                for each in again
            ]
            half = half_accuracy_row(
                right,
                sweep.magnitudes,
                direction,
                path,
                scale,
                resamples=resamples,
                level=level,
                seed=seed,
            )
            rows.append(
                {
                    "model": model,
                    "transform": transform,
                    "class": name,
                    "direction": direction,
                    "threshold": threshold,
                    "low": low,
                    "high": high,
                    "censored": bool(switch.censored),
                    "flips_to": ""
                    if switch.censored
                    else str(categories[int(rivals[switch.candidate])]),
                    "images": len(pictures),
                    "baseline_accuracy": float(right[:, sweep.identity].mean()),
                    **half,
                    "recognised": recognised,
                    "interval": _method(known, len(pictures)),
                    "grid_error": max(moved, default=np.nan),
                    "p_no_switch": known.p_no_switch,
                    "p_switch": known.p_switch,
                }
            )
    return frame(THRESHOLDS, rows)


def half_accuracy_row(
    right: NDArray[np.bool_],
    magnitudes: Floats,
    direction: Direction,
    path: Indices,
    axis: Axis,
    *,
    resamples: int,
    level: float,
    seed: int,
) -> dict[str, object]:
    """The columns of half accuracy of pictures [N, M], right or wrong, in one direction."""
    along, ordinal = to_axis(magnitudes, axis)[path], axis == "ordinal"
    half = half_accuracy(right[:, path], along, ordinal=ordinal)
    limits = half_accuracy_limits(
        right[:, path], along, resamples=resamples, level=level, seed=seed, ordinal=ordinal
    )
    interval = float(limits[0].coordinate), float(limits[1].coordinate)
    low, high = _ordered(interval, float(half.coordinate), direction, axis)
    return {
        "half_accuracy": _magnitude(float(half.coordinate), magnitudes, path, axis),
        "half_accuracy_low": low,
        "half_accuracy_high": high,
        "half_accuracy_censored": bool(half.censored),
        "half_accuracy_interval": _half_method(*limits, along, ordinal),
    }


def _every_second(points: int) -> list[Indices]:
    """The halves of a path's points, each with the identity and the range's end; none of two points."""
    if points < 3:
        return []
    ends = [0, points - 1]
    return [np.union1d(ends, np.arange(start, points, 2)) for start in (0, 1)]


def _method(switch: Switch, size: int) -> str:
    """How the switch's interval was found, and whether it has a far limit."""
    return OPEN if size < 2 else "Bonferroni's t" + FAR_OPEN * switch.open


def _half_method(inner: Crossing, outer: Crossing, along: Floats, ordinal: bool) -> str:
    """The same of half accuracy's."""
    # On an ordinal axis the last point may be the first that is lost, which is a limit.
    far = bool(outer.censored if ordinal else outer.coordinate == along[-1])
    if far and inner.coordinate == along[0]:
        return OPEN
    return "Bayesian bootstrap" + FAR_OPEN * far


def distinct(candidates: NDArray[Any], softmax: NDArray[Any]) -> NDArray[Any]:
    """The softmax [n, M, L] of candidates that are categories, each once, the true one first."""
    _, first = np.unique(candidates, return_index=True)
    return softmax[..., [index for index in np.sort(first) if candidates[index] >= 0]]


def _magnitude(coordinate: float, magnitudes: Floats, path: Indices, axis: Axis) -> float:
    """Back to a magnitude; grid points return as the grid has them, not through a logarithm."""
    grid = np.asarray(magnitudes, dtype=float)[path]
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

    Accuracy has the mid-P interval, mean softmax the Bayesian bootstrap's, or under ten pictures, and
    near 0 and 1, Gaffke's bound; each limit is pointwise, 95 % at a magnitude, not for a curve as a
    whole. The deviation over pictures and the covariance with the untransformed let what is relative to
    it be tested in pairs.

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
        deviation, covariance = _spread(softmax.astype(float), sweep.identity)
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
                    "softmax_deviation": deviation.ravel(),
                    "identity_covariance": covariance.ravel(),
                    "interval": _softmax_method(softmax),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[CURVES.names]


def _softmax_method(softmax: Floats) -> NDArray[np.str_]:
    """How the intervals of the means over pictures of [N, M, L] are found: [M * L]."""
    mean, size = softmax.astype(float).mean(axis=0).ravel(), len(softmax)
    if size < 2:
        return np.full(mean.shape, OPEN)
    share = np.maximum(bound_share(mean, size), bound_share(1 - mean, size))
    return np.select([share == 0, share == 1], ["Bayesian bootstrap", GAFFKE], "between the two")


def _spread(softmax: Floats, identity: int) -> tuple[Floats, Floats]:
    """Deviation over pictures [M, L], and covariance with the untransformed; zero of a single picture."""
    away = softmax - softmax.mean(axis=0)
    parts = max(len(softmax) - 1, 1)
    deviation: Floats = np.sqrt(np.square(away).sum(axis=0) / parts)
    covariance: Floats = (away * away[:, [identity]]).sum(axis=0) / parts
    return deviation, covariance
