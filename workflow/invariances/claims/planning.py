"""How many pictures would decide a statement: planned from a run's widths, for another run."""

from math import ceil, isfinite, nan

from scipy import special

from invariances.claims.statements import Statement
from invariances.claims.verdicts import Estimate
from invariances.statistics.bootstrap import LEVEL

POWER = 0.8
"""The probability of a decision."""

APART = 0.1
"""How far a statement's true value is taken to lie from its limit, in the statistic's own unit."""

FEWEST = 5
"""No run of fewer pictures should decide anything (docs/method.md)."""

COUNTED = {"C1", "C2", "C3", "C4", "C6"}
"""Claims whose intervals come from pictures: C5's come from steps of training, C7 and C8 have none."""


def pictures_needed(statement: Statement, estimate: Estimate, pictures: int | None) -> float:
    """Pictures at which a statement is decided with probability `POWER` if its value lies `APART` away.

    The half-width w of the 95 % interval of n pictures is 1.96 standard errors, and these shrink with the
    root of the number of pictures; the interval ends short of the limit with probability 0.8 where
    0.1 >= (1.96 + 0.84) standard errors: n (w (1 + 0.84 / 1.96) / 0.1)^2, rounded up. Widths that shrink
    more slowly, as those of closed testing may, need more.

    Parameters
    ----------
    pictures : n, those that the estimate is of: of each class, or of an evaluation all.

    Returns
    -------
    At least `FEWEST`; NaN where the run does not hold the statistic, or its interval is none of pictures.
    """
    if not estimate.known or statement.claim not in COUNTED or not pictures:
        return nan
    half = (estimate.high - estimate.low) / 2
    away = special.ndtri(POWER) / special.ndtri(0.5 + LEVEL / 2)
    needed = pictures * (half * (1 + away) / APART) ** 2
    return float(max(FEWEST, ceil(needed))) if isfinite(needed) else nan
