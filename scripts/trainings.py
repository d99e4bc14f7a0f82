"""Tell networks from their trainings: how far those by several seeds differ, and networks beyond that."""

import argparse
import json
from pathlib import Path

import command
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import PICTURES, TRAINING_DIFFERENCES, TRAININGS
from invariances.tables.frames import read_all, write
from invariances.thresholds.differences import reaches
from invariances.thresholds.trainings import training_differences, training_table


def main(arguments: argparse.Namespace) -> None:
    grids = from_json(dict[str, TransformAxis], arguments.transforms, "--transforms")
    axes = {name: (grid.axis, grid.identity) for name, grid in grids.items()}
    groups = json.loads(arguments.trainings)
    pictures = read_all(arguments.pictures, PICTURES)
    spread, *differences = arguments.output
    write(training_table(pictures, axes, groups, ends=reaches(grids)), spread, TRAININGS)
    for path in differences:
        options = {"resamples": arguments.resamples, "seed": arguments.seed}
        table = training_differences(pictures, axes, groups, ends=reaches(grids), **options)
        write(table, path, TRAINING_DIFFERENCES)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--resamples", "--seed")
    parser.add_argument(
        "--pictures",
        type=Path,
        nargs="+",
        required=True,
        help="pictures' own thresholds, by network and transform (.parquet)",
    )
    parser.add_argument(
        "--trainings", required=True, help="the names of each network's trainings, as a JSON object"
    )
    parser.add_argument(
        "--transforms", required=True, help="axis and identity of each transform, as a JSON object"
    )
    parser.add_argument(
        "--output",
        type=Path,
        nargs="+",
        required=True,
        metavar="CSV",
        help="how far trainings differ, and of two networks or more their differences",
    )
    command.run(main, parser.parse_args())
