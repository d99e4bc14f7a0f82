"""The two strategies held together: what the ITN learned beside the screening's thresholds."""

import argparse
from pathlib import Path

import pandas as pd

import command
from invariances.itn import comparison
from invariances.tables import read_table, write_csv


def main(arguments: argparse.Namespace) -> None:
    thresholds = pd.concat([read_table(path) for path in arguments.thresholds], ignore_index=True)
    write_csv(comparison(read_table(arguments.evaluation), thresholds), arguments.output)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="evaluation.csv of the ITN")
    parser.add_argument(
        "--thresholds", type=Path, nargs="+", required=True, help="of the same network, .csv"
    )
    parser.add_argument("--output", type=Path, required=True, help="output, .csv")
    command.run(main, parser.parse_args())
