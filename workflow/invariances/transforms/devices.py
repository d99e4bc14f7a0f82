"""Tensors that go to a GPU without its being waited for."""

from collections.abc import Sequence

import torch
from torch import Tensor


def onto(tensor: Tensor, device: torch.device | str, dtype: torch.dtype | None = None) -> Tensor:
    """The tensor on the device, of another type where one is given.

    From the CPU to a GPU by way of pinned memory: a copy from other memory would wait until the GPU has
    done all that was asked of it before, and leave it idle after.
    """
    wanted = torch.device(device)
    if wanted.type != "cuda" or tensor.device.type != "cpu" or tensor.requires_grad:
        return tensor.to(wanted, dtype)
    return tensor.to(dtype or tensor.dtype).pin_memory().to(wanted, non_blocking=True)


def onto_device_of(pictures: Tensor, numbers: Tensor | Sequence[float]) -> Tensor:
    """Numbers as a tensor of the pictures' type, on their device."""
    if not isinstance(numbers, Tensor):
        numbers = torch.tensor(numbers, dtype=torch.float64)
    return onto(numbers, pictures.device, pictures.dtype)
