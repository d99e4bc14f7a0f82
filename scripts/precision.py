"""What `precision: checked` asked again, and what differs from float32: precision.csv."""

import argparse
from pathlib import Path

import command
from invariances.tables import PRECISION
from invariances.tables.files import damaged, read_json
from invariances.tables.frames import write
from invariances.thresholds.precision import precision_table


def main(arguments: argparse.Namespace) -> None:
    told = []
    for path in arguments.told:
        cell = {"model": path.parents[1].name, "transform": path.parent.name}
        told.append(cell | read_json(path))
    try:
        table = precision_table(told)
    except KeyError as error:
        raise damaged(arguments.told[0].parents[2], f"no {error} in a precision.json") from error
    write(table, arguments.output, PRECISION)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--told", type=Path, nargs="+", required=True, help="each sweep's {chunk}.precision.json"
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
