"""ImageNet-C's fifteen corruptions against the package corrupt-tta, which has NumPy, SciPy, OpenCV and
scikit-image for what is here the library's own."""

from functools import partial
from pathlib import Path

import corrupt_tta
import numpy as np
import pytest
import torch
from corrupt_tta import corruptions as theirs
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.util import random_noise
from torch.testing import assert_close

from invariances import packages
from invariances.configuration import grid
from invariances.configuration.declaration import Grid
from invariances.configuration.grids import transforms
from invariances.configuration.presets import IMAGENET_C
from invariances.errors import InputError
from invariances.transforms import TRANSFORMS, Setting, corruptions_weather
from invariances.transforms.corruptions import draws
from invariances.transforms.corruptions_blur import disc, line

ROOT = Path(__file__).parents[1]
# The largest difference in grey levels: rounding to float32, of OpenCV's arithmetic and of the result.
TOLERANCE = {
    "c_zoom_blur": 1e-3,
    "c_snow": 1e-3,
    "c_brightness": 1e-2,
    "c_elastic_transform": 2e-2,
}
STILL = (
    "c_defocus_blur",
    "c_zoom_blur",
    "c_brightness",
    "c_contrast",
    "c_pixelate",
    "c_jpeg_compression",
)


def photograph(height, width, seed=0):
    """uint8 [height, width, 3]: as smooth as one, with an even patch, black and white."""
    rough = np.random.default_rng(seed).normal(size=(height, width, 3))
    soft = 127.5 + 250 * ndimage.gaussian_filter(rough, (2, 2, 0))
    levels = np.clip(soft, 0, 255).round().astype(np.uint8)
    levels[: height // 3, : width // 3] = 201, 90, 34
    levels[-2:, -3:], levels[-2:, :3] = 0, 255
    return levels


def corrupted(name, levels, severity, number=0, seed=0):
    pictures = torch.tensor(levels).permute(2, 0, 1)[None].float()
    setting = Setting(seed=seed, ids=torch.tensor([number]))
    changed = TRANSFORMS[name](pictures, torch.tensor([float(severity)]), setting)
    return changed[0].permute(1, 2, 0).double().numpy()


def by_corrupt_tta(name, levels, severity, number=0, seed=0):
    """With the random numbers that are ours: NumPy's global ones, and for impulses scikit-image's own.

    At some sizes (87 pixels threefold; not 224) SciPy's zoom takes the last pixel for outside, by rounding,
    and leaves a black row: the edge is repeated there instead.
    """
    before = np.random.get_state()  # noqa: NPY002
    impulses = partial(random_noise, rng=draws(name, seed, number))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(theirs, "random_noise", impulses)
        patched.setattr(theirs, "scizoom", partial(ndimage.zoom, mode="nearest"))
        np.random.set_state(draws(name, seed, number).get_state())  # noqa: NPY002
        try:
            changed = corrupt_tta.corrupt(levels, severity, name.removeprefix("c_"))
        finally:
            np.random.set_state(before)  # noqa: NPY002
    return changed.astype(float)


@pytest.mark.parametrize("name", IMAGENET_C)
def test_it_is_corrupt_tta_s(name):
    for size in ((96, 96), (61, 87)):
        for severity in range(1, 6):
            levels = photograph(*size, seed=severity)
            ours = corrupted(name, levels, severity, number=7, seed=severity)
            expected = by_corrupt_tta(name, levels, severity, number=7, seed=severity)
            assert_close(ours, expected, atol=TOLERANCE.get(name, 1e-4), rtol=0)
            assert np.abs(ours - levels).mean() > 0.5
    levels = photograph(224, 224)
    ours, expected = corrupted(name, levels, 4), by_corrupt_tta(name, levels, 4)
    assert_close(ours, expected, atol=TOLERANCE.get(name, 1e-4), rtol=0)


@given(
    st.sampled_from(IMAGENET_C),
    st.tuples(st.integers(4, 40), st.integers(4, 40)),
    st.integers(1, 5),
    st.integers(0, 2**40),
)
@settings(max_examples=60)
def test_at_every_size_it_is_corrupt_tta_s(name, size, severity, number):
    # Points that move by more than they are apart make maps in which float32 loses its digits.
    assume(name != "c_elastic_transform" or (severity > 2 and min(size) >= 24))
    levels = photograph(*size)
    ours = corrupted(name, levels, severity, number)
    expected = by_corrupt_tta(name, levels, severity, number)
    assert_close(ours, expected, atol=TOLERANCE.get(name, 1e-4), rtol=0)


def test_frost_is_enlarged_for_larger_pictures():
    """By OpenCV there: up to a grey level of the frost."""
    levels = photograph(640, 910)
    for number in range(3):
        expected = by_corrupt_tta("c_frost", levels, 1, number)
        assert np.abs(corrupted("c_frost", levels, 1, number) - expected).max() <= 0.4 + 1e-4


@pytest.mark.parametrize("name", IMAGENET_C)
def test_a_picture_is_rounded_before_but_not_after(name):
    levels = photograph(24, 31).astype(float)
    near = np.clip(levels + np.random.default_rng(0).uniform(-0.4, 0.4, levels.shape), 0, 255)
    assert np.array_equal(corrupted(name, near, 2), corrupted(name, levels, 2))
    assert np.array_equal(corrupted(name, near, 0), near.astype(np.float32))
    whole = name in ("c_impulse_noise", "c_jpeg_compression", "c_pixelate")
    after = corrupted(name, levels, 2)
    assert (np.abs(after - after.round()).max() < 1e-6) == whole


@pytest.mark.parametrize("name", IMAGENET_C)
def test_the_draw_depends_on_seed_and_picture_only(name):
    levels = photograph(24, 31)
    big = 2**56 - 1
    alone = corrupted(name, levels, 3, big)
    torch.manual_seed(99)
    np.random.seed(1)  # noqa: NPY002 the global generator must not matter
    batch = torch.tensor(levels).permute(2, 0, 1).float().expand(4, -1, -1, -1)
    setting = Setting(ids=torch.tensor([3, big, 3, 8]))
    severities = torch.tensor([3.0, 3.0, 0.0, 3.0])
    among = TRANSFORMS[name](batch, severities, setting)
    assert np.array_equal(among[1].permute(1, 2, 0).double().numpy(), alone)
    assert torch.equal(among[2], batch[2])
    random = name not in STILL
    assert torch.equal(among[0], among[3]) != random
    assert np.array_equal(corrupted(name, levels, 3, big, seed=1), alone) != random


def test_severities_share_their_draws_and_corruptions_do_not():
    grey = np.full((40, 40, 3), 128.0)
    mild, more = (corrupted("c_gaussian_noise", grey, s, 5) - 128 for s in (1, 2))
    inside = np.abs(more) < 126
    assert_close((mild / 0.08)[inside], (more / 0.12)[inside], atol=1e-3, rtol=0)
    one, two = (draws(name, 0, 5).random_sample(9) for name in ("c_fog", "c_snow"))
    assert np.abs(one - two).min() > 1e-6


def test_what_is_no_severity_is_refused():
    for severity in (2.5, 6.0, -1.0):
        with pytest.raises(ValueError, match="c_fog: magnitudes are whole numbers from 0 to 5"):
            corrupted("c_fog", photograph(8, 8), severity)
    with pytest.raises(InputError, match=r"c_fog\.magnitudes"):
        grid("c_fog", Grid(magnitudes=[0, 2.5]), TRANSFORMS["c_fog"])
    assert grid("c_fog", Grid(), TRANSFORMS["c_fog"]) == [0, 1, 2, 3, 4, 5]


def test_without_its_photographs_frost_is_refused_before_the_first_job(monkeypatch):
    named = dict.fromkeys(IMAGENET_C)
    assert list(transforms(named)) == list(IMAGENET_C)
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    corruptions_weather._frost.cache_clear()
    said = r"frost for c_frost: comes with the package corrupt_tta, which is missing; `make setup-photo"
    with pytest.raises(InputError, match=said):
        transforms(named)
    del named["c_frost"]
    assert len(transforms(named)) == 14


# ---- on paper ------------------------------------------------------------------------------------


def test_a_disc_and_a_line_are_what_they_are():
    sharp = disc(3, 0.1)
    # 29 pixels are within 3 of one.
    assert sharp.shape == (17, 17) and np.count_nonzero(sharp > 1e-9) == 29
    assert sharp[8, 11] == pytest.approx(1 / 29) and sharp[8, 12] < 1e-9
    assert disc(10, 0.5).shape == (21, 21)
    for radius, sigma in ((3, 0.1), (6, 0.5)):
        assert disc(radius, sigma).sum() == pytest.approx(1)
    level, slanted = line(4, 0), line(4, 45)
    assert np.array_equal(level[4], np.full(9, 1 / 9)) and np.count_nonzero(level) == 9
    # Counter-clockwise as seen: the right end goes up, to smaller rows.
    assert slanted[2, 6] > 0.1 and slanted[6, 6] == 0
    assert slanted.sum() == pytest.approx(1)


def test_plasma_continues_across_its_borders():
    clouds = corruptions_weather.plasma(64, np.random.RandomState(0))
    assert clouds.min() == 0 and clouds.max() == 1
    within = np.abs(np.diff(clouds, axis=0)).mean()
    across = np.abs(clouds[0] - clouds[-1]).mean()
    assert across < 3 * within < np.abs(clouds - clouds[::-1]).mean()
