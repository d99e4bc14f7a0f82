"""Worst cases of transforms combined: of each picture, and the accuracies of classes that follow.

Of a picture that is right at R of a grid's M points the worst of k points, none drawn twice, is right
with probability C(R, k) / C(M, k). Engstrom et al. ("Exploring the landscape of spatial robustness",
ICML 2019) draw ten points of the continuous range once; here the mean over all draws from the grid is
computed.
"""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.screening.tuples import Points
from invariances.statistics import mean_interval, proportion_interval
from invariances.statistics.bootstrap import RESAMPLES
from invariances.tables import WORST, WORST_PICTURES
from invariances.tables.combined import ORDER
from invariances.tables.frames import frame
from invariances.thresholds.axes import Axis, Floats, to_axis
from invariances.thresholds.regions import share_of_points


def worst_picture_table(
    points: Points, categories: Sequence[str], model: str, transform: str, axes: Sequence[Axis]
) -> pd.DataFrame:
    """Each picture's worst point, where it is lost first, and how much of the region it is right in.

    Every point of the grid stands for the part of the region that is nearest to it (`share_of_points`), for
    ``area`` and ``agreement``; ``right`` counts points.

    Parameters
    ----------
    categories : the K names of the classifier's categories.
    axes : of the D transforms, each with its range as its unit of length.

    Returns
    -------
    The table ``WORST_PICTURES``.

    Raises
    ------
    ValueError : some combination of the axes' magnitudes is missing or double.
    """
    unit, weights = region(points.magnitudes, points.identity, axes)
    # Rounded, so that points at the same distance are told apart by their order alone.
    distance = np.linalg.norm(unit, axis=1).round(12)
    right, worst = points.right, points.worst
    lost = np.where(right, np.inf, distance).argmin(axis=1)
    rows: list[dict[str, object]] = []
    for row, name in enumerate(points.picture):
        survives = bool(right[row].all())
        agreed, majority = most_of(points.prediction[row], weights)
        rows.append(
            {
                "model": model,
                "transform": transform,
                "class": str(points.classes[points.class_index[row]]),
                "picture": str(name),
                "points": right.shape[1],
                "right": int(right[row].sum()),
                "recognised": bool(right[row, points.identity]),
                "margin": float(points.margin[row, points.identity]),
                "survives": survives,
                **place("worst", points.magnitudes[worst[row]]),
                "worst_margin": float(points.margin[row, worst[row]]),
                "worst_prediction": categories[points.prediction[row, worst[row]]],
                **(_refined(points, row, categories) if len(points.refined) else {}),
                **({} if survives else place("lost", points.magnitudes[lost[row]])),
                "reach": None if survives else float(distance[lost[row]]),
                "flips_to": None if survives else categories[points.prediction[row, lost[row]]],
                "area": float(weights[right[row]].sum()),
                "majority": categories[majority],
                "agreement": agreed,
            }
        )
    return frame(WORST_PICTURES, rows)


def region(magnitudes: Floats, identity: int, axes: Sequence[Axis]) -> tuple[Floats, Floats]:
    """Where points [M, D] lie from the identity, in ranges [M, D], and the share of the region of each [M].

    Raises
    ------
    ValueError : the points are not all combinations of the axes' magnitudes, each once.
    """
    unit, shares, sizes = [], [], []
    for values, axis in zip(magnitudes.T, axes, strict=True):
        grid, inverse = np.unique(values, return_inverse=True)
        along = to_axis(grid, axis)
        along = (along - to_axis(values[identity], axis)) / (along[-1] - along[0])
        unit.append(along[inverse])
        shares.append(share_of_points(along, axis)[inverse])
        sizes.append(len(grid))
    different = len(np.unique(magnitudes, axis=0))
    if not different == len(magnitudes) == np.prod(sizes):
        raise ValueError("points must be all combinations of the transforms' grids, each once")
    return np.stack(unit, axis=1), reduce(np.multiply, shares)


