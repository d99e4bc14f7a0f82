"""Thresholds and response curves, with intervals, of one network under one transform."""

import argparse
import json
from pathlib import Path
from typing import get_args

import numpy as np

import command
from invariances.checks import check_sweep
from invariances.magnitudes import Scale
from invariances.screening import Sweep
from invariances.tables import CURVES, MEDIANS, MIXED, PICTURES, THRESHOLDS, read_arrays
from invariances.tables.files import read_json
from invariances.tables.frames import in_order, read_all, write
from invariances.thresholds import (
    curve_table,
    median_table,
    mixed_table,
    threshold_table,
)


def main(arguments: argparse.Namespace) -> None:
    categories = read_json(arguments.description)["categories"]
    names = (categories, arguments.model, arguments.transform)
    options = {"resamples": arguments.resamples, "seed": arguments.seed}
    thresholds, curves, right = [], [], []
    for path in arguments.sweeps:
        sweep = check_sweep(Sweep.from_arrays(read_arrays(path)), str(path))
        right.append(sweep.right)
        thresholds.append(threshold_table(sweep, *names, axis=arguments.axis, **options))
        curves.append(curve_table(sweep, *names, **options))
    classes = json.loads(arguments.classes)
    pictures = in_order([read_all(arguments.pictures, PICTURES)], classes)
    medians = median_table(pictures, sweep.magnitudes, sweep.identity, axis=arguments.axis)
    mixed = mixed_table(
        np.concatenate(right),
        pictures,
        sweep.magnitudes,
        sweep.identity,
        arguments.model,
        arguments.transform,
        axis=arguments.axis,
        **options,
    )
    table, curve, picture, median, together = arguments.output
    write(in_order(thresholds, classes), table, THRESHOLDS)
    write(in_order(curves, classes), curve, CURVES)
    write(pictures, picture, PICTURES)
    write(medians, median, MEDIANS)
    write(mixed, together, MIXED)


if __name__ == "__main__":
    parser = command.parser(__doc__, *command.CELL, "--classes", "--resamples", "--seed")
    parser.add_argument(
        "--pictures", type=Path, nargs="+", required=True, help="pictures' own thresholds, .parquet"
    )
    parser.add_argument("--transform", required=True)
    parser.add_argument("--axis", choices=get_args(Scale), required=True)
    parser.add_argument(
        "--output",
        type=Path,
        nargs=5,
        required=True,
        metavar=("THRESHOLDS", "CURVES", "PICTURES", "MEDIANS", "MIXED"),
        help="thresholds (.csv), curves, pictures' own thresholds (.parquet), their medians, and the "
        "pictures of all classes together (.csv)",
    )
    command.run(main, parser.parse_args())
