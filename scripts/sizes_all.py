"""Thresholds as sizes of a whole run, from those of its chunks of classes."""

import argparse
from pathlib import Path

import command
from invariances.tables import SIZES, THRESHOLDS
from invariances.tables.frames import read, read_all, write


def main(arguments: argparse.Namespace) -> None:
    from invariances.sizes import joined

    table = joined(read(arguments.thresholds, THRESHOLDS), read_all(arguments.sizes, SIZES))
    write(table, arguments.output, SIZES)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument("--sizes", type=Path, nargs="+", required=True, help="parts of the table")
    parser.add_argument("--output", type=Path, required=True, help="sizes (.csv)")
    command.run(main, parser.parse_args())
