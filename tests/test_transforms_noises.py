"""Salt and pepper, uniform, shot and phase noise: distributions, nesting, and what a draw depends on."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch.testing import assert_close

from invariances.transforms import TRANSFORMS, Setting
from invariances.transforms.noises import SALT, SHOT, UNIFORM, quantiles

DRAWN = (
    "salt_and_pepper",
    "uniform_noise",
    "shot_noise",
    "phase_noise",
    "occlude",
    "occlude_around",
)


def noisy(name, pictures, magnitude, ids=None, seed=0):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    ids = None if ids is None else torch.tensor(ids)
    return TRANSFORMS[name](pictures, magnitudes, Setting(seed=seed, ids=ids))


def even(level, number=1, size=64):
    return torch.full((number, 3, size, size), float(level))


@pytest.mark.parametrize("name", DRAWN)
def test_the_draw_depends_on_seed_and_picture_only(name, random_pictures):
    big = 2**56 - 1
    picture = random_pictures(1, 12, 15)
    magnitude = TRANSFORMS[name].magnitudes[len(TRANSFORMS[name].magnitudes) // 2]
    alone = noisy(name, picture, magnitude, [big])
    torch.manual_seed(99)
    np.random.seed(1)  # noqa: NPY002 the global generator must not matter
    noisy(name, picture.expand(60, -1, -1, -1), magnitude, list(range(60)))
    among = noisy(name, picture.expand(4, -1, -1, -1), magnitude, [3, big, 3, 8])
    assert torch.equal(among[1:2], alone)
    assert torch.equal(among[0], among[2])
    assert not torch.equal(among[0], among[3])
    assert not torch.equal(noisy(name, picture, magnitude, [big], seed=1), alone)
    assert not torch.equal(noisy(name, picture, magnitude, [big - 1]), alone)
    assert torch.equal(noisy(name, picture, magnitude), noisy(name, picture, magnitude, [0]))


def test_transforms_do_not_share_their_draws():
    one, two = (kind(even(0), Setting(ids=torch.tensor([5])), (50, 50)) for kind in (SALT, UNIFORM))
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.1
    assert one.min() >= 0 and one.max() < 1


# ---- salt and pepper -----------------------------------------------------------------------------


def test_salt_and_pepper_replace_their_share_half_and_half():
    for share in (0.1, 0.5, 0.9):
        changed = noisy("salt_and_pepper", even(100, 8), share)
        number = 8 * 64 * 64
        for level in (0, 255):
            spread = 4 * np.sqrt(number * share / 2)
            assert abs(int((changed[:, 0] == level).sum()) - number * share / 2) < spread
        assert torch.equal(changed[:, 0], changed[:, 2])
    assert set(noisy("salt_and_pepper", even(100), 1.0).unique().tolist()) == {0, 255}


def test_what_is_salt_at_a_share_is_salt_at_every_larger_one():
    before = noisy("salt_and_pepper", even(100), 0.0)
    for share in np.linspace(0.05, 1, 20):
        after = noisy("salt_and_pepper", even(100), float(share))
        replaced = before != 100
        assert torch.equal(after[replaced], before[replaced])
        assert int((after != 100).sum()) > int(replaced.sum())
        before = after


# ---- uniform -------------------------------------------------------------------------------------


def test_uniform_noise_is_uniform_and_grows_in_proportion():
    noise = (noisy("uniform_noise", even(127.5, 4), 0.2) - 127.5) / (0.2 * 255)
    assert float(noise.min()) >= -1 and float(noise.max()) <= 1
    assert stats.kstest(noise.flatten().numpy()[:20000], stats.uniform(-1, 2).cdf).pvalue > 1e-3
    twice = noisy("uniform_noise", even(127.5, 4), 0.4) - 127.5
    assert_close(twice, 2 * 0.2 * 255 * noise, atol=1e-3, rtol=0)
    channels = np.corrcoef(noise.transpose(0, 1).flatten(1).numpy()) - np.eye(3)
    assert np.abs(channels).max() < 0.05


# ---- shot ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 12.0, 60.0, 400.0, 66000.0])
def test_quantiles_are_scipy_s(mean):
    at = np.concatenate([np.random.default_rng(0).random(500), [1e-9, 1 - 1e-9]])
    assert_close(quantiles(mean, at), stats.poisson.ppf(at, mean))


def test_a_value_s_count_is_the_quantile_of_its_own_draw():
    levels = torch.arange(256.0).repeat(48).reshape(1, 3, 64, 64)
    draw = SHOT(levels, Setting(seed=3, ids=torch.tensor([11])), (3, 64, 64))[0].numpy()
    for deviation in (0.05, 0.2, 0.577):
        mean = levels.double().numpy()[0] / 255 / deviation**2
        photons = np.where(mean > 0, stats.poisson.ppf(draw, mean), 0)
        expected = np.clip(255 * deviation**2 * photons, 0, 255)
        counted = noisy("shot_noise", levels, deviation, [11], seed=3)[0].double().numpy()
        assert_close(counted, expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize(("level", "deviation"), [(60, 0.05), (128, 0.1), (60, 0.2)])
def test_shot_noise_keeps_the_mean_and_grows_with_the_root_of_the_level(level, deviation):
    noise = noisy("shot_noise", even(level, 4), deviation)
    spread = 255 * deviation * np.sqrt(level / 255)
    number = noise.numel()
    assert abs(float(noise.mean()) - level) < 5 * spread / np.sqrt(number) + 0.2
    assert float(noise.std()) == pytest.approx(spread, rel=0.03)


def test_black_has_no_photons_and_a_little_more_noise_moves_values_a_little():
    assert float(noisy("shot_noise", even(0), 0.5).abs().max()) == 0
    one, two = (noisy("shot_noise", even(120, 2), deviation) for deviation in (0.1, 0.101))
    # Both are counts of about 50 photons: alike but for one photon, 2.6 grey levels, here and there.
    assert float((one - two).abs().mean()) < 1.0
    assert np.corrcoef(one.flatten().numpy(), two.flatten().numpy())[0, 1] > 0.98


# ---- phases --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(16, 16), (15, 15), (12, 17), (9, 14), (1, 6), (5, 1)])
@pytest.mark.parametrize("degrees", [10.0, 90.0, 180.0])
def test_phases_move_within_their_bound_and_amplitudes_stay(size, degrees, random_pictures):
    pictures = random_pictures(2, *size) / 8 + 110  # nothing is clamped
    changed = noisy("phase_noise", pictures, degrees)
    before = np.fft.fft2(pictures.double().numpy())
    after = np.fft.fft2(changed.double().numpy())
    assert_close(np.abs(after), np.abs(before), atol=2e-2, rtol=1e-3)
    strong = np.abs(before) > 5
    shift = np.degrees(np.angle(after / np.where(strong, before, 1)))
    assert np.abs(shift[strong]).max() <= degrees + 0.5
    # The mean and the channels' relation stay.
    assert_close(changed.mean(dim=(2, 3)), pictures.mean(dim=(2, 3)), atol=1e-3, rtol=0)
    both = strong.all(axis=1)
    spread = np.abs(np.exp(1j * np.radians(shift[:, 0])) - np.exp(1j * np.radians(shift[:, 1])))
    assert spread[both].max() < 0.02


def test_phases_are_uniform_and_in_proportion_to_the_magnitude(random_pictures):
    picture = random_pictures(1, 48, 48) / 8 + 110
    before = np.fft.fft2(picture[0, 0].double().numpy())

    def shifts(degrees):
        after = np.fft.fft2(noisy("phase_noise", picture, degrees)[0, 0].double().numpy())
        return np.degrees(np.angle(after / before))[np.abs(before) > 20]

    one, two = shifts(40.0), shifts(80.0)
    assert stats.kstest(one / 40, stats.uniform(-1, 2).cdf).pvalue > 1e-3
    assert_close(2 * one, two, atol=0.5, rtol=0)
