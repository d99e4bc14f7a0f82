"""Two networks held against each other: paired differences, Holm's correction, rank correlation.

Both networks saw the same pictures, so a picture's two thresholds are one observation.

References
----------
Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6, 1979.
Royston & Parmar, Restricted mean survival time, BMC Med. Res. Methodol. 13, 2013.
Field & Welsh, Bootstrapping clustered data, J. R. Stat. Soc. B 69, 2007.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from invariances.statistics.bootstrap import (
    LEVEL,
    RESAMPLES,
    Floats,
    multinomial_weights,
    percentile_interval,
)

BLOCK = 4_000_000
"""Numbers in a block of resamples: 32 MB."""

PERMUTATIONS = 9999


@dataclass(frozen=True)
class Difference:
    """A paired difference, first minus second.

    Attributes
    ----------
    estimate, low, high : mean difference and its interval, in the thresholds' unit.
    p_value : two-sided, uncorrected (see `holm`).
    count : pairs; limited : pairs of which at least one threshold is the range's end.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    count: int
    limited: int


@dataclass(frozen=True)
class Correlation:
    """A rank correlation with its interval over `clusters` clusters of `count` cells."""

    estimate: float
    low: float
    high: float
    count: int
    clusters: int


def holm(p_values: ArrayLike) -> Floats:
    """Holm's step-down adjustment, which bounds the chance of any false finding among them.

    Parameters
    ----------
    p_values : [P] in [0, 1].

    Returns
    -------
    [P] adjusted, in the given order, at least the unadjusted, at most 1.
    """
    values = np.asarray(p_values, dtype=float)
    if values.ndim != 1 or np.any(~((values >= 0) & (values <= 1))):
        raise ValueError("p-values must be a one-dimensional array in [0, 1]")
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(values) else steps
    return adjusted


def paired_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Difference:
    """Mean difference of two networks' thresholds on the same pictures.

    A censored threshold enters as the range's end, the same for both networks. What is estimated is
    then the difference of restricted means: how much farther the first network goes, counting no
    farther than the range. That is well defined without a model of what lies beyond, and its
    absolute value understates the unrestricted difference where one network is censored more.

    The interval is the bootstrap's over pictures with percentiles expanded to Student's t; the
    p-value is that of the sign-flip test (all 2^N sign patterns for up to 13 pairs, else 9,999
    drawn), exact if under the hypothesis either network could have had either threshold.

    Parameters
    ----------
    first, second : [N] distances from the identity, censored ones at the range's end.
    censored : bool [N], at least one of the pair is censored; only counted.

    Returns
    -------
    Difference; with a single pair the interval is infinite and the p-value 1.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.ndim != 1 or one.shape != two.shape or len(one) == 0:
        raise ValueError("thresholds must be two one-dimensional arrays of the same pictures")
    differences = one - two
    if not np.isfinite(differences).all():
        raise ValueError("thresholds must be finite; censored ones stand at the range's end")
    limited = 0 if censored is None else int(np.asarray(censored, dtype=bool).sum())
    size, estimate = len(differences), float(differences.mean())
    if size == 1:
        return Difference(estimate, -np.inf, np.inf, 1.0, size, limited)
    replicates = multinomial_weights(size, resamples, seed) @ differences
    low, high = percentile_interval(replicates, size, level)
    from scipy import stats  # takes most of a second, which jobs that only screen need not wait for

    test = stats.permutation_test(
        (differences,),
        _mean,
        permutation_type="samples",
        n_resamples=PERMUTATIONS,
        vectorized=True,
        rng=np.random.default_rng([seed, size]),
    )
    return Difference(estimate, float(low), float(high), float(test.pvalue), size, limited)


def _mean(sample: NDArray[np.float64], axis: int = -1) -> Floats:
    mean: Floats = np.mean(sample, axis=axis)
    return mean


def spearman(
    first: ArrayLike,
    second: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Correlation:
    """Spearman's rank correlation of paired cells, with an interval that respects their kinship.

    Thresholds of one class under several transforms share its pictures, so whole classes are
    resampled (the cluster bootstrap), and the interval is Student's t with one degree less than
    there are clusters, on Fisher's z scale, with the bootstrap's standard error: percentiles of a
    rank correlation lean towards zero, as resampled duplicates are tied in both. Censored cells
    tie at the range's end and take mid-ranks.

    Parameters
    ----------
    first, second : [n] thresholds of the two networks, cell by cell.
    clusters : [n] what is resampled together, by default each cell by itself.
    strata : [n] within which ranks are taken (and scaled to their size), by default one stratum.
        With transforms as strata the correlation no longer holds what is trivial, that 90 degrees
        are a larger number than 0.1 of brightness.

    Returns
    -------
    Correlation; all NaN where one of the two is constant; the whole of [-1, 1] where fewer than
    three clusters leave nothing to judge by.
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise ValueError("a correlation needs two one-dimensional arrays of the same length > 1")
    count = len(x)
    group = _codes(clusters if clusters is not None else np.arange(count))
    layer = _codes(strata if strata is not None else np.zeros(count))
    number = int(group.max()) + 1
    estimate = float(_weighted_spearman(np.ones((1, count)), x, y, layer)[0])
    if np.isnan(estimate):
        return Correlation(estimate, estimate, estimate, count, number)
    if number < 3:
        return Correlation(estimate, -1.0, 1.0, count, number)
    counts = multinomial_weights(number, resamples, seed) * number
    replicates = _weighted_spearman(counts[:, group], x, y, layer)
    replicates = replicates[~np.isnan(replicates)]
    # A perfect correlation has no finite z; the largest imperfect one of n cells stands for it.
    bound = 1 - 6 / (count * (count**2 - 1.0)) if count > 2 else 0.5
    transformed = np.arctanh(np.clip(replicates, -bound, bound))
    reach = special.stdtrit(number - 1, 0.5 + level / 2) * transformed.std(ddof=1)
    centre = np.arctanh(np.clip(estimate, -bound, bound))
    low, high = np.tanh(centre - reach), np.tanh(centre + reach)
    return Correlation(
        estimate, float(min(low, estimate)), float(max(high, estimate)), count, number
    )


