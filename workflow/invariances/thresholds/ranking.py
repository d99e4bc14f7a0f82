"""Many networks in an order: how far each goes, with its rank, and how far the rank is known."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.statistics.bootstrap import LEVEL, RESAMPLES
from invariances.statistics.ranks import Ranks, ranks
from invariances.tables import RANKING
from invariances.tables.frames import frame
from invariances.thresholds.axes import Floats
from invariances.thresholds.differences import Axes, Reaches, distances
from invariances.thresholds.mixed import mixed_table

ALL, BOTH = "(all)", "both"
IN_TAIL = 20
"""Resamples that lie in an interval's tail, at least: with many networks tails are thin."""
OF_MIXED = (
    "median_threshold", "median_low", "median_high", "median_censored", "median_interval",
    "half_accuracy", "half_accuracy_low", "half_accuracy_high", "half_accuracy_censored",
    "half_accuracy_interval",
)  # fmt: skip


class Right(NamedTuple):
    """A network's right answers [N, M] to all pictures under a transform, and the grid's magnitudes."""

    right: NDArray[np.bool_]
    magnitudes: Floats
    identity: int


class Place(NamedTuple):
    """A network's place in a series."""

    series: str
    at: float


def ranking_table(
    pictures: pd.DataFrame,
    right: Mapping[tuple[str, str], Right],
    axes: Axes,
    *,
    ends: Reaches,
    series: Mapping[str, Place] | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Each network's thresholds over all pictures, its rank, and the rank's interval.

    Networks are ranked by how far a picture keeps its prediction, the mean over all pictures, 0 of those
    that are wrong untransformed: the same pictures for all, so that differences add up, which medians' do
    not, nor those over the pictures that two networks recognise. Intervals of ranks hold at once
    within a transform and direction (`statistics.ranks`), those of medians and half accuracy as well,
    each at 1 - (1 - `level`) / P of P networks (Bonferroni).

    Parameters
    ----------
    pictures : `picture_table` of all networks; same pictures and grids.
    right : by network and transform.
    ends : `differences.reaches` of the grids.
    series : the places of networks that belong to one.

    Returns
    -------
    The table ``RANKING``: transforms in their order, networks by rank, then those over all transforms.
    """
    table = pictures.assign(distance=distances(pictures, axes))
    models = [str(name) for name in dict.fromkeys(table["model"])]
    each = 1 - (1 - level) / len(models)
    enough = max(resamples, int(np.ceil(IN_TAIL * 2 / (1 - each))))
    rows: list[dict[str, object]] = []
    shares: list[Floats] = []
    for transform in axes:
        mixed = pd.concat(
            mixed_table(
                right[model, transform].right,
                table[(table["model"] == model) & (table["transform"] == transform)],
                right[model, transform].magnitudes,
                right[model, transform].identity,
                model,
                transform,
                axis=axes[transform][0],
                resamples=enough,
                level=each,
                seed=seed,
            )
            for model in models
        ).set_index(["direction", "model"])
        for direction in dict.fromkeys(mixed.index.get_level_values("direction")):
            values = _values(table, models, transform, direction)
            shares.append(values / ends[transform, direction])
            found = ranks(values, level=level, seed=seed)
            for place in np.argsort(found.rank, kind="stable"):
                own = mixed.loc[(direction, models[place])]
                rows.append(
                    {"transform": transform, "direction": direction}
                    | _row(models[place], place, found, own, series or {})
                    | {name: own[name] for name in OF_MIXED}
                )
    found = ranks(np.mean(shares, axis=0), level=level, seed=seed)
    for place in np.argsort(found.rank, kind="stable"):
        own = mixed.xs(models[place], level="model").iloc[0]
        rows.append(
            {"transform": ALL, "direction": BOTH}
            | _row(models[place], place, found, own, series or {})
        )
    return frame(RANKING, rows)


def _values(table: pd.DataFrame, models: list[str], transform: str, direction: str) -> Floats:
    """Distances [networks, pictures] in one direction, pictures in one order."""
    rows = table[(table["transform"] == transform) & (table["direction"] == direction)]
    wide = rows.pivot_table(index="model", columns=["class", "picture"], values="distance")
    values = wide.loc[models].to_numpy(float)
    if np.isnan(values).any():
        raise ValueError(f"{transform}: networks were not shown the same pictures")
    return values


def _row(
    model: str, place: int, found: Ranks, own: "pd.Series[Any]", series: Mapping[str, Place]
) -> dict[str, object]:
    name, at = series.get(model, Place("", np.nan))
    return {
        "model": model,
        "series": name or None,
        "at": at,
        "images": own["images"],
        "baseline_accuracy": own["baseline_accuracy"],
        "distance": found.mean[place],
        "rank": found.rank[place],
        "rank_low": found.low[place],
        "rank_high": found.high[place],
    }
