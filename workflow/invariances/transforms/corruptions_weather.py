"""ImageNet-C's weather: snow, frost, fog and brightness. See ``corruptions``."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from invariances.packages import file_in
from invariances.transforms.batches import Array
from invariances.transforms.corruptions import (
    Levels,
    Random,
    corrupted,
    corruption,
    fraction,
    grey_levels,
)
from invariances.transforms.corruptions_blur import correlated, line, magnified
from invariances.transforms.corruptions_continuous import brightness_hsv
from invariances.transforms.registry import Setting

SNOW = (
    (0.1, 0.3, 3.0, 0.5, 10, 0.8),
    (0.2, 0.3, 2.0, 0.5, 12, 0.7),
    (0.55, 0.3, 4.0, 0.9, 12, 0.7),
    (0.55, 0.3, 4.5, 0.85, 12, 0.65),
    (0.55, 0.3, 2.5, 0.85, 12, 0.55),
)
"""Flakes: mean and standard deviation, magnification, least value; half a streak's length in pixels; the
picture's own share."""
FROST = ((1.0, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75))
"""Weights of the picture and of the frost."""
FROSTS = ("frost1.png", "frost2.png", "frost3.png", "frost4.jpg", "frost5.jpg", "frost6.jpg")
FOG = (1.5, 2.0, 2.5, 2.5, 3.0)
"""The densest fog, as a fraction of full scale."""
BRIGHTER = (0.1, 0.2, 0.3, 0.4, 0.5)
"""What is added to the value of HSV, as a fraction of full scale."""


@corruption(label="ImageNet-C snow")
def c_snow(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """A paler picture with falling flakes and the same turned by half a turn, by ``SNOW``."""
    return corrupted("c_snow", _snowed, pictures, magnitudes, setting)


def _snowed(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    mean, deviation, factor, least, reach, share = SNOW[severity - 1]
    picture = fraction(levels)
    flakes = random.normal(size=levels.shape[:2], loc=mean, scale=deviation)
    larger = magnified(flakes[..., None], factor)
    falling = np.where(larger < least, 0, larger)
    layer = np.clip(correlated(falling, line(reach, random.uniform(-135, -45))), 0, 1)
    # Luma of ITU-R BT.601.
    pale = picture @ np.array([0.299, 0.587, 0.114]) * 1.5 + 0.5
    picture = share * picture + (1 - share) * np.maximum(picture, pale[..., None])
    return grey_levels(picture + layer + layer[::-1, ::-1])


@corruption(label="ImageNet-C frost")
def c_frost(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The picture and a random part of one of six photographs of frost, added up with weights ``FROST``.

    The photographs are read from the package corrupt-tta, which need not be able to run. Raises InputError
    where it is not installed.
    """
    return corrupted("c_frost", _frosted, pictures, magnitudes, setting)


def _frosted(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    height, width = levels.shape[:2]
    frost = _frost(random.randint(1, 7), height, width)
    # From 0 to the last place where it fits.
    top = random.randint(0, frost.shape[0] - height + 1)
    left = random.randint(0, frost.shape[1] - width + 1)
    share, weight = FROST[severity - 1]
    part = frost[top : top + height, left : left + width]
    return np.clip(share * levels + weight * part, 0, 255)


@lru_cache(maxsize=len(FROSTS))
def _frost(number: int, height: int, width: int) -> Levels:
    """Photograph 1 to 6 [at least height, at least width, 3], enlarged where it is smaller than that."""
    file = f"assets/frost/{FROSTS[number - 1]}"
    with Image.open(file_in("corrupt_tta", file, "photographs of frost for c_frost")) as image:
        frost = image.convert("RGB")
    factor = max(height / frost.height, width / frost.width)
    if factor > 1:
        # Bilinear, as OpenCV has it: enlarging, Pillow's reaches no further.
        size = (int(np.ceil(frost.width * factor)), int(np.ceil(frost.height * factor)))
        frost = frost.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(frost)


@corruption(label="ImageNet-C fog")
def c_fog(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """(I + 255 f p) m / (m + 255 f): p a plasma of 0 to 1, f of ``FOG``, m the picture's largest value."""
    return corrupted("c_fog", _fogged, pictures, magnitudes, setting)


def _fogged(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    density = FOG[severity - 1]
    height, width = levels.shape[:2]
    picture = fraction(levels)
    largest = picture.max()
    side = 1 << (max(height, width) - 1).bit_length()
    fog = plasma(side, random)[:height, :width, None]
    return grey_levels((picture + density * fog) * largest / (largest + density))


def plasma(side: int, random: Random, decay: float = 3.0) -> Array:
    """Clouds from 0 to 1 [side, side], side a power of two from 2 on, that continue across their borders.

    The diamond-square algorithm (Fournier, Fussell and Carpenter 1982): from a coarse grid to the finest,
    each new point is the mean of its four neighbours and a random number, `decay` times less at each step
    (its range, which is the square of that, `decay` squared times less).
    """
    heights = np.zeros((side, side))
    step, strength = side, 100.0

    def new(neighbours: Array) -> Array:
        return neighbours / 4 + strength * random.uniform(-strength, strength, neighbours.shape)

    while step >= 2:
        half = step // 2
        corners = heights[::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=0)
        heights[half::step, half::step] = new(pairs + np.roll(pairs, -1, axis=1))
        centres = heights[half::step, half::step]
        for axis in (0, 1):
            around = centres + np.roll(centres, 1, axis) + corners + np.roll(corners, -1, 1 - axis)
            rows, columns = (0, half) if axis == 0 else (half, 0)
            heights[rows::step, columns::step] = new(around)
        step, strength = half, strength / decay
    heights -= heights.min()
    return np.asarray(heights / heights.max())


@corruption(label="ImageNet-C brightness")
def c_brightness(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """``brightness_hsv`` by ``BRIGHTER``."""
    return corrupted("c_brightness", _brighter, pictures, magnitudes, setting)


def _brighter(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    picture = torch.tensor(levels.transpose(2, 0, 1), dtype=torch.float64)[None]
    shift = torch.tensor([BRIGHTER[severity - 1]], dtype=torch.float64)
    brighter = brightness_hsv(picture, shift, Setting())[0]
    return np.asarray(brighter.permute(1, 2, 0).numpy())
