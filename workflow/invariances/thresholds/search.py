"""Each picture's own thresholds: the search of ``bisection``, begun with a sweep, asked of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from invariances.inference import Answers, Pictures
from invariances.screening import Sweep
from invariances.thresholds.axes import Axis, infer_axis
from invariances.thresholds.bisection import Bisection, exhaustive_grid
from invariances.thresholds.pictures import picture_table

if TYPE_CHECKING:  # tables are made by scripts that need no torch
    from invariances.inference.responder import Responder

TOLERANCE = 1 / 256
"""Of pictures' own thresholds, as a share of the range."""


def search(
    responder: Responder,
    pictures: Pictures,
    sweep: Sweep,
    *,
    tolerance: float = TOLERANCE,
    axis: Axis | None = None,
    exhaustive: bool = False,
) -> Bisection:
    """All pictures' thresholds together, to the tolerance.

    Parameters
    ----------
    responder, pictures : those that `sweep` was made with; of one transform.
    tolerance, axis : as for `Bisection.start`.
    exhaustive : ask at every multiple of the tolerance, instead of halving the sweep's gaps.

    Returns
    -------
    The finished search; `Bisection.responses` has what it found.
    """
    grid, identity = sweep.magnitudes, sweep.identity
    axis = axis or infer_axis(grid)
    known = Answers(sweep.prediction, sweep.margin)
    if exhaustive:
        grid, identity = exhaustive_grid(grid, identity, tolerance=tolerance, axis=axis)
        count = len(pictures)
        rows, values = np.repeat(np.arange(count), len(grid)), np.tile(grid, count)
        known = responder.answers(pictures, rows, values).reshape(count, len(grid))
    found = Bisection.start(
        known, pictures.categories, grid, identity, tolerance=tolerance, axis=axis
    )
    while not found.done:
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
    tolerance: float = TOLERANCE,
    axis: Axis | None = None,
    exhaustive: bool = False,
) -> pd.DataFrame:
    """The rows of pictures.parquet of one sweep, see `search` and `picture_table`."""
    found = search(
        responder, pictures, sweep, tolerance=tolerance, axis=axis, exhaustive=exhaustive
    )
    return picture_table(
        found.responses(),
        pictures.names.tolist(),
        pictures.classes[pictures.class_index].tolist(),
        sweep.magnitudes,
        sweep.identity,
        categories,
        model,
        transform,
        axis=axis or infer_axis(sweep.magnitudes),
    )
