"""Sweeps that cannot be: looked for wherever one crosses to the next stage.

A violation is a bug, a broken disk or a file that was changed by hand. It stops the job, naming the cell.
Tables are held against their declarations (`invariances.tables`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from invariances.screening import Sweep
from invariances.tables.checking import ROUNDING, CellError

KEYS = (
    "model", "transform", "class", "direction", "magnitude", "magnitude_first", "magnitude_second",
    "predicted_class", "picture",
)  # fmt: skip
"""Columns that say which cell a row is, in any table that has them."""

SHARES = (
    "accuracy", "accuracy_low", "accuracy_high", "baseline_accuracy", "mean_softmax", "softmax",
    "softmax_low", "softmax_high", "baseline_softmax", "nonmonotonicity", "consistency", "measured",
)  # fmt: skip
"""Columns that lie in [0, 1], in any table."""


def check_numbers(frame: pd.DataFrame, name: object, empty: Sequence[str] = ()) -> pd.DataFrame:
    """`frame`, if its numbers are finite and its shares in [0, 1]; raises CellError otherwise.

    Parameters
    ----------
    name : the table's file, for the message.
    empty : columns in which a missing number means something.
    """
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            continue
        values = frame[column].to_numpy(dtype=float, na_value=np.nan)
        wrong = np.isinf(values) if column in empty else ~np.isfinite(values)
        if column in SHARES:
            wrong |= (values < -ROUNDING) | (values > 1 + ROUNDING)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            allowed = "a number in [0, 1]" if column in SHARES else "a finite number"
            raise CellError(f"{name}: {row}: {column} is {values[row]:g}, not {allowed}")
    return frame


def check_sweep(sweep: Sweep, name: object) -> Sweep:
    """`sweep`, if its softmax are distributions and its pictures there once; raises CellError."""
    for number, label in enumerate(sweep.classes):
        mean = sweep.mean_softmax[number].astype(float)
        off = ~(np.abs(mean.sum(axis=1) - 1) <= ROUNDING) | (mean < 0).any(axis=1)
        if off.any():
            place = int(np.flatnonzero(off)[0])
            raise CellError(
                f"{name}: class={label} magnitude={sweep.magnitudes[place]}: the mean softmax sums to "
                f"{mean[place].sum():g}, not to 1"
            )
    for what, values in (
        ("the softmax of its class", sweep.true_softmax),
        ("the softmax of a candidate", sweep.candidate_softmax.reshape(len(sweep.picture), -1)),
    ):
        wrong = ~((values >= 0) & (values <= 1 + ROUNDING)).all(axis=1)
        if wrong.any():
            picture = sweep.picture[int(np.flatnonzero(wrong)[0])]
            raise CellError(f"{name}: picture={picture}: {what} is not in [0, 1]")
    endless = ~np.isfinite(sweep.margin).all(axis=1)
    if endless.any():
        picture = sweep.picture[int(np.flatnonzero(endless)[0])]
        raise CellError(f"{name}: picture={picture}: the margin of its class is not finite")
    names, counts = np.unique(sweep.picture, return_counts=True)
    if (counts > 1).any():
        raise CellError(f"{name}: picture={names[counts > 1][0]}: it is there twice")
    return sweep
