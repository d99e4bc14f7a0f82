"""The median of thresholds of which some lie beyond the range.

A picture whose prediction never flips within range has a threshold of at least the range's end. All
are censored at that one end, so that their order among the others is known: the median and its
order statistics need no model, only infinity in the place of what lies beyond.

References
----------
David & Nagaraja, Order Statistics, 2003, section 7.1. Conover, Practical Nonparametric Statistics,
1999, section 3.2 (the interval that inverts the sign test; `scipy.stats.quantile_test`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from invariances.statistics.bootstrap import LEVEL


@dataclass(frozen=True)
class Median:
    """A median with its interval.

    Attributes
    ----------
    estimate, low, high : in the unit of the values; at `limit` where not reached.
    censored : fewer than half of the pictures flip within range; the estimate is then a bound.
    low_open, high_open : the sample bounds nothing on that side (`low` is then 0), or only beyond the
        range (`high` is then `limit`).
    count, events : values, and those of them not censored.
    """

    estimate: float
    low: float
    high: float
    censored: bool
    low_open: bool
    high_open: bool
    count: int
    events: int


def censored_median(
    values: ArrayLike,
    censored: ArrayLike,
    limit: float | None = None,
    level: float = LEVEL,
    *,
    between: bool = True,
) -> Median:
    """Median of values censored at one end, with the exact interval of order statistics.

    The interval holds the medians that the sign test does not reject: from the r-th smallest to the
    r-th largest value, r the largest rank that a binomial of N halves falls short of with
    probability at most (1 - level) / 2. It covers at least `level` in every population. Five values
    or fewer bound nothing (2 / 2^5 > 5 %). Where the middle two values differ the median is their
    middle; a censored one of them counts as the limit. Where nothing lies between values it is the lower
    of the two, the first at which half of them are reached.

    Parameters
    ----------
    values : [N] distances, at least zero; a censored one is known only to be exceeded.
    censored : bool [N].
    limit : the range's end, at which all are censored; by default the largest value.
    between : whether there is anything between two neighbouring values.

    Raises
    ------
    ValueError : no values, values that are not finite or lie beyond the limit, shapes that differ.
    """
    times, beyond = np.asarray(values, dtype=float), np.asarray(censored, dtype=bool)
    if times.ndim != 1 or times.shape != beyond.shape or len(times) == 0:
        raise ValueError("values and censored must be one-dimensional, alike, and not empty")
    if not np.isfinite(times).all():
        raise ValueError("values must be finite; mark what was not reached as censored")
    end = float(times.max()) if limit is None else float(limit)
    if np.any(times > end * (1 + 1e-9)):
        raise ValueError(f"values must not lie beyond the range's end, {end:g}")
    ordered = np.sort(np.where(beyond, np.inf, times))
    count, events = len(ordered), int((~beyond).sum())
    inner, outer = ordered[(count - 1) // 2], ordered[count // 2]
    estimate = (min(inner, end) + min(outer, end)) / 2 if between else min(inner, end)
    rank = sign_test_rank(count, level)
    low, high = (ordered[rank - 1], ordered[count - rank]) if rank else (0.0, np.inf)
    return Median(
        float(estimate),
        float(min(low, end)),
        float(min(high, end)),
        bool(np.isinf(inner)),
        rank == 0,
        bool(np.isinf(high)),
        count,
        events,
    )


def sign_test_rank(count: int, level: float = LEVEL) -> int:
    """The rank r of the order statistics that bound a median of `count` values; 0 if none does."""
    ranks = np.arange(count // 2 + 1)
    # P(fewer than r of count lie below the median)
    miss = np.where(ranks > 0, special.bdtr(np.maximum(ranks - 1, 0), count, 0.5), 0.0)
    return int(ranks[miss <= (1 - level) / 2][-1])
