"""ImageNet-C's contrast and brightness at any magnitude, to hold a run against published numbers.

Hendrycks and Dietterich, "Benchmarking neural network robustness to common corruptions and
perturbations", ICLR 2019; their parameters are in config/imagenet-c.yaml. Its Gaussian noise and blur
are ``noise`` and ``blur``, its fifteen by severity begin with ``c_``. No default screening holds them;
docs/published.md says what else differs.
"""

import torch
from torch import Tensor

from invariances.transforms.colour import per_picture
from invariances.transforms.registry import Setting, linear, photometric, powers_of_two


@photometric(
    label="contrast about the mean",
    unit="",
    identity=1.0,
    grid=powers_of_two(-4, 4, 17),
    axis="log",
)
def contrast_about_mean(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Mean + v (I - mean), the mean of each picture's own channels."""
    factor = per_picture(magnitudes, pictures)
    mean = pictures.mean(dim=(2, 3), keepdim=True)
    # Written so that v = 1 adds exactly nothing.
    return pictures + (1 - factor) * (mean - pictures)


@photometric(
    label="brightness as HSV value",
    unit="fraction of full scale",
    identity=0.0,
    grid=linear(-1, 1, 17),
    axis="linear",
)
def brightness_hsv(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The value of HSV, a pixel's largest channel, plus v, within its range; hue and saturation stay.

    These depend on ratios of channels alone, so that a pixel is multiplied by its new value over its
    old; black has neither and becomes grey.
    """
    shift = 255 * per_picture(magnitudes, pictures)
    value = pictures.amax(dim=1, keepdim=True)
    brighter = (value + shift).clamp(0, 255)
    black = value <= 0
    scaled = pictures * (brighter / torch.where(black, torch.ones_like(value), value))
    return torch.where(black, brighter.expand_as(pictures), scaled)
