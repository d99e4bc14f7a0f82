"""Each threshold as the size of the change that it makes: grey levels, and pixels of displacement."""

import argparse
from pathlib import Path

import command
from invariances.inference import read_pictures
from invariances.tables import SIZES, THRESHOLDS
from invariances.tables.frames import read, write


def main(arguments: argparse.Namespace) -> None:
    from invariances.sizes import size_table
    from invariances.transforms import Setting

    prepared = command.grouped(arguments.prepared_of)
    table = size_table(
        read(arguments.thresholds, THRESHOLDS),
        {model: read_pictures(files) for model, files in prepared.items()},
        Setting(arguments.padding, arguments.seed, resampling=arguments.resampling),
        device=command.device(arguments.device),
    )
    write(table, arguments.output, SIZES)


if __name__ == "__main__":
    shared = ("--prepared-of", "--padding", "--resampling", "--seed", "--device", "--threads")
    parser = command.parser(__doc__, *shared)
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument("--output", type=Path, required=True, help="sizes (.csv)")
    command.run(main, parser.parse_args())
