"""The transforms held against torchvision and SciPy, which know nothing of them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as torchvision

from invariances.transforms import TRANSFORMS, Setting

SIZES = [(32, 32), (31, 31), (24, 40), (45, 26)]
SCIPY_MODES = {"black": "grid-constant", "edge": "nearest", "reflect": "reflect"}
BILINEAR = InterpolationMode.BILINEAR
few = settings(max_examples=25)


def transformed(name, pictures, magnitude, padding="black"):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes, Setting(padding))


def agree(ours, theirs, border=0):
    """Within one grey level in 99 % of the pixels away from the border."""
    inner = (..., slice(border, ours.shape[-2] - border), slice(border, ours.shape[-1] - border))
    off = (ours[inner] - torch.as_tensor(theirs)[inner]).abs()
    assert off.numel() > 0
    share = float((off <= 1).float().mean())
    assert share >= 0.99, (
        f"only {share:.1%} agree, the largest difference is {float(off.max()):.1f}"
    )


def resampled(pictures, rows, padding):
    """SciPy's affine_transform by `rows` [[a, b, c], [d, e, f]]: x' = a x + b y + c from the centre."""
    height, width = pictures.shape[-2:]
    (a, b, c), (d, e, f) = rows
    matrix = np.array([[e, d], [b, a]])  # SciPy's first axis is y
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    offset = centre + np.array([f, c]) - matrix @ centre
    mode = SCIPY_MODES[padding]
    out = [
        [
            ndimage.affine_transform(channel, matrix, offset, order=1, mode=mode)
            for channel in picture
        ]
        for picture in pictures.double().numpy()
    ]
    return torch.from_numpy(np.array(out))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("padding", SCIPY_MODES)
@few
@given(angle=st.floats(-360, 360))
def test_rotation_is_scipy_s(size, padding, random_pictures, angle):
    pictures = random_pictures(2, *size)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    expected = resampled(pictures, [[cos, -sin, 0], [sin, cos, 0]], padding)
    agree(transformed("rotate", pictures, angle, padding), expected)


@pytest.mark.parametrize("angle", [-170.0, -90.0, -33.3, -1.0, 0.5, 45.0, 90.0, 123.4, 180.0])
@pytest.mark.parametrize("size", SIZES)
def test_rotation_is_torchvision_s(size, angle, random_pictures):
    pictures = random_pictures(2, *size)
    theirs = torchvision.rotate(pictures, angle, interpolation=BILINEAR)
    agree(transformed("rotate", pictures, angle), theirs, border=2)


@pytest.mark.parametrize("angle", [-120.0, -10.0, 37.0, 90.0])
def test_rotation_is_ndimage_rotate_s(angle, random_pictures):
    picture = random_pictures(1, 40, 40)
    options = {"reshape": False, "order": 1, "mode": "grid-constant"}
    theirs = ndimage.rotate(picture.double().numpy(), angle, axes=(2, 3), **options)
    agree(transformed("rotate", picture, angle), torch.from_numpy(theirs))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("padding", SCIPY_MODES)
@few
@given(right=st.floats(-1.2, 1.2), axis=st.sampled_from("xy"))
def test_translation_is_scipy_s(size, padding, random_pictures, right, axis):
    pictures = random_pictures(2, *size)
    height, width = size
    pixels = (0, 0, 0, right * width) if axis == "x" else (0, 0, right * height, 0)
    expected = ndimage.shift(pictures.double().numpy(), pixels, order=1, mode=SCIPY_MODES[padding])
    agree(transformed(f"translate_{axis}", pictures, right, padding), torch.from_numpy(expected))


@pytest.mark.parametrize("pixels", [-13, -4, 0, 1, 9])
@pytest.mark.parametrize("size", SIZES)
def test_translation_is_torchvision_s(size, pixels, random_pictures):
    pictures = random_pictures(2, *size)
    options = {"angle": 0.0, "scale": 1.0, "shear": [0.0, 0.0], "interpolation": BILINEAR}
    theirs = torchvision.affine(pictures, translate=[pixels, 0], **options)
    agree(transformed("translate_x", pictures, pixels / size[1]), theirs)
    theirs = torchvision.affine(pictures, translate=[0, pixels], **options)
    agree(transformed("translate_y", pictures, pixels / size[0]), theirs)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("padding", SCIPY_MODES)
@few
@given(exponent=st.floats(-2, 2), name=st.sampled_from(["scale_x", "scale_y", "zoom"]))
def test_scaling_is_scipy_s(size, padding, random_pictures, exponent, name):
    pictures = random_pictures(2, *size)
    v = 2.0**exponent
    rows = [[v if name != "scale_y" else 1, 0, 0], [0, v if name != "scale_x" else 1, 0]]
    agree(transformed(name, pictures, v, padding), resampled(pictures, rows, padding))


@pytest.mark.parametrize("magnitude", [0.25, 0.7, 1.3, 4.0])
@pytest.mark.parametrize("size", SIZES)
def test_zooming_out_is_torchvision_s_scale_inverted(size, magnitude, random_pictures):
    pictures = random_pictures(2, *size)
    theirs = torchvision.affine(
        pictures, 0.0, [0, 0], 1 / magnitude, [0.0, 0.0], interpolation=BILINEAR
    )
    # Where the content ends both fall to black within a pixel, torchvision from its own grid.
    agree(transformed("zoom", pictures, magnitude), theirs, border=2)


@few
@given(value=st.floats(-1, 1))
def test_brightness_is_addition(random_pictures, value):
    pictures = random_pictures(2, 20, 30)
    expected = np.clip(pictures.double().numpy() + 255 * value, 0, 255)
    agree(transformed("brightness", pictures, value), torch.from_numpy(expected))


@few
@given(value=st.floats(0, 16))
def test_contrast_is_torchvision_s_brightness_factor(random_pictures, value):
    pictures = random_pictures(2, 20, 30)
    theirs = 255 * torchvision.adjust_brightness(pictures / 255, value)
    agree(transformed("contrast", pictures, value), theirs)


@few
@given(value=st.floats(0, 1))
def test_grayscale_is_torchvision_s_saturation_factor_inverted(random_pictures, value):
    pictures = random_pictures(2, 20, 30)
    theirs = 255 * torchvision.adjust_saturation(pictures / 255, 1 - value)
    agree(transformed("grayscale", pictures, value), theirs)


def test_full_grayscale_is_the_luma_of_bt_601(random_pictures):
    pictures = random_pictures(3, 20, 30)
    grey = transformed("grayscale", pictures, 1.0)
    agree(grey, torchvision.rgb_to_grayscale(pictures, num_output_channels=3))
    assert torch.equal(grey[:, 0], grey[:, 1])
    assert torch.equal(grey[:, 0], grey[:, 2])
    weights = grey.new_tensor([0.299, 0.587, 0.114])
    torch.testing.assert_close(grey[:, 0], torch.einsum("nchw,c->nhw", pictures, weights))


@pytest.mark.parametrize("sigma", [0.3, 0.5, 1.0, 2.0, 3.3])
@pytest.mark.parametrize("size", SIZES)
def test_blur_is_torchvision_s(size, sigma, random_pictures):
    pictures = random_pictures(2, *size)
    reach = min(int(np.ceil(4 * sigma)), min(size) - 1)
    theirs = torchvision.gaussian_blur(pictures, [2 * reach + 1] * 2, [sigma] * 2)
    agree(transformed("blur", pictures, sigma), theirs)


@pytest.mark.parametrize("size", [*SIZES, (6, 50)])
@few
@given(sigma=st.floats(0.3, 60))
def test_blur_is_scipy_s_up_to_sigmas_beyond_the_picture(size, random_pictures, sigma):
    pictures = random_pictures(2, *size)
    theirs = ndimage.gaussian_filter(
        pictures.double().numpy(), (0, 0, sigma, sigma), mode="mirror", truncate=6
    )
    agree(transformed("blur", pictures, sigma), torch.from_numpy(theirs))
