"""Curves of tone: every value by itself, the same in all channels.

Gamma and exposure are the two ways to brighten that a camera and its user have beside the paper's
addition and multiplication; solarize, posterize and inversion are those of AutoAugment (Cubuk et al. 2019).
"""

import torch
from torch import Tensor

from invariances.transforms.batches import each, whole
from invariances.transforms.colour import per_picture
from invariances.transforms.registry import Setting, linear, photometric, powers_of_two


@photometric(label="gamma", unit="", identity=1.0, grid=powers_of_two(-3, 3, 13), axis="log")
def gamma(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """255 (I / 255)^v: above 1 darker, as torchvision's ``adjust_gamma``; black and white stay."""
    return each(lambda picture, v: 255 * (picture / 255) ** v, 1.0, pictures, magnitudes)


@photometric(label="exposure", unit="stops", identity=0.0, grid=linear(-5, 5, 21), axis="linear")
def exposure(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """2^v times the light: values are decoded by sRGB's curve, multiplied, and encoded again.

    One stop up is twice the light that meets the sensor; what exceeds white is white.
    """
    return each(_exposed, 0.0, pictures, magnitudes)


def _exposed(picture: Tensor, stops: float) -> Tensor:
    return 255 * encoded((decoded(picture / 255) * 2.0**stops).clamp(max=1))


def decoded(values: Tensor) -> Tensor:
    """Linear light in [0, 1] of sRGB values in [0, 1] (IEC 61966-2-1)."""
    return torch.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded(light: Tensor) -> Tensor:
    """sRGB values in [0, 1] of linear light in [0, 1] (IEC 61966-2-1)."""
    return torch.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@photometric(
    label="solarization",
    unit="share of the grey levels inverted",
    identity=0.0,
    grid=linear(0, 1, 17),
    axis="linear",
)
def solarize(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """255 - I where I >= 256 (1 - v), I elsewhere: the upper share v of 256 levels is inverted.

    Pillow's and torchvision's threshold is 256 (1 - v); at 1 all is inverted.
    """
    threshold = 256 * (1 - per_picture(magnitudes, pictures))
    return torch.where(pictures >= threshold, 255 - pictures, pictures)


@photometric(
    label="posterization",
    unit="bits kept",
    identity=8.0,
    grid=linear(1, 8, 8),
    axis="ordinal",
)
def posterize(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The v highest of eight bits of a value, the others zero, as Pillow's and torchvision's ``posterize``.

    Raises ValueError for what is no whole number from 1 to 8.
    """
    whole("posterize", magnitudes, 1, 8)
    step = 2 ** (8 - per_picture(magnitudes, pictures))
    kept = step * (pictures / step).floor()
    # Eight bits are all that files have, not all that tensors have.
    return torch.where(step == 1, pictures, kept)


@photometric(
    label="inversion", unit="0 as it is, 1 inverted", identity=0.0, grid=(0.0, 1.0), axis="ordinal"
)
def inversion(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The negative, 255 - I. Raises ValueError for what is neither 0 nor 1."""
    whole("inversion", magnitudes, 0, 1)
    return torch.where(per_picture(magnitudes, pictures) == 1, 255 - pictures, pictures)
