"""The thresholds of an observer that tells a picture by its reading: what a measurement should find."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from invariances.calibration.formulas import Floats, Reading, Subject
from invariances.calibration.maps import READINGS

LEAST, LEVEL = 0.01, 1e-4
"""Grey levels by which a reading must move to the limit, and within half a tolerance there: rounding to
single precision moves it by 1e-5."""
GOLDEN = (5**0.5 - 1) / 2
NEAREST, FARTHEST, TRIES = 0.3, 0.7, 16
"""Between which limits lie, as shares of a reading's way, and how many are tried."""

PICTURE, SWITCH, HALF_ACCURACY = "picture", "switch", "half_accuracy"
Thresholds = dict[str, float]
"""Magnitudes by quantity.

``picture`` : where the prediction changes; ``switch`` : where the softmax falls to a half, linear between
the grid's magnitudes; ``half_accuracy`` : where the accuracy does, from 1 to 0 within a step of the grid.
"""


@dataclass(frozen=True)
class Known:
    """An observer of one picture in one direction, and its thresholds.

    The picture is recognised while its reading is on the identity's side of `limit`; its softmax is the
    logistic function of the distance from there, which is 1 at the identity.

    Attributes
    ----------
    reading : what the observer reads.
    start, limit : the reading at the identity and at the threshold.
    thresholds : what should be found.
    """

    reading: Reading
    start: float
    limit: float
    thresholds: Thresholds


def known(
    transform: str,
    subject: Subject,
    path: Sequence[float],
    *,
    log: bool,
    ordinal: bool = False,
    share: float,
    tolerance: float,
    pictures: int = 1,
) -> Known | None:
    """An observer whose threshold lies within the grid; None where no limit is passed once and surely.

    Parameters
    ----------
    transform : a name of `READINGS`.
    path : the grid's magnitudes [M] from the identity outwards, in the direction of `subject`.
    log : whether magnitudes multiply: thresholds are then linear in their logarithms.
    ordinal : whether nothing lies between them: each threshold is then the first that is beyond the limit.
    share : in [0, 1), which limit is tried first.
    tolerance : of the search, a difference of magnitudes or of their log2.
    pictures : over how many, each with draws of its own, a threshold will be averaged.
    """
    reading = READINGS[transform](subject)
    grid = np.log2(path) if log else np.asarray(path, dtype=float)

    def at(places: Floats) -> Floats:
        return reading.curve(np.exp2(places) if log else places)

    values = at(grid)
    if ordinal:
        return _at_a_point(reading, values, grid, share)
    end = _one_way(values)
    away = np.sign(values[end] - values[0])
    places = np.linspace(grid[0], grid[end], 1 + ceil(abs(grid[end] - grid[0]) * 2 / tolerance))
    # Not beyond where so many draws can tell the tolerance.
    places = places[np.abs(places - grid[0]) <= reading.reach * tolerance * pictures**0.5]
    change = (at(places) - values[0]) * away
    for place in _once(change, places, share):
        limit = float(at(np.array([place]))[0])
        distance = (values - limit) / (values[0] - limit)
        with np.errstate(over="ignore"):  # of what is far beyond the limit the softmax is 0
            softmax, right = 1 / (1 + np.exp(-distance)), (distance > 0).astype(float)
        found = {PICTURE: place, SWITCH: _half(softmax, grid), HALF_ACCURACY: _half(right, grid)}
        thresholds = {name: 2**value if log else value for name, value in found.items()}
        return Known(reading, float(values[0]), limit, thresholds)
    return None


def _at_a_point(reading: Reading, values: Floats, grid: Floats, share: float) -> Known | None:
    """The observer of an axis that has these places alone; None where the reading hardly moves."""
    change = (values - values[0]) * np.sign(values[-1] - values[0])
    part = NEAREST + (FARTHEST - NEAREST) * share
    if change[-1] < LEAST:
        return None
    lost = int((change >= part * change[-1]).argmax())
    thresholds = dict.fromkeys((PICTURE, SWITCH, HALF_ACCURACY), float(grid[lost]))
    limit = values[0] + part * (values[-1] - values[0])
    return Known(reading, float(values[0]), float(limit), thresholds)


def _one_way(values: Floats) -> int:
    """The place up to which values go on in the direction in which they begin."""
    steps = np.diff(values)
    moves = steps[np.abs(steps) > LEVEL]
    turned = steps * np.sign(moves[:1].sum()) < -LEVEL
    return int(turned.argmax()) if turned.any() else len(steps)


def _once(change: Floats, places: Floats, share: float) -> Iterator[float]:
    """Places at which a change passes a limit for the only time, and by more than rounding."""
    if len(change) < 2 or change[-1] < LEAST:
        return
    # Between two places a curve may leave its chord by about as much as it bends there.
    bend = np.abs(np.diff(change, 2, prepend=change[:1], append=change[-1:]))
    bend = np.maximum(bend[:-1], bend[1:])
    lowest = np.minimum(change[:-1], change[1:]) - bend
    highest = np.maximum(change[:-1], change[1:]) + bend
    for part in (share + GOLDEN * np.arange(TRIES)) % 1:
        limit = (NEAREST + (FARTHEST - NEAREST) * part) * change[-1]
        gap = int((change >= limit).argmax()) - 1
        near = np.abs(np.arange(len(bend)) - gap) <= 1
        if (near | (highest < limit) | (lowest > limit)).all() and change[gap + 1] - change[
            gap
        ] > LEVEL:
            yield float(np.interp(limit, change[gap : gap + 2], places[gap : gap + 2]))


def _half(values: Floats, grid: Floats) -> float:
    """Where values [M] first are a half or less, linear between the grid's places."""
    after = int((values <= 0.5).argmax())
    before, beyond = values[after - 1], values[after]
    part = (before - 0.5) / (before - beyond)
    return float(grid[after - 1] + part * (grid[after] - grid[after - 1]))
