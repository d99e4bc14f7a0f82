"""Many hypotheses at once: adjusted p-values, and how many of them are false at least.

References
----------
Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6, 1979.
Westfall & Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1 (step-down maximum).
Goeman & Solari, Multiple testing for exploratory research, Stat. Sci. 26, 2011 (closed testing with
Simes' tests; for all hypotheses together Hommel's number).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from invariances.statistics.bootstrap import Floats

DRAWS = 9999
EXACT = 13
"""Up to so many units all sign patterns, 2^13, are taken instead of `DRAWS` of them."""
BLOCK = 500
"""Sign patterns at a time: 24,000 rows need 100 MB."""


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


def westfall_young(
    differences: Sequence[tuple[ArrayLike, ArrayLike]], seed: int = 0
) -> tuple[Floats, Floats]:
    """P-values of paired differences, adjusted for all of them by the maximum under sign flips.

    A unit's sign is flipped in all of its rows at once, so that the adjustment pays only for as many
    tests as the rows' dependence leaves. The statistic of a row is |sum d| / sqrt(sum d^2), whose
    denominator no flip changes. All sign patterns are taken for up to `EXACT` units, else `DRAWS`.

    Parameters
    ----------
    differences : for each row the units' codes [n] (integers, the same in every row) and their
        differences [n].

    Returns
    -------
    adjusted : [R], step-down, controlling the chance of any false finding.
    least : [R], the adjusted p-value of each row had all its differences the same sign and size:
        where none is below a level, nothing could be found at that level.
    """
    rows = [(np.asarray(u, dtype=np.intp), np.asarray(d, dtype=float)) for u, d in differences]
    if not rows:
        return np.empty(0), np.empty(0)
    units = int(max(u.max() for u, _ in rows)) + 1
    scale = [max(float(np.sqrt(np.sum(d**2))), 1e-300) for _, d in rows]
    observed = np.array([abs(d.sum()) / s for (_, d), s in zip(rows, scale, strict=True)])
    largest = np.array([np.sqrt(len(d)) for _, d in rows])
    order = np.argsort(-observed, kind="stable")
    exceed, beyond, total = np.zeros(len(rows)), np.zeros(len(rows)), 0
    for signs in sign_patterns(units, seed):
        drawn = np.empty((len(signs), len(rows)))
        for place, row in enumerate(order):
            codes, values = rows[row]
            drawn[:, place] = np.abs(signs[:, codes] @ values) / scale[row]
        # The maximum over the rows that are not more extreme.
        remaining = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
        exceed += (remaining >= observed[order] * (1 - 1e-9)).sum(axis=0)
        beyond += (remaining[:, :1] >= largest * (1 - 1e-9)).sum(axis=0)
        total += len(signs)
    extra = 0 if units <= EXACT else 1
    adjusted = np.empty(len(rows))
    adjusted[order] = np.maximum.accumulate((exceed + extra) / (total + extra))
    # Without any spread there is nothing to test.
    adjusted[observed == 0] = 1.0
    # A row's own flips that leave all signs alike reach its largest value: 2 patterns of 2^n.
    least = np.maximum((beyond + extra) / (total + extra), 2.0 ** (1 - largest**2))
    return adjusted, np.minimum(least, 1.0)


def sign_patterns(units: int, seed: int) -> Iterator[Floats]:
    """Blocks of sign patterns [block, units]: all there are, or random ones, the same for a seed."""
    if units <= EXACT:
        bits = (np.arange(2**units)[:, None] >> np.arange(units)) & 1
        yield np.asarray(2.0 * bits - 1, dtype=float)
        return
    generator = np.random.default_rng([seed, units, 2])
    for start in range(0, DRAWS, BLOCK):
        size = min(BLOCK, DRAWS - start), units
        yield np.asarray(2.0 * generator.integers(0, 2, size, dtype=np.int8) - 1, dtype=float)


def surely_false(p_values: ArrayLike, level: float) -> int:
    """How many of these hypotheses are false, at least, with probability 1 - `level`.

    By closed testing with Simes' tests: all but the largest set of hypotheses that Simes' test of
    their intersection does not reject (Hommel's number). Valid for independent p-values and for
    positively dependent ones, as of cells that share pictures.

    Parameters
    ----------
    p_values : [P]; level : the probability of claiming too many.
    """
    # What is not known refutes nothing.
    ordered = np.sort(np.nan_to_num(np.asarray(p_values, dtype=float), nan=1.0))
    # What Simes' test does not reject it does not reject without its largest p-values either: the largest
    # set is found by halving, in n log n steps for the quarter of a million pairs of a thousand classes.
    kept, rejected = 0, len(ordered) + 1
    while rejected - kept > 1:
        size = (kept + rejected) // 2
        bounds = np.arange(1, size + 1) * level / size
        if np.all(ordered[len(ordered) - size :] > bounds):
            kept = size
        else:
            rejected = size
    return len(ordered) - kept


def share_interval(against: ArrayLike, in_favour: ArrayLike, level: float) -> tuple[float, float]:
    """Interval of the share of cells in which something holds, from tests of each cell.

    Parameters
    ----------
    against : [P], p-values of the hypotheses that it does not hold; in_favour : that it does.
    level : of the interval, as 0.95; each side has half of what is left.
    """
    refuted, confirmed = np.asarray(in_favour, dtype=float), np.asarray(against, dtype=float)
    tail, count = (1 - level) / 2, len(refuted)
    if count == 0:
        raise ValueError("a share needs at least one cell")
    low, high = surely_false(confirmed, tail) / count, 1 - surely_false(refuted, tail) / count
    return low, max(low, high)
