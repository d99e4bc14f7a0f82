"""Pictures from bytes to floats and back."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from invariances.transforms.devices import onto


def as_tensor(pixels: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
    """Pictures uint8 [N, H, W, 3] as transforms and networks take them: float32 [N, 3, H, W]."""
    # Of its own and writable, which a file's pages are not; it travels as bytes.
    stored = torch.from_numpy(np.require(pixels, requirements=["C", "W", "E"]))
    pictures = onto(stored, device).permute(0, 3, 1, 2).float()
    # A GPU samples them faster as they are stored, channels last.
    return pictures if pictures.device.type == "cuda" else pictures.contiguous()


def as_pixels(pictures: Tensor) -> NDArray[np.uint8]:
    """The inverse of `as_tensor`, rounded: [N, 3, H, W] in [0, 255] as uint8 [N, H, W, 3]."""
    stored = pictures.round().clamp(0, 255).byte().permute(0, 2, 3, 1)
    pixels: NDArray[np.uint8] = stored.cpu().numpy()
    return pixels


def shrunk(pictures: Tensor, side: int) -> Tensor:
    """Pictures [N, 3, H, W] with the longer side at most `side`; none is enlarged."""
    height, width = pictures.shape[-2:]
    longest = max(height, width)
    if longest <= side:
        return pictures
    size = max(1, round(height * side / longest)), max(1, round(width * side / longest))
    return functional.interpolate(pictures, size=size, mode="bilinear", antialias=True)
