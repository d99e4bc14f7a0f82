"""Tables of layers: invariance and equivariance by magnitude, layers' scores, and their trends.

All numbers are ratios of means over pictures; intervals are of the bootstrap over pictures, each with its
distances, from itself transformed and from its stranger.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from invariances.layers.measuring import Found, Measured
from invariances.magnitudes import TransformAxis
from invariances.statistics import bootstrap
from invariances.tables import LAYER_SCORES, LAYER_TRENDS, LAYERS
from invariances.tables.frames import frame

Floats = NDArray[np.float64]
FEW = 8
"""Pictures below which the bootstrap of a ratio covers too little: there is no interval."""
PREFIXES = ("", "_cosine")
UNTOLD = "cannot be told from this run"
FEWEST_LAYERS = 4
"""Layers of which a correlation with depth says something: ranks of three agree by chance in one of six."""
Interval = Callable[[Callable[[Floats], Floats]], tuple[Floats, Floats, Floats]]


def similarity(weights: Floats, apart: Floats, strangers: Floats) -> Floats:
    """1 less the ratio of weighted means [B, M] of distances [N, M] and [N, M] or [N, 1], weights [B, N].

    Pictures of which one of both is missing count in neither mean; NaN where none counts, or strangers are
    not apart.
    """
    known = np.isfinite(apart) & np.isfinite(strangers)
    own = weights @ np.where(known, apart, 0)
    other = weights @ np.where(known, strangers, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Floats = np.where(other > 0, 1 - own / other, np.nan)
    return ratio


def layer_tables(
    found: Mapping[str, Found],
    model: str,
    axis: TransformAxis,
    *,
    resamples: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables ``LAYERS``, ``LAYER_SCORES`` and ``LAYER_TRENDS`` of one network under one transform.

    Parameters
    ----------
    found : by what the weights are, ``trained`` or ``random``.
    """
    rows: list[dict[str, object]] = []
    scores: list[dict[str, object]] = []
    trends: list[dict[str, object]] = []
    for weights, network in found.items():
        count = len(network.right)

        def interval(
            statistic: Callable[[Floats], Floats], count: int = count
        ) -> tuple[Floats, Floats, Floats]:
            estimate, low, high = bootstrap(statistic, count, resamples=resamples, seed=seed)
            if count < FEW:
                return estimate, np.full_like(estimate, np.nan), np.full_like(estimate, np.nan)
            return estimate, low, high

        own = {"model": model, "weights": weights, "transform": axis.name, "images": count}
        trends.append(own | _trend(network, axis, interval))
        for measured in network.layers:
            layer = measured.layer
            head = own | {
                "layer": layer.name or "(network)", "depth": layer.depth,
                "nonlinearity": layer.nonlinearity,
                "shape": "x".join(map(str, layer.shape)),
            }  # fmt: skip
            columns = {
                "magnitude": axis.magnitudes,
                "accuracy": network.right.mean(axis=0),
                "spread": measured.scores.spread,
                **_similarities(measured, interval),
            }
            rows += [
                head | {name: values[place] for name, values in columns.items()}
                for place in range(len(axis.magnitudes))
            ]
            scores.append(head | _scores(measured, axis, interval))
    return frame(LAYERS, rows), frame(LAYER_SCORES, scores), frame(LAYER_TRENDS, trends)


def _similarities(measured: Measured, interval: Interval) -> dict[str, Floats]:
    """Invariance and equivariance [M] by both distances, with their limits."""
    given = measured.distances
    columns: dict[str, Floats] = {"shown": given.shown.mean(axis=0)}
    for place, suffix in enumerate(PREFIXES):
        pairs = {
            "invariance": (given.own[place], given.strangers[place][:, None]),
            "equivariance": (given.moved[place], given.moved_strangers[place]),
        }
        for name, (apart, strangers) in pairs.items():
            values = interval(lambda w, a=apart, s=strangers: similarity(w, a, s))  # type: ignore[misc]
            columns |= _named(f"{name}{suffix}", values)
    return columns


def _scores(measured: Measured, axis: TransformAxis, interval: Interval) -> dict[str, object]:
    given, units, raster = measured.distances, measured.scores, measured.raster

    def local(size: Floats, of: Floats) -> Callable[[Floats], Floats]:
        return lambda weights: similarity(weights, size[:, None], of[:, None])[:, 0]

    strangers = given.strangers[0]
    found = {
        "mean_invariance": interval(mean_over(axis, given.own[0], strangers[:, None])),
        "mean_equivariance": interval(mean_over(axis, given.moved[0], given.moved_strangers[0])),
        "local_equivariance": interval(local(given.lie, given.change)),
    }
    change = interval(local(given.change_all, strangers))
    # As a rate: of the strangers' distance, per unit of the axis.
    found["local_change"] = (1 - change[0], 1 - change[2], 1 - change[1])
    columns: dict[str, object] = {}
    for name, values in found.items():
        columns |= {key: float(value) for key, value in _named(name, values).items()}
    ratios = units.deviation_ratio[np.isfinite(units.deviation_ratio)]
    return columns | {
        "units": len(units.firing),
        "deviation_ratio": float(np.median(ratios)) if len(ratios) else np.nan,
        "goodfellow": units.goodfellow,
        "firing": float(units.firing.mean()),
        "first_px": None if raster is None else float(np.mean(raster.first)),
        "step_px": None if raster is None else float(np.mean(raster.step)),
    }


def mean_over(axis: TransformAxis, apart: Floats, strangers: Floats) -> Callable[[Floats], Floats]:
    """The mean [B] of a `similarity` over the grid's magnitudes other than the identity."""
    others = np.arange(len(axis.magnitudes)) != axis.identity_index

    def statistic(weights: Floats) -> Floats:
        values = similarity(weights, apart, strangers)[:, others]
        known = np.isfinite(values)
        total = np.where(known, values, 0).sum(axis=1)
        return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)

    return statistic


def _trend(network: Found, axis: TransformAxis, interval: Interval) -> dict[str, object]:
    """Whether invariance increases with depth (Goodfellow et al. 2009): Spearman's correlation."""
    means = [
        mean_over(axis, each.distances.own[0], each.distances.strangers[0][:, None])
        for each in network.layers
    ]

    def statistic(weights: Floats) -> Floats:
        values = np.stack([mean(weights) for mean in means], axis=1)
        return correlation_with_depth(values)

    columns: dict[str, object] = {"layers": len(means), "verdict": UNTOLD}
    if len(means) < FEWEST_LAYERS:
        return columns
    estimate, low, high = (float(value) for value in interval(statistic))
    verdict = "supported" if low > 0 else "not supported" if high <= 0 else UNTOLD
    return columns | {"correlation": estimate, "low": low, "high": high, "verdict": verdict}


def correlation_with_depth(values: Floats) -> Floats:
    """Spearman's correlation [B] of layers' values [B, L] with their places; ties share a rank.

    NaN where a value is missing, or all are the same.
    """
    ranks = stats.rankdata(values, axis=1)
    places = np.arange(values.shape[1]) - (values.shape[1] - 1) / 2
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.square(ranks).sum(axis=1) * np.square(places).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(
            np.isfinite(values).all(axis=1) & (scale > 0), ranks @ places / scale, np.nan
        )
    return found


def _named(name: str, values: tuple[Floats, Floats, Floats]) -> dict[str, Floats]:
    estimate, low, high = values
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}
