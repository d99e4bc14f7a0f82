"""Shears, mirrors, circular shifts, perspective and elastic maps, against NumPy and SciPy.

What is expected is calculated here in double precision from what the transforms say they do: rays that meet
a turned print, noise smoothed by SciPy. A wrong sign, or half a pixel, is off by many grey levels.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from placed import SCIPY_MODES, SIZES, assert_alike, few, looked_up, pixels, transformed
from scipy import ndimage
from torch import nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as torchvision

from invariances.transforms import PADDINGS, TRANSFORMS, Setting, combined, find

NAMES = (
    "shear_x", "shear_y", "flip_x", "flip_y", "circular_x", "circular_y", "tilt", "swing", "elastic",
)  # fmt: skip


# ---- what all promise ----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(16, 16), (12, 19), (33, 8), (1, 1), (1, 5)])
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("name", NAMES)
def test_the_identity_is_bit_exact(name, padding, shape, random_pictures):
    pictures = random_pictures(3, *shape) / 1.7
    assert torch.equal(transformed(name, pictures, TRANSFORMS[name].identity, padding), pictures)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_batch_answers_as_its_pictures_one_at_a_time(name, padding, random_pictures):
    transform = TRANSFORMS[name]
    grid = torch.tensor(transform.magnitudes, dtype=torch.float64)
    magnitudes = grid[torch.linspace(0, len(grid) - 1, 9).round().long()]
    pictures, ids = random_pictures(9, 21, 26), torch.arange(9) * 7919
    batch = transform(pictures, magnitudes, Setting(padding, 3, ids))
    assert batch.shape == pictures.shape and float(batch.min()) >= 0 and float(batch.max()) <= 255
    for place in range(9):
        part = slice(place, place + 1)
        alone = transform(pictures[part], magnitudes[part], Setting(padding, 3, ids[part]))
        assert torch.equal(alone, batch[part])


@pytest.mark.parametrize("name", NAMES)
def test_default_grids_are_sweepable(name):
    transform = find(name)
    grid = np.array(transform.magnitudes)
    assert (np.diff(grid) > 0).all() and transform.identity in transform.magnitudes
    assert transform.axis == ("ordinal" if name.startswith("flip") else "linear")
    # A border of its own is not swept under others.
    assert transform.geometric == (not name.startswith("circular"))


# ---- mirrors and shears --------------------------------------------------------------------------


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("shape", [(8, 8), (7, 15), (224, 224)])
def test_flips_are_numpy_s(shape, padding, random_pictures):
    pictures = random_pictures(2, *shape) / 1.3
    for name, axis in (("flip_x", 3), ("flip_y", 2)):
        expected = np.flip(pictures.numpy(), axis)
        np.testing.assert_array_equal(transformed(name, pictures, 1.0, padding).numpy(), expected)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("padding", SCIPY_MODES)
@few
@given(v=st.floats(-1, 1))
def test_shears_are_scipy_s(size, padding, random_pictures, v):
    pictures = random_pictures(2, *size)
    x, y = pixels(*size)
    mode = SCIPY_MODES[padding]
    assert_alike(
        transformed("shear_x", pictures, v, padding), looked_up(pictures, x - v * y, y, mode)
    )
    assert_alike(
        transformed("shear_y", pictures, v, padding), looked_up(pictures, x, y - v * x, mode)
    )


def test_shears_are_torchvision_s(random_pictures):
    """Whose positive shears, in degrees, move the top to the right and the left down."""
    pictures = random_pictures(1, 40, 40)
    options = {"angle": 0.0, "translate": [0, 0], "scale": 1.0}
    for degrees in (-30.0, 12.0):
        v = -float(np.tan(np.radians(degrees)))
        for name, shear in (("shear_x", [degrees, 0.0]), ("shear_y", [0.0, degrees])):
            theirs = torchvision.affine(
                pictures, shear=shear, interpolation=InterpolationMode.BILINEAR, **options
            )
            ours = transformed(name, pictures, v)
            assert float(((ours - theirs).abs() <= 1).float().mean()) > 0.97, (name, degrees)


def test_a_positive_shear_moves_the_bottom_right_and_the_right_down():
    picture = torch.zeros(1, 3, 11, 11)
    picture[..., 8, 5] = 255  # three below the centre
    assert transformed("shear_x", picture, 1.0)[0, 0, 8, 8] == 255
    picture = picture.transpose(2, 3)  # three right of it
    assert transformed("shear_y", picture, 1.0)[0, 0, 8, 8] == 255


# ---- circular translation ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(8, 8), (7, 15), (16, 5), (64, 64), (224, 224), (1, 6)])
@pytest.mark.parametrize("padding", PADDINGS)
def test_whole_pixels_are_numpy_s_roll(size, padding, random_pictures):
    pictures = random_pictures(1, *size) / 1.9
    height, width = size
    for shift in (-1, 1, width // 2, -width // 3, width, 3 * width + 2):
        moved = transformed("circular_x", pictures, shift / width, padding)
        np.testing.assert_array_equal(moved.numpy(), np.roll(pictures.numpy(), shift, axis=3))
    for shift in (-1, 2, height // 2):
        moved = transformed("circular_y", pictures, shift / height, padding)
        np.testing.assert_array_equal(moved.numpy(), np.roll(pictures.numpy(), shift, axis=2))


@pytest.mark.parametrize("size", SIZES)
@few
@given(v=st.floats(-1.5, 1.5))
def test_shifts_between_are_scipy_s(size, random_pictures, v):
    pictures = random_pictures(2, *size)
    height, width = size
    for name, shift in (
        ("circular_x", (0, 0, 0, v * width)),
        ("circular_y", (0, 0, v * height, 0)),
    ):
        theirs = ndimage.shift(pictures.double().numpy(), shift, order=1, mode="grid-wrap")
        assert_alike(transformed(name, pictures, v), theirs)


def test_circular_convolutions_and_global_pooling_cannot_tell_whole_pixel_shifts(random_pictures):
    """A truth: at a stride of 1; at a stride of 2 by multiples of 2 only, and not in between."""
    torch.manual_seed(0)
    wrapped = {"padding": 1, "padding_mode": "circular"}

    def network(stride):
        return nn.Sequential(
            *(nn.Conv2d(3, 8, 3, **wrapped), nn.ReLU()),
            *(nn.Conv2d(8, 8, 3, stride=stride, **wrapped), nn.ReLU()),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)),
        ).double()

    pictures = random_pictures(2, 24, 32).double()
    with torch.inference_mode():
        for stride in (1, 2):
            answers = network(stride)
            before = answers(pictures)
            for shift in (1, 2, 7, 16, -10):
                for name, side in (("circular_x", 32), ("circular_y", 24)):
                    after = answers(transformed(name, pictures, shift / side))
                    off = float((after - before).abs().max() / before.abs().max())
                    assert (off < 1e-12) == (shift % stride == 0), (stride, shift, off)


def test_a_border_of_its_own_is_a_step_by_itself_in_pairs(random_pictures):
    pictures = random_pictures(2, 12, 12)
    both = combined(TRANSFORMS["circular_x"], TRANSFORMS["translate_x"])
    moved = both(pictures, torch.tensor([[0.25, -0.25]] * 2).double(), Setting())
    expected = np.roll(pictures.numpy(), 3, axis=3)
    np.testing.assert_array_equal(moved[..., :-3].numpy(), expected[..., 3:])
    assert not moved[..., -3:].any()
