"""What interpolation alone does: pictures turned by 90 degrees are as sharp as before, by 45 they are not.

Rotation by anything but quarter turns samples between pixels, which blurs: part of a network's response to
10 degrees is its response to blur. Sharpness by angle tells how much blur there is.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from invariances.inference import Pictures
from invariances.inference.tensors import as_tensor
from invariances.tables import INTERPOLATION
from invariances.transforms import TRANSFORMS, Resampling, Setting

ANGLES = tuple(float(angle) for angle in range(0, 361, 5))
SAMPLE = 50
"""Pictures that are looked at, at most: spread over all, and so over their classes."""


def sample(pictures: Pictures) -> Tensor:
    """`SAMPLE` of the pictures at most, [n, 3, H, W] in [0, 255]."""
    rows = np.unique(np.linspace(0, len(pictures) - 1, SAMPLE).astype(int))
    return as_tensor(pictures.pixels[rows])


def fine_energy(pictures: Tensor) -> Tensor:
    """Mean square of the Laplacian [N], within the largest circle, which a rotation keeps in view.

    The Laplacian has no direction of its own: on a picture turned without loss it is the same.
    """
    inner = pictures[..., 1:-1, 1:-1]
    around = (
        pictures[..., :-2, 1:-1] + pictures[..., 2:, 1:-1] + pictures[..., 1:-1, :-2]
        + pictures[..., 1:-1, 2:]
    )  # fmt: skip
    height, width = inner.shape[-2:]
    y = torch.arange(height, device=pictures.device) - (height - 1) / 2
    x = torch.arange(width, device=pictures.device) - (width - 1) / 2
    circle = y[:, None].square() + x[None].square() < (min(height, width) / 2 - 1) ** 2
    return (around - 4 * inner).square()[..., circle].mean(dim=(1, 2))


def sharpness_table(
    pictures: Tensor,
    angles: Sequence[float] = ANGLES,
    resamplings: Sequence[Resampling] = ("bilinear",),
) -> pd.DataFrame:
    """The share of fine structure that a rotation keeps, over pictures.

    Parameters
    ----------
    pictures : [N, 3, H, W] in [0, 255]; angles : degrees; resamplings : the ways to rotate.

    Returns
    -------
    The table ``INTERPOLATION``: mean over pictures of the energy of the Laplacian, relative to the picture
    as it is, and its smallest and largest value. 1 at quarter turns of square pictures. Pictures
    without any structure are left out.
    """
    before = fine_energy(pictures)
    pictures, before = pictures[before > 0], before[before > 0]
    rows = []
    for resampling, angle in product(resamplings, angles):
        setting = Setting("edge", resampling=resampling)
        turn = torch.full((len(pictures),), float(angle), dtype=torch.float64)
        kept = fine_energy(TRANSFORMS["rotate"](pictures, turn, setting)) / before
        values = kept.mean(), kept.min(), kept.max()
        rows.append((resampling, angle, *map(float, values), len(kept)))
    return pd.DataFrame(rows, columns=INTERPOLATION.names)
