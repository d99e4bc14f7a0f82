"""ImageNet-C's digital corruptions: contrast, elastic, pixelation and JPEG. See ``corruptions``."""

from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from torch import Tensor

from invariances.transforms.batches import Array
from invariances.transforms.coding import jpeg
from invariances.transforms.corruptions import (
    Levels,
    Random,
    corrupted,
    corruption,
    fraction,
    grey_levels,
)
from invariances.transforms.registry import Setting

CONTRAST = (0.4, 0.3, 0.2, 0.1, 0.05)
ELASTIC = (
    (2.0, 0.7, 0.1),
    (2.0, 0.08, 0.2),
    (0.05, 0.01, 0.02),
    (0.07, 0.01, 0.02),
    (0.12, 0.01, 0.02),
)
"""Strength of the displacements, sigma of their Gaussian, largest shift of an affine map's points, as
fractions of ``SIDE``."""
SIDE = 224
"""Pixels of a picture's side, whatever it is."""
KEPT = (0.6, 0.5, 0.4, 0.3, 0.25)
QUALITY = (25, 18, 15, 10, 7)


@corruption(label="ImageNet-C contrast")
def c_contrast(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Mean + v (I - mean), the mean of each channel, v of ``CONTRAST``."""
    return corrupted("c_contrast", _flattened, pictures, magnitudes, setting)


def _flattened(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    picture = fraction(levels)
    mean = picture.mean(axis=(0, 1))
    return grey_levels((picture - mean) * CONTRAST[severity - 1] + mean)


@corruption(label="ImageNet-C elastic")
def c_elastic_transform(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """A random affine map, then random displacements smoothed by a Gaussian, both bilinear, by ``ELASTIC``.

    Mirrored at the border, without repeating the edge by the map and repeating it by the displacements.
    """
    return corrupted("c_elastic_transform", _stretched, pictures, magnitudes, setting)


def _stretched(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    strength, sigma, shift = (SIDE * value for value in ELASTIC[severity - 1])
    height, width = levels.shape[:2]
    centre, reach = np.array([height // 2, width // 2]), min(height, width) // 3
    points = centre + reach * np.array([[1, 1], [1, -1], [-1, -1]])
    moved = points + random.uniform(-shift, shift, size=(3, 2))
    # From output to input, x and y: where the moved points are seen, the points are.
    back = np.linalg.solve(np.column_stack([moved, np.ones(3)]), points)
    rows, columns = np.mgrid[:height, :width]
    x, y = (columns * back[0, i] + rows * back[1, i] + back[2, i] for i in (0, 1))
    picture = _seen(fraction(levels), y, x, "mirror")
    across, down = (
        strength
        * (smoothing(height, sigma) @ random.uniform(-1, 1, (height, width)))
        @ smoothing(width, sigma).T
        for _ in range(2)
    )
    return grey_levels(_seen(picture, rows + down, columns + across, "reflect"))


def _seen(
    picture: Array, rows: Array, columns: Array, border: Literal["mirror", "reflect"]
) -> Array:
    """Values at real places [H, W] of [H, W, 3], bilinear."""
    planes = [
        ndimage.map_coordinates(plane, (rows, columns), order=1, mode=border)
        for plane in picture.transpose(2, 0, 1)
    ]
    return np.stack(planes, axis=-1)


@lru_cache(maxsize=8)
def smoothing(size: int, sigma: float) -> Array:
    """[size, size]: a Gaussian up to three sigmas, mirrored with its edge repeated, as a matrix."""
    return np.asarray(ndimage.gaussian_filter1d(np.eye(size), sigma, axis=0, truncate=3.0))


@corruption(label="ImageNet-C pixelation")
def c_pixelate(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Shrunk to the share ``KEPT`` of its sides and enlarged again, both by Pillow's box filter."""
    return corrupted("c_pixelate", _coarse, pictures, magnitudes, setting)


def _coarse(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    height, width = levels.shape[:2]
    size = [max(1, int(side * KEPT[severity - 1])) for side in (width, height)]
    small = Image.fromarray(levels).resize((size[0], size[1]), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.BOX), dtype=np.float64)


@corruption(label="ImageNet-C JPEG")
def c_jpeg_compression(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """``jpeg`` at the qualities ``QUALITY``."""
    return corrupted("c_jpeg_compression", _coded, pictures, magnitudes, setting)


def _coded(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    picture = torch.tensor(levels.transpose(2, 0, 1), dtype=torch.float64)[None]
    lost = torch.tensor([100 - QUALITY[severity - 1]], dtype=torch.float64)
    return np.asarray(jpeg(picture, lost, Setting())[0].permute(1, 2, 0).numpy())
