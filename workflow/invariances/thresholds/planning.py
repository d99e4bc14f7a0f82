"""How many pictures a class needs for a threshold that is known to a wanted precision."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from invariances.magnitudes import TransformAxis
from invariances.thresholds.axes import to_axis

STATISTICS = ("threshold", "half_accuracy")


def half_widths(
    thresholds: pd.DataFrame, axes: Mapping[str, TransformAxis], statistic: str
) -> pd.Series:
    """Half of each interval's width, in shares of the grid's range on its axis; NaN where it is open.

    Parameters
    ----------
    thresholds : rows of thresholds.csv.
    axes : of each transform, on its grid.
    statistic : ``threshold`` (the switch) or ``half_accuracy``.
    """
    prefix, method = ("", "interval")
    if statistic == "half_accuracy":
        prefix, method = ("half_accuracy_", "half_accuracy_interval")
    found = pd.Series(np.nan, index=thresholds.index)
    for name, rows in thresholds.groupby("transform"):
        axis = axes[str(name)]
        ends = to_axis(np.array([axis.magnitudes[0], axis.magnitudes[-1]]), axis.axis)
        low, high = (
            to_axis(rows[f"{prefix}{end}"].to_numpy(), axis.axis) for end in ("low", "high")
        )
        found.loc[rows.index] = (high - low) / 2 / (ends[1] - ends[0])
    return found.where(~thresholds[method].str.contains("open"))


def pictures_needed(half_width: pd.Series, images: pd.Series, wanted: float) -> pd.Series:
    """Pictures a class for intervals of +- `wanted`, of which a pilot of `images` had +- `half_width`.

    Widths shrink with the root of the number of pictures: n (w / wanted)^2. Missing where the pilot
    bounds nothing: its pictures say only that more are needed.
    """
    return (images * (half_width / wanted) ** 2).apply(np.ceil)


def plan_table(
    thresholds: pd.DataFrame, axes: Mapping[str, TransformAxis], wanted: float
) -> pd.DataFrame:
    """Of each network, transform and statistic: pictures a class that the median and nine tenths need.

    ``half_width`` is the median of the pilot's, ``open`` the share of its intervals that bound nothing.
    Thresholds that are censored are left out: of them there is a bound and no width.
    """
    rows = []
    for statistic in STATISTICS:
        censored = "censored" if statistic == "threshold" else "half_accuracy_censored"
        own = thresholds[~thresholds[censored]]
        own = own.assign(half_width=half_widths(own, axes, statistic))
        needed = pictures_needed(own["half_width"], own["images"], wanted)
        # Of open intervals more are needed, nobody knows how many.
        own["needed"] = needed.fillna(np.inf)
        for (model, transform), cells in own.groupby(["model", "transform"], sort=False):
            rows.append(
                {
                    "model": model,
                    "transform": transform,
                    "statistic": statistic,
                    "cells": len(cells),
                    "open": cells["half_width"].isna().mean(),
                    "images": int(cells["images"].median()),
                    "half_width": cells["half_width"].median(),
                    "needed": _quantile(cells["needed"], 0.5),
                    "needed_by_nine_tenths": _quantile(cells["needed"], 0.9),
                }
            )
    return pd.DataFrame(rows)


def _quantile(needed: pd.Series, share: float) -> float:
    """So many pictures do for this share of the cells; NaN where too many are open to tell."""
    found = float(np.quantile(needed, share, method="inverted_cdf"))
    return found if np.isfinite(found) else np.nan
