"""Commands of test runs, forked from a process that has their imports done and has run nothing.

A small run is some seventy jobs that import torch, pandas and matplotlib for longer than they work.
`folder` holds a `python` and a `snakemake` that ask that process, a child of pytest's, for a fork of
itself (`invariances.forks`). The library is imported already where a checkout's is as this one's, by sizes
and times of its files; one that a test has edited is imported by the fork afresh. Tests of kills, and one
whole run, start plain processes.
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

    others = [
        *sorted(foreign()),
        *(f"snakemake.{part}" for part in SNAKEMAKE),
        "smart_open.http",
        "snakemake_executor_plugin_slurm",
    ]
    ours = [
        ".".join(path.relative_to(OURS[0].parent).with_suffix("").parts)
        for path in library(OURS[0])
    ]
    server.serve(listening, [*others, *sorted(ours)], prepare)
    shutil.rmtree(place, ignore_errors=True)


def prepare() -> None:
    """In a fork, before what it was asked for."""
    # All that a run starts comes from here.
    os.environ.setdefault("INVARIANCES_FORKS", "0")
    script = Path(sys.argv[0])
    traced = "TRACED" in os.environ and script.name != "snakemake"
    if traced or state(checkout(script)) != state(ROOT):
        for name in [name for name in sys.modules if name.split(".")[0] == "invariances"]:
            del sys.modules[name]
    if traced:
        importlib.import_module("tracer").trace()


def checkout(script: Path) -> Path:
    """Whose library a command imports: a script's own, or that of the Snakefile."""
    if script.name != "snakemake":
        return script.absolute().parents[1]
    given = sys.argv.index("--snakefile") + 1 if "--snakefile" in sys.argv else 0
    return Path(sys.argv[given]).absolute().parent if given else Path.cwd()


def state(root: Path) -> set[tuple[str, int, int]]:
    """What tells one state of a checkout's library from another."""
    files = [path for path in (root / "workflow/invariances").rglob("*") if path.is_file()]
    stats = [(str(path.relative_to(root)), path.stat()) for path in files if path.suffix != ".pyc"]
    return {(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats}


def library(folder: Path) -> list[Path]:
    """The library's modules, but those that are programs."""
    programs = ("__main__", "client", "server")
    return [path for path in folder.rglob("*.py") if path.stem not in (*programs, "__init__")]


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
