"""Where the workflow lies, and how it is started: Snakemake as a process of its own."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from invariances.errors import InputError

LIBRARY = Path(__file__).parents[1]
SHIPPED = "shipped"
"""The folder of the library in which a wheel has the checkout's Snakefile and what belongs to it."""


def snakefile() -> Path:
    """The workflow's entry: that of the checkout, or the wheel's copy."""
    for place in (LIBRARY.parents[1], LIBRARY / SHIPPED):
        if (place / "Snakefile").is_file() and (place / "workflow/rules").is_dir():
            return place / "Snakefile"
    raise InputError(f"{LIBRARY}: the workflow's Snakefile is not beside the library; install anew")


def cores_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--cores``."""
    parser.add_argument(
        "--cores", type=_cores, default=available(), metavar="N", help="jobs at once (default: all)"
    )


def available() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cores(text: str) -> int:
    if text == "all":
        return available()
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number from 1, or `all`")
    return int(text)


def command(config: Path, *targets: str, cores: int, options: Sequence[str] = ()) -> list[str]:
    """A start of the workflow: targets first, since Snakemake's options swallow words that follow them."""
    if find_spec("snakemake") is None:
        raise InputError(
            "Snakemake is not installed here, which runs the workflow: pip install 'invariances[workflow]'"
        )
    _check_cache()
    logger = ["--logger", "invariances"] if find_spec("snakemake_logger_plugin_invariances") else []
    return [
        # -P: a module in the working directory is no part of Snakemake, whatever it is called.
        *(sys.executable, "-P", "-m", "snakemake", *targets, "--cores", str(cores)),
        *("--snakefile", str(snakefile()), *options, *logger, "--configfile", str(config)),
    ]


def start(arguments: Sequence[str]) -> int:
    """Run a command to its end, which Ctrl-C asks it for as well; its exit status."""
    process = subprocess.Popen(arguments)
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:
            continue  # The terminal has told the process too; it ends its jobs, and says so.
    return 128 - status if status < 0 else status


def _check_cache() -> None:
    """Raise InputError where Snakemake would fail to make its cache, before anything of ours is read."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: this folder, for caches, cannot be made ({error.strerror}); set HOME or "
            "XDG_CACHE_HOME to one that can"
        ) from error
