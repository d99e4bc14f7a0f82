"""How much sharpness rotation's interpolation takes from pictures, by angle: interpolation.csv."""

import argparse
from pathlib import Path

import command
from invariances.configuration import default
from invariances.inference import read_pictures
from invariances.tables import INTERPOLATION
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances.interpolation import sample, sharpness_table

    pictures = sample(read_pictures(arguments.prepared))
    table = sharpness_table(pictures, resamplings=arguments.resamplings)
    write(table, arguments.output, INTERPOLATION)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--prepared", "--threads")
    parser.add_argument(
        "--resamplings", nargs="+", default=[default("resampling")], help="ways to rotate pictures"
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
