"""Reading and writing results: each file is written whole under a temporary name, then renamed."""

import errno
import os
import socket
import zlib
from collections.abc import Callable, Mapping, Sequence
from glob import escape
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from invariances.errors import InputError

TEXTS = (
    "picture",
    "class",
    "path",
    "sha256",
    "model",
    "transform",
    "direction",
    "flips_to",
    "predicted_class",
    "skipped",
)
"""Columns of names, never to be read as numbers."""


HERE = blake2b(socket.gethostname().encode(), digest_size=3).hexdigest()
"""This computer, in the names of temporary files: process numbers mean something here only."""


def atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then give it its name.

    The temporary file keeps the suffix, as writers choose their format by it, and is removed if
    writing fails; what a writer that was killed has left is removed by the next. An OSError names
    `path`, whether or not the system's did.
    """
    temporary = path.with_name(f".{path.stem}.{HERE}-{os.getpid()}.tmp{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_over(path)
        write(temporary)
        os.replace(temporary, path)  # noqa: PTH105 - the call that is atomic
    except OSError as error:
        if error.filename not in (None, str(temporary), temporary):
            raise
        reason = error.strerror or str(error)
        raise OSError(error.errno or errno.EIO, reason, str(path)) from error
    finally:
        if temporary.parent.is_dir():
            temporary.unlink(missing_ok=True)


def _remove_left_over(path: Path) -> None:
    """Remove temporary files of `path` whose writers are no more."""
    for file in path.parent.glob(f".{escape(path.stem)}.{HERE}-*.tmp{escape(path.suffix)}"):
        number = file.name.removesuffix(f".tmp{path.suffix}").rpartition("-")[2]
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
        except (ValueError, PermissionError):
            continue  # not ours, or another's who is alive


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV, floats to seven significant digits."""
    atomically(path, lambda file: frame.to_csv(file, index=False, float_format="%.7g"))


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """A table as Parquet."""
    atomically(path, lambda file: frame.to_parquet(file, index=False))


def write_arrays(arrays: Mapping[str, Any], path: Path) -> None:
    """Named arrays as ``.npz``, without pickles."""

    def write(file: Path) -> None:
        with file.open("wb") as handle:
            np.savez(handle, allow_pickle=False, **arrays)

    atomically(path, write)


def read_arrays(path: Path) -> dict[str, Any]:
    """The arrays of an ``.npz``; raises InputError naming a file that is not one."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not a readable result: {error}") from error


def read_table(path: Path) -> pd.DataFrame:
    """A table, by its suffix. Names stay texts whatever they look like ("007", "NA"); empty is missing.

    Raises InputError naming a file that is not a table.
    """
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        texts = dict.fromkeys(TEXTS, str)
        return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise InputError(f"{path}: not a readable table: {error}") from error


def read_manifest(path: Path) -> pd.DataFrame:
    """The pictures of an array, a row each in its order; those that were skipped have none."""
    table = read_table(path)
    return table[table["skipped"].isna()].reset_index(drop=True) if "skipped" in table else table


def check_columns(frame: pd.DataFrame, columns: tuple[str, ...], path: Path) -> pd.DataFrame:
    """`frame`, if it has these columns; raises InputError naming the file and what is missing."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise InputError(f"{path}: lacks the columns {', '.join(missing)}")
    return frame


def in_order(parts: Sequence[pd.DataFrame], classes: Sequence[str]) -> pd.DataFrame:
    """Chunks' rows as one table, classes in the config's order whatever the chunks."""
    place = {name: index for index, name in enumerate(classes)}
    table = pd.concat(parts, ignore_index=True)
    order = table["class"].map(place).argsort(kind="stable")
    return table.iloc[order].reset_index(drop=True)
