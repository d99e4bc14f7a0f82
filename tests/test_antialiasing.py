"""Resampling: the antialiasing filter against Pillow, torchvision and SciPy; Keys' bicubic kernel."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from photographs import photographs
from PIL import Image
from resampled import SHRINKS, few, padded, transformed
from scipy import ndimage
from torch.testing import assert_close
from torchvision.transforms.v2 import functional as torchvision

from invariances.transforms import PADDINGS, RESAMPLINGS, TRANSFORMS, Setting, combined, warp
from invariances.transforms.antialiasing import missing_covariance


def smooth(height, width, width_of_noise=1.2):
    """A picture [3, H, W] without structure as fine as a pixel, and much of three pixels."""
    noise = np.random.default_rng(height * width).normal(size=(3, height, width))
    noise = ndimage.gaussian_filter(noise, (0, width_of_noise, width_of_noise), mode="wrap")
    return np.clip(128 + 40 * noise / noise.std(), 0, 255)


def sources(matrix, height, width):
    """Where output pixels lie in the input [2, H, W], rows and columns; matrix [[a, b], [c, d]] of x, y."""
    y, x = np.mgrid[:height, :width] - np.array([height - 1, width - 1])[:, None, None] / 2
    (a, b), (c, d) = matrix
    return np.stack([c * x + d * y + (height - 1) / 2, a * x + b * y + (width - 1) / 2])


def sampled(padded_picture, by, places):
    """SciPy's bilinear samples of [3, H + 2 by, W + 2 by]."""
    return np.stack([ndimage.map_coordinates(c, places + by, order=1) for c in padded_picture])


# ---- what is missing -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "axes"), SHRINKS.items())
@pytest.mark.parametrize("size", [(20, 20), (14, 30)])
def test_what_is_missing_is_a_shrink_s_square_less_one(name, axes, size):
    magnitudes = torch.tensor([3.0, 0.4, 1.0], dtype=torch.float64)
    found = missing_covariance(TRANSFORMS[name].theta(magnitudes, *size), *size)
    assert_close(found[0], torch.diag(torch.tensor(axes, dtype=torch.float64)) * 8 / 6)
    assert not found[1:].any()


@given(angle=st.floats(-360, 360), size=st.sampled_from([(20, 20), (14, 30)]))
def test_a_turn_shrinks_nothing(angle, size):
    theta = TRANSFORMS["rotate"].theta(torch.tensor([angle], dtype=torch.float64), *size)
    assert not missing_covariance(theta, *size).any()


def test_a_shrink_aslant_is_missing_along_the_slant():
    """J = R S, R a turn by 30 degrees: J J^T - 1 = R (S S - 1) R^T."""
    cos, sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[cos, -sin], [sin, cos]])
    height, width = 10, 25
    matrix = turn @ np.diag([3.0, 0.5])
    sides = np.array([width, height])
    theta = torch.zeros(1, 2, 3, dtype=torch.float64)
    theta[0, :, :2] = torch.from_numpy(matrix * sides / sides[:, None])
    expected = turn @ np.diag([8 / 6, 0]) @ turn.T
    assert_close(missing_covariance(theta, height, width)[0], torch.from_numpy(expected))


# ---- against others' ------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [2, 4])
def test_zooming_out_is_pillow_s_and_torchvision_s_shrink(factor):
    picture = smooth(96, 128)
    height, width = 96 // factor, 128 // factor
    top, left = (96 - height) // 2, (128 - width) // 2
    ours, plain = (
        transformed("zoom", torch.from_numpy(picture)[None], float(factor), "reflect", resampling)
        for resampling in ("antialiased", "bilinear")
    )
    channels = [Image.fromarray(channel.astype(np.float32)) for channel in picture]
    pillow = [each.resize((width, height), Image.Resampling.BILINEAR) for each in channels]
    for theirs in (
        torch.from_numpy(np.stack([np.asarray(each) for each in pillow])),
        torchvision.resize(torch.from_numpy(picture), [height, width], antialias=True),
    ):
        # At the edge they leave out what lies outside.
        off, off_plain = (
            (each[0, :, top : top + height, left : left + width] - theirs)[:, 2:-2, 2:-2]
            for each in (ours, plain)
        )
        # A Gaussian is no triangle: noise shows the difference, a shift by half a pixel would be tenfold.
        assert float(off.square().mean()) < 0.1**2 * float(off_plain.square().mean())
        assert float(off.mean().abs()) < 0.1


