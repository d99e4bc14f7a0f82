"""Worst cases of one network under transforms combined: of each picture, and accuracies of each class."""

import argparse
import json
from pathlib import Path
from typing import get_args

import command
from invariances.checks import check_points
from invariances.magnitudes import Scale
from invariances.screening.tuples import Points
from invariances.tables import WORST, WORST_PICTURES, read_arrays
from invariances.tables.files import read_json
from invariances.tables.frames import in_order, write
from invariances.thresholds import worst_picture_table, worst_table


def main(arguments: argparse.Namespace) -> None:
    categories = read_json(arguments.description)["categories"]
    cell = (categories, arguments.model, arguments.transform, arguments.axes)
    parts = [
        worst_picture_table(check_points(Points.from_arrays(read_arrays(path)), path), *cell)
        for path in arguments.sweeps
    ]
    pictures = in_order(parts, json.loads(arguments.classes))
    table = worst_table(
        pictures, arguments.random, resamples=arguments.resamples, seed=arguments.seed
    )
    table_file, pictures_file = arguments.output
    write(table, table_file, WORST)
    write(pictures, pictures_file, WORST_PICTURES)


if __name__ == "__main__":
    parser = command.parser(__doc__, *command.CELL, "--classes", "--resamples", "--seed")
    parser.add_argument("--transform", required=True, help="first+second, or first+second+third")
    parser.add_argument("--axes", nargs="+", choices=get_args(Scale), required=True)
    parser.add_argument("--random", type=int, required=True, help="points drawn, of the worst of k")
    parser.add_argument(
        "--output",
        type=Path,
        nargs=2,
        required=True,
        metavar=("CLASSES", "PICTURES"),
        help="accuracies of classes (.csv) and each picture's worst case (.parquet)",
    )
    command.run(main, parser.parse_args())
