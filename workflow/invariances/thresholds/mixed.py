"""The mixed set: all pictures of all classes as one, which a few pictures a class can still tell of.

Measure i of the paper (section III.C) is accuracy over a mixed set. Its population are pictures of the
classes screened, each class in the share that it has in the run.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from invariances.statistics import proportion_interval
from invariances.statistics.bootstrap import LEVEL, RESAMPLES
from invariances.tables import MIXED, MIXED_DIFFERENCES
from invariances.tables.frames import frame
from invariances.thresholds.axes import Axis, infer_axis, outward
from invariances.thresholds.cells import half_accuracy_row
from invariances.thresholds.differences import ALL, Axes, NetworkPairs, Reaches, difference_table
from invariances.thresholds.pictures import median_table

OF_THE_MEDIAN = {
    "median_threshold": "median_threshold",
    "low": "median_low",
    "high": "median_high",
    "censored": "median_censored",
    "images": "recognised",
    "flipped": "flipped",
    "interval": "median_interval",
}


def mixed_table(
    right: NDArray[np.bool_],
    pictures: pd.DataFrame,
    magnitudes: ArrayLike,
    identity: int,
    model: str,
    transform: str,
    *,
    axis: Axis | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Half accuracy and the median of pictures' own thresholds, over all classes, in each direction.

    Parameters
    ----------
    right : [N, M], whether each picture of all classes is seen as its own class at each magnitude.
    pictures : `picture_table` of the same pictures.
    magnitudes, identity, axis : their grid.

    Returns
    -------
    The table ``MIXED``, ``down`` after ``up``; intervals as of single classes.
    """
    grid = np.asarray(magnitudes, dtype=float)
    scale = axis or infer_axis(grid)
    known = int(right[:, identity].sum())
    low, high = proportion_interval(known, len(right), level)
    medians = median_table(
        pictures.assign(**{"class": ALL}), grid, identity, axis=scale, level=level
    ).set_index("direction")
    rows: list[dict[str, object]] = []
    for direction, path in outward(grid, identity):
        median = medians.loc[direction]
        rows.append(
            {
                "model": model,
                "transform": transform,
                "direction": direction,
                "images": len(right),
                "baseline_accuracy": known / len(right),
                "baseline_accuracy_low": float(low),
                "baseline_accuracy_high": float(high),
                **half_accuracy_row(
                    right, grid, direction, path, scale, resamples=resamples, level=level, seed=seed
                ),
                **{ours: median[theirs] for theirs, ours in OF_THE_MEDIAN.items()},
            }
        )
    return frame(MIXED, rows)


def mixed_difference_table(
    pictures: pd.DataFrame,
    axes: Axes,
    *,
    ends: Reaches,
    pairs: NetworkPairs | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Paired differences of networks over the pictures of all classes together.

    As `difference_table` has them by class; corrected over the rows of this table.
    """
    one = pictures.assign(**{"class": ALL})
    table = difference_table(one, axes, ends=ends, pairs=pairs, resamples=resamples, seed=seed)
    return table[MIXED_DIFFERENCES.names]
