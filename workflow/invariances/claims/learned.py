"""C5 to C8: what the tables of an Invariant Transformer Net say of the paper's second strategy."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from invariances.claims.verdicts import UNKNOWN, Estimate
from invariances.statistics.bootstrap import LEVEL

Floats = NDArray[np.float64]
BLOCKS = 8
"""Means of so many blocks of successive steps stand for a third of a training: single steps are
correlated, block means hardly (Flegal & Jones, Ann. Stat. 38, 2010)."""
FULL_SCALE = 255.0
STILL = 1e-6
"""A net that moves nothing by more than this has no such transform in its family."""


def change(history: pd.DataFrame, columns: list[str], level: float = LEVEL) -> Estimate:
    """Summed columns over the last third of the steps less the first, Welch's interval on blocks.

    Steps without a loss (the retraction that ends a training) are left out; a training of fewer than
    three times eight steps is too short to tell.
    """
    if not columns or history.empty:
        return UNKNOWN
    values = history[columns].sum(axis=1, min_count=len(columns)).to_numpy(float)
    values = values[np.isfinite(values)]
    third = len(values) // 3
    if third < BLOCKS:
        return UNKNOWN
    first, last = (
        np.array([part.mean() for part in np.array_split(steps, BLOCKS)])
        for steps in (values[:third], values[-third:])
    )
    value = float(last.mean() - first.mean())
    if np.ptp(first) == 0 and np.ptp(last) == 0:
        return Estimate(value, value, value)
    interval = stats.ttest_ind(last, first, equal_var=False).confidence_interval(level)
    return Estimate(value, float(interval.low), float(interval.high))


def classifier_loss(history: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """How much the classifier's loss changes in training, in nats (C5a)."""
    return change(history, ["classifier_loss"], level)


def transform_loss(history: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """How much the transforms' summed loss L_k changes in training (C5b)."""
    names = [name for name in history.columns if name.endswith("_loss")]
    return change(history, [name for name in names if name != "classifier_loss"], level)


def accuracy_lost(evaluation: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """The largest loss of accuracy at any k (C6).

    What is lost at a k is the share of pictures that are right untransformed and wrong there, less the
    share for which it is the other way round; its limits are Bonett and Price's for paired proportions
    (J. Educ. Behav. Stat. 37, 2012). The largest loss is at most the largest of the upper limits; that
    it is at least the largest of the lower ones takes Bonferroni's correction over the k's.
    """
    if evaluation.empty:
        return UNKNOWN
    images, lost, gained = (
        evaluation[name].to_numpy(float) for name in ("pictures", "lost", "gained")
    )
    one, two = (lost + 1) / (images + 2), (gained + 1) / (images + 2)
    error = np.sqrt((one + two - (one - two) ** 2) / (images + 2))
    tail = (1 - level) / 2
    once, each = (-stats.norm.ppf(value) for value in (tail, tail / len(evaluation)))
    value = float(((lost - gained) / images).max())
    low, high = (float((one - two + reach * error).max()) for reach in (-each, once))
    return Estimate(value, min(low, value), max(high, value))


def _exactly(value: float) -> Estimate:
    # What is read off a net's matrices is no sample of anything: its interval is a point.
    return Estimate(value, value, value)


def _moves(evaluation: pd.DataFrame, column: str, still: float) -> Floats | None:
    """A component of the learned spatial matrices at all k, or None where the net has none such."""
    if column not in evaluation or not len(evaluation):
        return None
    values = evaluation[column].dropna().to_numpy(float)
    return values if len(values) and np.abs(values - still).max() > STILL else None


def smallest_zoom(evaluation: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """The strongest zoom in at any k; under 1 it magnifies (C7a)."""
    zooms = _moves(evaluation, "zoom", 1.0)
    return UNKNOWN if zooms is None else _exactly(float(zooms.min()))


def largest_zoom(evaluation: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """The strongest zoom out at any k (C7b)."""
    zooms = _moves(evaluation, "zoom", 1.0)
    return UNKNOWN if zooms is None else _exactly(float(zooms.max()))


def largest_rotation(evaluation: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """The largest rotation at any k, in degrees, either way (C7c)."""
    angles = _moves(evaluation, "rotation_degrees", 0.0)
    return UNKNOWN if angles is None else _exactly(float(np.abs(angles).max()))


def largest_colour_change(evaluation: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """The largest root mean square change, at any k, of colours evenly distributed (C8).

    A colour x in [0, 1]^3 moves by D (x, 1), D = phi - I [3, 4]. Over independent, even channels its
    mean square is |D (1/2, 1/2, 1/2, 1)|^2 + |D_3|^2 / 12, D_3 the first three columns.
    """
    names = [f"phi_{i}{j}" for i in range(3) for j in range(4)]
    if evaluation.empty or not set(names) <= set(evaluation.columns):
        return UNKNOWN
    matrices = evaluation[names].dropna().to_numpy(float).reshape(-1, 3, 4)
    if not len(matrices):
        return UNKNOWN
    moved = matrices - np.eye(3, 4)
    mean = moved @ np.array([0.5, 0.5, 0.5, 1.0])
    square = (mean**2).sum(axis=1) + (moved[:, :, :3] ** 2).sum(axis=(1, 2)) / 12
    return _exactly(float(FULL_SCALE * np.sqrt(square.max() / 3)))
