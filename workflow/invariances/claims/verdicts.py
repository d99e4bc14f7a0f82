"""How a statement is decided: by an interval, against the range of values that it claims."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from invariances.statistics import share_interval
from invariances.statistics.bootstrap import LEVEL, Floats

Verdict = Literal["supported", "not supported", "cannot be told from this run", "not asked"]
SUPPORTED: Verdict = "supported"
REFUTED: Verdict = "not supported"
OPEN: Verdict = "cannot be told from this run"
NOT_ASKED: Verdict = "not asked"
"""Of a statement on what the config does not have made: the paper's own net, or layers."""


@dataclass(frozen=True)
class Cells:
    """The tests of a share's cells [n]: p-values that it does not hold in the cell, and that it does."""

    p_not: Floats
    p_holds: Floats


@dataclass(frozen=True)
class Estimate:
    """A statistic with its 95 % interval; all three NaN where this run does not hold it.

    `cells` are the tests that the interval of a share rests on.
    """

    value: float
    low: float
    high: float
    cells: Cells | None = field(default=None, compare=False, repr=False)

    @property
    def known(self) -> bool:
        """Whether the run holds it."""
        return all(isfinite(number) for number in (self.value, self.low, self.high))


UNKNOWN = Estimate(nan, nan, nan)


def decide(estimate: Estimate, claimed: tuple[float, float]) -> Verdict:
    """Supported if the whole interval lies in the claimed range, ends included; not supported if none
    of it does; otherwise, and where the statistic is not known, it cannot be told.
    """
    low, high = claimed
    if not estimate.known:
        return OPEN
    if low <= estimate.low and estimate.high <= high:
        return SUPPORTED
    if estimate.high < low or estimate.low > high:
        return REFUTED
    return OPEN


def together(verdicts: Iterable[Verdict], strictly: Iterable[Verdict]) -> Verdict:
    """A claim of several parts: supported if each of them is, not supported if any strictly is not; not
    asked if no part is.

    Parameters
    ----------
    verdicts : of the parts, each by its interval; strictly : each by an interval whose error is divided
        by the number of parts (the first step of Holm's procedure), so that the chance that any part of
        a true claim is found false stays that of one.
    """
    found = set(verdicts)
    if REFUTED in set(strictly):
        return REFUTED
    return found.pop() if found in ({SUPPORTED}, {NOT_ASKED}) else OPEN


def share(holds: ArrayLike, p_not: ArrayLike, p_holds: ArrayLike, level: float = LEVEL) -> Estimate:
    """In how many cells of this run something holds, by tests of each cell on its pictures.

    Parameters
    ----------
    holds : bool [n], whether it holds by the cell's estimate.
    p_not, p_holds : [n], p-values of the hypotheses that it does not hold in the cell, and that it does.

    Returns
    -------
    Estimate in [0, 1], with the interval of closed testing (`invariances.statistics.share_interval`):
    it covers the share of these cells in which it truly holds, whatever that is. It speaks of these
    cells, not of others that might have been screened. Unknown if there are no cells.
    """
    measured = np.asarray(holds, dtype=bool)
    if len(measured) == 0:
        return UNKNOWN
    cells = Cells(np.asarray(p_not, dtype=float), np.asarray(p_holds, dtype=float))
    return around(float(measured.mean()), cells, level)


def around(value: float, cells: Cells, level: float = LEVEL) -> Estimate:
    """A share's estimate with the interval that the tests of its cells give."""
    low, high = share_interval(cells.p_not, cells.p_holds, level)
    return Estimate(value, min(low, value), max(high, value), cells)
