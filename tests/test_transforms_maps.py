"""Perspective, elastic maps and maps of places in general, against rays, SciPy and NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from placed import SCIPY_MODES, SIZES, assert_alike, few, looked_up, pixels, transformed
from scipy import fft, ndimage

from invariances.transforms import PADDINGS, TRANSFORMS, Setting, combined, find, sampled, warp
from invariances.transforms.elastic import SIGMA, WAVES, coefficients
from invariances.transforms.warping import centres

# ---- perspective ---------------------------------------------------------------------------------


def met(name, degrees, height, width):
    """Where rays from a pinhole meet a turned print: x and y [H, W] on it, in pixels from its centre.

    The camera at the origin looks along z, x to the right and y downwards; the print's centre is at
    distance f, 50 / 36 of the longer side. Its axes turn; a ray meets it where it is normal to the normal.
    """
    f, angle = 50 / 36 * max(height, width), np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    # Swing: the right side goes away, to larger z. Tilt: the top, at smaller y, does.
    right = np.array([cos, 0, sin]) if name == "swing" else np.array([1.0, 0, 0])
    below = np.array([0.0, 1, 0]) if name == "swing" else np.array([0, cos, -sin])
    normal, centre = np.cross(right, below), np.array([0, 0, f])
    x, y = pixels(height, width)
    rays = np.stack([x, y, np.full_like(x, f)], axis=-1)
    points = rays * ((normal @ centre) / (rays @ normal))[..., None]
    return (points - centre) @ right, (points - centre) @ below


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("padding", SCIPY_MODES)
@pytest.mark.parametrize("name", ["tilt", "swing"])
@few
@given(degrees=st.floats(-60, 60))
def test_perspective_is_what_rays_meet(name, size, padding, random_pictures, degrees):
    pictures = random_pictures(1, *size)
    theirs = looked_up(pictures, *met(name, degrees, *size), SCIPY_MODES[padding])
    assert_alike(transformed(name, pictures, degrees, padding), theirs)


def test_what_goes_away_gets_smaller():
    """On paper: of a print 36 wide at 50, half of it white, turned by 30 degrees.

    The white's far edge, 9 from the middle, is at depth 50 + 9 / 2: seen at 9 cos 30 50 / 54.5 = 7.15,
    as high as 18 50 / 54.5 = 16.5; the near edge, at 45.5, at 8.57 and 19.8 high.
    """
    white = torch.zeros(1, 3, 360, 360)
    white[..., 90:270, 90:270] = 255
    for name in ("swing", "tilt"):
        seen = transformed(name, white, 30.0)[0, 0] > 127
        # As a swing has it, the far side at the right; a tilt's is at the top.
        seen = seen if name == "swing" else seen.T.flip(1)
        edges = np.flatnonzero(seen[180].numpy())
        assert edges[0] == pytest.approx(180 - 85.7, abs=1)
        assert edges[-1] + 1 == pytest.approx(180 + 71.5, abs=1)
        assert int(seen[:, edges[0] + 1].sum()) == pytest.approx(198, abs=2)
        assert int(seen[:, edges[-1] - 1].sum()) == pytest.approx(165, abs=2)


@pytest.mark.parametrize("degrees", [75.0, -89.0])
def test_beyond_the_horizon_there_is_nothing(degrees, random_pictures):
    pictures = random_pictures(1, 40, 40).clamp_min(1)
    for padding in PADDINGS:
        seen = transformed("swing", pictures, degrees, padding)
        assert bool(torch.isfinite(seen).all())
    beyond = transformed("swing", pictures, degrees)[..., 39 if degrees > 0 else 0]
    assert not beyond.any()


@pytest.mark.parametrize("name", ["tilt", "swing"])
def test_the_print_s_back_is_refused(name, random_pictures):
    with pytest.raises(ValueError, match="between -90 and 90"):
        transformed(name, random_pictures(1, 8, 8), -90.0)


# ---- elastic -------------------------------------------------------------------------------------


def field(seed, number, height, width):
    """The field [2, H, W] of a picture: SciPy's inverse cosine transform of its coefficients."""
    rows = np.zeros((2, height, width))
    rows[:, :WAVES, :WAVES] = coefficients(seed, number).numpy()
    # Orthonormal cosines: sqrt(1 / n) of the constant one, sqrt(2 / n) of the others.
    for axis, size in ((1, height), (2, width)):
        scale = np.where(np.arange(size) > 0, np.sqrt(size / 2), np.sqrt(size))
        rows = rows * np.expand_dims(scale, [each for each in range(3) if each != axis])
    return fft.idctn(rows, type=2, norm="ortho", axes=(1, 2))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("padding", SCIPY_MODES)
@few
@given(v=st.floats(0, 0.1), number=st.integers(-(2**63), 2**63 - 1))
def test_elastic_maps_are_scipy_s(size, padding, random_pictures, v, number):
    pictures = random_pictures(1, *size)
    x, y = pixels(*size)
    right, down = v * min(size) * field(5, number, *size)
    theirs = looked_up(pictures, x + right, y + down, SCIPY_MODES[padding])
    ours = transformed("elastic", pictures, v, padding, torch.tensor([number]))
    assert_alike(ours, theirs)


