"""The tables of a run, each from its parts by network and transform."""

import argparse
import json
from pathlib import Path

import pandas as pd

import command
from invariances.checks import check_cells, check_numbers
from invariances.tables import read_table, write_csv, write_parquet


def main(arguments: argparse.Namespace) -> None:
    cells = json.loads(arguments.cells)
    for output in arguments.outputs:
        parts = [read_table(path) for path in getattr(arguments, output.stem)]
        table = pd.concat(parts, ignore_index=True)
        of = "pair" if output.stem in ("pairs", "regions") else "transform"
        wanted = {"model": cells["model"], "transform": cells[of], "class": cells["class"]}
        check_cells(check_numbers(table, output), output, wanted)
        write_csv(table, output) if output.suffix == ".csv" else write_parquet(table, output)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("outputs", type=Path, nargs="+", help="the run's tables, named as below")
    for name in ("thresholds", "curves", "pictures", "medians", "pairs", "regions"):
        parser.add_argument(
            f"--{name}", type=Path, nargs="*", default=[], help="parts of the table"
        )
    parser.add_argument(
        "--cells", required=True, help="every model, transform, pair and class there is, as JSON"
    )
    command.run(main, parser.parse_args())
