"""client.py ADDRESS PYTHON SCRIPT ...: a fork runs the script as this process would, and this ends as it does.

Started for every short job, without Python's `site`, so that it takes hundredths of a second.
"""

import array
import json
import os
import signal
import socket
import sys
from types import FrameType

INTEGER = 8
"""Bytes of a number on the socket."""


def main(address: str, executable: str, arguments: list[str]) -> None:
    """Ask, wait, end; with nobody to ask, or who forked it gone, be plain Python."""
    request = {
        "arguments": arguments,
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "group": os.getpgrp(),
        "executable": executable,
    }
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(f"\0{address}")
        ask(server, json.dumps(request).encode())
        fork = int.from_bytes(server.recv(INTEGER, socket.MSG_WAITALL), "big")
    except OSError:
        fork = 0
    if not fork:
        os.execv(executable, [executable, *arguments])

    def forward(number: int, frame: FrameType | None) -> None:
        os.kill(fork, number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    # A terminal sends it to the whole group, to which the fork belongs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer = server.recv(INTEGER, socket.MSG_WAITALL)
    except OSError:
        answer = b""
    if len(answer) < INTEGER:
        try:
            os.kill(fork, signal.SIGKILL)
        except ProcessLookupError:
            pass
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.execv(executable, [executable, *arguments])
    end_as(int.from_bytes(answer, "big", signed=True))


def ask(server: socket.socket, text: bytes) -> None:
    """Send a request, with this process's standard streams."""
    streams = array.array("i", [0, 1, 2])
    size = len(text).to_bytes(INTEGER, "big")
    server.sendmsg([size], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
    server.sendall(text)


def end_as(status: int) -> None:
    """End with an exit status, below zero by that signal."""
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
