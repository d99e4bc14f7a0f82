"""The effect of padding or resampling: thresholds under another beside those under the run's own."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.tables import BORDERS, Table

CELL = ["model", "transform", "class", "direction"]
MEASURED = ["threshold", "low", "high", "censored"]
FOUND = ["interval", "images"]
"""How intervals were found, and of how many pictures: figures draw none of a single one."""


Ranges = Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]]
"""By padding (or resampling), model and transform: the least and the largest magnitude screened."""


def border_table(
    own: pd.DataFrame,
    own_padding: str,
    others: Mapping[str, pd.DataFrame],
    ranges: Ranges,
    declared: Table = BORDERS,
) -> pd.DataFrame:
    """Thresholds under each padding, or resampling, with the change against the run's own.

    ``change`` is threshold - own_threshold, in the transform's unit. Real crops have a shorter range:
    where a threshold is censored and the own one lies beyond its range, nothing has changed within it
    (0). ``change_is_bound``: one of the two is censored, the change is at least this large.
    ``intervals_disjoint``: the 95 % intervals do not meet, the conclusion depends on the border.

    Parameters
    ----------
    own : thresholds.csv under the run's own padding; cells that are in none of `others` are left out.
    others : by padding (or ``crop``), the same columns.
    ranges : of `own_padding` and of each of `others`; an interval that reaches its range's end is open
        there.
    declared : ``BORDERS``, or ``RESAMPLINGS``, for which resamplings stand where paddings do.

    Returns
    -------
    That table: the own rows first, then each padding's, in the order of `others`.

    Raises
    ------
    ValueError : a cell of another padding that the run's own table lacks.
    """
    varied = declared.key[-1]
    base = own[[*CELL, *MEASURED]].rename(columns={name: f"own_{name}" for name in MEASURED})
    swept = pd.concat([part[CELL] for part in others.values()]).drop_duplicates()
    frames = []
    for padding, part in {own_padding: own.merge(swept, on=CELL), **others}.items():
        frame = part[[*CELL, *MEASURED, *FOUND]].merge(
            base, on=CELL, how="left", validate="one_to_one"
        )
        if frame["own_threshold"].isna().any():
            lost = frame.loc[frame["own_threshold"].isna(), CELL].iloc[0].to_dict()
            raise ValueError(f"{padding}: the run's own thresholds lack {lost}")
        frames.append(frame.assign(**{varied: padding, f"own_{varied}": own_padding}))
    table = pd.concat(frames, ignore_index=True)
    sign = np.where(table["direction"] == "up", 1, -1)
    change = table["threshold"] - table["own_threshold"]
    beyond = table["censored"] & (sign * change <= 0)
    table["change"] = change.where(~beyond, 0.0)
    table["change_is_bound"] = ~beyond & (table["censored"] != table["own_censored"])
    low, high = _opened(table, table[varied], "", ranges)
    own_low, own_high = _opened(table, table[f"own_{varied}"], "own_", ranges)
    apart = (low > own_high) | (high < own_low)
    table["intervals_disjoint"] = apart & ~beyond
    return table[declared.names]


def _opened(
    table: pd.DataFrame, paddings: pd.Series, prefix: str, ranges: Ranges
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Limits, infinite where they are the end of their range: nothing is known of what lies beyond."""
    cells = zip(paddings, table["model"], table["transform"], strict=True)
    ends = [ranges[padding][model][transform] for padding, model, transform in cells]
    first, last = np.array(ends, dtype=float).reshape(-1, 2).T
    low, high = (table[f"{prefix}{name}"].to_numpy(float) for name in ("low", "high"))
    up = (table["direction"] == "up").to_numpy()
    high = np.where(up & np.isclose(high, last, rtol=1e-6, atol=1e-9), np.inf, high)
    low = np.where(~up & np.isclose(low, first, rtol=1e-6, atol=1e-9), -np.inf, low)
    return low, high
