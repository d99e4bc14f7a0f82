"""Elastic deformation: each picture by a smooth field of its own, drawn once.

The field is white noise smoothed by a Gaussian, as in Simard, Steinkraus and Platt (ICDAR 2003), whose
sigma is 4 of 29 pixels; here it is an eighth of the side, at every size. Mirrored at the border, such noise
is a sum of cosines whose coefficients are independent and fall off as the Gaussian's transform: it is drawn
as these, so that it is known at every place and the same at every size of the picture.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from invariances.transforms.devices import onto_device_of
from invariances.transforms.registry import Setting, linear, sampled

SIGMA = 1 / 8
"""Of the side."""
WAVES = 12
"""Half waves over the side, from none: what is left of the next, exp(-(12 pi / 8)^2 / 2), is 1.5e-5."""


@sampled(
    label="elastic deformation",
    unit="RMS displacement, fraction of the shorter side",
    identity=0.0,
    grid=linear(0, 0.1, 11),
    axis="linear",
)
def elastic(seen: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I(x + v S d(x)): d the picture's field, of a root mean square length of 1, S the shorter side.

    d has no constant part, so that the picture as a whole stays where it is. It belongs to (seed, picture),
    not to the magnitude or the batch. From v of about 0.05 on it folds the picture in places.
    """
    number, height, width, _ = seen.shape
    ids = range(number) if setting.ids is None else setting.ids.tolist()
    fields = torch.stack([coefficients(setting.seed, int(each)) for each in ids])
    sides = [2 * min(height, width) / side for side in (width, height)]
    strength, size, own = (onto_device_of(seen, part) for part in (magnitudes, sides, fields))
    return seen + strength[:, None, None, None] * size * _at(own, seen)


@lru_cache(maxsize=256)
def coefficients(seed: int, number: int) -> Tensor:
    """Of the field of one picture: float64 [2, J, K], of x and y, of J half waves downwards and K across.

    The component at (x, y) is the sum of coefficient cos(pi j (y + 1) / 2) cos(pi k (x + 1) / 2); its mean
    square over the picture and that of the other sum up to 1.
    """
    state = np.random.SeedSequence([seed, number % 2**64], spawn_key=(WAVES,))
    drawn = np.random.default_rng(state).standard_normal((2, WAVES, WAVES))
    left = np.exp(-0.5 * (np.pi * SIGMA * np.arange(WAVES)) ** 2)
    # A cosine's mean square is a half: of the same variance at every wave, its coefficient is larger.
    size = np.where(np.arange(WAVES) > 0, np.sqrt(2), 1)
    smooth = drawn * np.outer(left, left)
    smooth[:, 0, 0] = 0
    smooth /= np.sqrt(np.square(smooth).sum())
    return torch.from_numpy(smooth * np.outer(size, size))


def _at(fields: Tensor, seen: Tensor) -> Tensor:
    """Fields of these coefficients [N, 2, J, K] at places [N, H, W, 2]: [N, H, W, 2].

    Sums are written out: a matrix product would round by the number of pictures.
    """
    x, y = seen.unbind(-1)
    # On the picture's own pixels, and on any raster, a column has one x and a row one y.
    if bool((x == x[:, :1]).all()) and bool((y == y[:, :, :1]).all()):
        x, y = x[:, :1], y[:, :, :1]
    across, down = (
        [torch.cos(torch.pi / 2 * wave * (place + 1))[:, None] for wave in range(WAVES)]
        for place in (x, y)
    )
    field = torch.zeros_like(seen).movedim(-1, 1).contiguous()
    for j in range(WAVES):
        row = torch.zeros_like(across[0]).expand(-1, 2, -1, -1).contiguous()
        for k in range(WAVES):
            row += fields[:, :, j, k, None, None] * across[k]
        field += row * down[j]
    return field.movedim(1, -1)
