"""What is read off a picture after each transform of section III.C, by formula.

A reading is one number of a picture: a weighted sum of its pixels, or how far it is from what it was. How
it depends on the magnitude is written down here from docs/method.md alone, in double precision, with NumPy
and SciPy: nothing is imported of what transforms pictures, asks networks or finds thresholds.

Coordinates are pixels from the picture's centre, x to the right, y downwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, special

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]

LUMA = (0.299, 0.587, 0.114)
"""Red, green and blue in grey (ITU-R BT.601)."""
TILT = 30.0
"""By how many degrees the ramp that reads rotations is turned away from the picture's light."""
DRAWS = 9.0
"""Eight standard errors of one number's share in a root mean square, where most of it is clamped (1.12)."""


@dataclass(frozen=True)
class Reading:
    """What is read off one picture, and how that depends on a transform's magnitude.

    Attributes
    ----------
    curve : magnitudes [M] to readings [M].
    weights : [3, H, W], of the pixels in a weighted sum.
    spread : the reading is the root mean square of the picture's change instead.
    reach : a share s of the range is the finest that can be told at magnitudes up to reach * s.
    """

    curve: Curve
    weights: Floats
    spread: bool = False
    reach: float = np.inf


@dataclass(frozen=True)
class Subject:
    """What a formula is for.

    Attributes
    ----------
    pixels : [H, W, 3] in [0, 255].
    padding : what lies outside: ``black``, ``edge``, ``reflect`` (the edge repeated) or ``mean``.
    upwards : whether magnitudes above the identity are looked at, or below.
    """

    pixels: Floats
    padding: str = "black"
    upwards: bool = True

    @property
    def light(self) -> Floats:
        """The mean of the three channels [H, W]."""
        mean: Floats = self.pixels.mean(axis=2)
        return mean

    @property
    def histogram(self) -> tuple[Floats, Floats]:
        """Grey levels [256] and their shares of all pixels and channels."""
        counts = np.bincount(self.pixels.astype(np.int64).ravel(), minlength=256)
        return np.arange(256.0), counts / counts.sum()

    def alike(self, weights: Floats | float = 1.0) -> Floats:
        """Weights [H, W] of the light, as weights [3, H, W] of a mean over pixels."""
        height, width, channels = self.pixels.shape
        whole = np.broadcast_to(weights, (channels, height, width))
        return whole / self.pixels.size


def brightness(subject: Subject) -> Reading:
    """The mean: every grey level moves by 255 v, as far as the range goes."""
    levels, shares = subject.histogram
    return Reading(lambda v: np.clip(levels + 255 * v[:, None], 0, 255) @ shares, subject.alike())


def contrast(subject: Subject) -> Reading:
    """The mean: every grey level is multiplied by v, as far as the range goes."""
    levels, shares = subject.histogram
    return Reading(lambda v: np.clip(levels * v[:, None], 0, 255) @ shares, subject.alike())


def grayscale(subject: Subject) -> Reading:
    """The mean of the channel that differs most from grey: linear between the two."""
    means = subject.pixels.mean(axis=(0, 1))
    grey = float(means @ LUMA)
    channel = int(np.abs(means - grey).argmax())
    own = np.zeros((3, 1, 1))
    own[channel] = 3
    return Reading(lambda v: means[channel] + v * (grey - means[channel]), subject.alike(own))


def noise(subject: Subject) -> Reading:
    """The root mean square change: of a clamped normal number, in expectation.

    A grey level g becomes g + 255 v z within [0, 255]: the change is s z between a = -g and b = 255 - g, s
    being 255 v, and its mean square s^2 (Phi(b/s) - Phi(a/s) - [z phi(z)]) between a/s and b/s, and a^2 and
    b^2 beyond.
    """
    levels, shares = subject.histogram

    def curve(v: Floats) -> Floats:
        deviation = np.maximum(255 * v, 1e-12)[:, None]
        below, above = -levels / deviation, (255 - levels) / deviation
        inside = special.ndtr(above) - special.ndtr(below) - _edge(above) + _edge(below)
        square = deviation**2 * inside
        square += levels**2 * special.ndtr(below) + (255 - levels) ** 2 * special.ndtr(-above)
        root: Floats = np.sqrt(square @ shares)
        return root

    return Reading(curve, subject.alike(), True, np.sqrt(subject.pixels.size) / DRAWS)


def _edge(z: Floats) -> Floats:
    density: Floats = z * np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return density


def blur(subject: Subject) -> Reading:
    """How much of the picture's own structure is in it, by the cosine transform's filter.

    A symmetric kernel leaves the cosines of a mirrored picture (type I, the edge not repeated) in shape and
    multiplies each by its own transform. The reading is the inner product with the picture less its mean,
    in which edges count half and the cosines are orthogonal.
    """
    light = subject.light
    halves = np.outer(*(_ends(size) for size in light.shape))
    structure = light - (light * halves).sum() / halves.sum()
    height, width = (size - 1 for size in light.shape)
    power = fft.dctn(structure, type=1) ** 2 * halves / (4 * height * width * light.size)

    def curve(v: Floats) -> Floats:
        return np.array([_transfer(s, height) @ power @ _transfer(s, width) for s in v.tolist()])

    return Reading(curve, subject.alike(halves * structure))


def _ends(size: int) -> Floats:
    weights = np.ones(size)
    weights[[0, -1]] = 0.5
    return weights


