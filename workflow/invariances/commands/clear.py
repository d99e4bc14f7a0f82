"""Remove from a run's results what its present config makes no more.

    invariances clear photos-resnet50

That is what a transform, class or network leaves that was taken out of the config; a run that finds such
files says so at its end.
"""

import argparse

from invariances.commands.places import config_of
from invariances.commands.starting import command, start


def options(parser: argparse.ArgumentParser) -> None:
    """Which run."""
    parser.add_argument(
        "run", metavar="RUN", help="a run's name, its folder in results/ or its config"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask the workflow for it, which knows what it makes."""
    return start(command(config_of(arguments.run), "clear", cores=1))
