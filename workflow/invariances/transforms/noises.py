"""Noise beside the paper's Gaussian one: of sensors (salt and pepper, photons), uniform, and of phases.

Each is drawn once a picture, on the CPU and from (seed, picture) alone; the magnitude decides what is made
of the draw.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import special
from torch import Tensor

from invariances.transforms.batches import Array, each, numbers, tensor_like, uniform
from invariances.transforms.registry import Setting, linear, photometric

LEVELS = 256


@photometric(
    label="salt and pepper",
    unit="share of pixels",
    identity=0.0,
    grid=linear(0, 1, 21),
    axis="linear",
)
def salt_and_pepper(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """A share v of pixels replaced, half by black and half by white, all channels together.

    Nested: what is replaced at a share is replaced, by the same, at every larger one.
    """
    return each(
        _peppered, 0.0, pictures, magnitudes, _draws("salt_and_pepper", pictures, setting, 1)
    )


def _peppered(picture: Tensor, share: float, draw: Array) -> Tensor:
    salt, pepper = (torch.from_numpy(where) for where in (draw >= 1 - share / 2, draw < share / 2))
    black = picture.masked_fill(pepper.to(picture.device), 0)
    return black.masked_fill(salt.to(picture.device), 255)


@photometric(
    label="uniform noise",
    unit="half width, fraction of full scale",
    identity=0.0,
    grid=linear(0, 1, 21),
    axis="linear",
)
def uniform_noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I + 255 v u, u uniform in [-1, 1) for every value (Geirhos et al. 2018, of grey pictures)."""
    return each(
        lambda picture, v, draw: picture + (255 * v) * tensor_like(2 * draw - 1, picture),
        *(0.0, pictures, magnitudes, _draws("uniform_noise", pictures, setting, 3)),
    )


@photometric(
    label="shot noise",
    unit="standard deviation at white, fraction of full scale",
    identity=0.0,
    grid=linear(0, 1, 21),
    axis="linear",
)
def shot_noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Photons counted: a Poisson number with mean (I / 255) / v², times 255 v².

    White is 1 / v² photons, and deviates by v; ImageNet-C's are 60 to 3 (v = 0.13 to 0.58). The count of a
    value is the quantile of its distribution at one draw that does not depend on v, so that it moves as
    the distribution does. Values are rounded to whole grey levels first.
    """
    return each(_counted, 0.0, pictures, magnitudes, _draws("shot_noise", pictures, setting, 3))


def _counted(picture: Tensor, deviation: float, draw: Array) -> Tensor:
    levels = picture.detach().round().to(torch.uint8).cpu().numpy().ravel()
    order = np.argsort(levels, kind="stable")
    ends = np.cumsum(np.bincount(levels, minlength=LEVELS))
    photons = np.zeros(levels.size)
    for level in range(1, LEVELS):
        place = order[ends[level - 1] : ends[level]]
        if place.size:
            photons[place] = quantiles(level / 255 / deviation**2, draw.ravel()[place])
    return tensor_like((255 * deviation**2 * photons).reshape(draw.shape), picture)


def quantiles(mean: float, at: Array) -> Array:
    """The smallest counts that a Poisson number of this mean stays at or below with probability `at`."""
    # Of 1e-12 of the draws the count is the window's end.
    reach = 7 * np.sqrt(mean) + 12
    first = max(0, int(mean - reach))
    return first + np.searchsorted(_cumulated(mean, first, int(mean + reach)), at).astype(float)


@lru_cache(maxsize=8192)
def _cumulated(mean: float, first: int, last: int) -> Array:
    return np.asarray(special.pdtr(np.arange(first, last), mean))


@photometric(
    label="phase noise",
    unit="degrees",
    identity=0.0,
    grid=linear(0, 180, 13),
    axis="linear",
)
def phase_noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The phase of every wave of the discrete Fourier transform shifted by v u, u uniform in [-1, 1).

    Geirhos et al. 2018: amplitudes stay, at 180 degrees phases are random. The mean stays, the three
    channels of a picture are shifted alike, and the picture repeats itself at its border.
    """
    height, width = pictures.shape[-2:]
    shifts = [_phases(setting.seed, number, height, width) for number in numbers(pictures, setting)]
    return each(_shifted, 0.0, pictures, magnitudes, shifts)


def _shifted(picture: Tensor, degrees: float, shifts: Array) -> Tensor:
    angle = tensor_like(np.radians(degrees) * shifts, picture)
    waves = torch.fft.rfft2(picture) * torch.polar(torch.ones_like(angle), angle)
    shifted: Tensor = torch.fft.irfft2(waves, s=picture.shape[1:])
    return shifted


@lru_cache(maxsize=32)
def _phases(seed: int, number: int, height: int, width: int) -> Array:
    """Shifts in [-1, 1) of the waves [H, W // 2 + 1] that ``rfft2`` has.

    A real picture's wave -k is the conjugate of its wave k. In the first column, and the last of an even
    width, both are there: the second is shifted back by as much. A wave that is its own conjugate stays.
    """
    draw = 2 * uniform("phase_noise", seed, number, (height, width // 2 + 1)) - 1
    shifts, opposite = draw.copy(), -np.arange(height) % height
    for column in {0, width // 2} if width % 2 == 0 else {0}:
        first = np.arange(height) < opposite
        shifts[:, column] = np.where(first, draw[:, column], -draw[opposite, column])
        shifts[np.arange(height) == opposite, column] = 0
    return shifts


def _draws(
    name: str, pictures: Tensor, setting: Setting, channels: int
) -> list[NDArray[np.float64]]:
    """One uniform draw [channels, H, W] in [0, 1) a picture."""
    shape = (channels, *pictures.shape[-2:])
    return [uniform(name, setting.seed, number, shape) for number in numbers(pictures, setting)]
