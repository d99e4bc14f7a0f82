"""Whether a network recognises its pictures untransformed, by class: baseline/{model}.csv."""

import argparse
import sys
from pathlib import Path

import command
from invariances.baseline import baseline_rows, warnings
from invariances.checks import check_sweep
from invariances.screening import Sweep
from invariances.tables import BASELINE, read_arrays
from invariances.tables.files import read_json
from invariances.tables.frames import frame, write


def main(arguments: argparse.Namespace) -> None:
    sweeps = [check_sweep(Sweep.from_arrays(read_arrays(path)), path) for path in arguments.sweeps]
    categories = read_json(arguments.description)["categories"]
    rows = baseline_rows(sweeps, arguments.model, len(categories))
    write(frame(BASELINE, rows), arguments.output, BASELINE)
    for text in warnings(rows):
        print(f"warning: {text}", file=sys.stderr)


if __name__ == "__main__":
    parser = command.parser(__doc__, *command.CELL)
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