def _transfer(sigma: float, period: int) -> Floats:
    """What a Gaussian of `sigma` pixels, cut off at four sigmas, leaves of each cosine [period + 1]."""
    if sigma == 0:
        return np.ones(period + 1)
    offsets = np.arange(-ceil(4 * sigma), ceil(4 * sigma) + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    frequency = np.pi * np.arange(period + 1) / period
    left: Floats = np.cos(frequency[:, None] * offsets) @ kernel / kernel.sum()
    return left


Side = tuple[float, float]
"""What an output pixel shows of one axis: that at `factor` times its place, and `shift` pixels on."""


def translate_x(subject: Subject) -> Reading:
    """The mean of I(x - v W, y): on black the sum of the columns left, linear between whole pixels."""
    width = subject.pixels.shape[1]
    return _mean_of(subject, lambda v: ((1.0, 0.0), (1.0, -v * width)))


def translate_y(subject: Subject) -> Reading:
    """The mean of I(x, y - v H), the same of rows."""
    height = subject.pixels.shape[0]
    return _mean_of(subject, lambda v: ((1.0, -v * height), (1.0, 0.0)))


def scale_x(subject: Subject) -> Reading:
    """The mean of I(v x, y)."""
    return _mean_of(subject, lambda v: ((1.0, 0.0), (v, 0.0)))


def scale_y(subject: Subject) -> Reading:
    """The mean of I(x, v y)."""
    return _mean_of(subject, lambda v: ((v, 0.0), (1.0, 0.0)))


def zoom(subject: Subject) -> Reading:
    """The mean of I(v x, v y)."""
    return _mean_of(subject, lambda v: ((v, 0.0), (v, 0.0)))


def _mean_of(subject: Subject, sides: Callable[[float], tuple[Side, Side]]) -> Reading:
    """The mean under a map of rows and columns apart: both's bilinear weights, applied to the picture."""
    light, beyond = subject.light, subject.light.mean() * (subject.padding == "mean")

    def mean(v: float) -> float:
        rows, columns = (
            bilinear_weights(size, *side, subject.padding)
            for size, side in zip(light.shape, sides(v), strict=True)
        )
        return float(rows @ light @ columns + beyond * (1 - rows.sum() * columns.sum()))

    return Reading(lambda v: np.array([mean(each) for each in v.tolist()]), subject.alike())


def bilinear_weights(size: int, factor: float, shift: float, padding: str) -> Floats:
    """How much each pixel [size] of a side counts in the mean of the mapped side."""
    middle = (size - 1) / 2
    source = factor * (np.arange(size) - middle) + shift + middle
    if padding == "reflect":
        turned = np.mod(source + 0.5, 2 * size)
        source = np.minimum(turned, 2 * size - turned) - 0.5
    if padding in ("edge", "reflect"):
        source = np.clip(source, 0, size - 1)
    weights: Floats = np.maximum(0, 1 - np.abs(source[:, None] - np.arange(size))).mean(axis=0)
    return weights


Mode = Literal["grid-constant", "nearest", "reflect", "grid-wrap"]
MODES: dict[str, Mode] = {
    "black": "grid-constant",
    "mean": "grid-constant",
    "edge": "nearest",
    "reflect": "reflect",
}
"""SciPy's words for what lies outside."""


def rotate(subject: Subject) -> Reading:
    """The picture's moment along a ramp: about a cosine of the angle, as its centre of mass turns."""
    return moment(subject, lambda v, places: np.tensordot(_turned(v), places, axes=1))


def moment(
    subject: Subject, source: Callable[[float, Floats], Floats], mode: Mode | None = None
) -> Reading:
    """The picture's moment along a ramp, from SciPy's bilinear samples at the places that are seen.

    The ramp is turned away from the light's centre of mass, so that the other direction reads another
    number.

    Parameters
    ----------
    source : (magnitude, places [2, H, W], x and y) -> where what is seen there comes from [2, H, W].
    mode : SciPy's word for what lies outside, by default the padding's.
    """
    light = subject.light
    rows, columns = (np.arange(size) - (size - 1) / 2 for size in light.shape)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    away = np.array([(light * x).sum(), (light * y).sum()])
    along = _turned(TILT if subject.upwards else -TILT) @ away
    ramp = (along[0] * x + along[1] * y) / (np.hypot(*along) or 1.0) / (max(light.shape) / 2)
    outside, beyond = (
        mode or MODES[subject.padding],
        float(light.mean()) * (subject.padding == "mean"),
    )

    def read(v: float) -> float:
        across, down = source(v, np.stack([x, y]))
        places = np.stack([down + rows[-1], across + columns[-1]])
        seen = ndimage.map_coordinates(light, places, order=1, mode=outside, cval=beyond)
        return float((ramp * seen).mean())

    return Reading(lambda v: np.array([read(each) for each in v.tolist()]), subject.alike(ramp))


def _turned(degrees: float) -> Floats:
    """From places (x, y) in a picture turned counter-clockwise to those in the picture itself [2, 2]."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[cos, -sin], [sin, cos]])


FORMULAS: dict[str, Callable[[Subject], Reading]] = {
    formula.__name__: formula
    for formula in (
        *(translate_x, translate_y, rotate, scale_x, scale_y, zoom),
        *(brightness, contrast, grayscale, blur, noise),
    )
}
"""By the transform's name."""
