"""The table of per-picture thresholds, and its summary by class."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from invariances.statistics import Median, censored_median
from invariances.statistics.bootstrap import LEVEL
from invariances.tables import MEDIANS, PICTURES
from invariances.tables.frames import frame
from invariances.thresholds.axes import Axis, Direction, from_axis, infer_axis, outward, to_axis
from invariances.thresholds.missed import Check, missed_at_most
from invariances.thresholds.responses import Response

MEASURED = "measured"
WRONG_AT_IDENTITY = "wrong_at_identity"
SIGN: dict[Direction, int] = {"up": 1, "down": -1}


def picture_table(
    responses: Sequence[Response],
    pictures: Sequence[str],
    classes: Sequence[str],
    magnitudes: ArrayLike,
    identity: int,
    categories: Sequence[str],
    model: str,
    transform: str,
    *,
    axis: Axis | None = None,
    check: Check | None = None,
) -> pd.DataFrame:
    """Per-picture thresholds, a row per picture and direction.

    ``status`` is ``measured``, or ``wrong_at_identity`` for a picture that is not recognised
    untransformed: its threshold is the identity, not censored, and its other columns are empty or 0;
    summaries leave it out. ``threshold`` is the middle of the narrowed bracket of the first
    crossing, so within half the tolerance of a change of prediction, or the range's end where
    ``censored``; on an ordinal axis the first of its points at which the prediction has changed.
    ``flips_to`` is the prediction just beyond. ``crossings`` counts the changes
    between right and wrong in that direction; every one beyond the first is a departure from
    monotony. ``nonmonotonicity`` is the share of the range (on its axis) beyond the first crossing
    in which the prediction is right again, on an ordinal axis the share of its points from the threshold
    on. ``intervals`` are all magnitudes, of both directions, at which it is right.

    Parameters
    ----------
    responses, pictures, classes : [N], each picture's response, name and class's name.
    magnitudes, identity, axis : the grid that the search began with.
    check : what was asked afterwards to see what the search missed, if anything was.
    """
    grid = np.asarray(magnitudes, dtype=float)
    scale = axis or infer_axis(grid)
    rows: list[dict[str, object]] = []
    for place, (response, picture, name) in enumerate(
        zip(responses, pictures, classes, strict=True)
    ):
        intervals = [
            (float(from_axis(low, scale)), float(from_axis(high, scale)))
            for low, high in response.intervals
        ]
        for direction, path in outward(grid, identity):
            sign, end = SIGN[direction], float(grid[path[-1]])
            first = response.first(sign)
            threshold = end if first is None else float(from_axis(first[0], scale))
            rows.append(
                {
                    "model": model,
                    "transform": transform,
                    "class": str(name),
                    "picture": str(picture),
                    "direction": direction,
                    "status": MEASURED if response.right else WRONG_AT_IDENTITY,
                    "threshold": threshold if response.right else float(grid[identity]),
                    "censored": response.right and first is None,
                    "flips_to": "" if first is None else str(categories[first[1]]),
                    "crossings": response.crossings_towards(sign),
                    "nonmonotonicity": response.regained(sign, float(to_axis(end, scale))),
                    "intervals": intervals,
                    **_checked(check, place, direction),
                }
            )
    return frame(PICTURES, rows)


def _checked(check: Check | None, place: int, direction: Direction) -> dict[str, object]:
    """What a check says of one picture in one direction."""
    if check is None:
        return dict.fromkeys(("unasked", "checked", "missed"))
    own = place, ("up", "down").index(direction)
    return {
        "unasked": int(check.unasked[own]),
        "checked": int(check.checked[own]),
        "missed": bool(check.missed[own]),
    }


def median_table(
    pictures: pd.DataFrame,
    magnitudes: ArrayLike,
    identity: int,
    *,
    axis: Axis | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Median per-picture threshold of each class, with its exact interval.

    Parameters
    ----------
    pictures : `picture_table` of one grid. Pictures wrong at the identity are left out.
    magnitudes, identity, axis : that grid.

    Returns
    -------
    The table ``MEDIANS``: one row per model, transform, class and direction; low and high
    in the order of numbers; ``censored`` where half of the pictures do not flip within range (the
    median is then the range's end, a bound), ``far_limit_open`` where the limit away from the
    identity is; ``missed_at_most`` as `missed.missed_at_most` of the network and transform has it.
    ``images`` counts pictures measured, ``flipped`` those that flip. A class without
    any measured picture has the identity for its median and the whole range for its interval.
    """
    grid = np.asarray(magnitudes, dtype=float)
    scale = axis or infer_axis(grid)
    origin = float(to_axis(grid[identity], scale))
    ends = {direction: float(grid[path[-1]]) for direction, path in outward(grid, identity)}
    keys = ["model", "transform", "class", "direction"]
    limits_of = {
        sweep: missed_at_most(rows) for sweep, rows in pictures.groupby(["model", "transform"])
    }
    rows: list[dict[str, object]] = []
    for _, cell in pictures.groupby(keys, sort=False):
        row: dict[str, object] = {key: cell[key].iloc[0] for key in keys}
        row["missed_at_most"] = limits_of[row["model"], row["transform"]]
        direction: Direction = "up" if row["direction"] == "up" else "down"
        end, sign = ends[direction], SIGN[direction]
        known = cell[cell["status"] == MEASURED]
        if known.empty:
            low, high = sorted((float(grid[identity]), end))
            row |= {"median_threshold": float(grid[identity]), "low": low, "high": high}
            row |= {"censored": False, "far_limit_open": True, "images": 0, "flipped": 0}
            row |= {"interval": "open"}
            rows.append(row)
            continue
        distance = np.abs(to_axis(known["threshold"].to_numpy(float), scale) - origin)
        reach = abs(float(to_axis(end, scale)) - origin)
        median = censored_median(
            *(distance, known["censored"].to_numpy(bool), reach, level),
            between=scale != "ordinal",
        )
        limits = [
            end if value == reach else float(from_axis(origin + sign * value, scale))
            for value in (median.estimate, median.low, median.high)
        ]
        row |= {
            "median_threshold": limits[0],
            "low": min(limits),
            "high": max(limits),
            "censored": median.censored,
            "far_limit_open": median.high_open,
            "images": median.count,
            "flipped": median.events,
            "interval": _method(median),
        }
        rows.append(row)
    return frame(MEDIANS, rows)


def _method(median: Median) -> str:
    """How the interval was found, and whether it has a far limit."""
    if median.low_open:
        return "open"
    return "order statistics" + ", far limit open" * median.high_open
