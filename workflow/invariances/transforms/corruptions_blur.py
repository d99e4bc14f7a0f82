"""ImageNet-C's blurs: defocus, frosted glass, motion and zoom. See ``corruptions``."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import fft, ndimage
from torch import Tensor
from torch.nn import functional

from invariances.transforms.batches import Array
from invariances.transforms.corruptions import (
    Levels,
    Random,
    corrupted,
    corruption,
    fraction,
    grey_levels,
)
from invariances.transforms.registry import Setting

DISC = ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5))
"""Radius, and sigma of the Gaussian that smooths the disc's rim, in pixels."""
GLASS = ((0.7, 1, 2), (0.9, 2, 1), (1.0, 2, 3), (1.1, 3, 2), (1.5, 4, 2))
"""Sigma of the blur in pixels, the farthest exchange in pixels, how often."""
REACH = (10, 15, 15, 15, 20)
"""Half the length of the line along which motion blurs, in pixels."""
ZOOMS = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))
"""From 1 up to, but without, this magnification, in these steps."""


@corruption(label="ImageNet-C defocus")
def c_defocus_blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I * disc of whole pixels, its rim smoothed, both of ``DISC``; mirrored at the border."""
    return corrupted("c_defocus_blur", _defocused, pictures, magnitudes, setting)


def _defocused(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    return grey_levels(correlated(fraction(levels), disc(*DISC[severity - 1])))


def disc(radius: int, sigma: float) -> Array:
    """An even disc [K, K], smoothed by a Gaussian of 3 x 3 pixels, 5 x 5 for radii above 8.

    Its sum is 1; at the radii 8 and 10, where it touches its array's border and is mirrored there, it is
    1.013 and 1.011, as in ImageNet-C.
    """
    half, taps = (8, 1) if radius <= 8 else (radius, 2)
    x = np.arange(-half, half + 1)
    even = (x[:, None] ** 2 + x**2 <= radius**2).astype(float)
    gaussian = np.exp(-0.5 * (np.arange(-taps, taps + 1) / sigma) ** 2)
    gaussian /= gaussian.sum()
    for axis in (0, 1):
        even = ndimage.correlate1d(even, gaussian, axis, mode="mirror")
    return np.asarray(even / (x[:, None] ** 2 + x**2 <= radius**2).sum())


def correlated(picture: NDArray[np.floating], kernel: Array) -> Array:
    """A picture [H, W, C] under a kernel [K, K] of an odd side, mirrored without repeating its edge.

    Each pixel is the sum of its neighbours times what stands at their places in the kernel, by the product
    of Fourier transforms: in float64 they add 1e-13 of full scale.
    """
    half = len(kernel) // 2
    around = np.pad(picture, ((half, half), (half, half), (0, 0)), mode="reflect")
    height, width = around.shape[:2]
    shape = (fft.next_fast_len(height, real=True), fft.next_fast_len(width, real=True))
    flipped = kernel[::-1, ::-1, None]
    product = fft.rfft2(around, shape, axes=(0, 1)) * fft.rfft2(flipped, shape, axes=(0, 1))
    whole = fft.irfft2(product, shape, axes=(0, 1))
    return np.asarray(whole[2 * half : height, 2 * half : width])


@corruption(label="ImageNet-C glass")
def c_glass_blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Blurred, pixels exchanged one after the other with random neighbours, blurred again, by ``GLASS``."""
    return corrupted("c_glass_blur", _behind_glass, pictures, magnitudes, setting)


