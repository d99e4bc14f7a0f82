"""The oriented objects: barbell, broom, obelisk, volcano, sweatshirt.

Their shape alone defines them: each part's hue is drawn from all hues, the brightness of an object
from the whole range, with a background that stands off from it. All stand upright up to a small
tilt, so a turn is new to a classifier. The barbell is a bar with a block at either end, and so are
those brooms whose grip is as wide as their head; lengths and colours are the same. Only the
direction of the bar tells the two apart: a barbell lies, a broom stands. An upright barbell is
therefore a broom.
"""

from __future__ import annotations

import numpy as np

from invariances.phantoms.expectation import Expectation, Truth, invariant, with_also
from invariances.phantoms.scene import (
    TILT,
    Array,
    Scene,
    any_tint,
    box,
    relief,
    segment,
    trapezoid,
)
from invariances.phantoms.surroundings import Photograph, background, photograph

SEPARATION = 0.35
"""Least difference in luma between an object and its background."""

SCALE = (0.75, 1.05)
"""Size of an object against its drawing here."""

_LIMITS = Photograph(blur=0.025, grain=0.1, stops=(-1.3, 0.7), lift=0.2, unusual=0.28)


class _Easel:
    """One object being painted: background, own frame (u right, v down), brightness and light."""

    def __init__(self, scene: Scene, spread: tuple[float, float]) -> None:
        self.scene = scene
        self.luma = scene.uniform(0.05, 0.95)
        self.picture = background(scene, self.luma, SEPARATION)
        centre = (scene.uniform(-spread[0], spread[0]), scene.uniform(-spread[1], spread[1]))
        u, v = scene.object.local(centre, scene.uniform(-TILT, TILT))
        self.scale = np.float32(scene.uniform(*SCALE))
        self.u, self.v = u / self.scale, v / self.scale
        self.light = relief(scene, self.u, self.v, 0.5)

    def part(self, distance: Array, difference: float = 0.0, light: Array | None = None) -> None:
        """Paint a part in a colour of its own, `difference` lighter than the object.

        `distance` is signed and in the object's own scale, `light` a factor on the colour.
        """
        colour = any_tint(self.scene, self.luma + difference)
        shade = self.light if light is None else self.light * light
        self.scene.paint(
            self.picture,
            self.scene.coverage(distance * self.scale),
            np.clip(colour * shade[..., None], 0, 1),
        )

    def contrast(self) -> float:
        """A small difference in luma, lighter or darker."""
        return self.scene.uniform(0.07, 0.16) * (1 if self.scene.chance(0.5) else -1)

    def taken(self) -> Array:
        """The finished photograph [size, size, 3]."""
        return photograph(self.scene, self.picture, _LIMITS)


def _round_bar(across: Array, half_width: float) -> Array:
    """Light on a round bar: brightest along its middle line."""
    edge: Array = np.clip(np.abs(across) / np.float32(half_width), 0, 1)
    return np.float32(1.12) - np.float32(0.3) * edge


def barbell(scene: Scene) -> Array:
    """A bar that lies, with a heavy and a light plate at either end."""
    easel = _Easel(scene, (0.08, 0.16))
    u, v = easel.u, easel.v
    reach, plate = scene.uniform(0.2, 0.27), scene.uniform(0.14, 0.2)
    thick, width = scene.uniform(0.015, 0.025), scene.uniform(0.03, 0.045)
    easel.part(
        box(u, v, reach + scene.uniform(0.07, 0.13), thick, 0.01),
        easel.contrast(),
        _round_bar(v, thick),
    )
    outer = scene.uniform(0.5, 0.8) * plate
    side = np.abs(u) - np.float32(reach)
    if scene.chance(0.7):
        easel.part(
            box(side - np.float32(1.8 * width), v, 0.7 * width, outer, 0.01), easel.contrast()
        )
    easel.part(box(side, v, width, plate, 0.012), 0.0, _round_bar(v, plate))
    return easel.taken()


