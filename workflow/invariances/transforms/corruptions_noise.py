"""ImageNet-C's noises: Gaussian, of photons, and impulses. See ``corruptions``."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from invariances.transforms.corruptions import (
    Levels,
    Random,
    corrupted,
    corruption,
    fraction,
    grey_levels,
)
from invariances.transforms.registry import Setting

SIGMA = (0.08, 0.12, 0.18, 0.26, 0.38)
PHOTONS = (60, 25, 12, 5, 3)
REPLACED = (0.03, 0.06, 0.09, 0.17, 0.27)


@corruption(label="ImageNet-C Gaussian noise")
def c_gaussian_noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I + 255 sigma z, z standard normal for every value, sigma of ``SIGMA``."""
    return corrupted("c_gaussian_noise", _gaussian, pictures, magnitudes, setting)


def _gaussian(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    sigma = SIGMA[severity - 1]
    return grey_levels(fraction(levels) + random.normal(size=levels.shape, scale=sigma))


@corruption(label="ImageNet-C shot noise")
def c_shot_noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Poisson counts of every value, of which white has ``PHOTONS`` on average."""
    return corrupted("c_shot_noise", _shot, pictures, magnitudes, setting)


def _shot(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    photons = PHOTONS[severity - 1]
    return grey_levels(random.poisson(fraction(levels) * photons) / photons)


@corruption(label="ImageNet-C impulse noise")
def c_impulse_noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The share ``REPLACED`` of values black or white, half each, every channel by itself."""
    return corrupted("c_impulse_noise", _impulses, pictures, magnitudes, setting)


def _impulses(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    replaced = random.random_sample(levels.shape) <= REPLACED[severity - 1]
    white = random.random_sample(levels.shape) <= 0.5
    return np.where(replaced, np.where(white, 255.0, 0.0), levels)
