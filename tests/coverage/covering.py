"""Populations whose thresholds are known, and how often an interval covers them."""

import numpy as np
from numpy.typing import NDArray
from proofs import asked

SIMULATIONS = int(asked("COVERAGE_SIMULATIONS", "50", "300"))
POPULATION = 400_000 if SIMULATIONS >= 600 else 80_000
Floats = NDArray[np.float64]


def slack(share: float, deviations: float = 2.0) -> float:
    """Standard errors of the share that so few samples find; 0 from 600 samples on."""
    error = float(np.sqrt(share * (1 - share) / SIMULATIONS))
    return deviations * error if SIMULATIONS < 600 else 0.0


def covers(share: float, most: float = 0.98) -> bool:
    """Whether a share of intervals that cover is at least 92 %, and not more than `most`."""
    return 0.92 - slack(0.92) <= share <= most + slack(most)
