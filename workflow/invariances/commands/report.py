"""Gather a finished run in one page: results/RUN/report.html.

invariances report photos-resnet50
"""

import argparse
from pathlib import Path

from invariances.commands.places import config_of, read_config
from invariances.commands.starting import command, start


def options(parser: argparse.ArgumentParser) -> None:
    """Which run, and where the page goes."""
    parser.add_argument(
        "run", metavar="RUN", help="a run's name, its folder in results/ or its config"
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="the page, .html, or a folder zipped, .zip"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask Snakemake for its report."""
    file = config_of(arguments.run)
    output = arguments.output or Path("results", read_config(file).run, "report.html")
    status = start(command(file, cores=1, options=["--report", str(output)]))
    if not status:
        print(f"The report is {output}.")
    return status
