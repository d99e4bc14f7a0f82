"""Sweeps that cannot be: looked for wherever one crosses to the next stage.

A violation is a bug, a broken disk or a file that was changed by hand. It stops the job, naming the cell.
Tables are held against their declarations (`invariances.tables`).
"""

import numpy as np

from invariances.screening import Sweep
from invariances.tables.checking import ROUNDING, CellError


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
