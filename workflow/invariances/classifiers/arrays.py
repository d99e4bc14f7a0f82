"""Weights in NumPy's ``.npy``: a pickled dictionary of arrays, of which arrays alone are read."""

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

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
"""What a pickle of arrays calls: it makes arrays, their types, and text into bytes."""


class _Arrays(pickle._Unpickler):
    """Python's own unpickler, that of C not letting itself be looked at while it sets up objects."""

    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it holds the class {module}.{name}")
        return super().find_class(module, name)

    def load_build(self) -> None:
        # A type with fields or other flags than its own would take an array's bytes for objects.
        kind, state = self.stack[-2], self.stack[-1]  # type: ignore[attr-defined]
        if isinstance(kind, np.dtype) and not _plain(kind, state):
            raise pickle.UnpicklingError(f"it holds an array of {kind!r} with {state!r}")
        super().load_build()  # type: ignore[misc]

    dispatch[pickle.BUILD[0]] = load_build


def _plain(kind: np.dtype[Any], state: Any) -> bool:
    """Whether a pickle says nothing of a type, but its byte order; of numbers, or a dictionary's array."""
    if not isinstance(state, tuple) or len(state) != 8 or kind.kind not in "fO":
        return False
    return state[2:5] == (None, None, None) and state[7] == (63 if kind.kind == "O" else 0)


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
            _, _, kind = read[version](file)
            if kind != np.dtype(object):
                raise ValueError(f"an array of {kind}, not a dictionary of layers")
            # Files of Python 2 hold their bytes as text.
            content = _Arrays(file, encoding="latin1").load()
    except Exception as error:  # a damaged pickle raises what it will
        raise InputError(
            f"weights {str(path)!r}: refused, not arrays by layer in NumPy's .npy ({error})"
        ) from error
    if not isinstance(content, np.ndarray) or content.dtype != object or content.shape != ():
        raise InputError(f"weights {str(path)!r}: holds no dictionary of arrays by layer")
    layers = content.item()
    if not isinstance(layers, Mapping):
        raise InputError(
            f"weights {str(path)!r}: holds {type(layers).__name__}, not arrays by layer"
        )
    found: dict[str, Tensor] = {}
    for layer, parts in layers.items():
        for name, value in _named(str(layer), parts):
            if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
                raise InputError(f"weights {str(path)!r}: {name} is no array of numbers")
            found[name] = torch.from_numpy(value.astype(np.float32))
    return found


def _named(layer: str, parts: Any) -> Iterator[tuple[str, Any]]:
    """A layer's parts with their names: filters before biases, whatever the dictionary's order."""
    if isinstance(parts, Mapping):
        order = sorted(parts, key=lambda name: str(name).startswith("bias"))
        parts = [parts[name] for name in order]
    if isinstance(parts, list | tuple):
        for place, value in enumerate(parts):
            yield f"{layer}.{place}", value
    else:
        yield layer, parts
