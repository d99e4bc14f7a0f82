"""The round bodies: orange, lime, golf_ball, smooth_ball, bowling_ball.

All five are one lit sphere, its light from any direction, so that no rotation can tell them
anything. What defines a class: orange and lime their hue alone; golf_ball its dimples alone;
smooth_ball and bowling_ball, nearly grey both, their brightness alone. The scene behind a ball may
be as dark or as light as the ball itself, since a transform that changes the ball's brightness
changes the scene's as well.
"""

from __future__ import annotations

import numpy as np

from invariances.phantoms.expectation import Expectation, Truth, invariant, with_also
from invariances.phantoms.scene import Array, Scene, tint
from invariances.phantoms.surroundings import Photograph, background, photograph

HUES = {"orange": (22.0, 38.0), "lime": (82.0, 108.0)}
"""Hue in degrees."""

BRIGHTNESS = {"orange": (0.46, 0.6), "lime": (0.46, 0.6), "bowling_ball": (0.1, 0.2)}
"""Luma of the body's surface in full light; the light balls' is LIGHT."""

LIGHT = (0.7, 0.9)
RADIUS = (0.22, 0.38)
OFFSET = 0.22
"""Largest distance of the body's centre from the picture's, along x and along y."""


def _wave(u: Array, v: Array) -> Array:
    """Bumps of height 1 on a hexagonal lattice whose rows lie 2 pi apart, nearly 0 between them."""
    third = np.float32(2 * np.pi / 3)
    total = np.zeros_like(u)
    for step in range(3):
        angle = np.float32(step) * third
        total += np.cos(u * np.cos(angle) + v * np.sin(angle))
    return np.clip(total / 3, 0, 1)


def _dimples(
    scene: Scene, normal: tuple[Array, Array, Array], radius: float, light: tuple[float, float]
) -> Array:
    """How dimples change the light [size, size] on a sphere: dark pits, bright on the rim that
    faces the light.
    """
    nx, ny, nz = normal
    stretch = np.arccos(np.clip(nz, 0, 1)) / np.maximum(np.hypot(nx, ny), 1e-3)
    wavelength = max(0.12, 0.34 * radius) / radius * np.sqrt(3) / 2
    wavenumber = np.float32(2 * np.pi / wavelength)
    turn = scene.uniform(0, np.pi)
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    shift_u, shift_v = scene.rng.uniform(0, 10, 2).astype(np.float32)
    u, v = nx * stretch * wavenumber, ny * stretch * wavenumber
    pits = _wave(u * cosine - v * sine + shift_u, u * sine + v * cosine + shift_v)
    du, dv = np.float32(0.9 * light[0]), np.float32(0.9 * light[1])
    rims = _wave(
        (u - du) * cosine - (v - dv) * sine + shift_u, (u - du) * sine + (v - dv) * cosine + shift_v
    )
    return 1 - np.float32(0.8) * pits + np.float32(0.35) * rims


def _sphere(scene: Scene, name: str, colour: Array, picture: Array) -> None:
    """Paint a lit sphere and its soft shadow on a picture [size, size, 3]."""
    radius = scene.uniform(*RADIUS)
    centre = scene.rng.uniform(-OFFSET, OFFSET, 2).astype(np.float32)
    direction, height = scene.uniform(0, 2 * np.pi), scene.uniform(0.3, 1.1)
    ambient, gloss = scene.uniform(0.35, 0.75), scene.uniform(0.0, 0.35)
    lx, ly = float(np.cos(direction) * np.sin(height)), float(np.sin(direction) * np.sin(height))
    lz = float(np.cos(height))
    nx, ny = (scene.x - centre[0]) / np.float32(radius), (scene.y - centre[1]) / np.float32(radius)
    squared = nx * nx + ny * ny
    nz = np.sqrt(np.maximum(1 - squared, 0))
    cast = np.hypot(nx + np.float32(0.45 * lx), ny + np.float32(0.45 * ly))
    shadow = np.float32(0.4) * np.clip((1.15 - cast) * 2.5, 0, 1)
    scene.covers(picture, shadow)
    picture *= (1 - shadow)[..., None]
    facing = np.clip(nx * np.float32(lx) + ny * np.float32(ly) + nz * np.float32(lz), 0, 1)
    shade = np.float32(ambient) + np.float32(1 - ambient) * facing
    if name == "golf_ball":
        shade = shade * _dimples(scene, (nx, ny, nz), radius, (lx, ly))
    half = np.sqrt(lx * lx + ly * ly + (lz + 1) ** 2)
    mirrored = (nx * np.float32(lx) + ny * np.float32(ly) + nz * np.float32(lz + 1)) / np.float32(
        half
    )
    shine = np.float32(gloss * float(colour.max())) * np.clip(mirrored, 0, 1) ** 24
    body = colour * shade[..., None] + shine[..., None]
    scene.paint(picture, scene.coverage((np.sqrt(squared) - 1) * np.float32(radius)), body)


