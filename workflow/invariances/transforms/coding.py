"""What storing and shrinking a picture cost it: JPEG, and blocks in place of pixels."""

from io import BytesIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from invariances.transforms.batches import each, whole
from invariances.transforms.registry import Setting, photometric

LARGEST = 256
"""Side of the largest block, in pixels."""
SUBSAMPLING = "4:2:0"
"""Colour at half the resolution both ways, as cameras, ImageNet's files and ImageNet-C have it."""


def counted(*numbers: int) -> tuple[float, ...]:
    """Whole numbers as magnitudes."""
    return tuple(float(number) for number in numbers)


@photometric(
    label="JPEG",
    unit="100 - quality, 0 uncompressed",
    identity=0.0,
    # ImageNet-C's severities are among them: qualities 25, 18, 15, 10 and 7.
    grid=counted(0, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 82, 85, 88, 90, 93, 95, 97, 99),
    axis="ordinal",
    points=counted(*range(100)),
)
def jpeg(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Encoded at the quality 100 - v of libjpeg's scale, 99 to 1, and decoded, both by Pillow.

    At 0 nothing is encoded: quality 100 would change the picture too. Values are rounded to whole grey
    levels first, colour is subsampled 4:2:0. Raises ValueError for what is no whole number from 0 to 99.
    """
    whole("jpeg", magnitudes, 0, 99)
    return each(_coded, 0.0, pictures, magnitudes, alone=True)


def _coded(picture: Tensor, lost: float) -> Tensor:
    levels = picture.detach().round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    file = BytesIO()
    image = Image.fromarray(levels)
    image.save(file, "JPEG", quality=100 - int(lost), subsampling=SUBSAMPLING)
    with Image.open(file) as decoded:
        array = np.array(decoded)
    return torch.from_numpy(array).permute(2, 0, 1).to(picture.device, picture.dtype)


@photometric(
    label="pixelation",
    unit="block's side in pixels",
    identity=1.0,
    grid=counted(1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64),
    axis="ordinal",
    points=counted(*range(1, LARGEST + 1)),
)
def pixelate(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """Blocks of v x v pixels, each the mean of its own.

    They are counted from the upper left corner; where v does not divide a side the last ones are smaller,
    the means of what they have. Raises ValueError for what is no whole number from 1 to 256.
    """
    whole("pixelate", magnitudes, 1, LARGEST)
    return each(_blocks, 1.0, pictures, magnitudes)


def _blocks(picture: Tensor, side: float) -> Tensor:
    height, width = picture.shape[-2:]
    size = int(side)
    means = functional.avg_pool2d(picture, size, ceil_mode=True)
    rows, columns = (
        torch.arange(extent, device=picture.device) // size for extent in (height, width)
    )
    return means[..., rows[:, None], columns]
