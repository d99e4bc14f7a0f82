"""Hold what was measured on phantoms against their declared truth."""

import argparse
from pathlib import Path

import pandas as pd

import command
from invariances.checks import check_sweep
from invariances.screening import Sweep
from invariances.tables import TRUTH, read_arrays
from invariances.tables.files import read_json
from invariances.tables.frames import write
from invariances.truth import truth_table


def main(arguments: argparse.Namespace) -> None:
    tables = []
    cells = command.grouped((path.parts[-3:-1], path) for path in arguments.sweeps)
    for (model, transform), paths in cells.items():
        description = read_json(arguments.models / model / "model.json")
        sweeps = [check_sweep(Sweep.from_arrays(read_arrays(path)), path) for path in paths]
        names = (description["categories"], model, transform)
        tables.append(truth_table(sweeps, *names, size=arguments.size))
    write(pd.concat(tables, ignore_index=True), arguments.output, TRUTH)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument(
        "--sweeps", type=Path, nargs="+", required=True, help="{model}/{transform}/{chunk}.npz"
    )
    parser.add_argument("--models", type=Path, required=True, help="folder of the models")
    parser.add_argument("--size", type=int, required=True, help="side of the phantoms in pixels")
    parser.add_argument("--output", type=Path, required=True, help="output, .csv")
    command.run(main, parser.parse_args())