def test_a_field_is_white_noise_smoothed_and_of_the_stated_strength():
    side = 64
    fields = np.stack([field(3, number, side, side) for number in range(400)])
    np.testing.assert_allclose(np.square(fields).sum(axis=1).mean(axis=(1, 2)), 1, rtol=1e-9)
    np.testing.assert_allclose(fields.mean(axis=(2, 3)), 0, atol=1e-12)
    noise = np.random.default_rng(0).normal(size=(800, side, side))
    smooth = ndimage.gaussian_filter(noise, (0, SIGMA * side, SIGMA * side), mode="reflect")
    smooth -= smooth.mean(axis=(1, 2), keepdims=True)
    ours = _power(fields.reshape(-1, side, side))
    np.testing.assert_allclose(ours, _power(smooth), atol=0.02)


def _power(fields):
    """Share of each wave [6, 6] in a field's mean square."""
    power = np.square(fft.dctn(fields, type=2, norm="ortho", axes=(1, 2))).mean(axis=0)
    return power[:6, :6] / power.sum()


def test_a_field_belongs_to_seed_and_picture_alone(random_pictures):
    picture = random_pictures(1, 20, 20)
    same = transformed("elastic", picture.expand(2, -1, -1, -1), 0.05, ids=torch.tensor([4, 4]))
    assert torch.equal(same[0], same[1])
    other = transformed("elastic", picture, 0.05, ids=torch.tensor([5]))
    assert not torch.allclose(same[:1], other)
    at = torch.tensor([0.05], dtype=torch.float64)
    seeded = TRANSFORMS["elastic"](picture, at, Setting(seed=6, ids=torch.tensor([4])))
    assert not torch.allclose(same[:1], seeded)
    # The same field at another size of the picture, strength in its sides.
    large, small = field(5, 4, 128, 128), field(5, 4, 32, 32)
    means = large.reshape(2, 32, 4, 32, 4).mean(axis=(2, 4))
    np.testing.assert_allclose(means, small, atol=0.1)


# ---- maps of places ------------------------------------------------------------------------------


@pytest.mark.parametrize("padding", PADDINGS)
def test_places_and_matrices_are_one_warp(padding, random_pictures):
    pictures = random_pictures(3, 14, 22)
    angles = torch.tensor([0.0, 20.0, 180.0], dtype=torch.float64)
    rotate = TRANSFORMS["rotate"]
    places = rotate.places(centres(pictures), angles, Setting())
    by_places = warp(pictures, places, padding).clamp(0, 255)
    by_matrix = rotate(pictures, angles, Setting(padding))
    torch.testing.assert_close(by_places, by_matrix, atol=0.02, rtol=0)
    for exact in (0, 2):
        assert torch.equal(by_places[exact], by_matrix[exact])


@pytest.mark.parametrize(
    ("first", "one", "second", "two"),
    [
        ("rotate", 30.0, "swing", 40.0),
        ("swing", 40.0, "rotate", 30.0),
        ("elastic", 0.04, "zoom", 0.7),
        ("zoom", 0.7, "elastic", 0.04),
        ("tilt", -35.0, "elastic", 0.03),
    ],
)
def test_pairs_of_maps_are_one_warp_the_first_first(first, one, second, two, random_pictures):
    """Two steps on a smooth picture with room around it: the same but for interpolating twice."""
    rough = random_pictures(1, 96, 96).double().numpy()
    inner = np.pad(np.ones((56, 56)), 20)
    smooth = ndimage.gaussian_filter(rough * inner, (0, 0, 3, 3))
    pictures = torch.from_numpy(smooth * (200 / smooth.max())).float()
    ids = torch.tensor([8])
    setting = Setting("black", 5, ids)
    both = combined(TRANSFORMS[first], TRANSFORMS[second])
    together = both(pictures, torch.tensor([[one, two]], dtype=torch.float64), setting)
    steps = transformed(second, transformed(first, pictures, one, ids=ids), two, ids=ids)
    swapped = transformed(first, transformed(second, pictures, two, ids=ids), one, ids=ids)
    off = float((together - steps).abs().max())
    assert off < 6
    assert float((together - swapped).abs().max()) > 3 * off


def test_there_and_back_loses_nothing(random_pictures):
    """A print moved out of the picture and back in perspective: one warp brings back what two would not."""
    pictures = random_pictures(1, 12, 12)
    out = combined(TRANSFORMS["translate_x"], TRANSFORMS["swing"])
    moved = out(pictures, torch.tensor([[0.5, 0.0]]).double(), Setting())
    assert torch.equal(moved, transformed("translate_x", pictures, 0.5))


def test_one_s_own_map_of_places_is_a_transform(random_pictures):
    pictures = random_pictures(2, 9, 9)
    try:

        @sampled(label="ripple", unit="", identity=0.0, grid=(0.0, 0.1), axis="linear")
        def ripple(seen, magnitudes, setting):
            x, y = seen.unbind(-1)
            v = magnitudes.to(seen)[:, None, None]
            return torch.stack([x + v * torch.sin(6 * y), y], dim=-1)

        assert find("ripple").geometric
        home = transformed("ripple", pictures, 0.0, "mean")
        assert torch.equal(home, pictures)
        x, y = pixels(9, 9)
        theirs = looked_up(pictures, x + 0.45 * np.sin(6 * y / 4.5), y, "nearest")
        assert_alike(transformed("ripple", pictures, 0.1, "edge"), theirs)
    finally:
        del TRANSFORMS["ripple"]
