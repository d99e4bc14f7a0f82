"""Commands of test runs, forked from a process that has their imports done and has run nothing.

A small run is some seventy jobs that import torch, pandas and matplotlib for longer than they work.
`folder` holds a `python` and a `snakemake` that ask that process, a child of pytest's, for a fork of
itself. The fork has the caller's arguments, directory, environment, process group and standard streams,
and imports the tested checkout's own code afresh. Tests of kills, and one whole run, start plain processes.
"""

import array
import ast
import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = (ROOT / "workflow/invariances", ROOT / "scripts")
SNAKEMAKE = ("cli", "dag", "executors.local", "report", "scheduling.job_scheduler", "workflow")
SELDOM = {"captum", "timm"}
"""Imported by few jobs, and slowly."""

CLIENT = '''#!{python} -IS
"""Asks for a fork that runs a script (or Snakemake) as this process would, and ends as it does."""
import array, json, os, signal, socket, sys

name = os.path.basename(sys.argv[0])
if name == "python" and (len(sys.argv) < 2 or sys.argv[1].startswith("-")):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
request = {{
    "arguments": [name, *sys.argv[1:]],
    "folder": os.getcwd(),
    "environment": dict(os.environ),
    "group": os.getpgrp(),
}}
text = json.dumps(request).encode()
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
streams = array.array("i", [0, 1, 2])
first = len(text).to_bytes(8, "big")
server.sendmsg([first], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
server.sendall(text)
fork = int.from_bytes(server.recv(8, socket.MSG_WAITALL), "big")
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, frame: os.kill(fork, number))
status = int.from_bytes(server.recv(8, socket.MSG_WAITALL), "big", signed=True)
if status < 0:
    if -status != signal.SIGKILL:
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
sys.exit(status)
'''


@functools.cache
def folder() -> Path:
    """The folder of `python` and `snakemake`; the process behind them is this one's, and ends with it."""
    if not hasattr(os, "pidfd_open"):
        return Path(sys.executable).parent  # Not on this system: plain processes.
    place = Path(tempfile.mkdtemp(prefix="forks-"))
    for name in ("python", "snakemake"):
        path = place / name
        path.write_text(CLIENT.format(python=sys.executable, address=str(place / "socket")))
        path.chmod(0o755)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(place / "socket"))
    listening.listen(64)
    # One core for numerical libraries, unless a job says otherwise.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, __file__, str(listening.fileno()), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listening.fileno()],
        env=environment,
    )
    listening.close()
    # Whose end closes the pipe.
    assert server.stdin
    atexit.register(server.stdin.close)
    return place


# ---- the process that forks ------------------------------------------------------------------------


def serve(listening: socket.socket, place: Path) -> None:
    """Fork for whoever asks, until the tests' process has ended."""
    path = list(sys.path[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    # A fork's collector would look through all of it, and have all of it copied.
    gc.collect()
    gc.freeze()
    waiting = selectors.DefaultSelector()
    waiting.register(sys.stdin, selectors.EVENT_READ)
    waiting.register(listening, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                shutil.rmtree(place, ignore_errors=True)
                return
            if key.fileobj is listening:
                asking, _ = listening.accept()
                request, streams = received(asking)
                fork = os.fork()
                if not fork:
                    for each in list(waiting.get_map().values()):
                        os.close(each.fd)
                    asking.close()
                    os._exit(become(request, streams, path, place))
                for stream in streams:
                    os.close(stream)
                asking.sendall(fork.to_bytes(8, "big"))
                pid = os.pidfd_open(fork)
                waiting.register(pid, selectors.EVENT_READ, (fork, asking))
                waiting.register(asking, selectors.EVENT_READ, (fork, pid))
            elif isinstance(key.fileobj, int):
                fork, asking = key.data
                status = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
                waiting.unregister(key.fileobj)
                os.close(key.fileobj)
                if asking in waiting.get_map():
                    waiting.unregister(asking)
                    asking.sendall(status.to_bytes(8, "big", signed=True))
                asking.close()
            else:
                # Who asked has been killed: so is what it asked for.
                waiting.unregister(key.fileobj)
                os.kill(key.data[0], signal.SIGKILL)


def received(asking: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """A request, and the caller's standard streams."""
    streams = array.array("i", [0, 0, 0])
    size, ancillary, *_ = asking.recvmsg(8, socket.CMSG_SPACE(len(streams) * streams.itemsize))
    streams = array.array("i", ancillary[0][2])
    text = asking.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)
    return json.loads(text), list(streams)


def become(request: dict[str, Any], streams: list[int], path: list[str], place: Path) -> int:
    """In the fork: be the process that was asked for; its exit status."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, closefd=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(OSError):  # Another session's.
        os.setpgid(0, request["group"])
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    name, *arguments = request["arguments"]
    sys.executable = str(place / "python")
    added = list(filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    try:
        if name == "python":
            script = Path(arguments[0])
            sys.argv, sys.path[:] = arguments, [str(script.parent.absolute()), *added, *path]
            if "TRACED" in os.environ:
                importlib.import_module("tracer").trace()
            main = types.ModuleType("__main__")
            main.__file__, sys.modules["__main__"] = str(script), main
            exec(compile(script.read_bytes(), script, "exec"), main.__dict__)
        else:
            sys.argv, sys.path[:] = [name, *arguments], [str(place), *added, *path]
            sys.modules["snakemake.cli"].main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def preload() -> None:
    """Import what the library, the scripts and a start of Snakemake import of others."""
    for name in [
        *sorted(foreign()),
        *(f"snakemake.{part}" for part in SNAKEMAKE),
        "smart_open.http",
    ]:
        if select.select([sys.stdin], [], [], 0)[0]:
            return  # The tests have ended.
        # A name may be an attribute's, or of something that is not installed: whoever needs it says so.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


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
