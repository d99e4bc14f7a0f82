"""Tone and colour beyond the paper, against torchvision, colorsys, SciPy and numbers on paper."""

import colorsys
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from scipy.spatial.transform import Rotation
from torch.testing import assert_close
from torchvision.transforms.v2 import functional as torchvision

from invariances.transforms import TRANSFORMS

few = settings(max_examples=25)


def at(name, pictures, magnitude):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes)


@pytest.fixture
def pictures(random_pictures):
    some = random_pictures(4, 9, 13)
    some[0, :, :3] = 0  # black
    some[0, :, 3] = 255  # white
    some[1] = some[1, :1]  # grey
    some[2, 0], some[2, 1] = 0, 255  # saturated colours
    return some


def colours(*values):
    """One picture [1, 3, 1, N] of N pixels."""
    return torch.tensor(values, dtype=torch.float32).T[None, :, None]


def pixels(picture):
    return picture[0, :, 0].T


# ---- tone ----------------------------------------------------------------------------------------


@few
@given(exponent=st.floats(-3, 3))
def test_gamma_is_a_power_and_torchvision_s(random_pictures, exponent):
    pictures = random_pictures(2, 20, 30)
    changed = at("gamma", pictures, 2.0**exponent).double()
    powers = 255 * (pictures.double().numpy() / 255) ** 2.0**exponent
    assert_close(changed.numpy(), powers, atol=2e-3, rtol=0)
    theirs = 255 * torchvision.adjust_gamma(pictures.double() / 255, 2.0**exponent)
    assert_close(changed, theirs, atol=2e-3, rtol=0)


def test_gamma_above_one_darkens_and_keeps_black_and_white():
    assert_close(at("gamma", colours([0, 127.5, 255]), 2.0), colours([0, 63.75, 255]))


def exposed_on_paper(level: float, stops: float) -> float:
    """IEC 61966-2-1, a value at a time."""
    value = level / 255
    light = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    light = min(1.0, light * 2**stops)
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("stops", [-5.0, -1.0, -0.01, 0.3, 1.0, 4.0])
def test_exposure_is_the_standard_s_curve_there_and_back(stops):
    levels = torch.arange(256.0).reshape(1, 1, 16, 16).expand(1, 3, 16, 16)
    expected = [exposed_on_paper(level, stops) for level in range(256)]
    exposed = at("exposure", levels, stops)[0, 1].flatten()
    assert_close(exposed, torch.tensor(expected), atol=5e-3, rtol=0)


def test_a_stop_doubles_the_light():
    # 18 % of the light, the photographer's grey card, is 118 of 255; 36 % is 162, 9 % is 85.
    card = colours([117.65] * 3)
    assert float(at("exposure", card, 1.0)[0, 0]) == pytest.approx(161.6, abs=0.2)
    assert float(at("exposure", card, -1.0)[0, 0]) == pytest.approx(84.7, abs=0.2)
    assert_close(at("exposure", colours([200.0] * 3), 2.0), colours([255.0] * 3))


@pytest.mark.parametrize("threshold", [256, 255, 128, 1, 0])
def test_solarization_is_pillow_s(threshold, pictures):
    for picture, changed in zip(
        pictures, at("solarize", pictures, 1 - threshold / 256), strict=True
    ):
        image = Image.fromarray(picture.permute(1, 2, 0).numpy().astype(np.uint8))
        theirs = np.asarray(ImageOps.solarize(image, threshold))
        assert np.array_equal(changed.permute(1, 2, 0).numpy(), theirs)


# ---- colour --------------------------------------------------------------------------------------


@few
@given(degrees=st.floats(-180, 180))
def test_hue_is_torchvision_s(random_pictures, degrees):
    pictures = random_pictures(2, 20, 30)
    theirs = 255 * torchvision.adjust_hue(pictures.double() / 255, degrees / 360)
    assert_close(at("hue", pictures, degrees), theirs.float(), atol=5e-3, rtol=0)


