"""Two networks held against each other: paired differences and rank correlation.

Both networks saw the same pictures, so a picture's two thresholds are one observation.

References
----------
Royston & Parmar, Restricted mean survival time, BMC Med. Res. Methodol. 13, 2013.
Field & Welsh, Bootstrapping clustered data, J. R. Stat. Soc. B 69, 2007.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from invariances.statistics.bootstrap import (
    EXTREME_DEVIATIONS,
    LEVEL,
    RESAMPLES,
    Floats,
    dirichlet_means,
    multinomial_weights,
)

BLOCK = 4_000_000
"""Numbers in a block of resamples: 32 MB."""

PERMUTATIONS = 9999
MANY = 500
"""Pictures from which on patterns of signs are drawn in blocks."""
UNSEEN = 0.1
"""Share of the reach by which an unseen picture's difference is at least taken to differ from the mean."""

SILENT = 4
"""So few cells, or clusters of cells, say nothing of a correlation."""


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
    """A rank correlation with its interval over `clusters` clusters of `count` cells.

    `informative` counts the cells that are not the range's end for both networks.
    """

    estimate: float
    low: float
    high: float
    count: int
    clusters: int
    informative: int


def paired_difference(
    first: ArrayLike,
    second: ArrayLike,
    reach: float,
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

    Each limit of the interval is a quantile of the Bayesian bootstrap with half an unseen picture, as
    half accuracy's: its difference is the mean plus or minus 2.5 standard deviations, at least a
    tenth of the reach, so that pictures that are all alike are not taken for all there are. The
    p-value is that of the sign-flip test (all 2^N sign patterns for up to 13 pairs, else 9,999
    drawn), exact if under the hypothesis either network could have had either threshold.

    Parameters
    ----------
    first, second : [N] distances from the identity, censored ones at the range's end.
    reach : the range's end, no distance is larger.
    censored : bool [N], at least one of the pair is censored; only counted.

    Returns
    -------
    Difference; all NaN where every threshold is the range's end, which leaves no difference to tell;
    with a single pair the interval is infinite and the p-value 1.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.ndim != 1 or one.shape != two.shape or len(one) == 0:
        raise ValueError("thresholds must be two one-dimensional arrays of the same pictures")
    differences = one - two
    if not np.isfinite(differences).all():
        raise ValueError("thresholds must be finite; censored ones stand at the range's end")
    limited = 0 if censored is None else int(np.asarray(censored, dtype=bool).sum())
    size, estimate = len(differences), float(differences.mean())
    if np.all(np.minimum(one, two) >= reach * (1 - 1e-9)):
        return Difference(np.nan, np.nan, np.nan, np.nan, size, limited)
    if size == 1:
        return Difference(estimate, -np.inf, np.inf, 1.0, size, limited)
    common, unseen = dirichlet_means(differences, resamples, seed)
    away = max(EXTREME_DEVIATIONS * float(differences.std(ddof=1)), UNSEEN * reach)
    low, high = (
        float(np.quantile(common + unseen * np.clip(estimate + side, -reach, reach), tail))
        for side, tail in ((-away, (1 - level) / 2), (away, (1 + level) / 2))
    )
    from scipy import stats  # takes most of a second, which jobs that only screen need not wait for

    test = stats.permutation_test(
        (differences,),
        _mean,
        permutation_type="samples",
        n_resamples=PERMUTATIONS,
        # Of many pictures not all patterns of signs are held at once.
        batch=PERMUTATIONS if size <= MANY else max(1, BLOCK // size),
        vectorized=True,
        rng=np.random.default_rng([seed, size]),
    )
    return Difference(
        estimate, min(low, estimate), max(high, estimate), float(test.pvalue), size, limited
    )


def _mean(sample: NDArray[np.float64], axis: int = -1) -> Floats:
    mean: Floats = np.mean(sample, axis=axis)
    return mean


def spearman(
    first: ArrayLike,
    second: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    tied: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Correlation:
    """Spearman's rank correlation of paired cells, with an interval that respects their kinship.

    Thresholds of one class under several transforms share its pictures, so whole classes are
    resampled (the cluster bootstrap), and the interval is Student's t with one degree less than
    there are clusters, on Fisher's z scale, with the bootstrap's standard error: percentiles of a
    rank correlation lean towards zero, as resampled duplicates are tied in both.

    Censored cells tie at the range's end and take mid-ranks. Cells that do so for both networks are
    no agreement of anything, and say nothing of how well the others agree: with m other cells the
    standard error is at least that of m independent pairs, sqrt((1 + r^2 / 2) / (m - 3)) (Bonett and
    Wright, Psychometrika 65, 2000), and with four others or fewer, or others in four clusters or fewer,
    nothing is known. Student's t has one degree less than there are clusters with such cells.

    Parameters
    ----------
    first, second : [n] thresholds of the two networks, cell by cell.
    clusters : [n] what is resampled together, by default each cell by itself.
    tied : bool [n], the range's end for both networks; by default none.
    strata : [n] within which ranks are taken (and scaled to their size), by default one stratum.
        With transforms as strata the correlation no longer holds what is trivial, that 90 degrees
        are a larger number than 0.1 of brightness.

    Returns
    -------
    Correlation; all NaN where one of the two is constant; the whole of [-1, 1] where too few cells or
    clusters leave nothing to judge by.
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise ValueError("a correlation needs two one-dimensional arrays of the same length > 1")
    count = len(x)
    group = _codes(clusters if clusters is not None else np.arange(count))
    layer = _codes(strata if strata is not None else np.zeros(count))
    number = int(group.max()) + 1
    loose = ~np.asarray(tied, dtype=bool) if tied is not None else np.ones(count, dtype=bool)
    cells, independent = int(loose.sum()), len(np.unique(group[loose]))
    estimate = float(_weighted_spearman(np.ones((1, count)), x, y, layer)[0])
    if np.isnan(estimate):
        return Correlation(estimate, estimate, estimate, count, number, cells)
    if cells <= SILENT or independent <= SILENT:
        return Correlation(estimate, -1.0, 1.0, count, number, cells)
    counts = multinomial_weights(number, resamples, seed) * number
    replicates = _weighted_spearman(counts[:, group], x, y, layer)
    replicates = replicates[~np.isnan(replicates)]
    # A perfect correlation has no finite z; the largest imperfect one of n cells stands for it.
    bound = 1 - 6 / (count * (count**2 - 1.0))
    transformed = np.arctanh(np.clip(replicates, -bound, bound))
    error = max(transformed.std(ddof=1), np.sqrt((1 + estimate**2 / 2) / (cells - 3)))
    reach = special.stdtrit(independent - 1, 0.5 + level / 2) * error
    centre = np.arctanh(np.clip(estimate, -bound, bound))
    low, high = np.tanh(centre - reach), np.tanh(centre + reach)
    return Correlation(
        estimate, float(min(low, estimate)), float(max(high, estimate)), count, number, cells
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