def _surround(scene: Scene, luma: float, separation: float) -> Array:
    """A background that is, half of the time, exposed like the ball: all dark behind a dark one, or
    all light.
    """
    if luma < 0.3 and scene.chance(0.5):
        return background(scene, 0.8, 0.15) * np.float32(luma / 0.8)
    if luma > 0.6 and scene.chance(0.3):
        return 1 - background(scene, 0.5, 0.1) * np.float32(0.4)
    return background(scene, luma, separation)


def render(scene: Scene, name: str) -> Array:
    """A round body [size, size, 3] in [0, 1]."""
    luma = scene.uniform(*BRIGHTNESS.get(name, LIGHT))
    if name in HUES:
        colour = tint(scene.uniform(*HUES[name]), scene.uniform(0.8, 1.0), luma)
        picture = background(scene, luma, 0.2)
    else:
        colour = tint(scene.uniform(0, 360), scene.uniform(0.0, 0.06), luma)
        picture = _surround(scene, luma, 0.05 + 0.12 * luma)
    _sphere(scene.object, name, colour, picture)
    return photograph(scene, picture, PHOTOGRAPHS[name])


PHOTOGRAPHS = {
    "orange": Photograph(blur=0.14, grain=0.15, stops=(-0.7, 0.5), lift=0.15),
    "lime": Photograph(blur=0.14, grain=0.15, stops=(-0.7, 0.5), lift=0.15),
    "golf_ball": Photograph(blur=0.014, focus=0.014),
    "smooth_ball": Photograph(blur=0.14, grain=0.15, focus=0.014),
    "bowling_ball": Photograph(blur=0.14, grain=0.05, focus=0.014, speckle=0.004),
}

_ROUND = {
    "translate_x": (-0.15, 0.15),
    "translate_y": (-0.15, 0.15),
    "rotate": (-180.0, 180.0),
    "scale_x": (0.75, 1.35),
    "scale_y": (0.75, 1.35),
    "zoom": (0.7, 1.45),
}
_GREY = {**_ROUND, "grayscale": (0.0, 1.0)}


def _citrus(name: str) -> Truth:
    """Hue alone defines it: blur leaves the hue, grey leaves nothing."""
    own = invariant(
        name,
        **_ROUND,
        brightness=(-0.15, 0.15),
        contrast=(0.6, 1.5),
        grayscale=(0.0, 0.4),
        blur=(0.0, 9.0),
        noise=(0.0, 0.15),
    )
    return with_also(own, grayscale=(Expectation(0.95, 1.0, None),))


TRUTHS: dict[str, Truth] = {
    "orange": _citrus("orange"),
    "lime": _citrus("lime"),
    "golf_ball": with_also(
        invariant(
            "golf_ball",
            **{**_GREY, "zoom": (0.7, 1.2)},
            brightness=(-0.1, 0.1),
            contrast=(0.8, 1.2),
        )
        | invariant("golf_ball", blur=(0.0, 0.7), noise=(0.0, 0.04)),
        blur=(Expectation(3.8, 6.5, "smooth_ball"),),
        noise=(Expectation(0.7, 1.0, None),),
    ),
    "smooth_ball": with_also(
        invariant(
            "smooth_ball", **_GREY, brightness=(-0.1, 0.1), contrast=(0.8, 1.2), blur=(0.0, 9.0)
        )
        | invariant("smooth_ball", noise=(0.0, 0.06)),
        brightness=(Expectation(-0.7, -0.6, "bowling_ball"),),
        contrast=(Expectation(0.11, 0.25, "bowling_ball"),),
    ),
    "bowling_ball": with_also(
        invariant(
            "bowling_ball", **_GREY, brightness=(-0.03, 0.1), contrast=(0.6, 1.5), blur=(0.0, 9.0)
        )
        | invariant("bowling_ball", noise=(0.0, 0.035)),
        brightness=(Expectation(0.6, 0.7, "smooth_ball"),),
        contrast=(Expectation(5.0, 8.0, "smooth_ball"),),
    ),
}
