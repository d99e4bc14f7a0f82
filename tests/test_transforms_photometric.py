"""Brightness, contrast, grayscale, blur and noise: what their formulas imply."""

import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from invariances.transforms import TRANSFORMS, Setting

blur, noise = TRANSFORMS["blur"], TRANSFORMS["noise"]


def at(magnitude, number=1):
    return torch.full((number,), magnitude, dtype=torch.float64)


def test_full_brightness_is_white_and_none_is_black(random_pictures):
    pictures = random_pictures(2, 5, 5)
    assert torch.equal(
        TRANSFORMS["brightness"](pictures, at(1.0, 2)), torch.full_like(pictures, 255)
    )
    assert torch.equal(TRANSFORMS["brightness"](pictures, at(-1.0, 2)), torch.zeros_like(pictures))


def test_contrast_multiplies_and_saturates():
    pictures = torch.full((3, 3, 2, 2), 100.0)
    changed = TRANSFORMS["contrast"](pictures, torch.tensor([0.5, 2.0, 3.0]))
    assert changed[:, 0, 0, 0].tolist() == [50, 200, 255]


def test_a_grey_picture_does_not_notice_grayscale():
    grey = torch.arange(256.0).reshape(1, 1, 16, 16).expand(1, 3, 16, 16)
    assert_close(TRANSFORMS["grayscale"](grey, at(0.7)), grey, atol=1e-4, rtol=0)


# ---- blur ----------------------------------------------------------------------------------------


def impulse(size, place):
    picture = torch.zeros(1, 3, 1, size)
    picture[..., place] = 255
    return picture


@pytest.mark.parametrize("sigma", [0.1, 0.25, 0.5, 1.0, 2.5, 7.0, 16.0])
def test_the_kernel_keeps_all_but_a_thousandth_of_a_gaussian(sigma):
    size, middle = 301, 150
    kernel = blur(impulse(size, middle), at(sigma))[0, 0, 0].double().numpy() / 255
    distance = np.arange(size) - middle
    gaussian = np.exp(-0.5 * (distance / sigma) ** 2)
    gaussian /= gaussian.sum()
    assert math.isclose(kernel.sum(), 1, abs_tol=1e-5)
    assert np.abs(kernel - gaussian).sum() < 1e-3
    assert_close(kernel, kernel[::-1].copy(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("sigma", [0.4, 3.0, 16.0, 200.0])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 9), (30, 20)])
def test_a_uniform_picture_does_not_notice_blur(sigma, size):
    picture = torch.full((1, 3, *size), 137.0)
    assert_close(blur(picture, at(sigma)), picture, atol=1e-3, rtol=0)


def test_the_border_is_mirrored_without_repeating_the_edge():
    # The first pixel has one image, itself; the second has one on either side of it.
    edge, beside = (blur(impulse(40, place), at(2.0))[0, 0, 0] for place in (0, 1))
    inside = blur(impulse(40, 20), at(2.0))[0, 0, 0]
    assert_close(edge[0], inside[20], atol=1e-3, rtol=0)
    assert_close(beside[0], 2 * inside[21], atol=1e-3, rtol=0)


def test_the_kernel_s_width_is_each_picture_s_own(random_pictures):
    pictures = random_pictures(3, 16, 24)
    sigmas = torch.tensor([0.0, 0.8, 16.0], dtype=torch.float64)
    batch = blur(pictures, sigmas)
    for place, sigma in enumerate(sigmas):
        assert torch.equal(batch[place : place + 1], blur(pictures[place : place + 1], sigma[None]))


def test_more_blur_leaves_less_variance(random_pictures):
    picture = random_pictures(1, 48, 48)
    spread = [float(blur(picture, at(sigma)).std()) for sigma in blur.magnitudes]
    assert spread == sorted(spread, reverse=True)


def test_tiny_sigmas_change_nothing_and_negative_ones_are_refused(random_pictures):
    picture = random_pictures(1, 8, 8)
    assert torch.equal(blur(picture, at(1e-30)), picture)
    with pytest.raises(ValueError, match=r"blur: sigma.*-1"):
        blur(picture, at(-1.0))


# ---- noise ---------------------------------------------------------------------------------------


def noisy(sigma, ids, seed=0, size=32):
    grey = torch.full((len(ids), 3, size, size), 127.5)
    return noise(grey, at(sigma, len(ids)), Setting(seed=seed, ids=torch.tensor(ids)))


def test_the_draw_depends_on_seed_and_picture_only():
    big = 2**56 - 1
    alone = noisy(0.1, [big])
    assert torch.equal(noisy(0.1, [3, big, 3, 8])[1:2], alone)
    assert not torch.equal(noisy(0.1, [3]), alone)
    assert not torch.equal(noisy(0.1, [big], seed=1), alone)
    assert not torch.equal(noisy(0.1, [big - 1]), alone)


def test_every_digit_of_the_picture_s_number_counts():
    draws = noisy(0.1, [5 + shift for shift in (0, 1, 2**16, 2**32, 2**48)])
    assert len({draw.numpy().tobytes() for draw in draws}) == 5


def test_the_draw_does_not_depend_on_what_was_drawn_before():
    first = noisy(0.1, [5])
    torch.manual_seed(99)
    noisy(0.1, list(range(100)))  # more than are kept in memory
    assert torch.equal(noisy(0.1, [5]), first)
    state = torch.random.get_rng_state()
    noisy(0.1, [6, 7])
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_draw_is_the_same_for_all_magnitudes():
    one, two = noisy(0.02, [4]) - 127.5, noisy(0.04, [4]) - 127.5
    assert_close(2 * one, two, atol=1e-3, rtol=0)


def test_the_draw_is_standard_normal_and_its_pictures_independent():
    draws = (noisy(0.05, list(range(24)), size=64) - 127.5) / (0.05 * 255)
    number = draws.numel()
    assert abs(float(draws.mean())) < 4 / math.sqrt(number)
    assert abs(float(draws.std()) - 1) < 4 / math.sqrt(2 * number)
    assert abs(float((draws**4).mean()) - 3) < 0.1
    correlation = torch.corrcoef(draws.flatten(1))
    off = correlation - torch.eye(24)
    assert float(off.abs().max()) < 6 / math.sqrt(draws[0].numel())
    channels = torch.corrcoef(draws.transpose(0, 1).flatten(1)) - torch.eye(3)
    assert float(channels.abs().max()) < 0.02


def test_a_draw_made_without_gradients_serves_where_they_are_needed():
    with torch.inference_mode():
        noisy(0.1, [77])
    sigma = at(0.1).requires_grad_()
    grey = torch.full((1, 3, 32, 32), 127.5)
    noise(grey, sigma, Setting(ids=torch.tensor([77]))).square().sum().backward()
    assert sigma.grad is not None
    assert float(sigma.grad.abs()) > 0