@pytest.mark.parametrize("degrees", [-180.0, -77.0, 10.0, 60.0, 180.0])
def test_hue_is_that_of_the_standard_library(degrees, pictures):
    expected = np.empty((4, 9, 13, 3))
    for place in np.ndindex(expected.shape[:3]):
        rgb = pictures.double().numpy()[place[0], :, place[1], place[2]] / 255
        hue, saturation, value = colorsys.rgb_to_hsv(*rgb)
        expected[place] = colorsys.hsv_to_rgb((hue + degrees / 360) % 1, saturation, value)
    turned = at("hue", pictures, degrees).permute(0, 2, 3, 1).double().numpy()
    assert_close(turned, 255 * expected, atol=5e-3, rtol=0)


@pytest.mark.parametrize("name", ["hue", "mix_channels"])
def test_a_third_of_a_turn_makes_red_green_and_green_blue(name):
    primaries = colours([200, 0, 0], [0, 200, 0], [0, 0, 200], [90, 90, 90])
    after = colours([0, 200, 0], [0, 0, 200], [200, 0, 0], [90, 90, 90])
    assert_close(at(name, primaries, 120.0), after, atol=1e-3, rtol=0)
    assert_close(at(name, after, -120.0), primaries, atol=1e-3, rtol=0)


def test_hue_and_channel_mix_differ_between_thirds():
    red = colours([150.0, 30.0, 30.0])
    assert_close(pixels(at("hue", red, 60.0)), torch.tensor([[150.0, 150.0, 30.0]]))
    # Half way round the circle about grey, 70 each: (110, 110, -10), and clamped.
    assert_close(pixels(at("mix_channels", red, 60.0)), torch.tensor([[110.0, 110.0, 0.0]]))


@few
@given(value=st.floats(0, 16))
def test_saturation_is_torchvision_s(random_pictures, value):
    pictures = random_pictures(2, 20, 30)
    # torchvision's grey has weights of four digits, which are not BT.601's to the last.
    theirs = torchvision.adjust_saturation(pictures.double() / 255, value)
    assert_close(at("saturation", pictures, value), 255 * theirs.float(), atol=0.5, rtol=0)


def test_saturation_below_one_is_grayscale(random_pictures):
    pictures = random_pictures(2, 9, 9)
    for value in (0.0, 0.3, 0.9):
        grey = at("grayscale", pictures, 1 - value)
        assert_close(at("saturation", pictures, value), grey, atol=1e-3, rtol=0)


@few
@given(degrees=st.floats(-180, 180))
def test_channel_mix_is_scipy_s_rotation_about_the_grey_diagonal(random_pictures, degrees):
    pictures = random_pictures(1, 11, 7) / 4 + 95  # nothing is clamped
    about = Rotation.from_rotvec(np.radians(degrees) * np.ones(3) / np.sqrt(3))
    expected = about.apply(pictures[0].double().numpy().reshape(3, -1).T).T.reshape(3, 11, 7)
    mixed = at("mix_channels", pictures, degrees)
    assert_close(mixed[0].double().numpy(), expected, atol=1e-3, rtol=0)
    assert_close(mixed.sum(dim=1), pictures.sum(dim=1), atol=1e-3, rtol=0)


def test_what_is_grey_has_neither_hue_nor_saturation():
    grey = torch.arange(256.0).reshape(1, 1, 16, 16).expand(1, 3, 16, 16)
    for name, magnitude in (("hue", 77.0), ("mix_channels", -50.0), ("saturation", 16.0)):
        assert_close(at(name, grey, magnitude), grey, atol=1e-3, rtol=0)


def test_what_is_brighter_stays_so_under_tone():
    ramp = torch.arange(256.0).reshape(1, 1, 1, 256).expand(1, 3, 1, 256)
    for name in ("gamma", "exposure"):
        for magnitude in TRANSFORMS[name].magnitudes:
            assert (at(name, ramp, magnitude)[0, 0, 0].diff() >= 0).all()
        means = [float(at(name, ramp, m).mean()) for m in TRANSFORMS[name].magnitudes]
        rises = [after > before for before, after in pairwise(means)]
        assert all(rises) if name == "exposure" else not any(rises)
