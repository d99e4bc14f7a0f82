"""What every command here does alike: parse, run, say in one sentence what went wrong."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from invariances.errors import InputError


def parser(description: str | None) -> argparse.ArgumentParser:
    """A command's parser, its help the script's docstring."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def run(command: Callable[[argparse.Namespace], Any], arguments: argparse.Namespace) -> None:
    """Run a command; what a user can mend is one line on stderr and exit status 1."""
    try:
        command(arguments)
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"error: {error.filename}: {error.strerror}")


def use_threads(threads: int) -> None:
    """Keep numerical libraries to this many cores; call before torch is imported."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
