"""Hold each two networks against each other: paired differences and rank correlations of thresholds."""

import argparse
import json
import sys
from pathlib import Path

import command
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import CORRELATIONS, DIFFERENCES, MIXED_DIFFERENCES, PICTURES, THRESHOLDS
from invariances.tables.frames import read, write
from invariances.thresholds import difference_table, mixed_difference_table
from invariances.thresholds.differences import correlations_by_transform, reaches

SIGNIFICANT = 0.05


def main(arguments: argparse.Namespace) -> None:
    grids = from_json(dict[str, TransformAxis], arguments.transforms, "--transforms")
    axes = {name: (grid.axis, grid.identity) for name, grid in grids.items()}
    options = {"resamples": arguments.resamples, "seed": arguments.seed}
    if arguments.pairs:
        options["pairs"] = [(first, second) for first, second in json.loads(arguments.pairs)]
    thresholds = read(arguments.thresholds, THRESHOLDS)
    pictures = read(arguments.pictures, PICTURES)
    for path, table in ((arguments.thresholds, thresholds), (arguments.pictures, pictures)):
        if table["model"].nunique() < 2:
            raise InputError(f"{path}: a comparison needs two networks or more")
    differences, mixed, correlations = arguments.output
    ends = reaches(grids)
    table = difference_table(pictures, axes, ends=ends, **options)
    least = table["p_least"].min()
    if least > SIGNIFICANT:
        print(
            f"{differences}: no difference can be significant: with so few pictures the least "
            f"adjusted p-value is {least:.2g}; give more images",
            file=sys.stderr,
        )
    write(table, differences, DIFFERENCES)
    together = mixed_difference_table(pictures, axes, ends=ends, **options)
    write(together, mixed, MIXED_DIFFERENCES)
    write(correlations_by_transform(thresholds, axes, **options), correlations, CORRELATIONS)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--resamples", "--seed")
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument(
        "--pictures", type=Path, required=True, help="pictures' own thresholds, pictures.parquet"
    )
    parser.add_argument(
        "--transforms",
        required=True,
        help="axis, identity and magnitudes of each transform, as JSON",
    )
    parser.add_argument("--pairs", help="of which networks, as a JSON list; of each two by default")
    parser.add_argument(
        "--output",
        type=Path,
        nargs=3,
        required=True,
        metavar=("DIFFERENCES", "MIXED", "CORRELATIONS"),
        help="paired differences by cell, over all classes, and rank correlations (.csv)",
    )
    command.run(main, parser.parse_args())
