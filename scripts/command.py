"""What every command here does alike: parse, run, say in one sentence what went wrong."""

import argparse
import fcntl
import os
import resource
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from invariances.configuration import default
from invariances.errors import InputError


def assigned(text: str) -> tuple[str, Path]:
    """Name and path of NAME=PATH."""
    name, separator, path = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=PATH")
    return name, Path(path)


SHARED: dict[str, dict[str, Any]] = {
    "--prepared": {
        "type": Path,
        "nargs": "+",
        "required": True,
        "help": "prepared pictures (.npy), each with its manifest (.csv) beside it",
    },
    "--prepared-of": {
        "type": assigned,
        "nargs": "+",
        "required": True,
        "metavar": "MODEL=FILE",
        "help": "prepared pictures as above, of each network",
    },
    "--classifier": {
        "type": Path,
        "required": True,
        "help": "folder of weights.safetensors and model.json",
    },
    "--sweeps": {
        "type": Path,
        "nargs": "+",
        "required": True,
        "help": "all chunks of one sweep, .npz",
    },
    "--description": {"type": Path, "required": True, "help": "the network's model.json"},
    "--model": {"required": True, "help": "its name"},
    "--classes": {"required": True, "help": "in the order of rows, as a JSON list"},
    "--padding": {"default": default("padding"), "help": "what lies outside the picture"},
    "--resampling": {
        "default": default("resampling"),
        "help": "how geometric transforms find values between pixels",
    },
    "--resamples": {
        "type": int,
        "default": default("thresholds.resamples"),
        "help": "of the bootstrap",
    },
    "--seed": {"type": int, "default": default("seed"), "help": "the run's seed"},
    "--batch-size": {
        "type": lambda text: text if text == "auto" else int(text),
        "default": default("batch_size"),
        "help": "pictures at once, or auto",
    },
    "--precision": {
        "default": default("precision"),
        "help": "of the network: float32, checked, tf32 or bfloat16",
    },
    "--tolerance": {
        "type": float,
        "default": default("thresholds.tolerance"),
        "help": "of pictures' own thresholds, of the range",
    },
    "--missed": {
        "type": float,
        "default": default("thresholds.missed"),
        "help": "the probability of a hidden flip that a search may leave, of a picture",
    },
    "--device": {"default": "cpu", "help": "cpu or cuda"},
    "--engine": {"type": Path, "help": "the classifier compiled for this processor, .pt2"},
    "--threads": {"type": int, "default": 1, "help": "cores"},
    "--each": {
        "action": "store_true",
        "help": "show equal pictures each: the network's answer is not theirs alone",
    },
}
"""Options that several commands have, declared once: one name, one meaning."""
CELL = ("--sweeps", "--description", "--model")
"""A network's sweep, of those that make tables of it."""

BEGUN = time.perf_counter() - time.process_time()
"""When this process started: what it has done by now are imports."""
Name = TypeVar("Name")
HELD: list[IO[str]] = []
"""Files whose locks this process keeps to its end."""


def parser(description: str | None, *shared: str) -> argparse.ArgumentParser:
    """A command's parser, its help the script's docstring, with some of the `SHARED` options."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in shared:
        options.add_argument(name, **SHARED[name])
    return options


def grouped(pairs: Iterable[tuple[Name, Path]]) -> dict[Name, list[Path]]:
    """The paths of each name, in their order."""
    found: dict[Name, list[Path]] = {}
    for name, path in pairs:
        found.setdefault(name, []).append(path)
    return found


def run(command: Callable[[argparse.Namespace], Any], arguments: argparse.Namespace) -> None:
    """Run a command on its cores; what a user can mend is one line on stderr and exit status 1."""
    _make_room()
    use_threads(getattr(arguments, "threads", 1))
    try:
        command(arguments)
        _tell_usage()
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"error: {error.filename}: {error.strerror}")
    except (MemoryError, RuntimeError) as error:
        if not is_want_of_memory(error):
            raise
        sys.exit(f"error: out of memory: {_remedy(arguments)} ({str(error).splitlines()[0][:200]})")
    except KeyboardInterrupt:
        # As a program that does not care: who waits for it is told that it was interrupted.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


def _tell_usage() -> None:
    """The time and memory that this took, as the last line of a job's log; a terminal is told nothing.

    Not by Snakemake, which measures the process that it started: a fork is not that (invariances/forks).
    """
    if not _is_logged():
        return
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processor = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    unit = 1 if sys.platform == "darwin" else 1024
    memory = max(own.ru_maxrss, children.ru_maxrss) * unit / 1e6
    took = time.perf_counter() - BEGUN
    told = f"took {took:.1f} s, {processor:.1f} s of processors, {memory:.0f} MB at most\n"
    # What was made is there, though the disk may have no room for this: nothing of it is kept for later.
    with suppress(OSError):
        os.write(sys.stderr.fileno(), told.encode())


def _is_logged() -> bool:
    """Whether what is said goes to a file."""
    try:
        return sys.stderr is not None and stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def is_want_of_memory(error: Exception) -> bool:
    """Whether Python, numpy or torch, on the CPU or a GPU, could not get the memory that they asked for."""
    text = str(error).lower()
    said = ("out of memory" in text, "can't allocate memory" in text, "not enough memory" in text)
    return isinstance(error, MemoryError) or any(said)


def _remedy(arguments: argparse.Namespace) -> str:
    size = getattr(arguments, "batch_size", None)
    smaller = f"lower batch_size in the config, {size} now, " if size else "run fewer jobs at once "
    return f"{smaller}or take a machine or a GPU with more"


def _make_room() -> None:
    """Leave the names of our scripts to the user, whose modules may be called `images` or `command` too.

    Python puts a script's own folder first on the path; by now all that scripts want of each other is here.
    """
    ours = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != ours]
    folders: dict[str, bool] = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file:
            # Thousands of modules lie in some hundred folders: each is looked up once.
            folder = file.rpartition(os.sep)[0]
            if folder not in folders:
                folders[folder] = Path(folder).resolve() == ours
            if folders[folder]:
                del sys.modules[name]


def use_threads(threads: int) -> None:
    """Keep numerical libraries to this many cores, also those that are yet to be imported."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


@contextmanager
def counted(network: Any, total: int, words: str, *, done: int = 0) -> Iterator[None]:
    """Tell the job's log how many pictures a torch network has been shown, of about `total`.

    `done` of them were shown before, to another.
    """
    from tqdm import tqdm

    with tqdm(total=total, initial=done, unit="pass", mininterval=5, desc=words) as bar:

        def count(_: Any, inputs: tuple[Any, ...], __: Any) -> None:
            # Without an answer: what a hook returns takes the place of the network's output.
            bar.update(len(inputs[0]))

        hook = network.register_forward_hook(count)
        try:
            yield
        finally:
            hook.remove()


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