def _behind_glass(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    sigma, farthest, times = GLASS[severity - 1]
    height, width = levels.shape[:2]
    # Cut, not rounded, to whole levels: other sums than SciPy's would leave 199 of an even grey of 200.
    blurred = (_smooth(fraction(levels), sigma) * 255).astype(np.uint8)
    order = list(range(height * width))
    inner = np.arange(height * width).reshape(height, width)
    inside = (slice(farthest, height - farthest), slice(farthest, width - farthest))
    ones = inner[inside].ravel().tolist()
    for _ in range(times):
        across = random.randint(-farthest, farthest, size=(height, width))
        down = random.randint(-farthest, farthest, size=(height, width))
        twos = (inner + down * width + across)[inside].ravel().tolist()
        # Each exchange finds what earlier ones have left, so that they cannot be done at once.
        for one, two in zip(ones, twos, strict=True):
            order[one], order[two] = order[two], order[one]
    exchanged = blurred.reshape(-1, 3)[order].reshape(levels.shape)
    return grey_levels(_smooth(fraction(exchanged), sigma))


def _smooth(picture: Array, sigma: float) -> Array:
    """Gaussian blur of [H, W, 3], the edge repeated beyond the border."""
    smooth = ndimage.gaussian_filter(picture, (sigma, sigma, 0), mode="nearest", truncate=4.0)
    return np.asarray(smooth)


@corruption(label="ImageNet-C motion blur")
def c_motion_blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I * even line to both sides, as long as ``REACH`` says, at an angle drawn from -45 to 45 degrees."""
    return corrupted("c_motion_blur", _moved, pictures, magnitudes, setting)


def _moved(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    return grey_levels(
        correlated(fraction(levels), line(REACH[severity - 1], random.uniform(-45, 45)))
    )


def line(reach: int, degrees: float) -> Array:
    """A line of 2 reach + 1 pixels [K, K] through the centre, turned counter-clockwise; its sum is 1.

    A horizontal row of ones, turned with bilinear interpolation between places that are rounded to 1/32
    pixel, as OpenCV does it: rounding moves results by up to one grey level. Nothing is outside the row.
    """
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    offset = np.arange(2 * reach + 1.0)
    # Where each pixel of the turned line comes from, counted from the corner, rows downwards.
    along = _rounded(cosine * offset, reach - reach * (cosine - sine) - sine * offset)
    aside = _rounded(sine * offset, reach - reach * (sine + cosine) + cosine * offset)
    ends = np.clip(np.minimum(along + 1, 2 * reach + 1 - along), 0, 1)
    kernel = np.clip(1 - np.abs(aside - reach), 0, 1) * ends
    return np.asarray(kernel / kernel.sum())


def _rounded(columns: Array, rows: Array) -> Array:
    """What columns [K] and rows [K] give together [K, K], both to 1/1024 and their sum to 1/32."""
    fine = np.rint(1024 * columns) + np.rint(1024 * rows)[:, None]
    return np.asarray(np.floor(fine / 32 + 0.5) / 32)


@corruption(label="ImageNet-C zoom blur")
def c_zoom_blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The mean of the picture and of its magnifications ``ZOOMS``, 1 among them."""
    return corrupted("c_zoom_blur", _zoomed, pictures, magnitudes, setting)


def _zoomed(levels: Levels, severity: int, random: Random) -> NDArray[np.floating]:
    picture = fraction(levels).astype(np.float32)
    factors = np.arange(1, *ZOOMS[severity - 1])
    total = picture.copy()
    for factor in factors:
        total += magnified(picture, float(factor))
    return grey_levels(total / (len(factors) + 1))


def magnified(picture: NDArray[np.floating], factor: float) -> NDArray[np.floating]:
    """The middle of a picture [H, W, C], magnified bilinearly to its size, outermost centres on each other.

    Of whole pixels: what is cut out is rounded up to these, and what is then too much is cut off.
    """
    sides = picture.shape[:2]
    kept = [math.ceil(side / factor) for side in sides]
    middle = picture[_centred(sides[0], kept[0]), _centred(sides[1], kept[1])]
    planes = torch.from_numpy(np.ascontiguousarray(middle.transpose(2, 0, 1)))[None]
    size = [round(side * factor) for side in kept]
    larger = functional.interpolate(planes, size, mode="bilinear", align_corners=True)[0]
    rows, columns = (_centred(*each) for each in zip(size, sides, strict=True))
    return np.asarray(larger[:, rows, columns].permute(1, 2, 0).numpy())


def _centred(whole: int, part: int) -> slice:
    start = (whole - part) // 2
    return slice(start, start + part)
