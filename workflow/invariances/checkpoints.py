"""Training states on disk: whole or absent, and never one of another training."""

import io
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from invariances.tables import atomically


def fingerprint(
    network: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.integer],
    settings: Mapping[str, Any],
) -> str:
    """A hash of all that a training depends on: weights, pictures, labels, settings."""
    digest = sha256(repr(sorted(settings.items())).encode())
    for name, tensor in network.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    for array in (pictures, labels):
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def store(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint to a temporary name and rename it: a kill leaves the old or the new one."""
    # Written by Python, whose errors say what is the matter with the disk.
    content = io.BytesIO()
    torch.save(dict(state), content)
    atomically(path, lambda file: file.write_bytes(content.getbuffer()))


def restore(path: Path | None, wanted: str) -> dict[str, Any] | None:
    """The checkpoint at `path` if it is of the training with the fingerprint `wanted`, else None.

    Only tensors and plain values are read, never code. One that cannot be read at all, such as that
    of another version of torch, counts as absent: training then starts from its beginning.
    """
    if path is None or not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:
        # Cut short or of another kind, it raises what it will: no checkpoint of this training.
        return None
    if not isinstance(state, dict) or state.get("fingerprint") != wanted:
        return None
    return state
