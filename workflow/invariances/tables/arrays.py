"""Reading and writing arrays of results: archives of named arrays, prepared pictures, weights."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from invariances.tables.files import atomically, damaged

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor


def write_arrays(arrays: Mapping[str, Any], path: Path) -> None:
    """Named arrays as ``.npz``, without pickles."""

    def write(file: Path) -> None:
        with file.open("wb") as handle:
            np.savez(handle, allow_pickle=False, **arrays)

    atomically(path, write)


def read_arrays(path: Path) -> dict[str, Any]:
    """The arrays of an ``.npz``; raises InputError naming a file that is not as it was written."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error, KeyError) as error:
        raise damaged(path, error) from error


def read_pixels(path: Path, manifest: pd.DataFrame) -> NDArray[np.uint8]:
    """Prepared pictures uint8 [N, H, W, 3], mapped from the file; raises InputError.

    Parameters
    ----------
    manifest : their rows, as `read_manifest` gives them: as many, each with the SHA-256 of its pixels.
    """
    try:
        pixels: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path, error) from error
    if pixels.ndim != 4 or pixels.dtype != np.uint8 or len(pixels) != len(manifest):
        shape = "x".join(map(str, pixels.shape))
        raise damaged(path, f"{pixels.dtype} {shape} for {len(manifest)} pictures of its manifest")
    for row, (name, digest) in enumerate(zip(manifest["picture"], manifest["sha256"], strict=True)):
        if sha256(pixels[row].tobytes()).hexdigest() != digest:
            raise damaged(path, f"picture {name} differs from its manifest")
    return pixels


def read_tensors(path: Path, digest: str = "") -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors of a ``.safetensors`` and its metadata; raises InputError naming a damaged file.

    Parameters
    ----------
    digest : SHA-256 of the file as it was written, where that is known.
    """
    from safetensors import SafetensorError, safe_open

    if digest:
        with path.open("rb") as stored:
            if file_digest(stored, "sha256").hexdigest() != digest:
                raise damaged(path, "its SHA-256 is not the one in the description beside it")
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, SafetensorError) as error:
        raise damaged(path, error) from error
