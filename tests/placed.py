"""Pictures transformed by places, as tests of several kinds of maps need them."""

import numpy as np
import torch
from hypothesis import settings
from scipy import ndimage

from invariances.transforms import TRANSFORMS, Setting

SIZES = [(32, 32), (31, 31), (24, 40), (45, 26)]
SCIPY_MODES = {"black": "grid-constant", "edge": "nearest", "reflect": "reflect"}
few = settings(max_examples=10)


def transformed(name, pictures, magnitude, padding="black", ids=None):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes, Setting(padding, 5, ids))


def pixels(height, width):
    """x and y [H, W] of pixels' centres, in pixels from the picture's centre."""
    return np.meshgrid(
        np.arange(width) - (width - 1) / 2, np.arange(height) - (height - 1) / 2, indexing="xy"
    )


def looked_up(pictures, x, y, mode):
    """SciPy's bilinear samples of pictures at places x and y [H, W], in pixels from the centre."""
    height, width = pictures.shape[-2:]
    places = np.stack([y + (height - 1) / 2, x + (width - 1) / 2])
    return np.stack(
        [
            [
                ndimage.map_coordinates(channel, places, order=1, mode=mode)
                for channel in picture.double().numpy()
            ]
            for picture in pictures
        ]
    )


def assert_alike(ours, theirs):
    """Maps within a thousandth of a pixel of whole ones are copied: half a grey level of noise, x and y."""
    atol = 2 * 255e-3 + 0.05
    np.testing.assert_allclose(ours.double().numpy(), theirs, atol=atol, rtol=0)