def roughness(pictures):
    """Energy of neighbours' differences."""
    return float(pictures.diff(dim=2).square().mean() + pictures.diff(dim=3).square().mean())


@pytest.mark.parametrize(
    ("factor", "plain", "filtered"),
    [(2, (3.55, 1.465), (0.25, 1.017)), (4, (9.62, 2.105), (0.51, 1.027))],
)
def test_on_photographs_the_filter_takes_what_bilinear_sampling_aliases(
    real, factor, plain, filtered
):
    """RMS in grey levels off torchvision's shrink, four pixels from the edge, and the energy's ratio."""
    # Every sixth in the order of classes; they come by their place within each.
    chosen = [place % 5 * 12 + place // 5 for place in range(0, 60, 6)]
    pixels = torch.from_numpy(photographs(real, 60)[0][chosen]).permute(0, 3, 1, 2).float()
    side = 224 // factor
    start = (224 - side) // 2
    theirs = torchvision.resize(pixels, [side, side], antialias=True)
    for resampling, (rms, energy) in (("bilinear", plain), ("antialiased", filtered)):
        ours = transformed("zoom", pixels, float(factor), "reflect", resampling)
        ours = ours[..., start : start + side, start : start + side]
        off = (ours - theirs)[..., 4:-4, 4:-4]
        assert float(off.square().mean().sqrt()) == pytest.approx(rms, abs=0.02)
        assert roughness(ours) / roughness(theirs) == pytest.approx(energy, abs=0.005)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("name", SHRINKS)
@few
@given(exponent=st.floats(0.3, 2))
def test_along_the_axes_it_is_scipy_s_gaussian_and_bilinear_samples(name, padding, exponent):
    picture, factor = smooth(22, 31, 0.3), 2.0**exponent
    across, down = ((factor**2 - 1) / 6 * axis for axis in SHRINKS[name])
    wide = padded(picture, 70, padding)
    for axis, variance in ((2, across), (1, down)):
        sigma = variance**0.5
        if sigma:
            reach = int(np.ceil(4 * sigma))
            wide = ndimage.gaussian_filter1d(wide, sigma, axis=axis, radius=reach, mode="nearest")
    matrix = np.diag([factor if axis else 1 for axis in SHRINKS[name]])
    expected = sampled(wide, 70, sources(matrix, 22, 31))
    ours = transformed(name, torch.from_numpy(picture).float()[None], factor, padding)[0]
    assert_close(ours.double(), torch.from_numpy(expected).clamp(0, 255), atol=0.02, rtol=0)


@pytest.mark.parametrize("padding", ["edge", "reflect"])
@pytest.mark.parametrize("angle", [30.0, -65.0])
@pytest.mark.parametrize("name", ["scale_x", "scale_y"])
def test_aslant_it_is_scipy_s_gaussian_of_the_turned_picture(name, angle, padding):
    """Turned by splines, filtered along its rows or columns alone, turned back; then bilinear samples."""
    height, width, by, factor = 36, 44, 90, 2.5
    picture = smooth(height, width)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cos, -sin], [sin, cos]])  # from output to input, counter-clockwise as seen
    wide = padded(picture, by, padding)
    sigma = ((factor**2 - 1) / 6) ** 0.5
    filtered = []
    for channel in wide:
        turned = ndimage.map_coordinates(
            channel, sources(turn, *channel.shape), order=5, mode="nearest"
        )
        turned = ndimage.gaussian_filter1d(turned, sigma, axis=1 if name == "scale_x" else 0)
        back = ndimage.map_coordinates(turned, sources(turn.T, *channel.shape), order=5)
        filtered.append(back)
    matrix = turn @ np.diag([factor if axis else 1 for axis in SHRINKS[name]])
    expected = sampled(np.stack(filtered), by, sources(matrix, height, width))
    both = combined(TRANSFORMS["rotate"], TRANSFORMS[name])
    tensor = torch.from_numpy(picture).float()[None]
    magnitudes = torch.tensor([[angle, factor]], dtype=torch.float64)
    ours = both(tensor, magnitudes, Setting(padding, resampling="antialiased"))[0].double()
    plain = both(tensor, magnitudes, Setting(padding))[0].double()
    rms = [
        float((each - torch.from_numpy(expected)).square().mean().sqrt()) for each in (ours, plain)
    ]
    assert rms[0] < 0.3
    assert rms[1] > 3


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("angle", [0.0, 40.0])
def test_what_lies_outside_is_filtered_with_the_picture(angle, padding):
    """As in a larger picture that holds it all."""
    by, magnitudes = 60, torch.tensor([[angle, 2.3]], dtype=torch.float64)
    picture = smooth(28, 28)
    wide = torch.from_numpy(padded(picture, by, padding))[None]
    both = combined(TRANSFORMS["rotate"], TRANSFORMS["scale_x"])
    ours = both(
        torch.from_numpy(picture)[None], magnitudes, Setting(padding, resampling="antialiased")
    )
    whole = both(wide, magnitudes, Setting("edge", resampling="antialiased"))
    inner = slice(by, by + 28)
    off = (ours - whole[..., inner, inner]).square().mean().sqrt()
    # A filter aslant dies away slowly: where it is cut off it rings by a tenth of a grey level.
    assert float(off) < (0.2 if angle else 1e-6)
    plain = both(torch.from_numpy(picture)[None], magnitudes, Setting(padding))
    assert float((ours - plain).square().mean().sqrt()) > 3


