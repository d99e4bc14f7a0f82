"""Blur by a lens out of focus, by motion, and by zooming during the exposure.

Pictures are mirrored at their border without repeating the edge, as in ``blur``.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import fft
from torch import Tensor

from invariances.transforms.batches import Array, each
from invariances.transforms.devices import onto
from invariances.transforms.registry import Setting, photometric, powers_of_two
from invariances.transforms.warping import warp

Kernel = Callable[[float], Array]
"""magnitude -> weights [n, m] of odd sides, in a sum of one."""


@photometric(
    label="defocus",
    unit="radius in pixels",
    identity=0.0,
    grid=(0.0, *powers_of_two(0, 4, 9)),
    axis="linear",
)
def defocus(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I * D_v, the even disc of radius v pixels: a point's image by a round lens out of focus.

    A pixel weighs as much as the disc covers of it; up to a radius of half a pixel nothing changes.
    Raises ValueError for a radius below zero.
    """
    _at_least(0, magnitudes, "defocus: the radius")
    return each(lambda picture, v: mirrored(picture, disc, v), 0.0, pictures, magnitudes)


@photometric(
    label="motion blur",
    unit="length in pixels",
    identity=0.0,
    grid=(0.0, *powers_of_two(1, 6, 11)),
    axis="linear",
)
def motion_blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The mean along v pixels, horizontally (0 degrees) and to both sides alike: even motion while exposed.

    A pixel weighs as much as the line covers of it; up to a length of one pixel nothing changes.
    Raises ValueError for a length below zero.
    """
    _at_least(0, magnitudes, "motion_blur: the length")
    return each(lambda picture, v: mirrored(picture, segment, v), 0.0, pictures, magnitudes)


@photometric(
    label="zoom blur",
    unit="largest magnification",
    identity=1.0,
    grid=powers_of_two(0, 1, 13),
    axis="log",
)
def zoom_blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The mean of the picture magnified by 1 to v, evenly: I(x / z, y / z) over z, about the centre.

    As ImageNet-C's, with as many magnifications as keep neighbouring ones within a pixel of each other
    at the border (the midpoints of even intervals). Raises ValueError below 1.
    """
    _at_least(1, magnitudes, "zoom_blur: the magnification")
    return each(_zoomed, 1.0, pictures, magnitudes)


def _zoomed(picture: Tensor, largest: float) -> Tensor:
    moved = (1 - 1 / largest) * max(picture.shape[-2:]) / 2
    steps = max(1, ceil(moved))
    middles = (torch.arange(steps, dtype=torch.float64) + 0.5) / steps
    theta = torch.eye(2, 3, dtype=torch.float64) / (1 + (largest - 1) * middles)[:, None, None]
    # Magnified, a picture covers its frame: what lies outside is never seen.
    if picture.ndim == 3:
        return warp(picture.expand(steps, -1, -1, -1), theta, "edge").mean(dim=0)
    # Of several one magnification after the other: memory does not grow with their number.
    total = torch.zeros_like(picture)
    for one in theta:
        total += warp(picture, one.expand(len(picture), -1, -1), "edge")
    return total / steps


def _at_least(least: float, magnitudes: Tensor, what: str) -> None:
    if bool((magnitudes < least).any()):
        raise ValueError(f"{what} must be {least:g} or more, not {float(magnitudes.min()):g}")


def disc(radius: float) -> Array:
    """How much of each pixel [n, n] a disc about the middle one covers, in a sum of one; n is odd."""
    reach = max(0, ceil(radius - 0.5))
    edges = np.arange(-reach, reach + 2) - 0.5
    along = np.minimum(np.abs(edges), radius)
    corner = _disc_corner(along[:, None], along[None, :], radius)
    covered = np.diff(np.diff(np.sign(edges)[:, None] * np.sign(edges) * corner, axis=0), axis=1)
    return np.asarray(covered / covered.sum())


def _disc_corner(width: Array, height: Array, radius: float) -> Array:
    """Area of a disc within [0, width] x [0, height], both up to its radius."""

    def below(x: Array) -> Array:  # the integral of sqrt(radius² - x²)
        return (x * np.sqrt(radius**2 - x**2) + radius**2 * np.arcsin(x / radius)) / 2

    flat = np.minimum(width, np.sqrt(radius**2 - height**2))
    return np.asarray(height * flat + below(width) - below(flat))


def segment(length: float) -> Array:
    """How much of a horizontal line lies in each pixel [1, n], in a sum of one; n is odd."""
    reach = max(0, ceil(length / 2 - 0.5))
    left = np.arange(-reach, reach + 1) - 0.5
    covered = np.minimum(left + 1, length / 2) - np.maximum(left, -length / 2)
    return np.asarray(covered / covered.sum())[None]


def mirrored(picture: Tensor, kernel: Kernel, magnitude: float) -> Tensor:
    """A picture [..., 3, H, W], mirrored at its border, convolved with ``kernel(magnitude)``."""
    height, width = picture.shape[-2:]
    spectrum, (down, across), shape = _spectrum(kernel, magnitude, height, width)
    if down == across == 0:  # the pixel alone
        return picture
    rows, columns = _mirror(height, down), _mirror(width, across)
    larger = picture[..., onto(rows, picture.device)[:, None], onto(columns, picture.device)]
    response = onto(torch.tensor(spectrum, dtype=picture.dtype.to_complex()), picture.device)
    waves: Tensor = torch.fft.rfft2(larger, s=shape) * response
    blurred: Tensor = torch.fft.irfft2(waves, s=shape)
    # Twice the reach is where the period wraps into.
    return blurred[..., 2 * down : 2 * down + height, 2 * across : 2 * across + width]


@lru_cache(maxsize=64)
def _spectrum(
    kernel: Kernel, magnitude: float, height: int, width: int
) -> tuple[NDArray[Any], tuple[int, int], tuple[int, int]]:
    """A kernel's Fourier transform on the frame of the mirrored picture, its reaches, and that frame."""
    weights = kernel(magnitude)
    down, across = (side // 2 for side in weights.shape)
    shape = (
        fft.next_fast_len(height + 2 * down, real=True),
        fft.next_fast_len(width + 2 * across, real=True),
    )
    return np.fft.rfft2(weights, s=shape), (down, across), shape


def _mirror(size: int, reach: int) -> Tensor:
    """Which pixel of `size` stands at each place from -reach to size + reach, the edge not repeated."""
    period = max(1, 2 * (size - 1))
    place = torch.arange(-reach, size + reach) % period
    return torch.minimum(place, period - place) if size > 1 else place
