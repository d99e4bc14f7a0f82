"""Phantoms: determinism, what defines each class, and a truth that is well-formed and geometrically
right.
"""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
import torch
from clean_phantoms import Floats

from invariances import phantoms
from invariances.phantoms import (
    CLASSES,
    bodies,
    render,
    truth,
)
from invariances.phantoms.scene import LUMA, TILT, box, empty, segment, tint
from invariances.transforms import TRANSFORMS as TURNS


def clean(name: str, index: int, size: int = 64) -> Floats:
    return render(name, index, seed=3, size=size) / 255.0


def spectrum(name: str, index: int) -> tuple[float, float]:
    """Energy of a picture's differences along x and along y."""
    grey = clean(name, index) @ LUMA
    return float(np.abs(np.diff(grey, axis=1)).sum()), float(np.abs(np.diff(grey, axis=0)).sum())


@pytest.mark.parametrize("name", CLASSES)
def test_picture_has_the_promised_type_and_some_content(name: str) -> None:
    picture = render(name, 0, seed=0, size=48)
    assert picture.shape == (48, 48, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 2


@pytest.mark.parametrize("name", CLASSES)
def test_same_arguments_same_picture_other_arguments_another(name: str) -> None:
    picture = render(name, 5, seed=1, size=32)
    np.random.seed(0)  # noqa: NPY002 the global generator must not matter
    assert np.array_equal(picture, render(name, 5, seed=1, size=32))
    assert not np.array_equal(picture, render(name, 6, seed=1, size=32))
    assert not np.array_equal(picture, render(name, 5, seed=2, size=32))


def test_classes_are_thirteen_and_differ() -> None:
    assert len(CLASSES) == len(set(CLASSES)) == 13
    assert len({render(name, 0, seed=0, size=32).tobytes() for name in CLASSES}) == 13


@pytest.mark.parametrize("name", CLASSES)
def test_scene_is_the_same_at_every_size(name: str) -> None:
    large, small = clean(name, 2, 128), clean(name, 2, 64)
    shrunk = large.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    smooth = np.abs(
        shrunk.reshape(16, 4, 16, 4, 3).mean((1, 3)) - small.reshape(16, 4, 16, 4, 3).mean((1, 3))
    )
    assert smooth.mean() < 0.04


@pytest.mark.parametrize(
    ("name", "index", "seed", "size", "error"),
    [
        ("banana", 0, 0, 64, KeyError),
        ("orange", -1, 0, 64, ValueError),
        ("orange", 0, -1, 64, ValueError),
        ("orange", 0, 0, 8, ValueError),
    ],
)
def test_wrong_arguments_are_refused(
    name: str, index: int, seed: int, size: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        render(name, index, seed=seed, size=size)


def test_stripes_run_as_their_name_says() -> None:
    indices = range(40)
    vertical = [spectrum("vertical_stripes", index) for index in indices]
    horizontal = [spectrum("horizontal_stripes", index) for index in indices]
    assert np.mean([x > y for x, y in vertical]) > 0.9
    assert np.mean([y > x for x, y in horizontal]) > 0.9


def test_orange_and_lime_differ_in_hue_and_not_in_luma(monkeypatch: pytest.MonkeyPatch) -> None:
    colours = {name: tint(float(np.mean(hues)), 1.0, 0.5) for name, hues in bodies.HUES.items()}
    assert colours["orange"][0] > colours["orange"][1] > colours["orange"][2]
    assert colours["lime"][1] > colours["lime"][0] > colours["lime"][2]
    assert bodies.BRIGHTNESS["orange"] == bodies.BRIGHTNESS["lime"]
    assert bodies.PHOTOGRAPHS["orange"] == bodies.PHOTOGRAPHS["lime"]
    # From the same draws and of one hue, the two are one picture: nothing else is different.
    orange = bodies.render(empty(np.random.default_rng(4), 48), "orange")
    lime = bodies.render(empty(np.random.default_rng(4), 48), "lime")
    assert np.abs(orange - lime).max() > 0.2
    monkeypatch.setitem(bodies.HUES, "lime", bodies.HUES["orange"])
    assert np.array_equal(orange, bodies.render(empty(np.random.default_rng(4), 48), "lime"))


def hues_of_the_ball(name: str, turn: float) -> Floats:
    """The median hue, in degrees, of each of 40 balls' coloured pixels, once turned."""
    pictures = np.stack([clean(name, index) * 255 for index in range(40)])
    turned = TURNS["hue"](
        torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.full((40,), turn)
    ).permute(0, 2, 3, 1)
    medians = []
    for picture in turned.numpy() / 255:
        middle = picture[20:44, 20:44].reshape(-1, 3)
        hsv = np.array([colorsys.rgb_to_hsv(*pixel) for pixel in middle])
        coloured = hsv[hsv[:, 1] > 0.6]
        medians.append(360 * float(np.median(coloured[:, 0])) if len(coloured) > 50 else np.nan)
    return np.array(medians)


@pytest.mark.parametrize(("name", "other"), [("orange", "lime"), ("lime", "orange")])
def test_a_turn_of_hue_makes_orange_lime_and_lime_orange(name: str, other: str) -> None:
    low, high = bodies.HUES[other]
    (own, turned) = sorted(truth(name, "hue"), key=lambda expected: expected.becomes != name)
    assert (own.becomes, turned.becomes) == (name, other)
    for turn in (turned.low, turned.high):
        hues = hues_of_the_ball(name, turn)
        assert np.isfinite(hues).mean() > 0.8
        # Both ends of the range of one class's hues lie beyond the other's by ten degrees at most.
        near = (hues > low - 12) & (hues < high + 12)
        assert near[np.isfinite(hues)].mean() > 0.9, np.sort(hues)
    kept = hues_of_the_ball(name, 0.0)
    low, high = bodies.HUES[name]
    assert ((kept > low - 3) & (kept < high + 3))[np.isfinite(kept)].mean() > 0.9


def test_golf_ball_is_a_smooth_ball_but_for_its_dimples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bodies.PHOTOGRAPHS, "smooth_ball", bodies.PHOTOGRAPHS["golf_ball"])
    monkeypatch.setattr(bodies, "photograph", lambda scene, picture, limits: picture)
    golf = bodies.render(empty(np.random.default_rng(7), 64), "golf_ball")
    smooth = bodies.render(empty(np.random.default_rng(7), 64), "smooth_ball")
    changed = np.abs(golf - smooth).max(axis=2) > 1e-3
    assert 0.02 < changed.mean() < 0.5
    monkeypatch.setattr(bodies, "_dimples", lambda *arguments: np.float32(1))
    assert np.array_equal(smooth, bodies.render(empty(np.random.default_rng(7), 64), "golf_ball"))


def test_bowling_ball_is_dark_and_the_light_balls_are_light() -> None:
    assert bodies.BRIGHTNESS["bowling_ball"][1] + 0.4 < bodies.LIGHT[0]
    assert "golf_ball" not in bodies.BRIGHTNESS and "smooth_ball" not in bodies.BRIGHTNESS


def test_round_bodies_are_lit_from_every_side() -> None:
    sides = []
    for index in range(60):
        grey = clean("smooth_ball", index) @ LUMA
        sides.append(grey[:, 32:].mean() - grey[:, :32].mean())
    assert 0.25 < np.mean(np.array(sides) > 0) < 0.75


@pytest.mark.parametrize(
    "name", ["barbell", "broom", "obelisk", "volcano", "sweatshirt", "pinwheel"]
)
def test_shapes_are_of_any_colour(name: str) -> None:
    """The red, green and blue of a class's pictures are alike on average: no hue is preferred."""
    means = np.mean([clean(name, index, 32).mean(axis=(0, 1)) for index in range(80)], axis=0)
    assert np.ptp(means) < 0.12


def test_corners_are_often_black_in_every_class() -> None:
    for name in CLASSES:
        dark = [clean(name, index, 32)[:3, :3].mean() < 0.06 for index in range(100)]
        assert np.mean(dark) > 0.05, name


def clean_mirrored(name: str, indices: range) -> Floats:
    """How much lighter the left half is than the right, of each picture."""
    pictures = np.stack([clean(name, index, 32).mean(axis=2) for index in indices])
    difference: Floats = (pictures - pictures[:, :, ::-1])[:, :, :16].mean(axis=(1, 2))
    return difference


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_drawn_in_both_hands(name: str) -> None:
    """No side is lighter on average, so that a mirror makes another picture of the same class."""
    difference = clean_mirrored(name, range(120))
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(difference))


