"""What is declared of transforms beyond the paper's: where a class stays. None of them makes it another.

Mirrors: every class is drawn in both hands, tilted and lit to either side; upside down only what has no
foot. Shears, turned prints and elastic fields change sides and angles about as much as what is declared of
the scales and of rotation. A shift that comes in again on the other side leaves all there is in view.
"""

from __future__ import annotations

from invariances.phantoms.expectation import Truth, invariant

TRANSFORMS = (
    "shear_x", "shear_y", "flip_x", "flip_y", "circular_x", "circular_y", "tilt", "swing", "elastic",
)  # fmt: skip

Range = tuple[float, float]
BOTH: Range = (0.0, 1.0)


def _declared(
    name: str, *, circular: Range, shear: Range, turned: Range, elastic: float, flips: bool
) -> Truth:
    """The ranges of one class. `flips`: whether it may stand on its head."""
    pairs = {"circular": circular, "shear": shear}
    ranges = {f"{stem}_{axis}": both for stem, both in pairs.items() for axis in ("x", "y")}
    ranges |= {"tilt": turned, "swing": turned, "elastic": (0.0, elastic), "flip_x": BOTH}
    return invariant(name, **ranges, **({"flip_y": BOTH} if flips else {}))


def _round(name: str) -> Truth:
    """Bodies that stay what they are as ellipses: sides may differ by a third."""
    return _declared(
        *(name,),
        circular=(-0.15, 0.15),
        shear=(-0.3, 0.3),
        turned=(-30.0, 30.0),
        elastic=0.02,
        flips=True,
    )


def _stripes(name: str) -> Truth:
    """Their direction is all they have; where they begin tells nothing."""
    return _declared(
        *(name,),
        circular=(-0.5, 0.5),
        shear=(-0.2, 0.2),
        turned=(-30.0, 30.0),
        elastic=0.01,
        flips=True,
    )


def _object(name: str, flips: bool = False) -> Truth:
    """Shapes: mild changes tell nothing."""
    return _declared(
        *(name,),
        circular=(-0.06, 0.06),
        shear=(-0.2, 0.2),
        turned=(-20.0, 20.0),
        elastic=0.01,
        flips=flips,
    )


TRUTHS: dict[str, Truth] = {
    **{name: _round(name) for name in ("orange", "lime", "smooth_ball", "bowling_ball")},
    # Dimples are fine.
    "golf_ball": _round("golf_ball") | invariant("golf_ball", elastic=(0.0, 0.01)),
    **{name: _stripes(name) for name in ("vertical_stripes", "horizontal_stripes")},
    **{name: _object(name, flips=True) for name in ("barbell", "pinwheel")},
    **{name: _object(name) for name in ("broom", "obelisk", "volcano", "sweatshirt")},
}
"""By class and transform."""
