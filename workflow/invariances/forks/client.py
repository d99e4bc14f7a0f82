"""client.py ADDRESS PYTHON SCRIPT ...: a fork runs the script as this process would; this ends as it does.

Started for every job, without Python's `site`, so that it takes hundredths of a second.
"""

import array
import contextlib
import json
import os
import signal
import socket
import sys
from types import FrameType

INTEGER = 8
"""Bytes of a number on the socket."""
FORWARDED = (signal.SIGTERM, signal.SIGHUP)


def main(address: str, executable: str, arguments: list[str]) -> None:
    """Ask, wait, end; with nobody to ask, or who forked it gone, be plain Python."""
    # Who was started in the background by a script ignores it, and so does the fork.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    interrupt = signal.SIG_IGN if ignored else signal.SIG_DFL
    # Before there is a fork, it ends this process and says nothing.
    signal.signal(signal.SIGINT, interrupt)
    server = socket.socket(socket.AF_UNIX)
    fork = forked(server, address, executable, arguments, ignored)
    status = waited(server, fork) if fork else None
    if status is None:
        for number in FORWARDED:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, interrupt)
        os.execv(sys.executable, [sys.executable, *arguments])
    end_as(status)


def forked(
    server: socket.socket, address: str, executable: str, arguments: list[str], ignored: bool
) -> int:
    """The number of the process that has been forked; 0 for none."""
    request = {
        "arguments": arguments,
        "folder": os.getcwd(),  # noqa: PTH109 - not to import pathlib
        "environment": dict(os.environ),
        "group": os.getpgrp(),
        "executable": executable,
        "ignored": ignored,
    }
    text, streams = json.dumps(request).encode(), array.array("i", [0, 1, 2])
    try:
        server.connect(f"\0{address}")
        size = len(text).to_bytes(INTEGER, "big")
        server.sendmsg([size], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        server.sendall(text)
        return int.from_bytes(server.recv(INTEGER, socket.MSG_WAITALL), "big")
    except OSError:
        return 0


def waited(server: socket.socket, fork: int) -> int | None:
    """The fork's exit status, below zero of a signal; None, and no fork, where who forked it is gone."""

    def forward(number: int, frame: FrameType | None) -> None:
        os.kill(fork, number)

    for number in FORWARDED:
        signal.signal(number, forward)
    # A terminal sends it to the whole group, to which the fork belongs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer = b""
    with contextlib.suppress(OSError):
        answer = server.recv(INTEGER, socket.MSG_WAITALL)
    if len(answer) == INTEGER:
        return int.from_bytes(answer, "big", signed=True)
    with contextlib.suppress(ProcessLookupError):
        os.kill(fork, signal.SIGKILL)
    return None


def end_as(status: int) -> None:
    """End with an exit status, below zero by that signal."""
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
