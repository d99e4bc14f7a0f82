"""Each threshold as the size of the change that it makes: grey levels, and pixels of displacement."""

import argparse
import json
from pathlib import Path

import command
from invariances.inference import read_pictures
from invariances.tables import SIZES, THRESHOLDS
from invariances.tables.frames import read, write


def main(arguments: argparse.Namespace) -> None:
    from invariances.sizes import size_table
    from invariances.transforms import Setting, moves_object

    prepared = command.grouped(arguments.prepared_of)
    thresholds = read(arguments.thresholds, THRESHOLDS)
    thresholds = thresholds[thresholds["class"].isin(json.loads(arguments.classes))]
    objects = moves_object(thresholds["transform"].unique())
    table = size_table(
        thresholds,
        {model: read_pictures(files, objects=objects) for model, files in prepared.items()},
        Setting(arguments.padding, arguments.seed, resampling=arguments.resampling),
        device=command.device(arguments.device),
    )
    write(table, arguments.output, SIZES)


if __name__ == "__main__":
    shared = ("--prepared-of", "--padding", "--resampling", "--seed", "--device", "--threads")
    parser = command.parser(__doc__, *shared)
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument("--classes", required=True, help="those of the pictures, as JSON")
    parser.add_argument("--output", type=Path, required=True, help="sizes (.csv)")
    command.run(main, parser.parse_args())
