"""The transforms of section III.C that change each pixel by itself: brightness, contrast, grayscale."""

import torch
from torch import Tensor

from invariances.transforms.devices import onto_device_of
from invariances.transforms.registry import Setting, linear, photometric, powers_of_two


def per_picture(magnitudes: Tensor, pictures: Tensor) -> Tensor:
    """Magnitudes [N] as [N, 1, 1, 1], of the pictures' type and on their device."""
    return onto_device_of(pictures, magnitudes)[:, None, None, None]


@photometric(
    label="brightness",
    unit="fraction of full scale",
    identity=0.0,
    grid=linear(-1, 1, 17),
    axis="linear",
)
def brightness(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I + 255 v (section III.C v)."""
    return pictures + 255 * per_picture(magnitudes, pictures)


@photometric(label="contrast", unit="", identity=1.0, grid=powers_of_two(-4, 4, 17), axis="log")
def contrast(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """V I (section III.C vi)."""
    return pictures * per_picture(magnitudes, pictures)


@photometric(
    label="grayscale", unit="fraction of grey", identity=0.0, grid=linear(0, 1, 11), axis="linear"
)
def grayscale(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """(1 - v) I + v I_gray, I_gray the luma of ITU-R BT.601 in every channel (section III.C vii)."""
    luma = onto_device_of(pictures, [0.299, 0.587, 0.114])[:, None, None]
    grey = (pictures * luma).sum(dim=1, keepdim=True)
    return torch.lerp(pictures, grey.expand_as(pictures), per_picture(magnitudes, pictures))
