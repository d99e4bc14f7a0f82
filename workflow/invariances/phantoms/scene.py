"""Coordinates, colours and coverage: what every phantom is painted with.

Convention: the picture is the square [-0.5, 0.5]², origin at its centre, x right, y down, so all
lengths are fractions of the picture's width and a scene is the same at every size. Colours are RGB
in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Moved = Callable[[Array, Array], tuple[Array, Array]]
"""Coordinates x, y [size, size] of the picture -> where in the unmoved object that is seen there lies."""

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of red, green and blue in perceived brightness (ITU-R BT.601)."""

TILT = 10.0
"""Largest tilt, in degrees, of a phantom whose class is defined by its orientation."""


@dataclass
class Layers:
    """What of a picture is its object, noted while it is painted: I = P + (1 - covered) behind.

    Attributes
    ----------
    behind: the picture [size, size, 3] without its object, taken alike; None until that is painted.
    covered: how much of each pixel [size, size] the object covers, its shadow as far as it darkens.
    """

    behind: Array | None = None
    covered: Array | None = None


@dataclass(frozen=True)
class Scene:
    """An empty picture: the generator of its phantom and the coordinates of its pixels' centres.

    Attributes
    ----------
    rng: source of everything drawn at random.
    x, y: [size, size], in fractions of the width, origin at the centre, y down.
    layers: where the object's are noted, for who asks.
    moved: where the object is drawn instead of in its own place; what is behind it stays.
    """

    rng: np.random.Generator
    x: Array
    y: Array
    layers: Layers | None = None
    moved: Moved | None = None

    @property
    def object(self) -> Scene:
        """The coordinates that the object is drawn in."""
        if self.moved is None:
            return self
        x, y = self.moved(self.x, self.y)
        return replace(self, x=x.astype(np.float32), y=y.astype(np.float32))

    def covers(self, picture: Array, coverage: Array) -> None:
        """Note that the object is about to cover so much of each pixel [size, size] of a picture."""
        if self.layers is None:
            return
        if self.layers.behind is None or self.layers.covered is None:
            self.layers.behind, self.layers.covered = picture.copy(), np.zeros_like(self.x)
        self.layers.covered = 1 - (1 - self.layers.covered) * (1 - coverage)

    def paint(self, picture: Array, coverage: Array, colour: Array) -> None:
        """Lay a part of the object over a picture, as ``paint`` does."""
        self.covers(picture, coverage)
        paint(picture, coverage, colour)

    @property
    def size(self) -> int:
        """Width and height in pixels."""
        return int(self.x.shape[0])

    def uniform(self, low: float, high: float) -> float:
        """A number drawn evenly between two bounds."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return bool(self.rng.random() < probability)

    def coverage(self, distance: Array) -> Array:
        """How much of each pixel lies inside a shape, from the signed distance to its edge
        (negative inside).
        """
        covered: Array = np.clip(0.5 - distance * self.size, 0.0, 1.0)
        return covered

    def local(self, centre: tuple[float, float], degrees: float) -> tuple[Array, Array]:
        """Coordinates [size, size] in a frame moved to `centre` and turned counter-clockwise as
        seen.
        """
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        dx, dy = self.x - np.float32(centre[0]), self.y - np.float32(centre[1])
        u = dx * np.float32(cosine) - dy * np.float32(sine)
        v = dx * np.float32(sine) + dy * np.float32(cosine)
        return u, v


def empty(
    rng: np.random.Generator, size: int, layers: Layers | None = None, moved: Moved | None = None
) -> Scene:
    """A scene of `size` x `size` pixels."""
    axis = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)
    x, y = np.meshgrid(axis, axis)
    return Scene(rng, x, y, layers, moved)


def paint(picture: Array, coverage: Array, colour: Array) -> None:
    """Lay a colour ([3] or [size, size, 3]) over a picture [size, size, 3], in place, where
    `coverage` says.
    """
    picture += coverage[..., None] * (colour - picture)


def tint(hue: float, saturation: float, luma: float) -> Array:
    """The RGB colour [3] of a hue in degrees and a saturation in [0, 1] that has exactly the given
    luma in [0, 1].
    """
    sector = (hue / 60.0 + np.array([0.0, 4.0, 2.0])) % 6.0
    pure = np.clip(np.abs(sector - 3.0) - 1.0, 0.0, 1.0)
    colour = (1.0 - saturation * (1.0 - pure)).astype(np.float32)
    brightness = float(colour @ LUMA)
    if luma <= brightness:
        return colour * np.float32(luma / brightness)
    return colour + (1 - colour) * np.float32((luma - brightness) / max(1 - brightness, 1e-6))


def any_tint(scene: Scene, luma: float) -> Array:
    """A colour [3] of any hue, grey to vivid alike, with the given luma: it tells nothing of the
    class.
    """
    return tint(scene.uniform(0, 360), scene.uniform(0, 0.9), float(np.clip(luma, 0.0, 1.0)))


def box(u: Array, v: Array, half_width: float, half_height: float, radius: float = 0.0) -> Array:
    """Signed distance to an upright rectangle about the origin, its corners rounded by `radius`."""
    du = np.abs(u) - np.float32(half_width - radius)
    dv = np.abs(v) - np.float32(half_height - radius)
    outside = np.hypot(np.maximum(du, 0), np.maximum(dv, 0))
    return outside + np.minimum(np.maximum(du, dv), 0) - np.float32(radius)


def segment(
    u: Array, v: Array, start: tuple[float, float], end: tuple[float, float], width: float
) -> Array:
    """Signed distance to a straight stroke with round ends, `width` from its middle line to its
    edge.
    """
    du, dv = end[0] - start[0], end[1] - start[1]
    along = ((u - start[0]) * du + (v - start[1]) * dv) / (du * du + dv * dv)
    along = np.clip(along, 0, 1)
    return np.hypot(u - start[0] - along * du, v - start[1] - along * dv) - np.float32(width)


def trapezoid(u: Array, v: Array, top: tuple[float, float], bottom: tuple[float, float]) -> Array:
    """Bound of the signed distance to a trapezoid about u = 0; `top` and `bottom` are (height v,
    half width).
    """
    slope = (bottom[1] - top[1]) / (bottom[0] - top[0])
    side = (np.abs(u) - top[1] - (v - top[0]) * np.float32(slope)) / np.float32(
        np.hypot(1.0, slope)
    )
    distance: Array = np.maximum(side, np.maximum(top[0] - v, v - bottom[0]))
    return distance


def relief(scene: Scene, u: Array, v: Array, strength: float) -> Array:
    """A gentle slope of light [size, size] about 1, from any direction, that gives a flat shape
    some body.
    """
    angle = scene.uniform(0, 2 * np.pi)
    return 1 + np.float32(strength) * (
        u * np.float32(np.cos(angle)) + v * np.float32(np.sin(angle))
    )
