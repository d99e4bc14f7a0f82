"""Which files one's own network was made of: a plan is made again when one of them changes.

A callable reads weights, tables and modules wherever it likes; Python tells of each file that it opens.
"""

import functools
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from invariances.datasets import digest

OTHERS = [
    *{Path(path).resolve() for path in (*sysconfig.get_paths().values(), sys.base_prefix)},
    *map(Path, ("/proc", "/sys", "/dev", "/etc", "/usr")),
    Path(__file__).resolve().parents[1],
]
"""Where no file of a user's lies: Python's, its packages', the system's, and our own."""

FOUND: set[str] = set()
"""All that was opened while it was noted, by this process."""

_noting: list[set[str]] = []
"""What was opened to be read, of each that is noting."""


@functools.cache
def _listen() -> None:
    """From now on: Python does not let go of who listens."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _noting and event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        mode, flags = arguments[1:3]
        reads = mode.startswith("r") if mode else flags & os.O_ACCMODE == os.O_RDONLY
        _note(os.fsdecode(arguments[0]), reads)


def _note(name: str, reads: bool = True) -> None:
    path = Path.cwd() / name
    if path.suffix == ".pyc":
        with suppress(ValueError):  # of no source
            path = Path(importlib.util.source_from_cache(path))
    if any(path.resolve().is_relative_to(place) for place in OTHERS):
        return
    FOUND.add(str(path))
    if reads:
        for own in _noting:
            own.add(str(path))


@contextmanager
def noted(whether: bool = True) -> Iterator[set[str]]:
    """Add to `FOUND` what this process opens meanwhile; what it opens to read is in the set given."""
    read: set[str] = set()
    if not whether:
        yield read
        return
    _listen()
    _noting.append(read)
    with _safetensors():
        try:
            yield read
        finally:
            _noting.pop()


def data_files(names: Iterable[str]) -> list[Path]:
    """Those that are no modules; below the working directory by the way from there, as it may move."""
    here = Path.cwd()
    files = [Path(name) for name in sorted(names) if Path(name).suffix not in (".py", ".pyc")]
    return [file.relative_to(here) if file.is_relative_to(here) else file for file in files]


def among(options: Mapping[str, Any]) -> list[Path]:
    """Files that a network's options name: any text may name one, as timm's `checkpoint_path` does."""
    texts = [Path(value) for value in options.values() if isinstance(value, str)]
    return [path for path in texts if path.is_file()]


@contextmanager
def _safetensors() -> Iterator[None]:
    """Note what safetensors opens, of which Python does not hear."""
    import safetensors
    import safetensors.torch as reading

    plain = safetensors.safe_open

    def open_and_note(filename: Any, *arguments: Any, **options: Any) -> Any:
        _note(os.fsdecode(filename))
        return plain(filename, *arguments, **options)

    for module in (safetensors, reading):
        vars(module)["safe_open"] = open_and_note
    try:
        yield
    finally:
        for module in (safetensors, reading):
            vars(module)["safe_open"] = plain


def stamp(names: list[str]) -> str:
    """A digest of these files' sizes, times and inodes: what a changed file cannot keep."""
    lines = []
    for name in names:
        try:
            found = Path(name).stat()
        except OSError:
            lines.append(f"{name}\0missing")
        else:
            lines.append(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ctime_ns}")
    return digest("\n".join(lines))