def test_tint_has_the_luma_asked_for() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        hue, saturation, luma = rng.uniform(0, 360), rng.uniform(), rng.uniform()
        colour = tint(hue, saturation, luma)
        assert colour.min() >= -1e-6 and colour.max() <= 1 + 1e-6
        assert float(colour @ LUMA) == pytest.approx(luma, abs=1e-5)
    assert tint(0, 1, float(LUMA[0])) == pytest.approx([1, 0, 0], abs=1e-6)
    assert tint(120, 1, float(LUMA[1])) == pytest.approx([0, 1, 0], abs=1e-6)


def test_local_frame_turns_counter_clockwise_as_seen() -> None:
    scene = empty(np.random.default_rng(0), 64)
    u, v = scene.local((0.0, 0.0), 90.0)
    # The frame's own right (u) points up in the picture, where y is negative.
    assert np.allclose(u, -scene.y, atol=1e-6)
    assert np.allclose(v, scene.x, atol=1e-6)


def test_coverage_of_a_shape_is_its_area() -> None:
    scene = empty(np.random.default_rng(0), 100)
    disc = scene.coverage(np.hypot(scene.x, scene.y) - np.float32(0.3)).mean()
    assert disc == pytest.approx(np.pi * 0.09, rel=2e-3)
    assert scene.coverage(box(scene.x, scene.y, 0.2, 0.1)).mean() == pytest.approx(0.08, rel=2e-2)
    stroke = scene.coverage(segment(scene.x, scene.y, (-0.2, 0.1), (0.2, 0.1), 0.05)).mean()
    assert stroke == pytest.approx(0.4 * 0.1 + np.pi * 0.0025, rel=1e-2)


def test_tilt_is_smaller_than_what_would_change_a_class() -> None:
    """A tilted stripe must, after the turns claimed, be nearer to the other direction."""
    flipped = [e for e in truth("vertical_stripes", "rotate") if e.becomes == "horizontal_stripes"]
    assert all(
        abs(abs(e.low) - 90) + TILT < 45 and abs(abs(e.high) - 90) + TILT < 45 for e in flipped
    )
    assert phantoms.__doc__ is not None
