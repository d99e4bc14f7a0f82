"""Networks of which several were trained, by other seeds: what is the network's, and what the training's.

A difference of two sets of weights says little of two architectures where the same architecture, trained
again, differs as much. With several trainings of each, pictures and trainings are crossed random effects:
every training has seen the same pictures.

References
----------
Satterthwaite, An approximate distribution of estimates of variance components, Biometrics 2, 1946.
Zou & Donner, Construction of confidence limits about effect measures, Stat. Med. 27, 2008 (MOVER: limits
of a sum from the limits of its parts).
Bouthillier et al., Accounting for variance in machine learning benchmarks, MLSys 2021.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from invariances.statistics.bootstrap import LEVEL, RESAMPLES, Floats
from invariances.statistics.paired import paired_difference


@dataclass(frozen=True)
class TrainedDifference:
    """Difference of two networks over their trainings, first minus second.

    Attributes
    ----------
    estimate, low, high : mean difference and its interval, in the thresholds' unit.
    p_value : two-sided, uncorrected.
    from_trainings : the standard error that the choice of trainings has, from_pictures that of pictures.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    from_trainings: float
    from_pictures: float


def trained_difference(
    first: ArrayLike,
    second: ArrayLike,
    reach: float,
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> TrainedDifference:
    """Mean difference of two networks' thresholds, over other pictures and over other trainings.

    Each limit joins two distances from the estimate as the root of the sum of squares (MOVER): that of the
    pictures (`paired_difference` of the means over trainings) and that of the trainings (Student's t with
    Satterthwaite's degrees of freedom, from the variance of their means over pictures). What varies with
    picture and training both is counted in either, so that the interval is rather too wide. The p-value is
    that of the widest such interval that leaves zero out, with Student's t for the pictures as well, and is
    not below that of the sign flips over pictures.

    Parameters
    ----------
    first, second : [trainings, N] distances from the identity, two trainings of each or more, of the same
        pictures; censored ones at the range's end.
    reach : the range's end, no distance is larger.

    Returns
    -------
    TrainedDifference; all NaN where every threshold is the range's end.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.ndim != 2 or two.ndim != 2 or one.shape[1] != two.shape[1] or one.shape[1] == 0:
        raise ValueError("thresholds must be [trainings, pictures] of the same pictures")
    if min(len(one), len(two)) < 2:
        raise ValueError("how much trainings differ takes two of each network at least")
    pictures = paired_difference(
        one.mean(axis=0), two.mean(axis=0), reach, resamples=resamples, level=level, seed=seed
    )
    if np.isnan(pictures.estimate):
        return TrainedDifference(*[np.nan] * 6)
    parts = [training_variance(own) / len(own) for own in (one, two)]
    error = float(np.sqrt(sum(parts)))
    freedom = satterthwaite(parts, [len(own) - 1 for own in (one, two)]) if error > 0 else 1.0
    away = float(special.stdtrit(freedom, 0.5 + level / 2)) * error
    estimate, count = pictures.estimate, one.shape[1]
    low, high = (
        estimate + side * float(np.hypot(limit - estimate, away))
        for side, limit in ((-1, pictures.low), (1, pictures.high))
    )
    if count == 1:
        return TrainedDifference(estimate, low, high, 1.0, error, np.nan)
    spread = float((one.mean(axis=0) - two.mean(axis=0)).std(ddof=1) / np.sqrt(count))
    both = _p_value(abs(estimate), (spread, error), (count - 1, freedom))
    return TrainedDifference(estimate, low, high, max(both, pictures.p_value), error, spread)


def _p_value(estimate: float, errors: tuple[float, float], freedom: tuple[float, float]) -> float:
    """Two-sided p-value at which the root of the sum of two squared t limits is the estimate."""

    def reach(tail: float) -> float:
        return float(np.hypot(*special.stdtrit(freedom, tail) * np.array(errors)))

    if not any(errors):
        return 0.0
    low, high = -300.0, np.log10(0.5)  # of the tail
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if reach(10**middle) > estimate else (low, middle)
    return float(min(1.0, 2 * 10**high))


def training_variance(thresholds: Floats) -> float:
    """Variance, between trainings, of the mean over pictures of [trainings, pictures]."""
    return float(thresholds.mean(axis=1).var(ddof=1))


def satterthwaite(variances: list[float], freedom: list[int]) -> float:
    """Degrees of freedom of a sum of independent estimates of variance, one above zero at least."""
    squares = sum(part**2 / own for part, own in zip(variances, freedom, strict=True))
    return float(sum(variances) ** 2 / squares)