def _codes(values: ArrayLike) -> NDArray[np.intp]:
    codes: NDArray[np.intp] = np.unique(np.asarray(values), return_inverse=True)[1].ravel()
    return codes


def _weighted_spearman(weights: Floats, x: Floats, y: Floats, strata: NDArray[np.intp]) -> Floats:
    """Correlation of mid-ranks within strata, on B samples given by multiplicities [B, n].

    Memory grows with n, not with its square: all of ImageNet has 24,000 cells.
    """
    parts = np.array_split(weights, max(1, weights.size // BLOCK))
    return np.concatenate([_correlated(part, x, y, strata) for part in parts])


def _correlated(weights: Floats, x: Floats, y: Floats, strata: NDArray[np.intp]) -> Floats:
    first, second = (_mid_ranks(weights, values, strata) for values in (x, y))
    covariance = (weights * first * second).sum(axis=1)
    norm = (weights * first**2).sum(axis=1) * (weights * second**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norm > 1e-20, covariance / np.sqrt(norm), np.nan)


def _mid_ranks(weights: Floats, values: Floats, strata: NDArray[np.intp]) -> Floats:
    """Each cell's mid-rank in its stratum as a share of the stratum's weight, less a half, [B, n]."""
    order = np.lexsort((values, strata))
    ordered, layers = values[order], strata[order]
    new_layer = np.r_[True, layers[1:] != layers[:-1]]
    new_tie = new_layer | np.r_[True, ordered[1:] != ordered[:-1]]
    tied = np.add.reduceat(weights[:, order], np.flatnonzero(new_tie), axis=1)
    total = np.add.reduceat(weights[:, order], np.flatnonzero(new_layer), axis=1)
    middle = tied.cumsum(axis=1) - tied / 2
    base = total.cumsum(axis=1) - total
    tie, layer = np.cumsum(new_tie) - 1, np.cumsum(new_layer) - 1
    ranks = np.empty_like(weights)
    whole = np.where(total > 0, total, 1)[:, layer]
    ranks[:, order] = (middle[:, tie] - base[:, layer]) / whole - 0.5
    return ranks
