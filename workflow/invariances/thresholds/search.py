"""Each picture's own thresholds: the search of ``bisection``, begun with a sweep, asked of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from invariances.inference import Answers, Pictures
from invariances.screening import Sweep
from invariances.thresholds.axes import Axis, infer_axis
from invariances.thresholds.bisection import Bisection, exhaustive_grid
from invariances.thresholds.missed import check
from invariances.thresholds.pictures import picture_table

if TYPE_CHECKING:  # tables are made by scripts that need no torch
    from invariances.inference.responder import Responder

Method = Literal["bisect", "exhaustive", "grid"]
"""Halve the sweep's gaps, ask at every multiple of the tolerance, or ask nothing more."""


def search(
    responder: Responder,
    pictures: Pictures,
    sweep: Sweep,
    *,
    tolerance: float,
    missed: float,
    method: Method = "bisect",
    axis: Axis | None = None,
) -> Bisection:
    """All pictures' thresholds together, to the tolerance.

    Parameters
    ----------
    responder, pictures : those that `sweep` was made with; of one transform.
    tolerance, missed, axis : as for `Bisection.start`.
    method : see `Method`.

    Returns
    -------
    The finished search; `Bisection.responses` has what it found. Of method ``grid`` the gaps with a
    flip are as wide as the grid has them. On an ordinal axis all methods are one: the grid is all there is.
    """
    grid, identity = sweep.magnitudes, sweep.identity
    axis = axis or infer_axis(grid)
    known = Answers(sweep.prediction, sweep.margin)
    if method == "exhaustive" and axis != "ordinal":
        grid, identity = exhaustive_grid(grid, identity, tolerance=tolerance, axis=axis)
        count = len(pictures)
        rows, values = np.repeat(np.arange(count), len(grid)), np.tile(grid, count)
        known = responder.answers(pictures, rows, values).reshape(count, len(grid))
    found = Bisection.start(
        *(known, pictures.categories, grid, identity),
        tolerance=tolerance,
        missed=missed,
        axis=axis,
    )
    while method == "bisect" and not found.done:
        found.accept(responder.answers(pictures, *found.propose()))
    return found


def searched_table(
    responder: Responder,
    pictures: Pictures,
    sweep: Sweep,
    categories: Sequence[str],
    model: str,
    transform: str,
    *,
    tolerance: float,
    missed: float,
    seed: int,
    method: Method = "bisect",
    axis: Axis | None = None,
) -> pd.DataFrame:
    """The rows of pictures.parquet of one sweep, see `search`, `picture_table` and `missed.check`.

    `seed` draws what is checked; of method ``grid`` nothing is, and on an ordinal axis nothing is left out.
    """
    axis = axis or infer_axis(sweep.magnitudes)
    found = search(
        responder, pictures, sweep, tolerance=tolerance, missed=missed, method=method, axis=axis
    )
    points, sweep_name = len(sweep.magnitudes), f"{model}/{transform}"
    unchecked = method == "grid" and axis != "ordinal"
    checked = None if unchecked else check(responder, pictures, found, points, seed, sweep_name)
    return picture_table(
        found.responses(),
        pictures.names.tolist(),
        pictures.classes[pictures.class_index].tolist(),
        sweep.magnitudes,
        sweep.identity,
        categories,
        model,
        transform,
        axis=axis,
        check=checked,
    )
