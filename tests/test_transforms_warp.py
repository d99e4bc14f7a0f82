"""Geometric transforms: sign, centre, whole pixels, padding, gradients."""

from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from torch.testing import assert_close

from invariances.transforms import PADDINGS, TRANSFORMS, Setting, warp

PAD_MODES = {"black": "constant", "edge": "edge", "reflect": "symmetric"}


def transformed(name, pictures, magnitude, padding="black"):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes, Setting(padding))


def dot(height, width, row, column):
    picture = torch.zeros(1, 3, height, width)
    picture[..., row, column] = 255
    return picture


def place(picture):
    """Row and column of the only bright pixel."""
    assert (picture == 255).sum() == 3
    return tuple(int(index) for index in (picture[0, 0] == 255).nonzero()[0])


def centre_of_mass(picture):
    """(x, y) in pixels from the picture's centre."""
    weights = picture[0].sum(0).double()
    height, width = weights.shape
    y, x = torch.meshgrid(
        torch.arange(height) - (height - 1) / 2,
        torch.arange(width) - (width - 1) / 2,
        indexing="ij",
    )
    return float((weights * x).sum() / weights.sum()), float((weights * y).sum() / weights.sum())


def test_positive_translations_go_right_and_down():
    assert place(transformed("translate_x", dot(10, 20, 4, 5), 0.25)) == (4, 10)
    assert place(transformed("translate_y", dot(10, 20, 4, 5), 0.3)) == (7, 5)
    assert place(transformed("translate_x", dot(10, 20, 4, 5), -0.1)) == (4, 3)


def test_translation_is_measured_in_the_picture_s_own_sides():
    assert place(transformed("translate_x", dot(8, 40, 0, 0), 0.5)) == (0, 20)
    assert place(transformed("translate_y", dot(40, 8, 0, 0), 0.5)) == (20, 0)


def test_a_positive_rotation_is_counter_clockwise_as_seen():
    # What is on the right goes up.
    assert place(transformed("rotate", dot(11, 11, 5, 9), 90)) == (1, 5)
    assert place(transformed("rotate", dot(11, 11, 5, 9), -90)) == (9, 5)
    x, y = centre_of_mass(transformed("rotate", dot(41, 61, 20, 45), 30))
    assert_close((x, y), (15 * np.cos(np.pi / 6), -15 * np.sin(np.pi / 6)), atol=0.05, rtol=0)


@pytest.mark.parametrize("magnitude", [2.0, 0.5, 1.6])
def test_scales_above_one_shrink_about_the_centre(magnitude):
    picture = torch.zeros(1, 3, 65, 65)
    picture[..., 27:30, 24:27] = 255  # its centre 4 above and 7 left of the picture's
    for name, sides in (("scale_x", (1, 0)), ("scale_y", (0, 1)), ("zoom", (1, 1))):
        small = transformed(name, picture, magnitude)
        expected = (-7 / magnitude ** sides[0], -4 / magnitude ** sides[1])
        assert_close(centre_of_mass(small), expected, atol=0.25, rtol=0)
        area = float(small.sum() / picture.sum())
        assert_close(area, magnitude ** -sum(sides), atol=0.35, rtol=0.2)


@pytest.mark.parametrize("name", ["rotate", "scale_x", "scale_y", "zoom"])
@pytest.mark.parametrize("magnitude", [0.3, 1.7, 3.0])
def test_the_centre_stays_where_it_is(name, magnitude, random_pictures):
    picture = random_pictures(1, 9, 13)
    moved = transformed(name, picture, magnitude)
    assert_close(moved[..., 4, 6], picture[..., 4, 6], atol=1e-2, rtol=0)


@pytest.mark.parametrize(("height", "width"), [(12, 12), (7, 15), (16, 5)])
@pytest.mark.parametrize("padding", PADDINGS)
@given(data=st.data())
def test_whole_pixel_shifts_are_exact(padding, height, width, random_pictures, data):
    picture = random_pictures(1, height, width) / 1.9
    right = data.draw(st.integers(-2 * width, 2 * width), "right")
    down = data.draw(st.integers(-2 * height, 2 * height), "down")
    theta = torch.tensor([[[1, 0, -2 * right / width], [0, 1, -2 * down / height]]]).double()
    moved = warp(picture, theta, padding)
    far = 2 * max(height, width)
    margins = ((0, 0), (0, 0), (far, far), (far, far))
    if padding == "mean":
        wide = np.stack(
            [np.pad(channel, far, constant_values=channel.mean()) for channel in picture[0].numpy()]
        )[None]
    else:
        wide = np.pad(picture.numpy(), margins, mode=PAD_MODES[padding])
    rows = slice(far - down, far - down + height)
    columns = slice(far - right, far - right + width)
    expected = torch.from_numpy(wide[..., rows, columns].copy())
    if padding == "mean":
        assert_close(moved, expected, atol=1e-4, rtol=0)
        inside = torch.from_numpy(np.pad(np.ones((height, width), bool), far)[rows, columns])
        assert torch.equal(moved[..., inside], expected[..., inside])
    else:
        assert torch.equal(moved, expected)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("size", [8, 13, 64, 65, 224])