def broom(scene: Scene) -> Array:
    """A stick that stands on a head with bristles; some have a grip across the top, up to the
    head's width.
    """
    easel = _Easel(scene, (0.16, 0.07))
    u, v = easel.u, easel.v
    reach, head = scene.uniform(0.2, 0.27), scene.uniform(0.14, 0.2)
    thick, width = scene.uniform(0.015, 0.025), scene.uniform(0.025, 0.045)
    bristles = scene.uniform(0.0, 0.14)
    top = -reach - (scene.uniform(0.07, 0.13) if scene.chance(0.6) else 0.1)
    stick = box(u, v - np.float32((reach + 0.04 + top) / 2), thick, (reach + 0.04 - top) / 2, 0.01)
    easel.part(stick, easel.contrast(), _round_bar(u, thick))
    if scene.chance(0.6):
        grip = head * scene.uniform(0.35, 1.05)
        easel.part(box(u, v + np.float32(reach), grip, width, 0.012), easel.contrast())
    if bristles > 0.025:
        flare = head * scene.uniform(1.0, 1.2)
        strands = 1 + np.float32(0.22) * np.sin(
            u / np.maximum(head + (v - reach) * 0.5, 0.05) * np.float32(38 * head / 0.15)
        )
        shape = trapezoid(u, v, (reach, 0.95 * head), (reach + width + bristles, flare))
        easel.part(shape, easel.contrast(), strands)
    easel.part(box(u, v - np.float32(reach), head, width, 0.012), 0.0, _round_bar(u, head))
    return easel.taken()


def obelisk(scene: Scene) -> Array:
    """A tapering pillar with a pointed cap, on a stepped base; one of its faces lies in shade."""
    easel = _Easel(scene, (0.1, 0.08))
    u, v = easel.u, easel.v
    foot, cap = scene.uniform(0.28, 0.38), scene.uniform(-0.32, -0.2)
    low, point = scene.uniform(0.06, 0.085), scene.uniform(0.06, 0.12)
    high = low * scene.uniform(0.55, 0.8)
    faces = 1 + np.float32(scene.uniform(-0.25, 0.25)) * np.clip(
        (u - 0.2 * low) * scene.size, -1, 1
    )
    step = low * scene.uniform(1.2, 1.3)
    easel.part(
        box(u, v - np.float32(foot + 0.045), step * 1.15, 0.022, 0.004), easel.contrast(), faces
    )
    easel.part(box(u, v - np.float32(foot + 0.005), step, 0.022, 0.004), easel.contrast(), faces)
    easel.part(trapezoid(u, v, (cap, high), (foot, low)), 0.0, faces)
    easel.part(trapezoid(u, v, (cap - point, 0.0), (cap, high)), easel.contrast(), faces)
    return easel.taken()


def volcano(scene: Scene) -> Array:
    """A mountain with hollow flanks and a crater; lava runs down from it and a plume of smoke
    stands above.
    """
    easel = _Easel(scene, (0.12, 0.1))
    u, v = easel.u, easel.v
    rim, foot = scene.uniform(-0.12, -0.02), scene.uniform(0.3, 0.36)
    mouth, spread = scene.uniform(0.06, 0.1), scene.uniform(0.34, 0.44)
    if scene.chance(0.7):
        lean, cloud = scene.uniform(-0.08, 0.08), np.full_like(u, 9.0)
        for puff in range(4):
            radius = 0.045 + 0.016 * puff + scene.uniform(0, 0.015)
            middle = (lean * puff / 2 + scene.uniform(-0.02, 0.02), rim - 0.03 - 0.065 * puff)
            cloud = np.minimum(
                cloud,
                np.hypot(u - np.float32(middle[0]), v - np.float32(middle[1])) - np.float32(radius),
            )
        easel.part(cloud, easel.contrast(), 1 - np.clip(cloud * 3, -0.2, 0))
    down = np.clip((v - rim) / np.float32(foot - rim), 0, 1)
    half = np.float32(mouth) + np.float32(spread - mouth) * down ** np.float32(
        scene.uniform(1.2, 1.7)
    )
    flank = np.maximum((np.abs(u) - half) * 0.75, np.maximum(rim - v, v - np.float32(foot)))
    light = 1 + np.float32(scene.uniform(-0.2, 0.2)) * np.clip(u * 12, -1, 1)
    easel.part(flank, 0.0, light)
    run, wind = scene.uniform(0.1, 0.22), scene.uniform(0, 6)
    course = (
        np.abs(u - np.float32(0.02) * np.sin(v * 25 + np.float32(wind)))
        - np.float32(0.02)
        - 0.08 * np.maximum(v - rim, 0)
    )
    easel.part(np.maximum(np.maximum(course, v - np.float32(rim + run)), rim - v), easel.contrast())
    easel.part((np.hypot(u, (v - rim) * 3.5) - np.float32(mouth)) / 2, easel.contrast())
    return easel.taken()