# ---- what must not change -------------------------------------------------------------------------


EXACT = {
    "translate_x": [0.0, 0.25, -1.25],
    "translate_y": [0.0, 0.5, -0.125],
    "rotate": [0.0, 90.0, -180.0, 270.0],
    "scale_x": [1.0],
    "scale_y": [1.0],
    "zoom": [1.0],
}


@pytest.mark.parametrize("resampling", RESAMPLINGS)
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("name", EXACT)
def test_identity_whole_pixels_and_quarter_turns_are_copied(
    name, padding, resampling, random_pictures
):
    pictures = random_pictures(2, 16, 16) / 1.3
    for magnitude in EXACT[name]:
        found = transformed(name, pictures, magnitude, padding, resampling)
        assert torch.equal(found, transformed(name, pictures, magnitude, padding, "bilinear"))
        if name == "rotate":
            assert torch.equal(found, torch.rot90(pictures, round(magnitude / 90), (2, 3)))
        elif magnitude in (0, 1):
            assert torch.equal(found, pictures)


@pytest.mark.parametrize("name", EXACT)
@given(data=st.data())
def test_what_shrinks_nothing_is_bilinear_to_the_bit(name, random_pictures, data):
    pictures = random_pictures(1, 14, 19)
    bounds = {"rotate": (-360.0, 360.0), "translate_x": (-1.0, 1.0), "translate_y": (-1.0, 1.0)}
    magnitude = data.draw(st.floats(*bounds.get(name, (0.2, 1.0))))
    plain = transformed(name, pictures, magnitude, "edge", "bilinear")
    assert torch.equal(transformed(name, pictures, magnitude, "edge"), plain)


@pytest.mark.parametrize("resampling", RESAMPLINGS)
@pytest.mark.parametrize("padding", PADDINGS)
@few
@given(data=st.data())
def test_a_picture_s_result_does_not_depend_on_the_batch(
    padding, resampling, random_pictures, data
):
    pictures = random_pictures(5, 17, 24)
    angles = st.sampled_from([0.0, 20.0, 90.0])
    drawn = data.draw(
        st.lists(st.tuples(angles, st.sampled_from([0.7, 1.0, 2.0, 3.1])), min_size=5, max_size=5)
    )
    magnitudes = torch.tensor(drawn, dtype=torch.float64)
    apply, setting = (
        combined(TRANSFORMS["rotate"], TRANSFORMS["scale_y"]),
        Setting(padding, resampling=resampling),
    )
    together = apply(pictures, magnitudes, setting)
    for row in range(5):
        alone = apply(pictures[row : row + 1], magnitudes[row : row + 1], setting)
        assert torch.equal(together[row : row + 1], alone)


def test_a_gradient_through_the_filter_is_refused(random_pictures):
    theta = torch.eye(2, 3, dtype=torch.float64)[None].requires_grad_()
    with pytest.raises(ValueError, match="no gradient"):
        warp(random_pictures(1, 8, 8), theta, "black", "antialiased")
    with pytest.raises(ValueError, match="'nearest': must be one of bilinear"):
        warp(random_pictures(1, 8, 8), theta, "black", "nearest")
