"""How many pictures would decide a statement: planned from a run, for another run."""

from math import ceil, nan

import numpy as np
from scipy import special

from invariances.claims.effects import FEW
from invariances.claims.statements import Statement
from invariances.claims.verdicts import OPEN, Cells, Estimate, around, decide
from invariances.statistics.bootstrap import LEVEL

POWER = 0.8
"""The probability of a decision."""

APART = 0.1
"""How far a statement's true value is taken to lie from its limit, where that is no share of cells."""

FEWEST = {"C1b": FEW, "C2b": FEW}
"""Pictures under which an interval is open whatever they say; for all others `LEAST`."""

LEAST = 6
"""No test of five pictures reaches a one-sided 2.5 %."""

MOST = 10_000
"""What is not decided by so many pictures is decided by none."""

ROOT = ("C2b", "C6")
"""Statements whose intervals shrink with the root of the number of pictures."""


def pictures_needed(statement: Statement, estimate: Estimate, pictures: int | None) -> float:
    """Pictures at which a statement is decided with probability `POWER`.

    A share of cells (C1a, C1b, C1c, C2a, C3) is decided once enough cells are: each cell's effect is
    taken to be what it was found to be, in standard errors that shrink with the root of the number of
    pictures, and falls short of that as one of five would; p-values keep their floor of 2^-n. No number
    decides it where the share itself is too near its limit.

    Of C2b and C6 the true value is taken to lie `APART` from its limit. The half-width w of the 95 %
    interval of n pictures is 1.96 standard errors; the interval ends short of the limit with probability
    0.8 where 0.1 >= (1.96 + 0.84) standard errors: n (w (1 + 0.84 / 1.96) / 0.1)^2.

    Parameters
    ----------
    pictures : n, those that the estimate is of: of each class, or of an evaluation all.

    Returns
    -------
    NaN where the run does not hold the statistic, where its interval is open or no matter of pictures (C4's
    is one of classes, C5's of steps, R1's of layers too), and where no number up to `MOST` decides it.
    """
    if not estimate.known or not pictures:
        return nan
    key = statement.claim + statement.part
    fewest = FEWEST.get(key, LEAST)
    if estimate.cells is not None:
        return _of_cells(statement, estimate, pictures, fewest)
    half = (estimate.high - estimate.low) / 2
    if key not in ROOT or estimate.high - estimate.low >= 1:
        return nan
    away = special.ndtri(POWER) / special.ndtri(0.5 + LEVEL / 2)
    return float(max(fewest, ceil(pictures * (half * (1 + away) / APART) ** 2)))


def _of_cells(statement: Statement, estimate: Estimate, pictures: int, fewest: int) -> float:
    assert estimate.cells is not None
    steps = np.unique(np.geomspace(fewest, MOST, 120).round().astype(int))
    for size in steps.tolist():
        tests = (estimate.cells.p_not, estimate.cells.p_holds)
        planned = Cells(*(_with_pictures(p, pictures, size) for p in tests))
        if decide(around(estimate.value, planned), statement.claimed) != OPEN:
            return float(size)
    return nan


def _with_pictures(p_values: np.ndarray, pictures: int, size: int) -> np.ndarray:
    """P-values that another number of pictures exceeds with probability 1 - `POWER`."""
    score = -special.ndtri(np.clip(p_values, 1e-300, 1))
    scaled = score * np.sqrt(size / pictures) - special.ndtri(POWER)
    found: np.ndarray = np.maximum(special.ndtr(-scaled), 0.5**size)
    return found
