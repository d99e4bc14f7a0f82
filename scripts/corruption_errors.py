"""Corruption errors of each network, by AlexNet's, and their mean: corruption_errors.csv."""

import argparse
from pathlib import Path

import command
from invariances.tables import CORRUPTION_ERRORS, PICTURES
from invariances.tables.frames import read, write
from invariances.thresholds.corruptions import ALEXNET, corruption_table


def main(arguments: argparse.Namespace) -> None:
    table = corruption_table(
        read(arguments.pictures, PICTURES),
        arguments.corruptions,
        resamples=arguments.resamples,
        seed=arguments.seed,
    )
    write(table, arguments.output, CORRUPTION_ERRORS)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--resamples", "--seed")
    parser.add_argument("--pictures", type=Path, required=True, help="pictures.parquet")
    parser.add_argument(
        "--corruptions",
        nargs="+",
        choices=list(ALEXNET),
        required=True,
        help="those screened at all severities",
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
