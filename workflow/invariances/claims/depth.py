"""Whether invariance increases with depth (Goodfellow et al. 2009): a statement of related work."""

import numpy as np
import pandas as pd
from scipy import special

from invariances.claims.verdicts import UNKNOWN, Estimate, share
from invariances.statistics.bootstrap import LEVEL

ROUNDING = 1e-9
"""A limit that is a step from 0 is one, however its digits are rounded."""


def increasing(trends: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Share of transforms under which a network's layers are the more invariant the deeper they are.

    Parameters
    ----------
    trends : rows of layer_trends.csv of one network; those of random weights do not count, nor those
        without an interval.

    Notes
    -----
    A transform's correlation of depth and invariance is tested against 0 to either side, its error read
    off the limit on that side, and one step further: correlations of few layers are few numbers, 12 / (L^3
    - L) apart, among which resamples may agree by chance. So a test rejects at 2.5 % where the 95 %
    interval ends a step or more before 0. No p-value is below 2^-N of N pictures.
    """
    rows = trends[(trends["weights"] == "trained") & trends[["low", "high"]].notna().all(axis=1)]
    value, low, high, images, layers = (
        rows[name].to_numpy(dtype=float)
        for name in ("correlation", "low", "high", "images", "layers")
    )
    if not len(value):
        return UNKNOWN
    wide = special.ndtri(0.5 + LEVEL / 2) * (1 + ROUNDING)
    step, least = 12 / (layers**3 - layers), 0.5**images
    not_above = special.ndtr(-wide * value / (value - low + step))
    above = special.ndtr(wide * value / (high - value + step))
    return share(value > 0, np.maximum(not_above, least), np.maximum(above, least), level)
