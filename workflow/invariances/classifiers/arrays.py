"""Weights in NumPy's ``.npy``: a pickled dictionary of arrays, of which arrays alone are read."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from invariances.errors import InputError

ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}
"""What a pickle of arrays calls; nothing of it does anything but make arrays of bytes."""


class _Arrays(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it holds the class {module}.{name}")
        return super().find_class(module, name)


def read_arrays_by_layer(path: Path) -> dict[str, Tensor]:
    """A dictionary of lists of arrays by layer, as ``bvlc_alexnet.npy`` holds, as ``layer.0``, ``layer.1``.

    Raises
    ------
    InputError for a file that is none, or whose pickle would make anything but arrays.
    """
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }
            shape, _, kind = read[version](file)
            if kind != np.dtype(object):
                raise ValueError(f"an array of {kind}, not a dictionary of layers")
            # Files of Python 2 hold their bytes as text.
            content = _Arrays(file, encoding="latin1").load()
    except Exception as error:  # a damaged pickle raises what it will
        raise InputError(
            f"weights {str(path)!r}: refused, not arrays by layer in NumPy's .npy ({error})"
        ) from error
    layers = content.item() if shape == () else content
    if not isinstance(layers, Mapping):
        raise InputError(
            f"weights {str(path)!r}: holds {type(layers).__name__}, not arrays by layer"
        )
    found: dict[str, Tensor] = {}
    for layer, parts in layers.items():
        parts = parts.values() if isinstance(parts, Mapping) else parts
        for place, value in enumerate(parts):
            if not isinstance(value, np.ndarray) or not np.issubdtype(value.dtype, np.floating):
                raise InputError(f"weights {str(path)!r}: {layer}[{place}] is no array of numbers")
            found[f"{layer}.{place}"] = torch.from_numpy(value.astype(np.float32))
    return found
