"""What the fifteen corruptions of ImageNet-C share: severities, whole grey levels, and draws.

Hendrycks and Dietterich, "Benchmarking neural network robustness to common corruptions and
perturbations", ICLR 2019. Their code needs libraries of its time; these are equal to the package
corrupt-tta 0.1.7, given the same random numbers (``tests/test_corruptions.py`` says how closely). How that
differs from the published pictures is in docs/published.md.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.transforms.batches import Array, each, numbers, whole
from invariances.transforms.registry import Photometric, Setting, photometric

SEVERITIES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
"""ImageNet-C's five, and 0 for the picture itself."""

Levels = NDArray[np.uint8]
Random = np.random.RandomState
Corruption = Callable[[Levels, int, Random], NDArray[np.floating]]
"""(picture [H, W, 3], severity 1 to 5, its draws) -> what becomes of it, in [0, 255]."""


def corruption(*, label: str) -> Callable[[Photometric], Photometric]:
    """Register a function as ``photometric`` does, on the ordinal axis of severities."""
    return photometric(label=label, unit="severity", identity=0.0, grid=SEVERITIES, axis="ordinal")


def corrupted(
    name: str, change: Corruption, pictures: Tensor, magnitudes: Tensor, setting: Setting
) -> Tensor:
    """Each picture [3, H, W] changed at its own severity, a whole number from 0 to 5.

    Rounded to whole grey levels before, but not after. At 0 it is left as it is. Raises ValueError for what
    is no such number.
    """
    whole(name, magnitudes, 0, 5)

    def changed(picture: Tensor, severity: float, number: int) -> Tensor:
        rounded = picture.detach().round().clamp(0, 255).to(torch.uint8)
        levels = rounded.permute(1, 2, 0).cpu().numpy()
        result = change(levels, int(severity), draws(name, setting.seed, number))
        planes = np.ascontiguousarray(result.transpose(2, 0, 1))
        return torch.from_numpy(planes).to(picture.device, picture.dtype)

    return each(changed, 0.0, pictures, magnitudes, numbers(pictures, setting), alone=True)


def draws(name: str, seed: int, number: int) -> Random:
    """A picture's random numbers, of (corruption, seed, picture's number) alone, from the start.

    Each severity starts anew, so that they share their draws as far as these do not depend on it. What a
    RandomState draws is the same in all versions of NumPy, and it is what ImageNet-C's own code uses.
    """
    own = int.from_bytes(name.encode(), "little")
    state = np.random.SeedSequence([seed, number % 2**64], spawn_key=(own,))
    return np.random.RandomState(np.random.MT19937(state))


def fraction(levels: Levels) -> Array:
    """Grey levels as fractions of full scale, float64."""
    return np.asarray(levels / 255.0)


def grey_levels(fractions: NDArray[np.floating]) -> NDArray[np.floating]:
    """Fractions of full scale as grey levels, clipped to [0, 255]."""
    return np.asarray(np.clip(fractions, 0, 1) * 255)
