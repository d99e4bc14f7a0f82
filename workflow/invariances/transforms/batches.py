"""Transforming each picture of a batch by itself, with draws of its own.

Arithmetic that works on whole batches may round a picture's last bits by its place in the batch
(vectorised powers, Fourier transforms, products of matrices); a picture alone has always the same bits.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.transforms.registry import Setting

Array = NDArray[np.float64]


def each(
    change: Callable[..., Tensor],
    identity: float,
    pictures: Tensor,
    magnitudes: Tensor,
    *more: list[Any],
) -> Tensor:
    """``change(picture [3, H, W], magnitude, *its own of each of more)`` of each, stacked [N, 3, H, W].

    What stands at the identity is left as it is, bit for bit.
    """
    rows = zip(pictures, magnitudes.tolist(), *more, strict=True)
    return torch.stack(
        [
            picture if magnitude == identity else change(picture, float(magnitude), *own)
            for picture, magnitude, *own in rows
        ]
    )


def numbers(pictures: Tensor, setting: Setting) -> list[int]:
    """One stable number a picture [N]: its own, or its place where the setting has none."""
    if setting.ids is None:
        return list(range(pictures.shape[0]))
    return [int(number) for number in setting.ids.tolist()]


@lru_cache(maxsize=32)
def uniform(transform: str, seed: int, number: int, shape: tuple[int, ...]) -> Array:
    """One draw in [0, 1) a place, of (transform, seed, picture's number) alone: common random numbers.

    The magnitude only decides what is made of them, so that a curve over magnitudes is smooth, and no
    two transforms of one picture share theirs. Not to be written to: it is kept for the next magnitude.
    """
    own = int.from_bytes(transform.encode(), "little")
    state = np.random.SeedSequence([seed, number % 2**64], spawn_key=(own,))
    draws = np.random.default_rng(state).random(shape)
    draws.setflags(write=False)
    return draws


def tensor_like(array: NDArray[Any], pictures: Tensor) -> Tensor:
    """An array of real numbers as a tensor of the pictures' type, on their device."""
    # A copy: what is kept must not be shared, nor be marked as made for inference only.
    return torch.tensor(array, dtype=pictures.dtype, device=pictures.device)


def whole(transform: str, magnitudes: Tensor, low: int, high: int) -> None:
    """Raise ValueError for a magnitude that is no whole number from `low` to `high`."""
    for magnitude in magnitudes.tolist():
        if magnitude != round(magnitude) or not low <= magnitude <= high:
            raise ValueError(
                f"{transform}: magnitudes are whole numbers from {low} to {high}, not {magnitude:g}"
            )
