"""Measure observers whose thresholds are known, on the run's pictures and grids: the instrument's error."""

import argparse
from pathlib import Path

import pandas as pd

import command
from invariances.inference import read_pictures
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import CALIBRATION
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances.calibration.table import Instrument, calibration_table
    from invariances.transforms import Setting, find

    axes = from_json(tuple[TransformAxis, ...], arguments.transforms, "--transforms")
    pictures = read_pictures(arguments.prepared)
    first = pictures.take(pictures.first_of_classes)
    setting = Setting(padding=arguments.padding, seed=arguments.seed)
    options = {"tolerance": arguments.tolerance, "missed": arguments.missed}
    options["device"] = command.device(arguments.device)
    tables = [
        calibration_table(first, Instrument(axis, find(axis.name), setting, **options))
        for axis in axes
    ]
    write(pd.concat(tables, ignore_index=True), arguments.output, CALIBRATION)


if __name__ == "__main__":
    shared = (
        "--prepared",
        "--padding",
        "--seed",
        "--tolerance",
        "--missed",
        "--device",
        "--threads",
    )
    parser = command.parser(__doc__, *shared)
    add = parser.add_argument
    add("--transforms", required=True, help="transforms on their grids, as JSON")
    add("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
