"""server.py SOCKET MODULE ...: import the modules, then fork for whoever asks until standard input closes.

A fork has the caller's arguments, directory, environment, process group and standard streams. It ends with
its caller; those that are at work when standard input closes are waited for.
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import selectors
import signal
import socket
import struct
import sys
import tempfile
import threading
import traceback
import types
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

INTEGER = 8
"""Bytes of a number on the socket, as `client` has them."""
CREDENTIALS = struct.Struct("3i")
"""Process, user and group of who has connected."""
HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a whole group may be sent, by a terminal or by who limits its time, as `client` has them."""


def serve(
    listening: socket.socket, modules: Sequence[str], prepare: Callable[[], object] = lambda: None
) -> None:
    """Fork for whoever asks; `prepare` is called in each fork before its script runs."""
    # Without this file's folder, which Python puts first.
    path = sys.path[1:]
    sys.path[:] = path
    # Who started this ends it: until then it tells of its forks' ends.
    for number in HEARD:
        signal.signal(number, signal.SIG_IGN)
    load(modules)
    # A fork's collector would look through all of it, and have all of it copied.
    gc.collect()
    gc.freeze()
    waiting = selectors.DefaultSelector()
    waiting.register(sys.stdin, selectors.EVENT_READ)
    waiting.register(listening, selectors.EVENT_READ)
    while waiting.get_map():
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                # What connected and was not heard becomes a plain process.
                waiting.unregister(sys.stdin)
                waiting.unregister(listening)
                listening.close()
            elif key.fileobj is listening:
                if listening.fileno() >= 0:
                    accept(listening, waiting, path, prepare)
            elif waiting.get_map().get(key.fd) is key:
                waited(key, waiting)


def load(modules: Sequence[str]) -> None:
    """Import what can be imported, as long as it is wanted."""
    for name in modules:
        if select.select([sys.stdin], [], [], 0)[0]:
            return
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def accept(
    listening: socket.socket,
    waiting: selectors.BaseSelector,
    path: list[str],
    prepare: Callable[[], object],
) -> None:
    """Fork for the next who asks, if that is the same user."""
    asking, _ = listening.accept()
    told = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    try:
        if CREDENTIALS.unpack(told)[1] != os.getuid():
            raise PermissionError
        request, streams = received(asking)
    except (OSError, ValueError, IndexError):
        asking.close()
        return
    # What is sent to a fork before it hears is kept for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    try:
        fork = os.fork()
    except OSError:  # want of memory, too many processes: a plain process may have more luck
        fork = -1
    if not fork:
        for each in list(waiting.get_map().values()):
            os.close(each.fd)
        asking.close()
        end_as(request, streams, path, prepare)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    for stream in streams:
        os.close(stream)
    if fork < 0:
        asking.close()
        return
    with contextlib.suppress(OSError):
        asking.sendall(fork.to_bytes(INTEGER, "big"))
    end = os.pidfd_open(fork)
    waiting.register(end, selectors.EVENT_READ, (fork, asking))
    waiting.register(asking, selectors.EVENT_READ, (fork, end))


def waited(key: selectors.SelectorKey, waiting: selectors.BaseSelector) -> None:
    """A fork has ended, or who asked for it."""
    waiting.unregister(key.fileobj)
    if not isinstance(key.fileobj, int):
        os.kill(key.data[0], signal.SIGKILL)
        return
    fork, asking = key.data
    status = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
    os.close(key.fileobj)
    if asking in waiting.get_map():
        waiting.unregister(asking)
        with contextlib.suppress(OSError):
            asking.sendall(status.to_bytes(INTEGER, "big", signed=True))
    asking.close()


def received(asking: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """A request, and the caller's standard streams."""
    streams = array.array("i", [0, 0, 0])
    size, ancillary, *_ = asking.recvmsg(
        INTEGER, socket.CMSG_SPACE(len(streams) * streams.itemsize)
    )
    streams = array.array("i", ancillary[0][2])
    text = asking.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)
    return json.loads(text), list(streams)


def end_as(*asked: Any) -> None:
    """In the fork: end as the process that was asked for does, and never as the one that forks."""
    status = 1
    try:
        status = become(*asked)
    except BaseException:  # a folder that is gone, a disk that is full as streams are flushed
        traceback.print_exc()
    finally:
        if status == -signal.SIGINT:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        os._exit(status & 0xFF)


def become(
    request: dict[str, Any], streams: list[int], path: list[str], prepare: Callable[[], object]
) -> int:
    """In the fork: be the process that was asked for; its exit status, below zero of an interruption."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, closefd=False)
    forget_ends()
    draw_anew()
    tempfile.tempdir = None
    with contextlib.suppress(OSError):  # Another session's.
        os.setpgid(0, request["group"])
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv, sys.executable = request["arguments"], request["executable"]
    script = Path(sys.argv[0])
    added = list(filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    sys.path[:] = [
        str(script.parent.absolute()),
        *added,
        *(each for each in path if each not in added),
    ]
    try:
        hear(request["heard"])
        prepare()
        main = types.ModuleType("__main__")
        main.__file__, sys.modules["__main__"] = str(script), main
        exec(compile(script.read_bytes(), script, "exec"), main.__dict__)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except KeyboardInterrupt:
        traceback.print_exc()
        status = -signal.SIGINT
    except BaseException:
        traceback.print_exc()
        status = 1
    return ended(status)


def hear(numbers: Sequence[int]) -> None:
    """Take signals as Python does where they are not ignored, and those that came meanwhile."""
    for number in HEARD:
        default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, default if number in numbers else signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)


def draw_anew() -> None:
    """Seed global generators by chance, as imports of numpy and torch do; `random` sees to it itself."""
    if drawing := sys.modules.get("numpy.random"):
        drawing.seed()
    if torch := sys.modules.get("torch"):
        torch.default_generator.seed()


def forget_ends() -> None:
    """Leave what earlier imports want done at the end to the first process; what is to come is done here.

    `weakref.finalize` (temporary directories) and `multiprocessing` (children that are left) ask for that
    once in a process.
    """
    atexit._clear()
    weakref.finalize._registry.clear()  # type: ignore[attr-defined]
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]
    if children := sys.modules.get("multiprocessing.util"):
        atexit.register(children._exit_function)


def ended(status: int) -> int:
    """The status, once threads have ended and what was written has left this process."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return status


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
    # Temporary directories of libraries; matplotlib has one where it may not write into the home.
    atexit._run_exitfuncs()
    # Libraries look for leaks as Python ends, and tell of what `gc.freeze` kept.
    os._exit(0)
