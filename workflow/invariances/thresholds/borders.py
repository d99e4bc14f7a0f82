"""What is the border's fault: thresholds under another padding beside those under the run's own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

BORDER_COLUMNS = (
    "model", "transform", "class", "direction", "padding", "threshold", "low", "high", "censored",
    "own_padding", "own_threshold", "own_low", "own_high", "own_censored", "change",
    "change_is_bound", "intervals_disjoint",
)  # fmt: skip
CELL = ["model", "transform", "class", "direction"]
MEASURED = ["threshold", "low", "high", "censored"]


def border_table(
    own: pd.DataFrame, own_padding: str, others: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Thresholds under each padding, with the change against the run's own.

    ``change`` is threshold - own_threshold, in the transform's unit. Real crops have a shorter range:
    where a threshold is censored and the own one lies beyond its range, nothing has changed within it
    (0). ``change_is_bound``: one of the two is censored, the change is at least this large.
    ``intervals_disjoint``: the 95 % intervals do not meet, the conclusion depends on the border.

    Parameters
    ----------
    own : thresholds.csv under the run's own padding; cells that are in none of `others` are left out.
    others : by padding (or ``crop``), the same columns.

    Returns
    -------
    Frame with ``BORDER_COLUMNS``: the own rows first, then each padding's, in the order of `others`.

    Raises
    ------
    ValueError : a cell of another padding that the run's own table lacks.
    """
    base = own[[*CELL, *MEASURED]].rename(columns={name: f"own_{name}" for name in MEASURED})
    swept = pd.concat([part[CELL] for part in others.values()]).drop_duplicates()
    frames = []
    for padding, part in {own_padding: own.merge(swept, on=CELL), **others}.items():
        frame = part[[*CELL, *MEASURED]].merge(base, on=CELL, how="left", validate="one_to_one")
        if frame["own_threshold"].isna().any():
            lost = frame.loc[frame["own_threshold"].isna(), CELL].iloc[0].to_dict()
            raise ValueError(f"{padding}: the run's own thresholds lack {lost}")
        frames.append(frame.assign(padding=padding, own_padding=own_padding))
    table = pd.concat(frames, ignore_index=True)
    sign = np.where(table["direction"] == "up", 1, -1)
    change = table["threshold"] - table["own_threshold"]
    beyond = table["censored"] & (sign * change <= 0)
    table["change"] = change.where(~beyond, 0.0)
    table["change_is_bound"] = ~beyond & (table["censored"] != table["own_censored"])
    # A limit at a shorter range's end says nothing about what lies beyond it.
    apart = (table["low"] > table["own_high"]) | (table["high"] < table["own_low"])
    table["intervals_disjoint"] = apart & ~beyond
    return table[list(BORDER_COLUMNS)]