def place(prefix: str, magnitudes: NDArray[np.float64]) -> dict[str, object]:
    """The columns of a point, of two transforms or three."""
    return {f"{prefix}_{o}": float(v) for o, v in zip(ORDER, magnitudes, strict=False)}


def most_of(predictions: NDArray[np.int32], weights: Floats) -> tuple[float, int]:
    """The weight of the category that has most of it among predictions [M], and that category.

    Of several with as much it is the first of the categories.
    """
    found, inverse = np.unique(predictions, return_inverse=True)
    total = np.bincount(inverse, weights).round(12)
    return float(min(total.max(), 1.0)), int(found[total.argmax()])


def _refined(points: Points, row: int, categories: Sequence[str]) -> dict[str, object]:
    found = points.refined_prediction[row]
    right = points.right[row].all() and found == points.categories[row]
    return {
        "refined_survives": bool(right),
        **place("refined", points.refined[row]),
        "refined_margin": float(points.refined_margin[row]),
        "refined_prediction": categories[found],
    }


def worst_table(
    pictures: pd.DataFrame, drawn: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> pd.DataFrame:
    """Accuracy untransformed, at random, at the worst of some random points, at the worst, and refined.

    Parameters
    ----------
    pictures : `worst_picture_table` of one network and combination.
    drawn : points of which the worst is taken, of the whole grid where it has fewer.
    resamples, seed : of the intervals of means of shares; those of shares of pictures are mid-P.

    Returns
    -------
    The table ``WORST``: classes in the order of `pictures`, then all together, whose class is missing.
    """
    classes = [(str(name), part) for name, part in pictures.groupby("class", sort=False)]
    rows = [
        _worst_row(name, part, drawn, resamples=resamples, seed=seed)
        for name, part in [*classes, (None, pictures)]
    ]
    return frame(WORST, rows)


def _worst_row(
    name: str | None, pictures: pd.DataFrame, drawn: int, *, resamples: int, seed: int
) -> dict[str, object]:
    size, points = len(pictures), int(pictures["points"].iloc[0])
    drawn = min(drawn, points)
    decided = {"baseline_accuracy": pictures["recognised"], "worst_accuracy": pictures["survives"]}
    if pictures["refined_survives"].notna().all():
        decided["refined_accuracy"] = pictures["refined_survives"]
    known = np.array([int(part.sum()) for part in decided.values()])
    right = pictures["right"].to_numpy()
    shares = {
        "random_accuracy": right / points,
        "drawn_accuracy": all_right(right, points, drawn),
        "area": pictures["area"].to_numpy(float).clip(0, 1),
        "agreement": pictures["agreement"].to_numpy(float),
    }
    values = np.stack(list(shares.values()), axis=1)
    return {
        "model": pictures["model"].iloc[0],
        "transform": pictures["transform"].iloc[0],
        "class": name,
        "images": size,
        "points": points,
        "drawn": drawn,
        **_stated(decided, known / size, proportion_interval(known, size)),
        **_stated(
            shares, values.mean(axis=0), mean_interval(values, resamples=resamples, seed=seed)
        ),
    }


def _stated(names: Iterable[str], means: Floats, limits: tuple[Floats, Floats]) -> dict[str, float]:
    """Columns of means and their limits."""
    found: dict[str, float] = {}
    for name, mean, low, high in zip(names, means, *limits, strict=True):
        found |= {name: float(mean), f"{name}_low": float(low), f"{name}_high": float(high)}
    return found


def all_right(right: NDArray[np.integer], points: int, drawn: int) -> Floats:
    """Probability [N] that points drawn without replacement are all among the `right` [N] of a grid's."""
    place = np.arange(drawn)
    factors = (np.asarray(right, dtype=float)[:, None] - place) / (points - place)
    # Of fewer right points than are drawn one factor is zero: the others may be below it.
    product: Floats = factors.clip(0, 1).prod(axis=1)
    return product
