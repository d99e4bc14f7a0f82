"""Response maps of one network under two transforms combined."""

import argparse
import json
from pathlib import Path
from typing import get_args

import command
from invariances.checks import check_sweep
from invariances.magnitudes import Scale
from invariances.screening import Sweep
from invariances.tables import PAIRS, REGIONS, read_arrays
from invariances.tables.files import read_json
from invariances.tables.frames import in_order, write
from invariances.thresholds import pair_table, region_table


def main(arguments: argparse.Namespace) -> None:
    categories = read_json(arguments.description)["categories"]
    classes, axes = json.loads(arguments.classes), tuple(arguments.axes)
    options = {"resamples": arguments.resamples, "seed": arguments.seed}
    cell = (arguments.model, arguments.transform)
    maps, regions = [], []
    for path in arguments.sweeps:
        sweep = check_sweep(Sweep.from_arrays(read_arrays(path)), str(path))
        maps.append(pair_table(sweep, categories, *cell, **options))
        regions.append(region_table(sweep, *cell, axes=axes))
    maps_file, regions_file = arguments.output
    write(in_order(maps, classes), maps_file, PAIRS)
    write(in_order(regions, classes), regions_file, REGIONS)


if __name__ == "__main__":
    parser = command.parser(__doc__, *command.CELL, "--classes", "--resamples", "--seed")
    parser.add_argument("--transform", required=True, help="first+second")
    parser.add_argument("--axes", nargs=2, choices=get_args(Scale), required=True)
    parser.add_argument(
        "--output",
        type=Path,
        nargs=2,
        required=True,
        metavar=("MAPS", "REGIONS"),
        help="response maps (.parquet) and the shape of the invariant regions (.csv)",
    )
    command.run(main, parser.parse_args())
