"""Defocus, motion blur, zoom blur, low-pass and high-pass against SciPy, and kernels on paper."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import fft, ndimage
from torch.testing import assert_close

from invariances.transforms import TRANSFORMS
from invariances.transforms.filters import disc, segment

SIZES = [(24, 24), (31, 31), (20, 33), (6, 29)]
few = settings(max_examples=15)


def at(name, pictures, magnitude):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes)


def convolved(pictures, kernel):
    """SciPy's convolution of each channel, mirrored at the border, the edge not repeated."""
    array = pictures.double().numpy()
    return torch.from_numpy(ndimage.convolve(array, kernel[None, None], mode="mirror")).float()


def disc_by_points(radius, points=101):
    """Each pixel's share of a disc, by points of which it has `points` x `points`."""
    reach = int(np.ceil(radius + 0.5))
    steps = (np.arange(points) + 0.5) / points - 0.5
    axis = np.arange(-reach, reach + 1)[:, None] + steps
    inside = axis[:, :, None, None] ** 2 + axis[None, None] ** 2 <= radius**2
    covered = inside.mean(axis=(1, 3))
    return covered / covered.sum()


@pytest.mark.parametrize("radius", [0.4, 0.6, 1.0, 1.5, 2.3, 5.0])
def test_the_disc_is_the_share_of_each_pixel_that_it_covers(radius):
    exact, counted = disc(radius), disc_by_points(radius)
    margin = (len(counted) - len(exact)) // 2
    assert exact.shape[0] == exact.shape[1] and len(exact) % 2 == 1
    assert_close(np.pad(exact, margin), counted, atol=5e-4, rtol=0)
    assert exact.sum() == pytest.approx(1)
    # A whole pixel's share is 1 / (pi r²).
    if radius > 1:
        assert exact.max() == pytest.approx(1 / (np.pi * radius**2))


@pytest.mark.parametrize("size", SIZES)
@few
@given(radius=st.floats(0.5, 12))
def test_defocus_is_scipy_s_convolution_with_the_disc(size, random_pictures, radius):
    pictures = random_pictures(1, *size)
    # The disc itself is held against points that are counted, above.
    expected = convolved(pictures, disc(radius))
    assert_close(at("defocus", pictures, radius), expected, atol=5e-3, rtol=0)


@pytest.mark.parametrize(
    ("length", "weights"),
    [
        (0.7, [1]),
        (1.0, [1]),
        (2.0, [0.25, 0.5, 0.25]),
        (3.0, [1 / 3] * 3),
        (4.0, [0.125, 0.25, 0.25, 0.25, 0.125]),
        (7.0, [1 / 7] * 7),
    ],
)
def test_a_line_s_pixels_weigh_what_it_covers(length, weights):
    assert_close(segment(length), np.array([weights], dtype=float))


@pytest.mark.parametrize("size", SIZES)
@few
@given(length=st.floats(0.1, 70))
def test_motion_blur_is_scipy_s_mean_along_rows(size, random_pictures, length):
    pictures = random_pictures(1, *size)
    array = pictures.double().numpy()
    kernel = segment(length)[0]
    expected = ndimage.convolve1d(array, kernel, axis=3, mode="mirror")
    assert_close(
        at("motion_blur", pictures, length), torch.from_numpy(expected).float(), atol=5e-3, rtol=0
    )


@pytest.mark.parametrize("length", [3, 9, 15])
def test_motion_blur_of_odd_length_is_scipy_s_uniform_filter_of_rows_alone(length, random_pictures):
    pictures = random_pictures(2, 20, 31)
    expected = ndimage.uniform_filter1d(pictures.double().numpy(), length, axis=3, mode="mirror")
    blurred = at("motion_blur", pictures, float(length))
    assert_close(blurred, torch.from_numpy(expected).float(), atol=5e-3, rtol=0)
    rows = torch.arange(0, 240, 12.0)[:, None].expand(2, 3, 20, 20)
    assert_close(at("motion_blur", rows, float(length)), rows, atol=1e-3, rtol=0)


@pytest.mark.parametrize("name", ["defocus", "motion_blur", "low_pass", "high_pass", "zoom_blur"])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 9), (30, 20)])
def test_a_uniform_picture_is_left_alone(name, size):
    picture = torch.full((1, 3, *size), 137.0)
    for magnitude in TRANSFORMS[name].magnitudes:
        assert_close(at(name, picture, magnitude), picture, atol=2e-3, rtol=0)


