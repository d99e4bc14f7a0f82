"""The tables of a run, each from its parts by network and transform."""

import argparse
from pathlib import Path

import pandas as pd

import command
from invariances.errors import InputError
from invariances.tables import read_table, write_csv, write_parquet


def main(arguments: argparse.Namespace) -> None:
    for output in arguments.outputs:
        parts = [read_table(path) for path in getattr(arguments, output.stem)]
        table = pd.concat(parts, ignore_index=True)
        # Maps of pairs name one predicted class a cell, curves have a row for each.
        key = [name for name in KEY if name in table.columns]
        twice = table.duplicated(key)
        if twice.any():
            raise InputError(
                f"{output}: a cell is there twice: {table.loc[twice, key].iloc[0].to_dict()}"
            )
        write_csv(table, output) if output.suffix == ".csv" else write_parquet(table, output)


KEY = (
    "model",
    "transform",
    "class",
    "direction",
    "magnitude",
    "magnitude_first",
    "magnitude_second",
    "predicted_class",
    "picture",
)

if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("outputs", type=Path, nargs="+", help="the run's tables, named as below")
    for name in ("thresholds", "curves", "pictures", "medians", "pairs", "regions"):
        parser.add_argument(
            f"--{name}", type=Path, nargs="*", default=[], help="parts of the table"
        )
    command.run(main, parser.parse_args())
