"""The median of thresholds of which some lie beyond the range: a question of survival.

A picture whose prediction never flips within range has a threshold of at least the range's end.
Leaving it out, or taking the end for its threshold, biases a mean; the Kaplan-Meier estimate of
the share of pictures still right at each distance uses exactly what is known.

References
----------
Kaplan & Meier, J. Am. Stat. Assoc. 53, 1958. Brookmeyer & Crowley, Biometrics 38, 1982.
Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4 (log-log).
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from invariances.statistics.bootstrap import LEVEL

SILENT = 4


@dataclass(frozen=True)
class Median:
    """A median with its interval.

    Attributes
    ----------
    estimate, low, high : in the unit of the values; at `limit` where not reached.
    censored : fewer than half of the pictures flip within range; the estimate is then a bound.
    high_open : the upper limit is not reached within range.
    count, events : values, and those of them not censored.
    """

    estimate: float
    low: float
    high: float
    censored: bool
    high_open: bool
    count: int
    events: int


def survival_median(
    values: ArrayLike, censored: ArrayLike, limit: float | None = None, level: float = LEVEL
) -> Median:
    """Kaplan-Meier median of right-censored values, with Brookmeyer and Crowley's interval.

    The interval holds the values at which a test of "half survive" does not reject, by Greenwood's
    variance on the log-log scale. Four values or fewer bound nothing from below, as even the sign
    test could not reject any (2 / 2^4 > 5 %). Where half survive exactly over a stretch, the median is its
    middle, as that of an even sample.

    Parameters
    ----------
    values : [N] distances, at least zero; a censored one is known only to be exceeded.
    censored : bool [N].
    limit : what stands for "beyond the range"; by default the largest value.

    Raises
    ------
    ValueError : no values, values that are not finite, shapes that differ.
    """
    times, beyond = np.asarray(values, dtype=float), np.asarray(censored, dtype=bool)
    if times.ndim != 1 or times.shape != beyond.shape or len(times) == 0:
        raise ValueError("values and censored must be one-dimensional, alike, and not empty")
    if not np.isfinite(times).all():
        raise ValueError("values must be finite; mark what was not reached as censored")
    end = float(times.max()) if limit is None else float(limit)
    count, events = len(times), int((~beyond).sum())
    floor = 0.0 if count <= SILENT else np.inf
    if events == 0:
        low = min(floor, float(times.min()))
        return Median(end, low, end, True, True, count, events)
    from scipy import stats  # takes most of a second, which jobs that only screen need not wait for

    sample = stats.CensoredData(uncensored=times[~beyond], right=times[beyond])
    survival = stats.ecdf(sample).sf
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # Greenwood's formula has no limits where all or none survive: NaN there, read as no limit.
        warnings.simplefilter("ignore", RuntimeWarning)
        band = survival.confidence_interval(level, method="log-log")
    at, alive = np.asarray(survival.quantiles), np.asarray(survival.probabilities)
    reached = np.flatnonzero(alive <= 0.5 + 1e-12)
    estimate, beyond_range = end, True
    if len(reached):
        first, beyond_range = reached[0], False
        estimate = float(at[first])
        flat = abs(alive[first] - 0.5) < 1e-12
        later = np.flatnonzero(alive < alive[first] - 1e-12)
        if flat:
            estimate = (estimate + (float(at[later[0]]) if len(later) else end)) / 2
    low, _ = _falls_to_half(at, _probabilities(band.low), end)
    high, high_open = _falls_to_half(at, _probabilities(band.high), end)
    low, high = min(low, estimate, floor), max(high, estimate)
    return Median(estimate, low, high, beyond_range, high_open, count, events)


def _probabilities(limit: Any) -> NDArray[np.float64]:
    # SciPy's stubs take a band's limits for numbers; they are distribution functions.
    return np.asarray(limit.probabilities, dtype=float)


def _falls_to_half(
    at: NDArray[np.float64], curve: NDArray[np.float64], end: float
) -> tuple[float, bool]:
    """First value at which a limit of the survival curve is at most one half, and if none is."""
    below = np.flatnonzero(np.nan_to_num(curve, nan=1.0) <= 0.5)
    return (float(at[below[0]]), False) if len(below) else (end, True)
