"""Say what a run will take before it is started: jobs, passes, minutes, disk and memory.

invariances plan mine.yaml
"""

import argparse

from invariances.commands.places import config_of
from invariances.commands.starting import command, cores_option, start


def options(parser: argparse.ArgumentParser) -> None:
    """Which run."""
    parser.add_argument("run", metavar="CONFIG", help="a config's file, or a run's name")
    cores_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Plan it, and run nothing."""
    file = config_of(arguments.run)
    return start(command(file, cores=arguments.cores, options=["--dry-run", "--quiet"]))
