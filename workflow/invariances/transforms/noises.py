"""Noise beside the paper's Gaussian one: of sensors (salt and pepper, photons), uniform, and of phases.

Each is drawn once a picture, from (seed, picture) alone; the magnitude decides what is made of the draw.
"""

from functools import lru_cache

import numpy as np
import torch
from scipy import special
from torch import Tensor

from invariances.transforms.batches import Array, each, tensor_like
from invariances.transforms.draws import Drawn, uniform
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
    drawn = SALT(pictures, setting, (1, *pictures.shape[-2:]))
    return each(_peppered, 0.0, pictures, magnitudes, drawn)


def _peppered(picture: Tensor, share: float, draw: Tensor) -> Tensor:
    return picture.masked_fill(draw < share / 2, 0).masked_fill(draw >= 1 - share / 2, 255)


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
        lambda picture, v, draw: picture + (255 * v) * (2 * draw - 1).to(picture.dtype),
        *(0.0, pictures, magnitudes, UNIFORM(pictures, setting, tuple(pictures.shape[1:]))),
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
    drawn = SHOT(pictures, setting, tuple(pictures.shape[1:]))
    return each(_counted, 0.0, pictures, magnitudes, drawn, alone=True)


def _counted(picture: Tensor, deviation: float, drawn: Tensor) -> Tensor:
    draw = drawn.cpu().numpy()
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
    return each(
        _shifted, 0.0, pictures, magnitudes, PHASES(pictures, setting, tuple(pictures.shape[-2:]))
    )


def _shifted(picture: Tensor, degrees: float, shifts: Tensor) -> Tensor:
    angle = (np.radians(degrees) * shifts).to(picture.dtype).unsqueeze(-3)
    waves = torch.fft.rfft2(picture) * torch.polar(torch.ones_like(angle), angle)
    shifted: Tensor = torch.fft.irfft2(waves, s=picture.shape[-2:])
    return shifted


def _phases(keys: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Shifts in [-1, 1) of the waves [N, H, W // 2 + 1] that ``rfft2`` has of pictures [H, W].

    A real picture's wave -k is the conjugate of its wave k. In the first column, and the last of an even
    width, both are there: the second is shifted back by as much. A wave that is its own conjugate stays.
    """
    height, width = shape
    draw = 2 * uniform(keys, (height, width // 2 + 1)) - 1
    row = torch.arange(height, device=keys.device)
    opposite, shifts = -row % height, draw.clone()
    for column in {0, width // 2} if width % 2 == 0 else {0}:
        own, others = draw[..., column], -draw[:, opposite, column]
        shifts[..., column] = torch.where(row < opposite, own, others) * (row != opposite)
    return shifts


SALT, UNIFORM, SHOT = (
    Drawn(name, uniform) for name in ("salt_and_pepper", "uniform_noise", "shot_noise")
)
PHASES = Drawn("phase_noise", _phases)
