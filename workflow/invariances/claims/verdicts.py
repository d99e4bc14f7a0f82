"""How a statement is decided: by an interval, against the range of values that it claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, nan
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

Verdict = Literal["supported", "not supported", "cannot be told from this run"]
SUPPORTED: Verdict = "supported"
REFUTED: Verdict = "not supported"
OPEN: Verdict = "cannot be told from this run"


@dataclass(frozen=True)
class Estimate:
    """A statistic with its 95 % interval; all three NaN where this run does not hold it."""

    value: float
    low: float
    high: float

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


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """A claim of several parts: supported if each of them is, not supported if any is not."""
    found = set(verdicts)
    if REFUTED in found:
        return REFUTED
    return SUPPORTED if found == {SUPPORTED} else OPEN


def share(measured: ArrayLike, surely: ArrayLike, possibly: ArrayLike) -> Estimate:
    """In how many cells of this run something holds, bounded by what each cell's interval allows.

    Parameters
    ----------
    measured, surely, possibly : bool [n], whether it holds by the cell's estimate; for every value in
        its interval; for some value in it.

    Returns
    -------
    Estimate in [0, 1]: the share measured, between the share that is sure and the share that is
    possible. It speaks of these cells, not of others that might have been screened, so that cells of
    one class, which share its pictures, need not be independent. Unknown if there are no cells.
    """
    flags = [np.asarray(values, dtype=bool) for values in (measured, surely, possibly)]
    if len(flags[0]) == 0:
        return UNKNOWN
    estimate, low, high = (float(values.mean()) for values in flags)
    return Estimate(estimate, min(low, estimate), max(high, estimate))
