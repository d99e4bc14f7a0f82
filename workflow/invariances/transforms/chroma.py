"""Colour without lightness: hue, saturation, and channels turned into one another."""

from math import cos, radians, sin, sqrt

import torch
from torch import Tensor

from invariances.transforms.batches import each
from invariances.transforms.colour import per_picture
from invariances.transforms.devices import onto_device_of
from invariances.transforms.registry import Setting, linear, photometric, powers_of_two

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601, as ``grayscale`` has it."""


@photometric(label="hue", unit="degrees", identity=0.0, grid=linear(-180, 180, 25), axis="linear")
def hue(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The hue of HSV turned by v degrees: +120 makes red green; saturation and value stay.

    Smith 1978, "Color gamut transform pairs"; torchvision's ``adjust_hue`` by v / 360. Grey has no hue.
    """
    return each(_turned, 0.0, pictures, magnitudes)


def _turned(picture: Tensor, degrees: float) -> Tensor:
    """A picture [..., 3, H, W], its hue turned."""
    red, green, blue = picture.unbind(-3)
    high = picture.amax(dim=-3)
    chroma = high - picture.amin(dim=-3)
    some = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    # In sixths of the circle from red: which channel is largest says around which of 0, 2 and 4.
    sixths = torch.where(
        high == red,
        (green - blue) / some,
        torch.where(high == green, 2 + (blue - red) / some, 4 + (red - green) / some),
    )
    sixths = sixths + degrees / 60
    # A channel is at the value up to a sixth from its own hue, and lower by the chroma from two sixths on.
    channels = []
    for own in (5, 3, 1):
        place = torch.remainder(sixths + own, 6)
        channels.append(high - chroma * torch.minimum(place, 4 - place).clamp(0, 1))
    return torch.stack(channels, dim=-3)


@photometric(label="saturation", unit="", identity=1.0, grid=powers_of_two(0, 4, 13), axis="log")
def saturation(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I_gray + v (I - I_gray), above 1 more colourful; below 1 it is ``grayscale`` by 1 - v.

    torchvision's ``adjust_saturation``. The luma stays but for values beyond [0, 255], which are clamped.
    """
    grey = (pictures * onto_device_of(pictures, LUMA)[:, None, None]).sum(dim=1, keepdim=True)
    # Written so that v = 1 adds exactly nothing.
    return pictures + (per_picture(magnitudes, pictures) - 1) * (pictures - grey)


@photometric(
    label="channel mix", unit="degrees", identity=0.0, grid=linear(-180, 180, 25), axis="linear"
)
def mix_channels(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """RGB turned about the grey diagonal by v degrees: +120 is the permutation red -> green -> blue.

    Linear mixing along the rotations that lead from one permutation of the channels to the next (Haeberli
    1993, "Matrix operations for image processing"); grey stays, and so does R + G + B but for clamping.
    ``hue`` follows the edges of the RGB cube instead and never leaves it.
    """
    return each(_mixed, 0.0, pictures, magnitudes)


def _mixed(picture: Tensor, degrees: float) -> Tensor:
    angle = radians(degrees)
    third, side = (1 - cos(angle)) / 3, sin(angle) / sqrt(3)
    # Rodrigues' matrix about (1, 1, 1): a channel's weight in itself, in the next, in the one before.
    own, following, before = cos(angle) + third, third + side, third - side
    red, green, blue = picture.unbind(-3)
    return torch.stack(
        [
            own * red + before * green + following * blue,
            following * red + own * green + before * blue,
            before * red + following * green + own * blue,
        ],
        dim=-3,
    )
