"""The two strategies held together: what the ITN learned beside the screening's thresholds."""

import argparse
from pathlib import Path

import command
from invariances.itn import comparison
from invariances.tables import COMPARISON, EVALUATION, THRESHOLDS
from invariances.tables.frames import read, read_all, write


def main(arguments: argparse.Namespace) -> None:
    thresholds = read_all(arguments.thresholds, THRESHOLDS)
    table = comparison(read(arguments.evaluation, EVALUATION), thresholds)
    write(table, arguments.output, COMPARISON)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="evaluation.csv of the ITN")
    parser.add_argument(
        "--thresholds", type=Path, nargs="+", required=True, help="of the same network, .csv"
    )
    parser.add_argument("--output", type=Path, required=True, help="output, .csv")
    command.run(main, parser.parse_args())
