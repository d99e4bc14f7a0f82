"""How much classes explain of pictures' thresholds: the effect of the class, by ranks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from invariances.statistics.bootstrap import LEVEL, RESAMPLES, Floats

SILENT = 2
"""Classes with fewer pictures have no spread of their own, and are left out."""


@dataclass(frozen=True)
class Effect:
    """Share of the variance of ranks that classes explain.

    Attributes
    ----------
    value, low, high : in [0, 1]; error : the standard error; freedom : of Student's t.
    """

    value: float
    low: float
    high: float
    error: float
    freedom: int

    def p_at_most(self, limit: float) -> float:
        """P-value of the hypothesis that the effect is at most `limit`."""
        return self._tail(self.value - limit)

    def p_at_least(self, limit: float) -> float:
        """P-value of the hypothesis that the effect is at least `limit`."""
        return self._tail(limit - self.value)

    def _tail(self, distance: float) -> float:
        if np.isinf(self.error):
            return 1.0
        return float(special.stdtr(self.freedom, -distance / max(self.error, 1e-12)))


FEW = 10
"""Pictures a class under which an interval covers less than it says (docs/method.md): it is left open."""


def class_effect(
    values: ArrayLike,
    classes: ArrayLike,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Effect | None:
    """Share of the variance of ranks that classes explain, by the bootstrap within classes.

    Ranks need no scale, and pictures that do not flip within range tie as the highest: all are
    censored at the same distance, so that their order among the others is known. The variance of
    the classes' mean ranks is corrected for what the pictures' spread adds to it (as epsilon
    squared is; Kelley, PNAS 21, 1935). Pictures are resampled within their classes, whose sizes and
    spreads may differ; the interval is Student's t with the resamples' deviation.

    Parameters
    ----------
    values, classes : [n], distances of pictures' thresholds from the identity, and their classes.

    Returns
    -------
    Effect in [0, 1]; the whole of [0, 1] is its interval where all values tie or classes have fewer than
    `FEW` pictures on the average; None where fewer than two classes have two pictures.
    """
    given, group = np.asarray(values, dtype=float), np.asarray(classes)
    names, counts = np.unique(group, return_counts=True)
    kept = np.isin(group, names[counts >= SILENT])
    given, group = given[kept], np.unique(group[kept], return_inverse=True)[1]
    size = np.bincount(group)
    if len(size) < 2:
        return None
    ranks = stats.rankdata(given)
    freedom = len(ranks) - len(size)
    if np.ptp(ranks) == 0:
        return Effect(0.0, 0.0, 1.0, np.inf, freedom)
    generator = np.random.default_rng([seed, len(ranks), 3])
    mean, spread = (np.empty((resamples + 1, len(size))) for _ in range(2))
    # All classes' ranks at once: looked for class by class they take time as the square of the classes.
    owned = np.split(ranks[np.argsort(group, kind="stable")], np.cumsum(size)[:-1])
    for number, own in enumerate(owned):
        count = len(own)
        drawn = generator.multinomial(count, np.full(count, 1 / count), resamples)
        weights = np.concatenate([np.ones((1, count)), drawn]) / count
        mean[:, number] = weights @ own
        # Of the sample, not of the population: larger by count / (count - 1).
        spread[:, number] = (weights @ own**2 - mean[:, number] ** 2) * count / (count - 1)
    effect = _explained(mean, spread, size)
    error = float(np.nanstd(effect[1:], ddof=1))
    if size.mean() < FEW:
        error = np.inf
    reach = float(special.stdtrit(freedom, 0.5 + level / 2)) * error
    value = float(np.clip(effect[0], 0, 1))
    low, high = (float(np.clip(effect[0] + side * reach, 0, 1)) for side in (-1, 1))
    return Effect(value, min(low, value), max(high, value), error, freedom)


def _explained(mean: Floats, spread: Floats, size: NDArray[np.intp]) -> Floats:
    """Share explained [B] from classes' means and variances [B, k] of ranks, the sample's first.

    NaN for resamples all of whose values tie.
    """
    part = size / size.sum()
    between = (mean**2) @ part - (mean @ part) ** 2
    total = between + spread @ ((size - 1) / size.sum())
    by_chance = spread @ (part * (1 - part) / size)
    # Resamples all of whose values tie explain nothing; what rounding leaves of them is no variance.
    total = np.where(total > 1e-9 * total[0], total, np.nan)
    explained: Floats = (between - by_chance) / total
    return explained
