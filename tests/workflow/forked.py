"""A script run by each `python` that there is: by Python itself, by the tests' forks and by a run's."""

import functools
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import forks
import psutil

from invariances import forks as of_runs


@functools.cache
def of_a_run() -> Path:
    """The folder of the `python` that a run's jobs are forked by."""
    place = Path(tempfile.mkdtemp(prefix="run-"))
    return of_runs.start(place, ["numpy.random", "torch"], ["a script.py"])


PYTHONS = {
    "process": lambda: sys.executable,
    "fork": lambda: str(forks.folder() / "python"),
    "run": lambda: str(of_a_run() / "python"),
}


def started(python: str, folder: Path, text: str, *arguments: str, **options):
    """The process of a script with this text."""
    (folder / "a script.py").write_text(text)
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    return subprocess.Popen([python, "a script.py", *arguments], cwd=folder, **options)


def is_dead(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def hears(heard: bool, number: int = signal.SIGINT):
    """For `preexec_fn`: that a signal is heard, or ignored."""
    return lambda: signal.signal(number, signal.SIG_DFL if heard else signal.SIG_IGN)


def hears_all() -> None:
    """For `preexec_fn`: where tests run in the background, by `nohup` or a script, some are ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
