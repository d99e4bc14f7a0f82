"""Hiding a part of the picture: a grey square (Zeiler and Fergus 2014), or all but one.

The square has the picture's proportions and lies inside it, anywhere evenly, by one seeded draw a picture.
It grows from there so that the larger one contains the smaller, until it is the picture.
"""

from math import sqrt

import torch
from torch import Tensor

from invariances.transforms.batches import each
from invariances.transforms.draws import Drawn, uniform
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
    shown = hidden.unsqueeze(-3).expand_as(picture)
    return torch.lerp(picture, torch.full_like(picture, GREY), shown)


def _places(pictures: Tensor, setting: Setting) -> Tensor:
    """Where each picture's square lies, [N, 2]: the shares of the room beside it left of and above it."""
    return PLACES(pictures, setting, (2,))


def _window(picture: Tensor, place: Tensor, share: float) -> Tensor:
    """How much of each pixel [..., H, W] the square at `place` [..., 2] covers.

    Its sides are `share` of the picture's.
    """
    height, width = picture.shape[-2:]
    x, y = (
        _covered(size, at[..., None] * (1 - share) * size, share * size)
        for size, at in zip((width, height), place.unbind(-1), strict=True)
    )
    return (y[..., :, None] * x[..., None, :]).to(picture.dtype)


def _covered(size: int, start: Tensor, length: float) -> Tensor:
    """How much of each of `size` pixels in a row lies between `start` [..., 1] and `start + length`."""
    left = torch.arange(size, dtype=torch.float64, device=start.device)
    return (torch.minimum(left + 1, start + length) - torch.maximum(left, start)).clamp(0, 1)


PLACES = Drawn("occlusion", uniform)
