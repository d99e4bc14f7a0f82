"""The patterns: vertical_stripes and horizontal_stripes, each the other after a quarter turn, and
pinwheel.
"""

from __future__ import annotations

import numpy as np

from invariances.phantoms.expectation import Expectation, Truth, invariant, with_also
from invariances.phantoms.scene import TILT, Array, Scene, any_tint, box
from invariances.phantoms.surroundings import Photograph, background, photograph

PERIOD = (0.085, 0.4)
"""Period of the stripes, in fractions of the width."""


def stripes(scene: Scene, name: str) -> Array:
    """Stripes [size, size, 3] in [0, 1], all over the picture or on a cloth that leaves some
    background free.
    """
    tilt = scene.uniform(-TILT, TILT) + (90.0 if name == "horizontal_stripes" else 0.0)
    dark, light = any_tint(scene, scene.uniform(0.0, 0.1)), any_tint(scene, scene.uniform(0.9, 1.0))
    own = scene.object
    edge, room = _cloth(own)
    longest = min(PERIOD[1], room / 1.7)
    period = float(np.exp(scene.uniform(np.log(PERIOD[0]), np.log(longest))))
    duty = scene.uniform(0.38, 0.62)
    u, _ = own.local((scene.uniform(-0.45, 0.45), scene.uniform(-0.45, 0.45)), tilt)
    phase = (u / np.float32(period) + np.float32(scene.uniform(0, 1))) % 1
    into = np.abs(phase - 0.5) - np.float32(0.5 * duty)
    cloth = dark + scene.coverage(into * np.float32(period))[..., None] * (light - dark)
    picture = background(scene, 0.5, 0.1)
    scene.paint(picture, scene.coverage(edge), cloth)
    return photograph(scene, picture, _STRIPES)


def _cloth(scene: Scene) -> tuple[Array, float]:
    """Signed distance to the edge of a cloth, and how much room there is for stripes across it.

    It covers the picture, or reaches in from one side, or lies anywhere, square or round.
    """
    kind = scene.rng.choice(["all", "side", "square", "round"], p=[0.35, 0.25, 0.3, 0.1])
    if kind == "all":
        return np.full_like(scene.x, -1.0), 1.0
    if kind == "side":
        reach = scene.uniform(0.05, 0.3) * (1 if scene.chance(0.5) else -1)
        centre = (reach, 0.0) if scene.chance(0.5) else (0.0, reach)
        return box(*scene.local(centre, 0.0), 0.5, 0.5), 1 - abs(reach)
    u, v = scene.local((scene.uniform(-0.1, 0.1), scene.uniform(-0.1, 0.1)), 0.0)
    if kind == "round":
        radius = scene.uniform(0.2, 0.4)
        return np.hypot(u, v) - np.float32(radius), 2 * radius
    small = scene.chance(0.4)
    half_width, half_height = (
        scene.rng.uniform(0.1, 0.22, 2) if small else scene.rng.uniform(0.22, 0.45, 2)
    )
    distance = box(u, v, float(half_width), float(half_height))
    return distance, 2 * float(min(half_width, half_height))


_STRIPES = Photograph(blur=0.03, grain=0.6, stops=(-4.0, 3.0), lift=0.8, unusual=0.55)
_PINWHEEL = Photograph(blur=0.03, grain=0.4, stops=(-2.5, 1.5), lift=0.35)


def pinwheel(scene: Scene, name: str) -> Array:
    """A toy windmill [size, size, 3] in [0, 1]: four blades alike, each folded over; left- or
    right-handed.
    """
    del name
    luma = scene.uniform(0.05, 0.95)
    picture = background(scene, luma, 0.35)
    radius = float(np.exp(scene.uniform(np.log(0.15), np.log(0.9))))
    u, v = scene.object.local(
        (scene.uniform(-0.15, 0.15), scene.uniform(-0.15, 0.15)), scene.uniform(-TILT, TILT)
    )
    if scene.chance(0.5):
        u = -u
    # Turned by quarter turns until it lies in the first quadrant, every point has its blade there.
    kept = (u >= 0) == (v >= 0)
    p = np.where(kept, np.abs(u), np.abs(v))
    q = np.where(kept, np.abs(v), np.abs(u))
    blade = np.maximum((q - p) * np.float32(0.7071), p + np.float32(0.35) * q - np.float32(radius))
    fold = np.maximum(blade, (q - np.float32(0.5) * p) * np.float32(0.894))
    colour = any_tint(scene, luma)
    shade = np.clip(1.0 - 0.25 * q / np.maximum(p, 1e-3), 0, 1)[..., None]
    scene.paint(picture, scene.coverage(blade), colour * shade.astype(np.float32))
    scene.paint(picture, scene.coverage(fold), any_tint(scene, luma + scene.uniform(-0.15, 0.15)))
    scene.paint(
        picture,
        scene.coverage(np.hypot(u, v) - np.float32(0.06 * min(radius, 0.5))),
        any_tint(scene, luma),
    )
    return photograph(scene, picture, _PINWHEEL)


def _swapping(name: str, other: str, across: str, along: str) -> Truth:
    """Stripes: their direction is all they have. `across` is the axis that they repeat along."""
    own = invariant(
        name,
        rotate=(-12.0, 12.0),
        zoom=(0.4, 1.7),
        brightness=(-0.6, 0.6),
        contrast=(0.2, 4.0),
        grayscale=(0.0, 1.0),
        blur=(0.0, 1.5),
        noise=(0.0, 0.52),
    )
    own |= invariant(name, **{f"scale_{across}": (0.4, 1.7), f"scale_{along}": (0.25, 2.6)})
    own |= invariant(
        name, **{f"translate_{across}": (-0.41, 0.41), f"translate_{along}": (-0.45, 0.45)}
    )
    return with_also(
        own,
        rotate=(
            Expectation(-180.0, -168.0, name),
            Expectation(-102.0, -78.0, other),
            Expectation(78.0, 102.0, other),
            Expectation(168.0, 180.0, name),
        ),
        blur=(Expectation(14.5, 16.0, None),),
        brightness=(Expectation(-1.0, -0.99, None), Expectation(0.99, 1.0, None)),
    )


TRUTHS: dict[str, Truth] = {
    "pinwheel": with_also(
        invariant(
            "pinwheel",
            translate_x=(-0.1, 0.1),
            translate_y=(-0.1, 0.1),
            rotate=(-12.0, 12.0),
            scale_x=(0.8, 1.25),
            scale_y=(0.8, 1.25),
            zoom=(0.7, 1.25),
            brightness=(-0.25, 0.25),
            contrast=(0.25, 2.0),
            grayscale=(0.0, 1.0),
            blur=(0.0, 1.5),
            noise=(0.0, 0.4),
        ),
        rotate=(
            Expectation(-180.0, -168.0, "pinwheel"),
            Expectation(-102.0, -78.0, "pinwheel"),
            Expectation(78.0, 102.0, "pinwheel"),
            Expectation(168.0, 180.0, "pinwheel"),
        ),
    ),
    "vertical_stripes": _swapping("vertical_stripes", "horizontal_stripes", "x", "y"),
    "horizontal_stripes": _swapping("horizontal_stripes", "vertical_stripes", "y", "x"),
}
