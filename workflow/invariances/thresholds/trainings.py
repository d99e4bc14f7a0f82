"""Networks of which several were trained: how far trainings differ, and networks beyond that."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from invariances.statistics import holm, trained_difference
from invariances.statistics.bootstrap import RESAMPLES
from invariances.statistics.crossed import training_variance
from invariances.tables import TRAINING_DIFFERENCES, TRAININGS
from invariances.tables.frames import frame
from invariances.thresholds.axes import Floats
from invariances.thresholds.differences import CELL, Axes, Reaches, distances
from invariances.thresholds.pictures import MEASURED

Groups = Mapping[str, Sequence[str]]
"""By network, the names of its trainings in the tables."""


def training_table(
    pictures: pd.DataFrame, axes: Axes, groups: Groups, *, ends: Reaches
) -> pd.DataFrame:
    """How far a network's trainings differ: a row per network, class and direction.

    Parameters
    ----------
    pictures : `picture_table` of all trainings; same pictures and grids.
    groups : two trainings of each network or more.
    ends : `differences.reaches` of the grids.

    Returns
    -------
    The table ``TRAININGS``. Cells of which no picture is recognised by all trainings are left out.
    """
    measured = _measured(pictures, axes, ends)
    rows: list[dict[str, object]] = []
    for model, names in groups.items():
        for cell, thresholds, reach in _cells(measured, names):
            told = np.any(thresholds < reach * (1 - 1e-9))
            rows.append(
                {
                    "model": model,
                    **cell,
                    "distance": float(thresholds.mean()),
                    "spread": float(np.sqrt(training_variance(thresholds))) if told else np.nan,
                    "trainings": len(names),
                    "images": thresholds.shape[1],
                }
            )
    return frame(TRAININGS, rows)


def training_differences(
    pictures: pd.DataFrame,
    axes: Axes,
    groups: Groups,
    *,
    ends: Reaches,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Differences of each two networks over pictures and trainings (`statistics.trained_difference`).

    Only pictures that all trainings of both networks recognise untransformed enter; a censored threshold
    stands at the range's end, as in `differences.difference_table`.

    Returns
    -------
    The table ``TRAINING_DIFFERENCES``; first minus second, in units of the axis.
    """
    measured = _measured(pictures, axes, ends)
    rows: list[dict[str, object]] = []
    tested: dict[int, float] = {}
    for first, second in combinations(groups, 2):
        sizes = len(groups[first]), len(groups[second])
        for cell, thresholds, reach in _cells(measured, [*groups[first], *groups[second]]):
            found = trained_difference(
                thresholds[: sizes[0]],
                thresholds[sizes[0] :],
                reach,
                resamples=resamples,
                seed=seed,
            )
            if np.isfinite(found.p_value):
                tested[len(rows)] = found.p_value
            method = "pictures and trainings" if np.isfinite(found.low) else "open"
            rows.append(
                {
                    "first": first,
                    "second": second,
                    **cell,
                    "difference": found.estimate,
                    "low": found.low,
                    "high": found.high,
                    "p_value": found.p_value,
                    "p_holm": np.nan,
                    "from_trainings": found.from_trainings,
                    "from_pictures": found.from_pictures,
                    "trainings_first": sizes[0],
                    "trainings_second": sizes[1],
                    "images": thresholds.shape[1],
                    "interval": "" if np.isnan(found.estimate) else method,
                }
            )
    for place, value in zip(tested, holm(list(tested.values())), strict=True):
        rows[place]["p_holm"] = value
    return frame(TRAINING_DIFFERENCES, rows)


def _measured(pictures: pd.DataFrame, axes: Axes, ends: Reaches) -> pd.DataFrame:
    """The pictures recognised untransformed, with their distances and how far their grid goes."""
    measured = pictures[pictures["status"] == MEASURED].copy()
    measured["distance"] = distances(measured, axes)
    sides = zip(measured["transform"], measured["direction"], strict=True)
    return measured.assign(reach=[ends[side] for side in sides])


def _cells(
    measured: pd.DataFrame, names: Sequence[str]
) -> Iterator[tuple[dict[str, object], Floats, float]]:
    """Each cell, with distances [trainings, pictures] of pictures that all recognise, and the reach."""
    own = measured[measured["model"].isin(names)]
    for key, cell in own.groupby(list(CELL), sort=False):
        table = cell.pivot_table(index="model", columns="picture", values="distance")
        if set(names) <= set(table.index):
            thresholds = table.loc[list(names)].dropna(axis=1).to_numpy(float)
            if thresholds.shape[1]:
                yield dict(zip(CELL, key, strict=True)), thresholds, float(cell["reach"].iloc[0])
