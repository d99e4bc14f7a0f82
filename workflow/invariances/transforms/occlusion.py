"""Hiding a part of the picture: a grey square (Zeiler and Fergus 2014), or all but one.

The square has the picture's proportions and lies inside it, anywhere evenly, by one seeded draw a picture.
It grows from there so that the larger one contains the smaller, until it is the picture.
"""

from math import sqrt

import torch
from torch import Tensor

from invariances.transforms.batches import each, numbers, uniform
from invariances.transforms.registry import Setting, linear, photometric

GREY = 127.5


@photometric(
    label="occlusion",
    unit="share of the area hidden",
    identity=0.0,
    grid=linear(0, 1, 21),
    axis="linear",
)
def occlude(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """A grey square over the share v of the picture; a pixel that it covers in part is mixed."""
    return each(
        lambda picture, v, place: _greyed(picture, _window(picture, place, sqrt(v))),
        *(0.0, pictures, magnitudes, _places(pictures, setting)),
    )


@photometric(
    label="occlusion of all but a square",
    unit="share of the area hidden",
    identity=0.0,
    grid=linear(0, 1, 21),
    axis="linear",
)
def occlude_around(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Grey over the share v of the picture, all but a square, which shrinks to nothing at 1."""
    return each(
        lambda picture, v, place: _greyed(picture, 1 - _window(picture, place, sqrt(1 - v))),
        *(0.0, pictures, magnitudes, _places(pictures, setting)),
    )


def _greyed(picture: Tensor, hidden: Tensor) -> Tensor:
    return torch.lerp(picture, torch.full_like(picture, GREY), hidden.expand_as(picture))


def _places(pictures: Tensor, setting: Setting) -> list[tuple[float, float]]:
    """Where each picture's square lies: the shares of the room beside it that are left of and above it."""
    drawn = (
        uniform("occlusion", setting.seed, number, (2,)) for number in numbers(pictures, setting)
    )
    return [(float(x), float(y)) for x, y in drawn]


def _window(picture: Tensor, place: tuple[float, float], share: float) -> Tensor:
    """How much of each pixel [H, W] the square covers; its sides are `share` of the picture's."""
    height, width = picture.shape[1:]
    x, y = (
        _covered(size, at * (1 - share) * size, share * size)
        for size, at in zip((width, height), place, strict=True)
    )
    return (y[:, None] * x).to(picture.device, picture.dtype)


def _covered(size: int, start: float, length: float) -> Tensor:
    """How much of each of `size` pixels in a row lies between `start` and `start + length`."""
    left = torch.arange(size, dtype=torch.float64)
    return ((left + 1).clamp(max=start + length) - left.clamp(min=start)).clamp(0, 1)
