"""Jobs as forks of one process that has their imports done: most of a short job's time is imports.

`start` writes a ``python`` that runs given scripts in such a fork and anything else as Python itself, and
starts the process behind it (``server``), which ends with the one that started it. ``client`` runs in a
fork's place, and is waited for, signalled and killed as the script's own process would be; where the
process behind is gone it becomes plain Python.

Linux alone has what this needs (`AVAILABLE`); standard library only.
"""

import atexit
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from secrets import token_hex


def available() -> bool:
    """Whether this system can tell a process of the end of several others: Linux since 5.3."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


AVAILABLE = available()
HERE = Path(__file__).parent
ONE_CORE = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
"""As Snakemake gives it to jobs: numerical libraries read it as they are imported."""


def start(folder: Path, modules: Sequence[str], scripts: Collection[str]) -> Path:
    """Start a process with `modules` imported, and write a ``python`` that runs `scripts` in its forks.

    Parameters
    ----------
    folder : where it may write; what starts that were killed have left there is removed.
    modules : their names; one that is not installed is left to whoever needs it.
    scripts : as they stand in a command, ``scripts/figure.py``.

    Returns
    -------
    The folder that belongs first on the path of commands.

    Raises
    ------
    OSError
        Where it cannot be written.
    """
    place = folder / str(os.getpid())
    remove_abandoned(folder)
    place.mkdir(parents=True)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    address, listening = listen()
    command = [sys.executable, str(HERE / "server.py"), str(listening.fileno()), *modules]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listening.fileno()],
        env={**os.environ, **ONE_CORE},
    )
    listening.close()
    atexit.register(end, process)
    write_python(place / "python", forking(address, sys.executable), scripts)
    return place.absolute()


def listen() -> tuple[str, socket.socket]:
    """An address without a file, of which nothing is left whatever ends the process, and its socket."""
    address = f"invariances-{os.getpid()}-{token_hex(8)}"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"\0{address}")
    listening.listen(64)
    return address, listening


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that forks, once its forks have ended."""
    if process.stdin:
        process.stdin.close()
    process.wait()


def forking(address: str, executable: str) -> list[str]:
    """What comes before a script and its arguments; `executable` is Python for what the fork starts."""
    return [sys.executable, "-IS", str(HERE / "client.py"), address, executable]


def write_python(path: Path, command: Sequence[str], scripts: Collection[str]) -> None:
    """Write a ``python`` that hands `scripts` to a command."""
    cases = "|".join(map(shlex.quote, scripts))
    path.write_text(
        "#!/bin/sh\n"
        f'case "$1" in {cases}) exec {shlex.join(command)} "$@" ;; esac\n'
        f'exec {shlex.quote(sys.executable)} "$@"\n'
    )
    path.chmod(0o755)


def remove_abandoned(folder: Path) -> None:
    """Remove the folders of processes that are no more."""
    for left in folder.glob("[0-9]*"):
        if left.name == str(os.getpid()) or not Path("/proc", left.name).exists():
            shutil.rmtree(left, ignore_errors=True)
