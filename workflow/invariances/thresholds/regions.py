"""Two transforms at once: response maps on a grid, and the shape of the region of invariance."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage, special

from invariances.statistics import mean_interval, proportion_interval
from invariances.statistics.bootstrap import LEVEL, RESAMPLES
from invariances.tables import PAIRS, REGIONS
from invariances.tables.frames import frame
from invariances.thresholds.axes import Axis, Floats, SweepArrays, infer_axis, members, to_axis
from invariances.thresholds.cells import OPEN, class_margins, distinct

DIRECTIONS = 360
STEPS = 200


class Grid(NamedTuple):
    """A rectangular grid: both axes' magnitudes, coordinates in units of range, where each row is.

    first, second : magnitudes [P] and [Q], ascending. unit : the same on their axes, shifted to the
    identity and divided by the axis's range. order : [M], flat place (p * Q + q) of each row.
    """

    first: Floats
    second: Floats
    unit: tuple[Floats, Floats]
    scales: tuple[Axis, Axis]
    order: NDArray[np.intp]


def rectangular(
    magnitudes: NDArray[Any], identity: int, axes: tuple[Axis, Axis] | None = None
) -> Grid:
    """Recognise the rectangular grid in pairs of magnitudes [M, 2], in whatever order they stand.

    Raises
    ------
    ValueError : not pairs, or some combination of the two axes missing or double.
    """
    pairs = np.asarray(magnitudes, dtype=float)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"a pair of transforms needs magnitudes [M, 2], got {pairs.shape}")
    first, row = np.unique(pairs[:, 0], return_inverse=True)
    second, column = np.unique(pairs[:, 1], return_inverse=True)
    order = row.ravel() * len(second) + column.ravel()
    complete = len(np.unique(order)) == len(order) == len(first) * len(second)
    if not complete or min(len(first), len(second)) < 2:
        raise ValueError("magnitudes of a pair must be all combinations of two grids, each once")
    scales = axes or (infer_axis(first), infer_axis(second))
    unit = []
    for values, scale, origin in zip((first, second), scales, pairs[identity], strict=True):
        coordinate = to_axis(values, scale)
        shift = float(to_axis(origin, scale))
        unit.append((coordinate - shift) / (coordinate[-1] - coordinate[0]))
    return Grid(first, second, (unit[0], unit[1]), scales, order)


def pair_table(
    sweep: SweepArrays,
    categories: Sequence[str],
    model: str,
    transform: str,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Response maps of a pair of transforms.

    Returns
    -------
    The table ``PAIRS``, one row per class and pair of magnitudes: accuracy, mean softmax of
    the true class, both with the pointwise 95 % intervals of `curve_table`, and the category whose
    mean softmax is highest.
    """
    pairs = np.asarray(sweep.magnitudes, dtype=float)
    rectangular(pairs, sweep.identity)
    frames = []
    for number, name, label, pictures in members(sweep):
        mean = sweep.mean_softmax[number]
        right = (sweep.prediction[pictures] == label).sum(axis=0)
        accuracy_low, accuracy_high = proportion_interval(right, len(pictures))
        own = sweep.candidate_softmax[pictures][..., 0]
        softmax_low, softmax_high = mean_interval(own, resamples=resamples, seed=seed)
        frames.append(
            pd.DataFrame(
                {
                    "model": model,
                    "transform": transform,
                    "class": name,
                    "magnitude_first": pairs[:, 0],
                    "magnitude_second": pairs[:, 1],
                    "images": len(pictures),
                    "accuracy": right / len(pictures),
                    "accuracy_low": accuracy_low,
                    "accuracy_high": accuracy_high,
                    "mean_softmax": mean[:, label].astype(float),
                    "softmax_low": softmax_low,
                    "softmax_high": softmax_high,
                    "predicted_class": [str(categories[k]) for k in mean.argmax(axis=1)],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[PAIRS.names]


def region_table(
    sweep: SweepArrays,
    model: str,
    transform: str,
    *,
    axes: tuple[Axis, Axis] | None = None,
) -> pd.DataFrame:
    """Shape of the region of magnitudes in which each class leads.

    ``area`` is the share of the whole rectangle (each axis in units of its range; every grid point
    stands for the part of the rectangle nearest to it), with its 95 % interval over pictures (rivals
    in it are the sweep's candidates), ``connected_area`` the share of the part
    that hangs together with the identity, over edges of the grid. ``worst_direction`` is the angle
    at the identity, in degrees counter-clockwise from the first axis with both axes in units of
    their range, in which the class is lost soonest; ``worst_first`` and ``worst_second`` are the
    magnitudes at which it is, ``reach`` their distance in ranges. ``censored``: the class leads up
    to the border in every direction; the direction is then that of the nearest border. With an ordinal
    axis, whose points count alike, the direction is that of the nearest point that is lost.

    Returns
    -------
    The table ``REGIONS``, a row per class.
    """
    grid = rectangular(sweep.magnitudes, sweep.identity, axes)
    weights = np.outer(*map(share_of_points, grid.unit, grid.scales))
    rows: list[dict[str, object]] = []
    for number, name, label, pictures in members(sweep):
        margin = np.empty(weights.size)
        margin[grid.order] = class_margins(sweep.mean_softmax[number], label)[0].min(axis=1)
        surface = margin.reshape(weights.shape)
        leads = surface > 0
        parts, _ = ndimage.label(leads)
        start = parts.ravel()[grid.order[sweep.identity]]
        # Nothing is read between the points of an ordinal axis, so that directions end at points.
        worst = nearest_lost if "ordinal" in grid.scales else worst_direction
        angle, reach, censored = worst(surface, grid.unit)
        area = float(weights[leads].sum())
        softmax = distinct(sweep.candidates[number], sweep.candidate_softmax[pictures])
        low, high = area_interval(softmax, weights.ravel()[grid.order])
        ends = _magnitudes_at(grid, sweep.magnitudes[sweep.identity], angle, reach)
        rows.append(
            {
                "model": model,
                "transform": transform,
                "class": name,
                "images": len(pictures),
                "area": area,
                "area_low": min(low, area),
                "area_high": max(high, area),
                "connected_area": float(weights[parts == start].sum()) if start else 0.0,
                "worst_direction": angle,
                "worst_first": ends[0],
                "worst_second": ends[1],
                "reach": reach,
                "censored": censored,
                "interval": OPEN if len(pictures) < 2 else "Bonferroni's t",
            }
        )
    return frame(REGIONS, rows)


def area_interval(
    softmax: NDArray[Any], weights: Floats, level: float = LEVEL
) -> tuple[float, float]:
    """Interval of the area in which the mean over pictures leads, by Student's t at each point.

    From below, the area in which the class surely leads: before every rival, which needs no correction.
    From above, that in which it may: no rival is surely before it, each with its tail divided by the number
    of rivals that may be the first there. A resample's own area would be too small: the first of several
    rivals is found with the luck of the strongest (compare `switches.switch_interval`).

    Parameters
    ----------
    softmax : [N, M, L], each picture's softmax of its class (first) and of its rivals, at the rows.
    weights : [M], the share of the rectangle for which each row stands.

    Returns
    -------
    low, high : 0 and 1 of a single picture.
    """
    size = len(softmax)
    if size < 2:
        return 0.0, 1.0
    curves = softmax.astype(float)
    margins = curves[..., :1] - curves[..., 1:]
    mean, error = margins.mean(axis=0), margins.std(axis=0, ddof=1) / np.sqrt(size)
    tail = (1 - level) / 2
    lower = mean - special.stdtrit(size - 1, 1 - tail) * error
    rivals = np.ones(len(mean))
    while True:
        upper = mean + special.stdtrit(size - 1, 1 - tail / rivals)[:, None] * error
        needed = (lower <= upper.min(axis=1, keepdims=True)).sum(axis=1)
        if (needed <= rivals).all():
            break
        rivals = np.maximum(rivals, needed)
    low, high = (float(weights @ (limit > 0).all(axis=1)) for limit in (lower, upper))
    return min(low, 1.0), min(high, 1.0)


def share_of_points(coordinate: Floats, scale: Axis) -> Floats:
    """Share of an axis for which each of its points [P] stands."""
    if scale == "ordinal":
        return np.full(len(coordinate), 1 / len(coordinate))
    return nearest_share(coordinate)


def nearest_share(coordinate: Floats) -> Floats:
    """Share of a range that is nearest to each of its points [P]; sums to one."""
    edges = np.concatenate(
        [coordinate[:1], (coordinate[1:] + coordinate[:-1]) / 2, coordinate[-1:]]
    )
    share: Floats = np.diff(edges) / (coordinate[-1] - coordinate[0])
    return share


def worst_direction(surface: Floats, unit: tuple[Floats, Floats]) -> tuple[float, float, bool]:
    """Direction from the origin in which a surface first falls to zero.

    Parameters
    ----------
    surface : [P, Q], bilinear between the points; unit : its axes [P] and [Q], the identity at 0.

    Returns
    -------
    angle in degrees [0, 360), reach, and whether no direction falls to zero within the rectangle
    (the reach is then that of the nearest border). Angles go by whole degrees; directions that
    leave the rectangle at once, where the identity is on its border, are left out.
    """
    angles = np.deg2rad(np.arange(DIRECTIONS) * 360.0 / DIRECTIONS)
    heading = np.stack([np.cos(angles), np.sin(angles)], axis=1).round(12)
    border = np.full(DIRECTIONS, np.inf)
    for part, coordinate in zip(heading.T, unit, strict=True):
        limit = np.where(part > 0, coordinate[-1], coordinate[0])
        with np.errstate(divide="ignore", invalid="ignore"):
            border = np.minimum(border, np.where(part == 0, np.inf, limit / part))
    inside = border > 1e-9
    along = np.linspace(0, 1, STEPS + 1)
    distance = border[inside, None] * along
    points = heading[inside, None, :] * distance[..., None]
    low, high = (np.array([axis[side] for axis in unit]) for side in (0, -1))
    from scipy import interpolate  # a third of a second, which other stages need not wait for

    values = interpolate.RegularGridInterpolator(unit, surface)(np.clip(points, low, high))
    lost = values <= 0
    first = np.where(lost.any(axis=1), lost.argmax(axis=1), STEPS)
    rows = np.arange(len(first))
    before = np.maximum(first - 1, 0)
    start, end = values[rows, before], values[rows, first]
    crossed = lost.any(axis=1) & (first > 0)
    share = np.where(crossed, start / np.where(start == end, 1, start - end), 1.0)
    reach = distance[rows, before] + share * (distance[rows, first] - distance[rows, before])
    shortest = reach if not lost.any() else np.where(lost.any(axis=1), reach, np.inf)
    worst = int(np.argmin(shortest))
    angle = float(np.rad2deg(angles[inside][worst]).round(9))
    return angle, float(reach[worst]), not bool(lost.any())


def nearest_lost(surface: Floats, unit: tuple[Floats, Floats]) -> tuple[float, float, bool]:
    """As `worst_direction`, of the points alone: the one nearest to the origin that is not above zero.

    Where none is, the nearest end of either axis. The first of several alike by angle.
    """
    x, y = np.meshgrid(*unit, indexing="ij")
    lost = surface <= 0
    # An axis' ends seen from the origin, which are points of the grid.
    ends = (np.isin(x, unit[0][[0, -1]]) & (y == 0)) | (np.isin(y, unit[1][[0, -1]]) & (x == 0))
    among = lost if lost.any() else ends & ((x != 0) | (y != 0))
    reach = np.hypot(x, y)[among]
    angle = np.rad2deg(np.arctan2(y, x)[among]).round(9) % 360
    worst = np.lexsort((angle, reach.round(12)))[0]
    return float(angle[worst]), float(reach[worst]), not bool(lost.any())


def _magnitudes_at(
    grid: Grid, identity: NDArray[Any], angle: float, reach: float
) -> tuple[float, float]:
    """Magnitudes at a distance and angle from the identity."""
    heading = (np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle)))
    ends = []
    for values, scale, origin, part in zip(
        (grid.first, grid.second), grid.scales, identity, heading, strict=True
    ):
        coordinate = to_axis(values, scale)
        moved = float(to_axis(origin, scale)) + part * reach * (coordinate[-1] - coordinate[0])
        moved = float(np.clip(moved, coordinate[0], coordinate[-1]))
        if "ordinal" in grid.scales:
            # Both are those of a point, which an angle gives to rounding.
            ends.append(float(values[np.abs(coordinate - moved).argmin()]))
            continue
        ends.append(float(np.exp2(moved)) if scale == "log" else moved)
    return ends[0], ends[1]
