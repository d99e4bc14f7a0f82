"""The command ``invariances``: from pictures and a network to a page, without Snakemake's order of words.

Each subcommand is a module of this room with `options`, which fills its parser, and `run`, which returns an
exit status. Snakemake is started here alone, as a process (`starting`); nothing of it is imported.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from invariances.commands import clear, figure, needed, plan, report, run
from invariances.errors import InputError

COMMANDS = {
    "run": run,
    "plan": plan,
    "figure": figure,
    "report": report,
    "clear": clear,
    "pictures": needed,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what a user can mend is one line on stderr and exit status 1."""
    parser = argparse.ArgumentParser(
        prog="invariances",
        description="What can you do to a picture before a trained network changes its prediction?",
        epilog="`invariances COMMAND --help` says what a command takes.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        text = module.__doc__ or ""
        added = commands.add_parser(
            name,
            help=text.splitlines()[0].rstrip("."),
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.options(added)
        added.set_defaults(begin=module.run)
    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.begin(chosen)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who reads has enough, as `head` has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None:
            raise
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return status