def sweatshirt(scene: Scene) -> Array:
    """A pullover laid flat: body, two sleeves that hang outwards, a round neck, ribbed hem and
    cuffs, often a print.
    """
    easel = _Easel(scene, (0.1, 0.1))
    u, v = easel.u, easel.v
    wide, tall = scene.uniform(0.19, 0.22), scene.uniform(0.23, 0.28)
    arm, hand = scene.uniform(0.055, 0.07), (scene.uniform(0.31, 0.37), scene.uniform(0.0, 0.16))
    shoulder, side = (wide - 0.045, -tall + 0.07), np.abs(u)
    rib, shade = easel.contrast(), 1 - np.float32(0.12) * np.cos(u * 40 + np.sin(v * 14))
    sleeve = segment(side, v, shoulder, hand, arm)
    body = np.maximum(
        box(u, v, wide, tall, 0.05), (side * 0.35 - v - np.float32(tall - 0.03)) * 0.9
    )
    easel.part(np.minimum(sleeve, body), 0.0, shade)
    along = (
        (side - shoulder[0]) * (hand[0] - shoulder[0]) + (v - shoulder[1]) * (hand[1] - shoulder[1])
    ) / np.float32((hand[0] - shoulder[0]) ** 2 + (hand[1] - shoulder[1]) ** 2)
    ribs = np.minimum(
        np.maximum(sleeve, (0.95 - along) * 0.3), np.maximum(body, np.float32(tall - 0.045) - v)
    )
    easel.part(ribs, rib)
    neck = np.hypot(u, (v + np.float32(tall - 0.005)) * 1.5) - np.float32(0.075)
    easel.part(np.maximum(neck, -np.float32(tall) - v), rib)
    easel.part(np.maximum(neck + np.float32(0.03), -np.float32(tall + 0.01) - v), -rib)
    if scene.chance(0.6):
        size = scene.uniform(0.04, 0.08)
        disc = np.hypot(u, v + np.float32(0.04)) - np.float32(size)
        easel.part(
            disc if scene.chance(0.5) else box(u, v + np.float32(0.04), 1.3 * size, 0.6 * size),
            easel.contrast(),
        )
    return easel.taken()


RENDERERS = {
    "barbell": barbell,
    "broom": broom,
    "obelisk": obelisk,
    "volcano": volcano,
    "sweatshirt": sweatshirt,
}


def render(scene: Scene, name: str) -> Array:
    """An oriented object [size, size, 3] in [0, 1]."""
    return RENDERERS[name](scene)


def _shape(name: str, **ranges: tuple[float, float]) -> Truth:
    """What holds of all of them: colour and mild changes tell nothing."""
    common = {
        "translate_x": (-0.1, 0.1),
        "translate_y": (-0.1, 0.1),
        "rotate": (-12.0, 12.0),
        "scale_x": (0.8, 1.25),
        "scale_y": (0.8, 1.25),
        "zoom": (0.8, 1.2),
        "brightness": (-0.16, 0.16),
        "contrast": (0.45, 1.5),
        "grayscale": (0.0, 1.0),
        "blur": (0.0, 1.2),
        "noise": (0.0, 0.1),
    }
    return invariant(name, **{**common, **ranges})


TRUTHS: dict[str, Truth] = {
    "barbell": with_also(
        _shape("barbell"),
        rotate=(
            Expectation(-180.0, -168.0, "barbell"),
            Expectation(-102.0, -78.0, "broom"),
            Expectation(78.0, 102.0, "broom"),
            Expectation(168.0, 180.0, "barbell"),
        ),
    ),
    "broom": _shape("broom", translate_y=(-0.06, 0.06)),
    "obelisk": with_also(
        _shape("obelisk", translate_x=(-0.06, 0.06)),
        # It has left the picture.
        translate_x=(Expectation(-0.8, -0.79, None), Expectation(0.79, 0.8, None)),
    ),
    "volcano": with_also(
        _shape("volcano"),
        # The mountain has left the picture; at most its smoke is left.
        translate_y=(Expectation(0.75, 0.8, None),),
        # Narrowed, it is a slender and tapering tower.
        scale_x=(Expectation(3.0, 4.0, "obelisk"),),
    ),
    "sweatshirt": with_also(
        _shape("sweatshirt"),
        # Hardly more than cloth is left in view, mostly with neither neck nor hem.
        scale_y=(Expectation(0.25, 0.27, None),),
        zoom=(Expectation(0.25, 0.27, None),),
    ),
}
