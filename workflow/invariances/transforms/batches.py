"""Transforming each picture of a batch by itself, with draws of its own.

Arithmetic that works on whole batches may round a picture's last bits by its place in the batch
(vectorised powers, Fourier transforms, products of matrices); a picture alone has always the same bits.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.transforms.devices import onto
from invariances.transforms.registry import Setting

Array = NDArray[np.float64]


def each(
    change: Callable[..., Tensor],
    identity: float,
    pictures: Tensor,
    magnitudes: Tensor,
    *more: Sequence[Any] | Tensor,
    alone: bool = False,
) -> Tensor:
    """``change(picture, magnitude, *its own of each of more)`` of each, [N, 3, H, W].

    What stands at the identity is left as it is, bit for bit. A CPU changes pictures [3, H, W] one by one,
    a GPU those of a magnitude together, [n, 3, H, W], with their parts of `more`, tensors [N, ...]: there
    many take as long as one. `alone`: one by one also there, by what can be done on the CPU alone.
    """
    if together(pictures) and not alone:
        return _by_magnitude(change, identity, pictures, magnitudes, *more)
    rows = zip(pictures, magnitudes.tolist(), *more, strict=True)
    return torch.stack(
        [
            picture if magnitude == identity else change(picture, float(magnitude), *own)
            for picture, magnitude, *own in rows
        ]
    )


def together(pictures: Tensor) -> bool:
    """Whether pictures are changed several at a time: on a GPU, where a batch takes as long as one."""
    return pictures.device.type == "cuda"


def _by_magnitude(
    change: Callable[..., Tensor],
    identity: float,
    pictures: Tensor,
    magnitudes: Tensor,
    *more: Any,
) -> Tensor:
    changed = pictures.clone()
    values, kinds = torch.unique(magnitudes.cpu(), return_inverse=True)
    order, counts = kinds.argsort(stable=True), torch.bincount(kinds).tolist()
    groups = torch.split(onto(order, pictures.device), counts)
    for magnitude, rows in zip(values.tolist(), groups, strict=True):
        if magnitude != identity:
            own = (one[rows] for one in more)
            changed[rows] = change(pictures[rows], float(magnitude), *own)
    return changed


def numbers(pictures: Tensor, setting: Setting) -> list[int]:
    """One stable number a picture [N]: its own, or its place where the setting has none."""
    if setting.ids is None:
        return list(range(pictures.shape[0]))
    return [int(number) for number in setting.ids.tolist()]


def tensor_like(array: NDArray[Any], pictures: Tensor) -> Tensor:
    """An array of real numbers as a tensor of the pictures' type, on their device."""
    # A copy: what is kept must not be shared, nor be marked as made for inference only.
    return onto(torch.tensor(array, dtype=pictures.dtype), pictures.device)


def whole(transform: str, magnitudes: Tensor, low: int, high: int) -> None:
    """Raise ValueError for a magnitude that is no whole number from `low` to `high`."""
    for magnitude in magnitudes.tolist():
        if magnitude != round(magnitude) or not low <= magnitude <= high:
            raise ValueError(
                f"{transform}: magnitudes are whole numbers from {low} to {high}, not {magnitude:g}"
            )
