"""Commands of test runs, forked from a process that has their imports done and has run nothing.

A small run is some seventy jobs that import torch, pandas and matplotlib for longer than they work.
`folder` holds a `python` and a `snakemake` that ask that process, a child of pytest's, for a fork of
itself (`invariances.forks`), which imports the tested checkout's own code afresh. Tests of kills, and
one whole run, start plain processes.
"""

import ast
import atexit
import functools
import importlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = (ROOT / "workflow/invariances", ROOT / "scripts")
SNAKEMAKE = ("cli", "dag", "executors.local", "report", "scheduling.job_scheduler", "workflow")
SELDOM = {"captum", "timm"}
"""Imported by few jobs, and slowly."""


@functools.cache
def folder() -> Path:
    """The folder of `python` and `snakemake`; the process behind them is this one's, and ends with it."""
    from invariances import forks

    plain = Path(sys.executable)
    if not forks.AVAILABLE:
        return plain.parent
    place = Path(tempfile.mkdtemp(prefix="forks-"))
    address, listening = forks.listen()
    client = shlex.join(forks.forking(address, str(place / "python")))
    texts = {
        "python": f'case "$1" in ""|-*) exec {plain} "$@" ;; esac\nexec {client} "$@"\n',
        "snakemake": f'exec {client} {plain.with_name("snakemake")} "$@"\n',
    }
    for name, text in texts.items():
        (place / name).write_text(f"#!/bin/sh\n{text}")
        (place / name).chmod(0o755)
    server = subprocess.Popen(
        [plain, __file__, str(listening.fileno()), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listening.fileno()],
        env={**os.environ, **forks.ONE_CORE, "PYTHONPATH": str(OURS[0].parent)},
    )
    listening.close()
    # Whose end closes the pipe.
    assert server.stdin
    atexit.register(server.stdin.close)
    return place


# ---- the process that forks ------------------------------------------------------------------------


def serve(listening: socket.socket, place: Path) -> None:
    """Fork for whoever asks, until the tests' process has ended."""
    from invariances.forks import server

    # Each fork imports the code of its own checkout.
    for name in [name for name in sys.modules if name.split(".")[0] == "invariances"]:
        del sys.modules[name]
    sys.path.remove(str(OURS[0].parent))
    modules = [*sorted(foreign()), *(f"snakemake.{part}" for part in SNAKEMAKE), "smart_open.http"]
    server.serve(listening, modules, prepare)
    shutil.rmtree(place, ignore_errors=True)


def prepare() -> None:
    """In a fork, before what it was asked for."""
    # All that a run starts comes from here.
    os.environ.setdefault("INVARIANCES_FORKS", "0")
    if "TRACED" in os.environ and Path(sys.argv[0]).name != "snakemake":
        importlib.import_module("tracer").trace()


def foreign() -> set[str]:
    """Modules of others that our files name in their imports."""
    found: set[str] = set()
    for file in (file for place in OURS for file in place.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    ours = {"invariances", *SELDOM, *(path.stem for path in OURS[1].glob("*.py"))}
    return {name for name in found if name.split(".")[0] not in ours}


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]))
