"""Low-pass and high-pass: the picture's waves up to a frequency, or from one on.

Frequencies are those of the cosine transform of type I, that is of the picture mirrored at its border
without repeating the edge, as in ``blur``. They are fractions of the Nyquist frequency, half a cycle a
pixel (112 cycles a picture of 224); the cut is a circle. The corner, highest both ways, has sqrt(2).
"""

from functools import lru_cache

import numpy as np
from torch import Tensor

from invariances.transforms.batches import Array, each, tensor_like
from invariances.transforms.registry import Setting, photometric, powers_of_two

CORNER = 2.0**0.5
WHOLE = 1.5
"""A cut-off beyond the corner, of few digits: tables round, and who reads them looks for the identity."""
SLACK = 1 + 1e-9
"""A frequency that the cut meets is kept, however its square root was rounded."""


@photometric(
    label="low-pass",
    unit="cut-off, fraction of the Nyquist frequency",
    identity=WHOLE,
    grid=tuple(WHOLE * factor for factor in powers_of_two(-6, 0, 13)),
    axis="log",
)
def low_pass(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The waves of frequency v and below; from sqrt(2) on all of them, 1.5 among them.

    The cut is sharp (an ideal filter, as Yin et al. 2019 have it): edges ring. ``blur`` is the smooth one.
    """
    return each(
        lambda picture, v: picture if v * SLACK >= CORNER else _waves(picture, v * SLACK, True),
        *(WHOLE, pictures, magnitudes),
    )


@photometric(
    label="high-pass",
    unit="cut-off, fraction of the Nyquist frequency",
    identity=0.0,
    grid=(0.0, *powers_of_two(-6, 0, 13)),
    axis="linear",
)
def high_pass(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The waves of frequency v and above, and the mean of each channel, without which all were black.

    It is the mirrored picture's mean, in which a pixel of the border has one image where others have two.
    """
    return each(
        lambda picture, v: picture - _waves(picture, v / SLACK, False), 0.0, pictures, magnitudes
    )


def _waves(picture: Tensor, cut: float, mean: bool) -> Tensor:
    """The part of a picture [..., 3, H, W] in frequencies up to `cut`, with or without its mean."""
    height, width = picture.shape[-2:]
    # Only the waves that may stay are looked at.
    down, across = _kept(height, cut), _kept(width, cut)
    squares = _frequencies(height)[:down, None] ** 2 + _frequencies(width)[:across] ** 2
    stays = squares <= cut**2
    stays[0, 0] = mean
    into, out = zip(_cosines(height), _cosines(width), strict=True)
    waves = (
        tensor_like(into[0][:down], picture) @ picture @ tensor_like(into[1][:across], picture).T
    )
    waves = waves * tensor_like(stays, picture)
    return (
        tensor_like(out[0][:, :down], picture) @ waves @ tensor_like(out[1][:, :across], picture).T
    )


def _frequencies(size: int) -> Array:
    """Of each wave of a side, as a fraction of the Nyquist frequency."""
    return np.arange(size) / max(1, size - 1)


def _kept(size: int, cut: float) -> int:
    return int((_frequencies(size) <= cut).sum())


@lru_cache(maxsize=8)
def _cosines(size: int) -> tuple[Array, Array]:
    """The cosine transform of type I of a side, [waves, pixels], and its inverse, [pixels, waves]."""
    if size == 1:
        return np.ones((1, 1)), np.ones((1, 1))
    # The two ends have no mirror image but themselves.
    ends = np.ones(size)
    ends[[0, -1]] = 0.5
    places = np.arange(size)
    waves = np.cos(np.pi / (size - 1) * (places[:, None] * places % (2 * (size - 1))))
    return waves * ends, 2 / (size - 1) * waves.T * ends
