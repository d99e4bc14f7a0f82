"""Networks compared by their thresholds: paired differences picture by picture, and rank correlation.

Thresholds are measured from the identity outwards, on their axis (log2 of the magnitude for scale
and contrast), so that ours is always larger, in both directions.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from invariances.magnitudes import TransformAxis
from invariances.statistics import (
    Correlation,
    Difference,
    holm,
    paired_difference,
    spearman,
    westfall_young,
)
from invariances.statistics.bootstrap import LEVEL, RESAMPLES
from invariances.tables import CORRELATIONS, DIFFERENCES
from invariances.tables.frames import frame
from invariances.thresholds.axes import Axis, Floats, to_axis
from invariances.thresholds.pictures import MEASURED

Axes = Mapping[str, tuple[Axis, float]]
"""By transform: its axis and its identity magnitude."""

Reaches = Mapping[tuple[str, str], float]
"""By transform and direction: how far its grid goes from the identity, on its axis, see `distances`."""

NetworkPairs = Sequence[tuple[str, str]]
"""Networks that are compared, the first less the second."""

BEYOND = 1.0
"""How much farther than the last point of an ordinal axis a censored threshold counts: what is never lost
lasts longer than what is lost there."""

CELL = ("transform", "class", "direction")
UNTOLD = Correlation(np.nan, np.nan, np.nan, 0, 0, 0)
ALL = "all"
WITHIN = "within transforms"


def distances(table: pd.DataFrame, axes: Axes) -> Floats:
    """Distance of each row's threshold from its transform's identity, on its axis.

    Of a censored one the range's end, on an ordinal axis `BEYOND` farther.
    """
    result = np.empty(len(table))
    for transform, (axis, identity) in axes.items():
        rows = (table["transform"] == transform).to_numpy()
        thresholds = table.loc[rows, "threshold"].to_numpy(float)
        result[rows] = np.abs(to_axis(thresholds, axis) - to_axis(identity, axis))
        if axis == "ordinal":
            result[rows] += BEYOND * table.loc[rows, "censored"].to_numpy(bool)
    unknown = set(table["transform"]) - set(axes)
    if unknown:
        raise ValueError(f"no axis given for the transforms {', '.join(sorted(unknown))}")
    return result


def reaches(grids: Mapping[str, TransformAxis]) -> dict[tuple[str, str], float]:
    """How far each transform's magnitudes go from the identity, upwards and downwards."""
    return {
        (name, direction): abs(
            float(to_axis(grid.magnitudes[end], grid.axis))
            - float(to_axis(grid.identity, grid.axis))
        )
        + BEYOND * (grid.axis == "ordinal")
        for name, grid in grids.items()
        for direction, end in (("up", -1), ("down", 0))
    }


