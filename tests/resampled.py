"""Pictures resampled by other means than ours."""

import numpy as np
import torch
from hypothesis import settings

from invariances.transforms import TRANSFORMS, Setting

SHRINKS = {"scale_x": (1, 0), "scale_y": (0, 1), "zoom": (1, 1)}
few = settings(max_examples=15)


def transformed(name, pictures, magnitude, padding="black", resampling="antialiased"):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes, Setting(padding, resampling=resampling))


def padded(picture, by, padding):
    """[3, H, W] with so many pixels of what lies outside on each side, by NumPy."""
    around = ((by, by), (by, by))
    modes = {"edge": "edge", "reflect": "symmetric"}
    return np.stack(
        [
            np.pad(channel, around, mode=modes[padding])
            if padding in modes
            else np.pad(channel, around, constant_values=channel.mean() * (padding == "mean"))
            for channel in picture
        ]
    )
