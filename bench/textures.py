"""Textures of a thousand classes, and networks that recognise them at next to no cost.

A class is a pattern of SIDE x SIDE colours; a picture is its class's pattern, smoothly enlarged, under a
texture of its own. The networks compare a picture's mean colours on a coarse raster with every class's: a
pass costs a product with one small matrix. Copied beside a run's config it is the module of its networks.
"""

import numpy as np
import torch
from torch import nn

SIDE = 4
SHARPNESS = 60.0
"""Of the softmax: distances of squared colours times this are logits."""


def patterns(classes: int) -> torch.Tensor:
    """The mean colours [classes, 3, SIDE, SIDE] of each class, in [0.2, 0.8]."""
    drawn = np.random.default_rng(classes).random((classes, 3, SIDE, SIDE), dtype=np.float32)
    return torch.from_numpy(0.2 + 0.6 * drawn)


def enlarged(pattern: torch.Tensor, side: int) -> torch.Tensor:
    """Patterns [N, 3, h, w] as pictures of `side` pixels."""
    return nn.functional.interpolate(pattern, size=side, mode="bilinear", align_corners=False)


def pictures(classes: int, place: int, count: int, side: int = 64) -> torch.Tensor:
    """Pictures uint8 [count, side, side, 3] of the class at `place`: its pattern, under random textures."""
    generator = torch.Generator().manual_seed(place)
    plain = enlarged(patterns(classes)[[place]], side)
    textures = [
        strength * enlarged(torch.rand(count, 3, cells, cells, generator=generator) - 0.5, side)
        for cells, strength in ((5, 0.5), (16, 0.3))
    ]
    coloured = (plain + sum(textures)).clamp(0, 1)
    return (255 * coloured).byte().permute(0, 2, 3, 1).contiguous()


def nearest(num_classes: int, side: int = SIDE) -> nn.Module:
    """A network that answers with the class whose colours are nearest, on a raster of `side` x `side`."""
    raster = nn.AdaptiveAvgPool2d(side)
    means = raster(enlarged(patterns(num_classes), 8 * SIDE)).flatten(1)
    head = nn.Linear(means.shape[1], num_classes)
    with torch.no_grad():
        # |x - m|^2 is |x|^2 - 2 x m + |m|^2, of which the first is the same for every class.
        head.weight.copy_(SHARPNESS * 2 * means)
        head.bias.copy_(-SHARPNESS * means.square().sum(dim=1))
    return nn.Sequential(raster, nn.Flatten(), head)