def test_quarter_turns_are_exact(size, padding, random_pictures):
    picture = random_pictures(1, size, size) / 1.1
    for turns in (-2, -1, 1, 2):
        expected = torch.rot90(picture, turns, dims=(2, 3))
        assert torch.equal(transformed("rotate", picture, 90.0 * turns, padding), expected)


def test_a_half_turn_is_exact_whatever_the_sides(random_pictures):
    picture = random_pictures(1, 10, 17)
    assert torch.equal(transformed("rotate", picture, 180.0), picture.flip(2, 3))


def test_whole_turns_of_magnitude_are_kept_apart_from_others(random_pictures):
    """A batch of exact and of interpolated maps: neither changes the other."""
    picture = random_pictures(1, 12, 12)
    angles = [0.0, 1.0, 90.0, 91.0]
    batch = TRANSFORMS["rotate"](picture.expand(4, -1, -1, -1), torch.tensor(angles))
    for row, angle in zip(batch, angles, strict=True):
        assert torch.equal(row[None], transformed("rotate", picture, angle))


def test_a_thousandth_of_a_turn_is_not_taken_for_none(random_pictures):
    picture = random_pictures(1, 224, 224)
    assert not torch.equal(transformed("rotate", picture, 0.01), picture)
    assert not torch.equal(transformed("zoom", picture, 1.0001), picture)


@pytest.mark.parametrize("name", ["translate_x", "translate_y", "scale_x", "zoom", "rotate"])
def test_what_lies_outside(name, random_pictures):
    picture = random_pictures(1, 16, 16) / 2 + 60
    magnitude = {"rotate": 45.0, "scale_x": 4.0, "zoom": 4.0}.get(name, 0.6)
    black = transformed(name, picture, magnitude, "black")
    outside = black == 0
    assert 0.05 < float(outside.float().mean()) < 0.95
    mean = picture.mean(dim=(2, 3), keepdim=True).expand_as(picture)
    assert_close(
        transformed(name, picture, magnitude, "mean")[outside], mean[outside], atol=1e-3, rtol=0
    )
    for padding in ("edge", "reflect"):
        assert float(transformed(name, picture, magnitude, padding).min()) >= 60 - 1e-3


@pytest.mark.parametrize("padding", PADDINGS)
def test_a_grey_picture_stays_grey_unless_padded_black(padding):
    grey = torch.full((1, 3, 10, 10), 100.0)
    changed = transformed("rotate", grey, 37.0, padding)
    if padding == "black":
        assert float(changed.min()) == 0
    else:
        assert_close(changed, grey, atol=1e-3, rtol=0)


@pytest.mark.parametrize("padding", PADDINGS)
def test_gradients_flow_to_theta_and_pictures(padding):
    generator = torch.Generator().manual_seed(1)
    pictures = torch.rand(2, 3, 5, 6, dtype=torch.float64, generator=generator) * 255
    noise = torch.rand(2, 2, 3, dtype=torch.float64, generator=generator)
    theta = torch.eye(2, 3, dtype=torch.float64) * 0.83 + 0.1 * noise
    pictures.requires_grad_()
    theta.requires_grad_()
    assert torch.autograd.gradcheck(lambda p, t: warp(p, t, padding), (pictures, theta))


def test_the_identity_has_a_gradient_too(random_pictures):
    picture = random_pictures(1, 8, 8)
    theta = torch.eye(2, 3)[None].requires_grad_()
    warp(picture, theta).square().sum().backward()
    assert theta.grad is not None
    assert float(theta.grad.abs().sum()) > 0


def test_gradients_to_pictures_pass_through_mixed_batches(random_pictures):
    pictures = (random_pictures(2, 8, 8) / 2 + 50).requires_grad_()
    TRANSFORMS["rotate"](pictures, torch.tensor([0.0, 20.0])).sum().backward()
    assert pictures.grad is not None
    assert torch.equal(pictures.grad[0], torch.ones(3, 8, 8))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_maps_may_lie_in_memory_as_they_like(order, dtype):
    """As stacks of rows or columns of a user's own lie; sizes of one have any strides."""
    generator = torch.Generator().manual_seed(0)
    for count, height, width in ((3, 4, 7), (1, 4, 7), (3, 1, 1), (1, 1, 1)):
        pictures = 255 * torch.rand(count, 3, height, width, generator=generator).to(dtype)
        maps = torch.randn(count, 2, 3, generator=generator).to(dtype)
        back = [order.index(axis) for axis in range(3)]
        laid = maps.permute(order).contiguous().permute(back)
        assert torch.equal(laid, maps)
        found = warp(pictures, laid, "edge")
        assert torch.equal(found, warp(pictures, maps, "edge"))
        if dtype in (torch.float32, torch.float64):
            grid = functional.affine_grid(maps, list(pictures.shape), align_corners=False)
            wanted = functional.grid_sample(
                pictures, grid, padding_mode="border", align_corners=False
            )
            assert_close(found, wanted, atol=0.01, rtol=0)
