"""What an ideal observer, who knows how the phantoms are rendered, sees in a transformed one."""

from __future__ import annotations

from dataclasses import dataclass, replace

GEOMETRIC = ("translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom")
"""The six geometric transforms of the paper's section III.C."""

TRANSFORMS = (*GEOMETRIC, "brightness", "contrast", "grayscale", "blur", "noise")
"""The eleven transforms of the paper's section III.C."""

REFERENCE_SIZE = 64
"""Width in pixels of the pictures for which magnitudes in pixels (blur) are declared."""


@dataclass(frozen=True)
class Expectation:
    """For magnitudes in [low, high] an ideal observer sees a phantom of one class as `becomes`.

    Attributes
    ----------
    low, high: bounds of the magnitude, in the transform's own unit.
    becomes: the class seen: the phantom's own (invariant), another (flipped), or None where nothing
        is left to tell it by.
    """

    low: float
    high: float
    becomes: str | None

    def at_size(self, size: int) -> Expectation:
        """The same expectation for pictures of another width, where the magnitude is a length in
        pixels.
        """
        factor = size / REFERENCE_SIZE
        return replace(self, low=self.low * factor, high=self.high * factor)


Truth = dict[str, tuple[Expectation, ...]]
"""The declared ranges of one class, by the transform's name."""


def invariant(name: str, **ranges: tuple[float, float]) -> Truth:
    """The ranges, by transform, in which a class is seen as itself."""
    return {transform: (Expectation(low, high, name),) for transform, (low, high) in ranges.items()}


def with_also(truth: Truth, **more: tuple[Expectation, ...]) -> Truth:
    """A truth with further expectations, sorted by magnitude."""
    merged = dict(truth)
    for transform, expectations in more.items():
        together = (*merged.get(transform, ()), *expectations)
        merged[transform] = tuple(sorted(together, key=lambda expectation: expectation.low))
    return merged
