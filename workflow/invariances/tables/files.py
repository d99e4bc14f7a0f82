"""Files of results: written whole under a temporary name, then renamed; refused by name where damaged."""

import errno
import json
import os
import socket
from collections.abc import Callable, Mapping
from glob import escape
from hashlib import blake2b
from pathlib import Path
from typing import Any

from invariances.errors import InputError

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


def write_json(content: Mapping[str, object], path: Path) -> None:
    """A few values as JSON."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    atomically(path, lambda file: file.write_text(text, encoding="utf-8"))


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


def damaged(path: Path, reason: object) -> InputError:
    """The error for a result that is not as it was written, with the remedy."""
    words = " ".join(str(reason).split()).rstrip(".:")
    return InputError(
        f"{path}: it is damaged ({words}): remove it and run again, which makes it again"
    )


def read_json(path: Path) -> dict[str, Any]:
    """An object of a JSON file, as ``model.json``; raises InputError naming a damaged one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise damaged(path, error) from error
    if not isinstance(found, dict):
        raise damaged(path, "it holds no object")
    return found
