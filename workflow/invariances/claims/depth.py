"""Whether invariance increases with depth (Goodfellow et al. 2009): a statement of related work."""

import numpy as np
import pandas as pd
from scipy import special

from invariances.claims.verdicts import UNKNOWN, Estimate, share
from invariances.statistics.bootstrap import LEVEL


def increasing(trends: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Share of transforms under which a network's layers are the more invariant the deeper they are.

    Parameters
    ----------
    trends : rows of layer_trends.csv of one network; those of random weights do not count, nor those
        without an interval.

    Notes
    -----
    A transform's correlation of depth and invariance is tested against 0 to either side, its error read
    off the limit on that side, so that a test rejects at 2.5 % exactly where the 95 % interval ends before
    0; no p-value is below 2^-N of N pictures.
    """
    rows = trends[(trends["weights"] == "trained") & trends[["low", "high"]].notna().all(axis=1)]
    value, low, high, images = (
        rows[name].to_numpy(dtype=float) for name in ("correlation", "low", "high", "images")
    )
    if not len(value):
        return UNKNOWN
    wide = special.ndtri(0.5 + LEVEL / 2)
    least = 0.5**images
    with np.errstate(divide="ignore", invalid="ignore"):
        # An interval that is a point is certain, but of a correlation of exactly 0.
        not_above = special.ndtr(
            -wide * np.nan_to_num(value / (value - low), posinf=40, neginf=-40)
        )
        above = special.ndtr(wide * np.nan_to_num(value / (high - value), posinf=40, neginf=-40))
    return share(value > 0, np.maximum(not_above, least), np.maximum(above, least), level)
