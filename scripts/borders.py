"""Thresholds under other paddings, or resamplings, beside those under the run's own: borders.csv."""

import argparse
import json
from pathlib import Path

import command
from invariances.tables import TABLES, THRESHOLDS
from invariances.tables.frames import read_all, write
from invariances.thresholds.borders import border_table


def main(arguments: argparse.Namespace) -> None:
    # results/{run}/borders/{padding}/{model}/{transform}.csv, or resamplings/{resampling}/...
    parts = command.grouped((path.parent.parent.name, path) for path in arguments.others)
    others = {padding: read_all(paths, THRESHOLDS) for padding, paths in parts.items()}
    own = read_all(arguments.own, THRESHOLDS)
    declared = TABLES[arguments.output.stem]
    table = border_table(own, arguments.setting, others, arguments.ranges, declared)
    write(table, arguments.output, declared)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--own", type=Path, nargs="+", required=True, help="thresholds under the run's own"
    )
    parser.add_argument("--setting", required=True, help="the run's own padding, or resampling")
    parser.add_argument(
        "--others",
        type=Path,
        nargs="+",
        required=True,
        help="thresholds under others, as borders/{padding}/{model}/{transform}.csv",
    )
    parser.add_argument(
        "--ranges",
        type=json.loads,
        required=True,
        help="least and largest magnitude by padding, model and transform, JSON",
    )
    parser.add_argument(
        "--output", type=Path, required=True, help="the table, borders.csv or resamplings.csv"
    )
    command.run(main, parser.parse_args())