def difference_table(
    pictures: pd.DataFrame,
    axes: Axes,
    *,
    ends: Reaches,
    pairs: NetworkPairs | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Paired differences of per-picture thresholds between each two networks.

    Only pictures that both networks recognise untransformed enter. A censored threshold stands at
    the range's end, so what is compared is how far each network goes within the range
    (`invariances.statistics.paired_difference`). P-values are corrected over all rows, by Holm and by
    Westfall and Young's maximum (`invariances.statistics.westfall_young`), which finds more as it
    knows that a picture's rows hang together; ``p_least`` is the least that a row could have.

    Parameters
    ----------
    pictures : `picture_table` of two or more models, same pictures and grids.
    ends : `reaches` of these grids.
    pairs : which networks are compared; by default each two.

    Returns
    -------
    The table ``DIFFERENCES``; difference (first minus second) in units of the axis:
    the magnitude's, or octaves. Cells without a common picture are left out; where all pictures are
    censored for both networks there is no difference to tell, and its columns are missing.
    """
    measured = pictures[pictures["status"] == MEASURED].copy()
    measured["distance"] = distances(measured, axes)
    keys = [*CELL, "picture"]
    codes = {name: code for code, name in enumerate(dict.fromkeys(measured["picture"]))}
    rows: list[dict[str, object]] = []
    tested: dict[int, tuple[list[int], Floats]] = {}
    for first, second in pairs or combinations(dict.fromkeys(pictures["model"]), 2):
        one, two = (
            measured.loc[measured["model"] == model, [*keys, "distance", "censored"]]
            for model in (first, second)
        )
        both = one.merge(two, on=keys, suffixes=("_first", "_second"), validate="one_to_one")
        for _, cell in both.groupby(list(CELL), sort=False):
            ours, theirs = (cell[f"distance_{x}"].to_numpy(float) for x in ("first", "second"))
            found = paired_difference(
                ours,
                theirs,
                ends[cell["transform"].iloc[0], cell["direction"].iloc[0]],
                censored=cell["censored_first"].to_numpy(bool)
                | cell["censored_second"].to_numpy(bool),
                resamples=resamples,
                level=level,
                seed=seed,
            )
            if np.isfinite(found.p_value):
                units = [codes[name] for name in cell["picture"]]
                tested[len(rows)] = units, ours - theirs
            rows.append(
                {
                    "first": first,
                    "second": second,
                    **{key: cell[key].iloc[0] for key in CELL},
                    "difference": found.estimate,
                    "low": found.low,
                    "high": found.high,
                    "p_value": found.p_value,
                    "images": found.count,
                    "limited": found.limited,
                    "interval": _method(found),
                }
            )
    _correct(rows, tested, seed)
    return frame(DIFFERENCES, rows)


def _method(found: Difference) -> str:
    """How a difference's interval was found; empty where there is no difference to tell."""
    if np.isnan(found.estimate):
        return ""
    return "Bayesian bootstrap" if np.isfinite(found.low) else "open"


def _correct(
    rows: list[dict[str, object]], tested: dict[int, tuple[list[int], Floats]], seed: int
) -> None:
    """Add the p-values corrected over the rows that are tested; missing in the others."""
    places = list(tested)
    corrected = holm(np.array([rows[place]["p_value"] for place in places], dtype=float))
    adjusted, least = westfall_young([tested[place] for place in places], seed)
    for row in rows:
        row |= {"p_holm": np.nan, "p_adjusted": np.nan, "p_least": np.nan}
    for place, *values in zip(places, corrected, adjusted, least, strict=True):
        rows[place] |= dict(zip(("p_holm", "p_adjusted", "p_least"), values, strict=True))


def correlation_table(
    thresholds: pd.DataFrame,
    axes: Axes,
    transform: str = ALL,
    *,
    pairs: NetworkPairs | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Spearman's correlation of class thresholds between each two networks.

    Two rows a pair of networks: ``over all cells`` ranks each cell by its distance as a share of the
    farthest that either network reaches in that transform and direction; ``within transforms``
    ranks classes within each transform and direction, which asks whether both networks keep or lose
    the same classes. Classes are resampled whole. Cells of which a class does not lead at the identity
    for one of the networks are left out: their distance, zero, is no threshold. Censored ones enter at
    the range's end, where they tie; cells censored for both networks agree in nothing, and leave the
    interval as wide as the others make it (`invariances.statistics.spearman`).

    Parameters
    ----------
    thresholds : `threshold_table` of two or more models over the same classes and transforms.
    transform : the name of the only one, or ``all``.
    pairs : which networks are compared; by default each two.

    Returns
    -------
    The table ``CORRELATIONS``; ``censored`` counts cells censored for either network,
    ``informative_cells`` those not censored for both, ``unrecognised`` those left out. Correlations
    are NaN where all cells of a network are equal, or fewer than two are left.
    """
    table = thresholds.copy()
    table["distance"] = distances(table, axes)
    rows: list[dict[str, object]] = []
    for first, second in pairs or combinations(dict.fromkeys(table["model"]), 2):
        one, two = (table[table["model"] == model] for model in (first, second))
        cells = one.merge(two, on=list(CELL), suffixes=("_first", "_second"), validate="one_to_one")
        led = (cells[["distance_first", "distance_second"]] > 0).all(axis=1)
        left_out, cells = int((~led).sum()), cells[led]
        strata = cells["transform"] + " " + cells["direction"]
        reached = cells[["distance_first", "distance_second"]].max(axis=1)
        farthest = reached.groupby(strata).transform("max")
        farthest = farthest.where(farthest > 0, 1.0)
        ends = [cells[f"censored_{name}"].to_numpy(bool) for name in ("first", "second")]
        censored = ends[0] | ends[1]
        layers: Sequence[tuple[str, object]] = (
            ("over all cells", np.zeros(len(cells))),
            (WITHIN, strata.to_numpy(str)),
        )
        for statistic, layer in layers:
            found = (
                UNTOLD
                if len(cells) < 2
                else spearman(
                    (cells["distance_first"] / farthest).to_numpy(float),
                    (cells["distance_second"] / farthest).to_numpy(float),
                    clusters=cells["class"].to_numpy(str),
                    strata=np.asarray(layer),
                    tied=ends[0] & ends[1],
                    resamples=resamples,
                    level=level,
                    seed=seed,
                )
            )
            rows.append(
                {
                    "first": first,
                    "second": second,
                    "transform": transform,
                    "statistic": statistic,
                    "correlation": found.estimate,
                    "low": found.low,
                    "high": found.high,
                    "cells": len(cells),
                    "classes": cells["class"].nunique(),
                    "censored": int(censored.sum()),
                    "informative_cells": int((~(ends[0] & ends[1])).sum()),
                    "unrecognised": left_out,
                    "interval": _correlation_method(found),
                }
            )
    return frame(CORRELATIONS, rows)


def correlations_by_transform(
    thresholds: pd.DataFrame,
    axes: Axes,
    *,
    pairs: NetworkPairs | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """The correlations over all transforms, then those within each, by pair of networks.

    A transform in which all classes of one network tie has no correlation, and no row.
    """
    options: dict[str, Any] = {"pairs": pairs, "resamples": resamples, "seed": seed}
    parts = [correlation_table(thresholds, axes, **options)]
    for name in axes:
        own = thresholds[thresholds["transform"] == name]
        found = correlation_table(own, axes, name, **options)
        known = (found["statistic"] == WITHIN) & found["correlation"].notna()
        parts.append(found[known])
    # Pairs one after the other, in the order of the models.
    models = list(dict.fromkeys(thresholds["model"]))
    places = {pair: place for place, pair in enumerate(pairs or combinations(models, 2))}
    joined = pd.concat(parts, ignore_index=True)
    order = pd.Series(
        [places[pair] for pair in zip(joined["first"], joined["second"], strict=True)]
    )
    return joined.iloc[order.argsort(kind="stable")]


def _correlation_method(found: Correlation) -> str:
    """How a correlation's interval was found; empty where there is none."""
    if np.isnan(found.estimate):
        return ""
    return "open" if (found.low, found.high) == (-1, 1) else "bootstrap over classes"