def test_small_discs_and_lines_change_nothing_and_negative_ones_are_refused(random_pictures):
    picture = random_pictures(1, 8, 8) / 1.7
    assert torch.equal(at("defocus", picture, 0.5), picture)
    assert torch.equal(at("motion_blur", picture, 1.0), picture)
    for name, magnitude in (("defocus", -1.0), ("motion_blur", -2.0), ("zoom_blur", 0.9)):
        with pytest.raises(ValueError, match=f"{name}.*{magnitude:g}"):
            at(name, picture, magnitude)


# ---- zoom blur -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(40, 40), (31, 45)])
@pytest.mark.parametrize("largest", [1.05, 1.3, 1.8])
def test_zoom_blur_is_the_mean_of_scipy_s_zooms_about_the_centre(largest, size, random_pictures):
    smooth = ndimage.gaussian_filter(random_pictures(1, *size).numpy(), (0, 0, 2, 2)) * 3 - 255
    pictures = torch.from_numpy(smooth).clamp(0, 255)
    centre = (np.array(size) - 1) / 2
    zooms = np.linspace(1, largest, 400)
    expected = np.zeros((3, *size))
    for zoom in zooms:
        for channel in range(3):
            expected[channel] += ndimage.affine_transform(
                pictures[0, channel].double().numpy(),
                *(np.eye(2) / zoom, centre - centre / zoom),
                order=1, mode="nearest",
            ) / len(zooms)  # fmt: skip
    off = (at("zoom_blur", pictures, largest)[0].double().numpy() - expected).astype(float)
    assert np.abs(off).max() < 1.5 and np.abs(off).mean() < 0.15


# ---- frequencies ---------------------------------------------------------------------------------


def filtered(pictures, keep):
    """SciPy's cosine transform, waves `keep` (radius [H, W]) alone."""
    height, width = pictures.shape[-2:]
    radius = np.hypot(np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width))
    waves = fft.dctn(pictures.double().numpy(), type=1, axes=(2, 3))
    back = fft.idctn(np.where(keep(radius), waves, 0), type=1, axes=(2, 3))
    return torch.from_numpy(back).float().clamp(0, 255)


@pytest.mark.parametrize("size", SIZES)
@few
@given(cut=st.floats(0.01, 1.5))
def test_low_and_high_pass_are_scipy_s_cosine_transform_cut(size, random_pictures, cut):
    pictures = random_pictures(1, *size)
    low = filtered(pictures, lambda radius: radius <= cut)
    assert_close(at("low_pass", pictures, cut), low, atol=1e-2, rtol=0)
    high = filtered(pictures, lambda radius: (radius >= cut) | (radius == 0))
    assert_close(at("high_pass", pictures, cut), high, atol=1e-2, rtol=0)


@pytest.mark.parametrize(("waves", "fraction"), [(4, 8 / 32), (12, 24 / 32)])
def test_a_wave_passes_up_to_its_own_frequency(waves, fraction):
    """Of cosines over 32 steps: `waves` periods are 2 waves / 32 of Nyquist's one wave in two steps."""
    wave = 100 + 80 * torch.cos(2 * torch.pi * waves * torch.arange(33) / 32)
    picture = wave.expand(1, 3, 33, 33)
    mean = torch.full_like(picture, 100.0)
    assert_close(at("low_pass", picture, fraction), picture, atol=1e-3, rtol=0)
    assert_close(at("low_pass", picture, fraction - 1e-3), mean, atol=1e-3, rtol=0)
    assert_close(at("high_pass", picture, fraction), picture, atol=1e-3, rtol=0)
    assert_close(at("high_pass", picture, fraction + 1e-3), mean, atol=1e-3, rtol=0)


def test_the_corner_is_the_last_wave_to_go():
    checks = 100 + 50 * (1 - 2 * ((torch.arange(9)[:, None] + torch.arange(9)) % 2)).float()
    picture = checks.expand(1, 3, 9, 9)
    assert torch.equal(at("low_pass", picture, 2**0.5), picture)
    assert torch.equal(at("low_pass", picture, float(np.exp2(np.log2(2**0.5)))), picture)
    assert_close(at("low_pass", picture, 1.41), torch.full_like(picture, 100), atol=1e-3, rtol=0)
    assert_close(at("high_pass", picture, 2**0.5), picture, atol=1e-3, rtol=0)
