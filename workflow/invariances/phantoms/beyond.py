"""What an ideal observer sees after transforms beyond the paper's: hue and occlusion.

Orange and lime have hues of their own (``bodies.HUES``); all other classes have any hue. A square smaller
than a body leaves it to be seen; where the whole picture is grey nothing is left of any class.
"""

from __future__ import annotations

from invariances.phantoms.bodies import HUES
from invariances.phantoms.expectation import Expectation, Truth, invariant, with_also

TRANSFORMS = ("hue", "occlude", "occlude_around")
"""The transforms of which something is declared."""

_OTHER = {"orange": "lime", "lime": "orange"}
_BALLS = ("orange", "lime", "golf_ball", "smooth_ball", "bowling_ball")
_ALL_GREY = (Expectation(0.9999, 1.0, None),)


def truth_of(name: str) -> Truth:
    """One class's declared ranges, by transform."""
    # The smallest ball has 0.15 of the picture, the smallest cloth of stripes 0.04.
    hidden = 0.05 if name in _BALLS else 0.02
    citrus = name in HUES
    own = invariant(
        name,
        hue=(-15.0, 15.0) if citrus else (-180.0, 180.0),
        occlude=(0.0, hidden),
        occlude_around=(0.0, 0.05),
    )
    if citrus:
        own = with_also(own, hue=(_turned(name, _OTHER[name]),))
    return with_also(own, occlude=_ALL_GREY, occlude_around=_ALL_GREY)


def _turned(name: str, other: str) -> Expectation:
    """The turns that lead the middle of a class's hues to within five degrees of the other's."""
    turn = (sum(HUES[other]) - sum(HUES[name])) / 2
    return Expectation(turn - 5, turn + 5, other)
