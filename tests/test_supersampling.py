"""Antialiasing of maps that are not affine: several samples a pixel, as many as they shrink."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torch.nn import functional
from torch.testing import assert_close

from invariances.transforms import PADDINGS, TRANSFORMS, Setting, combined, warp
from invariances.transforms.antialiasing import MOST, footprints, samples_a_side
from invariances.transforms.perspective import FOCAL
from invariances.transforms.warping import centres


def transformed(name, pictures, magnitude, padding="black", resampling="antialiased"):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes, Setting(padding, resampling=resampling))


def samples(places):
    return samples_a_side(places, *footprints(places)).tolist()


@pytest.mark.parametrize("size", [(24, 24), (16, 40)])
def test_there_are_as_many_samples_as_a_map_shrinks(size):
    pictures = torch.zeros(1, 3, *size)
    places = centres(pictures)
    assert samples(places) == samples(places / 3) == samples(places + 0.3) == [1]
    for factor, number in ((1.3, 2), (2.0, 2), (2.2, 3), (4.0, 4), (100.0, MOST)):
        assert samples(places * factor) == [number]
        assert samples(places * torch.tensor([factor, 1.0])) == [number]
        assert samples(places * torch.tensor([1.0, factor])) == [number]
    for angle in (10.0, 45.0, 90.0):
        turn = TRANSFORMS["rotate"].places(places, torch.tensor([angle]), Setting())
        assert samples(turn) == [1]


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("padding", PADDINGS)
def test_a_shrink_by_a_whole_number_is_the_mean_of_blocks(factor, padding, random_pictures):
    pictures = random_pictures(2, 32, 48)
    found = warp(pictures, centres(pictures) * factor, padding, "antialiased")
    blocks = functional.avg_pool2d(pictures, factor)
    height, width = blocks.shape[-2:]
    top, left = (32 - height) // 2, (48 - width) // 2
    inner = found[..., top : top + height, left : left + width]
    assert_close(inner, blocks, atol=1e-2, rtol=0)


@pytest.mark.parametrize(
    ("name", "degrees", "fine"), [("tilt", 50.0, 3), ("tilt", -35.0, 2), ("swing", 60.0, 4)]
)
def test_a_tilted_print_is_scipy_s_mean_over_each_pixel(name, degrees, fine):
    """By samples of the homography itself, written out."""
    height, width = 40, 52
    noise = np.random.default_rng(3).normal(size=(height, width))
    picture = np.clip(128 + 200 * ndimage.gaussian_filter(noise, 0.8), 0, 255)
    rows = (np.arange(height * fine) + 0.5) / fine - height / 2
    columns = (np.arange(width * fine) + 0.5) / fine - width / 2
    y, x = np.meshgrid(rows, columns, indexing="ij")
    distance = FOCAL * max(height, width)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    near = distance * cos + (y if name == "tilt" else -x) * sin
    across, down = (x * cos, y) if name == "tilt" else (x, y * cos)
    places = [v * distance / near + (side - 1) / 2 for v, side in ((down, height), (across, width))]
    drawn = ndimage.map_coordinates(picture, places, order=1, mode="grid-constant")
    expected = drawn.reshape(height, fine, width, fine).mean(axis=(1, 3))
    tensor = torch.from_numpy(picture).float().expand(1, 3, -1, -1)
    ours, plain = (
        transformed(name, tensor, degrees, "black", resampling)[0, 0].double().numpy()
        for resampling in ("antialiased", "bilinear")
    )
    off, off_plain = (np.sqrt(np.square(each - expected).mean()) for each in (ours, plain))
    # Within a pixel the homography is taken as straight.
    assert off < 0.1 * off_plain
    assert abs((ours - expected).mean()) < 0.05


def test_what_shrinks_nothing_is_as_it_is(random_pictures):
    pictures = random_pictures(2, 20, 26) / 1.3
    for name in ("tilt", "swing", "elastic"):
        assert torch.equal(transformed(name, pictures, 0.0), pictures)
    shift = centres(pictures) + torch.tensor([2 / 26, 4 / 20])
    assert torch.equal(warp(pictures, shift, "edge", "antialiased"), warp(pictures, shift, "edge"))


@settings(max_examples=10)
@given(st.lists(st.sampled_from([0.0, 20.0, -55.0]), min_size=4, max_size=4))
def test_a_picture_s_result_does_not_depend_on_the_batch(random_pictures, drawn):
    pictures = random_pictures(4, 18, 22)
    apply = combined(TRANSFORMS["tilt"], TRANSFORMS["zoom"])
    magnitudes = torch.tensor([[tilt, 1.5] for tilt in drawn], dtype=torch.float64)
    setting = Setting("mean", resampling="antialiased")
    together = apply(pictures, magnitudes, setting)
    for row in range(4):
        part = slice(row, row + 1)
        assert torch.equal(together[part], apply(pictures[part], magnitudes[part], setting))


def test_circular_borders_are_bilinear(random_pictures):
    pictures = random_pictures(1, 12, 12)
    plain = transformed("circular_x", pictures, 0.13, resampling="bilinear")
    assert torch.equal(transformed("circular_x", pictures, 0.13), plain)
    with pytest.raises(ValueError, match=r"'bicubic': must be one of bilinear$"):
        warp(pictures, centres(pictures), "circular", "bicubic")
