"""What is read off a picture after geometric transforms beyond the paper's, by formula.

As `formulas`, from docs/method.md alone: the moment along a ramp, from SciPy's samples at the places seen.
Coordinates are pixels from the picture's centre, x to the right, y downwards.
"""

from collections.abc import Callable

import numpy as np

from invariances.calibration.formulas import FORMULAS, Floats, Reading, Subject, moment

DISTANCE = 50 / 36
"""Of the camera from the print, in its longer sides."""


def shear_x(subject: Subject) -> Reading:
    """I(x - v y, y)."""
    return moment(subject, lambda v, p: np.stack([p[0] - v * p[1], p[1]]))


def shear_y(subject: Subject) -> Reading:
    """I(x, y - v x)."""
    return moment(subject, lambda v, p: np.stack([p[0], p[1] - v * p[0]]))


def flip_x(subject: Subject) -> Reading:
    """I(-x, y) where v is 1."""
    return moment(subject, lambda v, p: np.stack([(1 - 2 * v) * p[0], p[1]]))


def flip_y(subject: Subject) -> Reading:
    """I(x, -y) where v is 1."""
    return moment(subject, lambda v, p: np.stack([p[0], (1 - 2 * v) * p[1]]))


def circular_x(subject: Subject) -> Reading:
    """I((x - v W) modulo W, y)."""
    width = subject.pixels.shape[1]
    return moment(subject, lambda v, p: np.stack([p[0] - v * width, p[1]]), "grid-wrap")


def circular_y(subject: Subject) -> Reading:
    """I(x, (y - v H) modulo H)."""
    height = subject.pixels.shape[0]
    return moment(subject, lambda v, p: np.stack([p[0], p[1] - v * height]), "grid-wrap")


def tilt(subject: Subject) -> Reading:
    """I((x cos v, y) f / (f cos v + y sin v))."""
    f = DISTANCE * max(subject.pixels.shape[:2])

    def source(v: float, p: Floats) -> Floats:
        cos, sin = np.cos(np.deg2rad(v)), np.sin(np.deg2rad(v))
        there: Floats = np.stack([p[0] * cos, p[1]]) * f / (f * cos + p[1] * sin)
        return there

    return moment(subject, source)


def swing(subject: Subject) -> Reading:
    """I((x, y cos v) f / (f cos v - x sin v))."""
    f = DISTANCE * max(subject.pixels.shape[:2])

    def source(v: float, p: Floats) -> Floats:
        cos, sin = np.cos(np.deg2rad(v)), np.sin(np.deg2rad(v))
        there: Floats = np.stack([p[0], p[1] * cos]) * f / (f * cos - p[0] * sin)
        return there

    return moment(subject, source)


READINGS: dict[str, Callable[[Subject], Reading]] = FORMULAS | {
    formula.__name__: formula
    for formula in (shear_x, shear_y, flip_x, flip_y, circular_x, circular_y, tilt, swing)
}
"""By the transform's name, the paper's and these."""
