"""What phantoms declare of themselves: which transform leaves a class, and which takes it to another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from clean_phantoms import Floats

from invariances.phantoms import (
    CLASSES,
    DECLARED,
    OF_OBJECT,
    Expectation,
    bodies,
    objects,
    patterns,
    truth,
)
from invariances.phantoms.expectation import TRANSFORMS
from invariances.phantoms.scene import empty

RANGES = {
    "translate_x": (-0.8, 0.0, 0.8),
    "translate_y": (-0.8, 0.0, 0.8),
    "rotate": (-180.0, 0.0, 180.0),
    "scale_x": (0.25, 1.0, 4.0),
    "scale_y": (0.25, 1.0, 4.0),
    "zoom": (0.25, 1.0, 4.0),
    "brightness": (-1.0, 0.0, 1.0),
    "contrast": (1 / 16, 1.0, 16.0),
    "grayscale": (0.0, 0.0, 1.0),
    "blur": (0.0, 0.0, 16.0),
    "noise": (0.0, 0.0, 1.0),
    "hue": (-180.0, 0.0, 180.0),
    "occlude": (0.0, 0.0, 1.0),
    "occlude_around": (0.0, 0.0, 1.0),
    **dict.fromkeys(("shear_x", "shear_y"), (-1.0, 0.0, 1.0)),
    **dict.fromkeys(("flip_x", "flip_y"), (0.0, 0.0, 1.0)),
    **dict.fromkeys(("circular_x", "circular_y"), (-0.5, 0.0, 0.5)),
    **dict.fromkeys(("tilt", "swing"), (-60.0, 0.0, 60.0)),
    "elastic": (0.0, 0.0, 0.1),
}
RANGES |= {name: RANGES[frame] for name, frame in OF_OBJECT.items()}
"""Lowest magnitude, identity and highest magnitude of each transform (section III.C, and beyond)."""


def test_truth_refuses_unknown_names() -> None:
    with pytest.raises(KeyError, match="banana"):
        truth("banana", "rotate")
    with pytest.raises(KeyError, match="shear"):
        truth("orange", "shear")


def test_no_square_that_is_said_to_leave_a_class_hides_its_smallest_body() -> None:
    for name in CLASSES:
        side = max(e.high for e in truth(name, "occlude") if e.becomes == name) ** 0.5
        # Across the smallest ball, the smallest cloth and the smallest pinwheel.
        smallest = 2 * bodies.RADIUS[0] if name in bodies.TRUTHS else 0.2
        assert side < 0.75 * smallest


@pytest.mark.parametrize("transform", DECLARED)
@pytest.mark.parametrize("name", CLASSES)
def test_truth_is_well_formed(name: str, transform: str) -> None:
    low, identity, high = RANGES[transform]
    expectations = truth(name, transform)
    for expectation in expectations:
        assert low <= expectation.low < expectation.high <= high
        assert expectation.becomes is None or expectation.becomes in CLASSES
    for first, second in pairwise(expectations):
        assert first.high < second.low
    around = [e.becomes for e in expectations if e.low <= identity <= e.high]
    # Of what stands on a foot nothing is said upside down.
    upright = transform == "flip_y" and name in ("broom", "obelisk", "volcano", "sweatshirt")
    assert around == ([] if upright else [name])


@pytest.mark.parametrize("transform", (*TRANSFORMS, "hue"))
def test_every_transform_leaves_one_class_and_takes_another(transform: str) -> None:
    low, _, high = RANGES[transform]
    scale = np.log if transform in ("scale_x", "scale_y", "zoom", "contrast") else np.asarray
    whole = float(scale(high) - scale(low))
    kept = max(
        sum(
            float(scale(e.high) - scale(e.low)) for e in truth(name, transform) if e.becomes == name
        )
        for name in CLASSES
    )
    assert kept > 0.5 * whole
    assert any(e.becomes != name for name in CLASSES for e in truth(name, transform))


def test_truth_of_blur_grows_with_the_picture() -> None:
    assert truth("golf_ball", "blur", size=128) == tuple(
        Expectation(2 * e.low, 2 * e.high, e.becomes) for e in truth("golf_ball", "blur", size=64)
    )
    assert truth("golf_ball", "rotate", size=128) == truth("golf_ball", "rotate")


def test_stripes_are_blurred_out_where_they_are_said_to_be() -> None:
    """A sinusoid of period p is damped by exp(-2 pi² sigma² / p²)."""
    lost = [e for e in truth("vertical_stripes", "blur") if e.becomes is None]
    period = patterns.PERIOD[1] * 64
    assert np.exp(-2 * np.pi**2 * (lost[0].low / period) ** 2) < 1 / 255


def test_obelisk_is_out_of_the_picture_where_it_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A column that no part of any obelisk reaches, once moved, is compared with the background
    alone.
    """
    lost = [e for e in truth("obelisk", "translate_x") if e.becomes is None]
    painted: list[Floats] = []
    monkeypatch.setattr(
        objects._Easel, "part", lambda self, distance, *rest: painted.append(distance * self.scale)
    )
    monkeypatch.setattr(objects._Easel, "taken", lambda self: self.picture)
    for index in range(50):
        objects.render(empty(np.random.default_rng(index), 64), "obelisk")
    axis = (np.arange(64) + 0.5) / 64 - 0.5
    reached = np.abs(axis[np.any([distance < 0 for distance in painted], axis=(0, 1))]).max()
    assert min(abs(e.low) for e in lost if e.low > 0) > 0.5 + reached
    assert len(lost) == 2
