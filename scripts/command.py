"""What every command here does alike: parse, run, say in one sentence what went wrong."""

import argparse
import fcntl
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from invariances.errors import InputError

HELD: list[IO[str]] = []
"""Files whose locks this process keeps to its end."""


def parser(description: str | None) -> argparse.ArgumentParser:
    """A command's parser, its help the script's docstring."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def run(command: Callable[[argparse.Namespace], Any], arguments: argparse.Namespace) -> None:
    """Run a command; what a user can mend is one line on stderr and exit status 1."""
    _make_room()
    try:
        command(arguments)
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"error: {error.filename}: {error.strerror}")


def _make_room() -> None:
    """Leave the names of our scripts to the user, whose modules may be called `images` or `command` too.

    Python puts a script's own folder first on the path; by now all that scripts want of each other is here.
    """
    ours = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != ours]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and Path(file).resolve().parent == ours:
            del sys.modules[name]


def use_threads(threads: int) -> None:
    """Keep numerical libraries to this many cores; call before torch is imported."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)


def device(wanted: str) -> str:
    """`wanted`, where that is `cuda` the number of a GPU of this machine that no other job holds.

    A job holds its GPU by a lock of the operating system, which ends with it. Where there are more jobs
    than GPUs they share. A cluster shows each job its own alone.
    """
    import torch

    count = torch.cuda.device_count() if wanted == "cuda" else 0
    if count < 2:
        return wanted
    for number in range(count):
        file = (Path(tempfile.gettempdir()) / f"invariances-gpu-{os.getuid()}-{number}").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
        else:
            HELD.append(file)
            return f"cuda:{number}"
    return f"cuda:{os.getpid() % count}"
