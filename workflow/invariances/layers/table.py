"""Tables of layers: invariance and equivariance at each magnitude, and each layer's scores, with intervals.

All numbers are ratios of means over pictures; intervals are of the bootstrap over pictures, each with its
distances, from itself transformed and from its stranger.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.layers.measuring import Found, Measured
from invariances.magnitudes import TransformAxis
from invariances.statistics import bootstrap
from invariances.tables import LAYER_SCORES, LAYERS
from invariances.tables.frames import frame

Floats = NDArray[np.float64]
FEW = 5
"""Pictures below which a bootstrap of a ratio promises more than it keeps."""
PREFIXES = ("", "_cosine")


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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``LAYERS`` and ``LAYER_SCORES`` of one network under one transform.

    Parameters
    ----------
    found : by what the weights are, ``trained`` or ``random``.
    """
    rows: list[dict[str, object]] = []
    scores: list[dict[str, object]] = []
    for weights, network in found.items():
        count = len(network.right)

        def interval(
            statistic: Callable[[Floats], Floats], count: int = count
        ) -> tuple[Floats, Floats, Floats]:
            estimate, low, high = bootstrap(statistic, count, resamples=resamples, seed=seed)
            if count < FEW:
                return estimate, np.full_like(estimate, np.nan), np.full_like(estimate, np.nan)
            return estimate, low, high

        for measured in network.layers:
            layer = measured.layer
            head = {
                "model": model, "weights": weights, "transform": axis.name,
                "layer": layer.name or "(network)", "depth": layer.depth,
                "nonlinearity": layer.nonlinearity,
                "shape": "x".join(map(str, layer.shape)), "images": count,
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
    return frame(LAYERS, rows), frame(LAYER_SCORES, scores)


Interval = Callable[[Callable[[Floats], Floats]], tuple[Floats, Floats, Floats]]


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
    others = np.arange(len(axis.magnitudes)) != axis.identity_index

    def mean(apart: Floats, strangers: Floats) -> Callable[[Floats], Floats]:
        def statistic(weights: Floats) -> Floats:
            values = similarity(weights, apart, strangers)[:, others]
            known = np.isfinite(values)
            total = np.where(known, values, 0).sum(axis=1)
            return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)

        return statistic

    def local(size: Floats, of: Floats) -> Callable[[Floats], Floats]:
        return lambda weights: similarity(weights, size[:, None], of[:, None])[:, 0]

    strangers = given.strangers[0]
    found = {
        "mean_invariance": interval(mean(given.own[0], strangers[:, None])),
        "mean_equivariance": interval(mean(given.moved[0], given.moved_strangers[0])),
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


def _named(name: str, values: tuple[Floats, Floats, Floats]) -> dict[str, Floats]:
    estimate, low, high = values
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}
