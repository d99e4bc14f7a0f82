"""Sweeps that cannot be: looked for wherever one crosses to the next stage.

A violation is a bug, a broken disk or a file that was changed by hand. It stops the job, naming the cell.
Tables are held against their declarations (`invariances.tables`).
"""

import numpy as np
from numpy.typing import NDArray

from invariances.screening import Sweep
from invariances.screening.tuples import Points
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
    for what, wrong in (
        ("the softmax of its class is not in [0, 1]", _no_share(sweep.true_softmax)),
        ("the softmax of a candidate is not in [0, 1]", _no_share(sweep.candidate_softmax).any(2)),
        ("the margin of its class is not finite", ~np.isfinite(sweep.margin)),
    ):
        if wrong.any():
            row, place = (int(index) for index in np.argwhere(wrong)[0])
            label = sweep.classes[sweep.class_index[row]]
            raise CellError(
                f"{name}: class={label} picture={sweep.picture[row]} "
                f"magnitude={sweep.magnitudes[place]}: {what}"
            )
    _check_pictures(sweep.picture, name)
    return sweep


def check_points(points: Points, name: object) -> Points:
    """`points`, if margins are finite, refined ones no higher, pictures there once; raises CellError."""
    rows = np.arange(len(points.picture))
    lost = ~np.isfinite(points.margin)
    for row, place in np.argwhere(lost)[:1]:
        raise CellError(
            f"{name}: picture={points.picture[row]} magnitude={points.magnitudes[place]}: the margin of "
            "its class is not finite"
        )
    if len(points.refined):
        above = ~(points.refined_margin <= points.margin[rows, points.worst])
        for row in np.flatnonzero(above)[:1]:
            raise CellError(
                f"{name}: picture={points.picture[row]}: the refined margin "
                f"{points.refined_margin[row]:g} is above the grid's"
            )
    _check_pictures(points.picture, name)
    return points


def _check_pictures(pictures: NDArray[np.str_], name: object) -> None:
    names, counts = np.unique(pictures, return_counts=True)
    if (counts > 1).any():
        raise CellError(f"{name}: picture={names[counts > 1][0]}: it is there twice")


def _no_share(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where values lie outside [0, 1] by more than rounding, or are not finite."""
    wrong: NDArray[np.bool_] = ~((values >= 0) & (values <= 1 + ROUNDING))
    return wrong
