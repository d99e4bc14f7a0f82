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
HEARD = (signal.SIGINT, *FORWARDED)
"""What may end a job from outside, or be ignored, as `nohup` and background jobs of scripts have it."""


def main(address: str, executable: str, arguments: list[str]) -> None:
    """Ask, wait, end; with nobody to ask, or who forked it gone, be plain Python."""
    # What is ignored here is ignored by the fork as well.
    heard = [number for number in HEARD if signal.getsignal(number) is not signal.SIG_IGN]
    # Before there is a fork, it ends this process and says nothing.
    hear(heard)
    status = asked(address, executable, arguments, heard) if streams_are_open() else None
    if status is None:
        hear(heard)
        os.execv(sys.executable, [sys.executable, *arguments])
    end_as(status)


def hear(numbers: list[signal.Signals]) -> None:
    """Let signals end this process."""
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)


def streams_are_open() -> bool:
    """Whether all standard streams are; where one is closed the next file opened takes its number."""
    try:
        for number in range(3):
            os.fstat(number)
    except OSError:
        return False
    return True


def asked(
    address: str, executable: str, arguments: list[str], heard: list[signal.Signals]
) -> int | None:
    """The exit status of the fork that was asked for; None where there is none, or no more."""
    server = socket.socket(socket.AF_UNIX)
    fork = forked(server, address, executable, arguments, heard)
    return waited(server, fork, heard) if fork else None


def forked(
    server: socket.socket,
    address: str,
    executable: str,
    arguments: list[str],
    heard: list[signal.Signals],
) -> int:
    """The number of the process that has been forked; 0 for none."""
    request = {
        "arguments": arguments,
        "folder": os.getcwd(),  # noqa: PTH109 - not to import pathlib
        "environment": dict(os.environ),
        "group": os.getpgrp(),
        "executable": executable,
        "heard": heard,
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


def waited(server: socket.socket, fork: int, heard: list[signal.Signals]) -> int | None:
    """The fork's exit status, below zero of a signal; None, and no fork, where who forked it is gone."""
    told: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        told.append(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(fork, number)

    for number in heard:
        # A terminal sends an interruption to the whole group, to which the fork belongs.
        signal.signal(number, forward if number in FORWARDED else signal.SIG_IGN)
    answer = b""
    with contextlib.suppress(OSError):
        answer = server.recv(INTEGER, socket.MSG_WAITALL)
    if len(answer) == INTEGER:
        return int.from_bytes(answer, "big", signed=True)
    with contextlib.suppress(ProcessLookupError):
        os.kill(fork, signal.SIGKILL)
    # Who was to end is not begun again.
    return -told[0] if told else None


def end_as(status: int) -> None:
    """End with an exit status, below zero by that signal."""
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
