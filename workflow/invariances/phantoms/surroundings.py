"""What surrounds a phantom and how it is photographed: cues that must tell nothing of the class.

A turned, moved or shrunk picture shows black corners, borders and frames, and edges in new
directions. All of these are therefore common in every class's own pictures, so that a classifier
cannot take them for a cue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from invariances.phantoms.scene import Array, Scene, any_tint, box, paint

BLACK = np.zeros(3, dtype=np.float32)


def _luma(scene: Scene, away_from: float, separation: float) -> float:
    """A brightness in [0, 1] that differs from `away_from` by at least `separation`, as far as
    there is one.
    """
    below, above = max(away_from - separation, 0.0), max(1.0 - away_from - separation, 0.0)
    if below + above == 0.0:
        return 0.0 if away_from >= 0.5 else 1.0
    draw = scene.uniform(0.0, below + above)
    return draw if draw < below else draw - below + away_from + separation


def _window(scene: Scene) -> Array:
    """Coverage of what lies outside a window: the border that a moved, turned or shrunk picture
    has.
    """
    degrees = 0.0 if scene.chance(0.4) else scene.uniform(-180, 180)
    centre = (
        (scene.uniform(-0.3, 0.3), scene.uniform(-0.3, 0.3)) if scene.chance(0.5) else (0.0, 0.0)
    )
    u, v = scene.local(centre, degrees)
    half_width, half_height = scene.rng.uniform(0.15, 0.6, 2)
    if scene.chance(0.5):
        half_height = half_width = scene.uniform(0.2, 0.55)
    return 1 - scene.coverage(box(u, v, float(half_width), float(half_height)))


def background(scene: Scene, away_from: float, separation: float) -> Array:
    """A picture [size, size, 3] to stand behind an object of luma `away_from`.

    Plain, a gradient, two halves, a band across, or a window, its outside often black; some are
    mottled. Every colour but that black differs from the object's luma by `separation`; black does
    where the object is light enough.
    """
    first = any_tint(scene, _luma(scene, away_from, separation))
    second = any_tint(scene, _luma(scene, away_from, separation))
    if scene.chance(0.5) and away_from >= separation:
        first, second = (BLACK, second) if scene.chance(0.4) else (first, BLACK)
    picture: Array = np.empty((scene.size, scene.size, 3), dtype=np.float32)
    picture[:] = first
    kind = scene.rng.choice(
        ["plain", "gradient", "halves", "band", "window"], p=[0.15, 0.2, 0.2, 0.15, 0.3]
    )
    u, _ = scene.local(
        (scene.uniform(-0.3, 0.3), scene.uniform(-0.3, 0.3)), scene.uniform(-180, 180)
    )
    if kind == "gradient":
        dim = np.float32(scene.uniform(0.5, 1.0)) if away_from > 0.4 else np.float32(1.0)
        paint(picture, np.clip(0.5 + u, 0, 1), first * dim)
    elif kind == "halves":
        paint(picture, scene.coverage(u), second)
    elif kind == "band":
        paint(picture, scene.coverage(np.abs(u) - np.float32(scene.uniform(0.03, 0.2))), second)
    elif kind == "window":
        paint(picture, _window(scene), second)
    if scene.chance(0.4):
        picture *= _mottle(scene, scene.uniform(0.03, 0.15))[..., None]
    return picture


def _mottle(scene: Scene, strength: float) -> Array:
    """Soft blotches [size, size] about 1: coarse random numbers, interpolated linearly."""
    cells = int(scene.rng.integers(4, 11))
    knots = scene.rng.uniform(-strength, strength, (cells, cells)).astype(np.float32)
    where = np.linspace(0, cells - 1, scene.size, dtype=np.float32)
    weight = np.clip(1 - np.abs(where[:, None] - np.arange(cells, dtype=np.float32)), 0, 1)
    mottle: Array = 1 + weight @ knots @ weight.T
    return mottle


@dataclass(frozen=True)
class Photograph:
    """How far the taking of a picture may vary in a class without touching what defines it.

    Attributes
    ----------
    blur, grain: largest sigmas of defocus, in fractions of the width, and of the sensor's noise, in
        fractions of the full range, where a picture is unusual in them.
    focus, speckle: the same of all other pictures.
    unusual: part of the pictures that go to one of these limits.
    stops: darkest and brightest exposure, as log2 of the gain.
    lift: largest value added to, or taken from, all colours, in fractions of the full range.
    """

    blur: float = 0.008
    grain: float = 0.02
    focus: float = 0.008
    speckle: float = 0.02
    unusual: float = 0.35
    stops: tuple[float, float] = (0.0, 0.0)
    lift: float = 0.0


def _gaussian(size: int, sigma: float) -> Array:
    """The matrix [size, size] that blurs a row of pixels; at the edges the weights left inside are
    made to sum to 1.
    """
    distance = np.arange(size, dtype=np.float32)
    kernel = np.exp(-0.5 * ((distance[:, None] - distance) / np.float32(sigma)) ** 2)
    matrix: Array = kernel / kernel.sum(axis=1, keepdims=True)
    return matrix


def photograph(scene: Scene, picture: Array, limits: Photograph) -> Array:
    """A picture [size, size, 3] as taken: exposed, defocused, clipped to [0, 1], grained.

    Every picture varies mildly; in the unusual ones one of the four goes as far as the class allows.
    """
    draw = scene.rng.random(4)
    strong = int(scene.uniform(0, 4 / limits.unusual))
    blur = (limits.blur if strong == 0 else limits.focus) * draw[0]
    grain = (limits.grain if strong == 1 else limits.speckle) * draw[1]
    between = scene.uniform(0, 0.5) if scene.chance(0.6) else 0.0
    noise = scene.rng.standard_normal(picture.shape, dtype=np.float32)

    def exposed(light: Array) -> Array:
        if strong == 2:
            light = light * np.float32(
                2.0 ** (limits.stops[0] + (limits.stops[1] - limits.stops[0]) * draw[2])
            )
        if strong == 3:
            light = light + np.float32(limits.lift * (2 * draw[3] - 1))
        return light

    def focused(light: Array) -> Array:
        if blur * scene.size <= 0.25:
            return light
        return _defocused(np.clip(light, 0, 1), float(blur) * scene.size)

    def taken(light: Array) -> Array:
        sharp = np.clip(focused(exposed(light)), 0, 1)
        return _resampled(np.clip(sharp + np.float32(grain) * noise, 0, 1), between)

    layers = scene.layers
    if layers is not None and layers.behind is not None and layers.covered is not None:
        layers.behind = taken(layers.behind)
        # What covers a pixel is blurred as its light is, and gets neither brighter nor grained.
        layers.covered = _resampled(focused(layers.covered[..., None]), between)[..., 0]
    return taken(picture)


def _defocused(picture: Array, sigma: float) -> Array:
    """A picture [size, size, C] blurred by a Gaussian of `sigma` pixels."""
    matrix = _gaussian(picture.shape[0], sigma)
    blurred: Array = np.einsum(
        "ij,jkc->ikc",
        matrix,
        np.einsum("kj,ijc->ikc", matrix, picture, optimize=True),
        optimize=True,
    )
    return blurred


def _resampled(picture: Array, between: float) -> Array:
    """A picture as bilinear interpolation leaves it: each pixel mixed with its neighbours.

    `between` in [0, 0.5] is how far off the pixels' centres the picture was sampled. A warped
    picture looks so, its grain above all, and that must tell nothing either.
    """
    for axis in (0, 1):
        neighbour = np.concatenate(
            [picture.take(range(1, picture.shape[axis]), axis), picture.take([-1], axis)], axis
        )
        picture = picture + np.float32(between) * (neighbour - picture)
    return picture
