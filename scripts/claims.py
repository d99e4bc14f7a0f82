"""Decide the paper's statements C1 to C8 from a run's tables."""

import argparse
import json
from pathlib import Path

import command
from invariances.claims import Learned, Tables, claim_table
from invariances.errors import InputError
from invariances.tables import read_table, write_csv
from invariances.thresholds.comparison import Axes


def main(arguments: argparse.Namespace) -> None:
    tables, axes = read_tables(arguments)
    symmetric = arguments.point_symmetric, arguments.axisymmetric
    write_csv(claim_table(tables, axes, *symmetric), arguments.output)


def read_tables(arguments: argparse.Namespace) -> tuple[Tables, Axes]:
    """A run's tables, and the axis and identity of each transform."""
    entries = json.loads(arguments.transforms)
    axes: Axes = {name: (entry["axis"], entry["identity"]) for name, entry in entries.items()}
    tables = Tables(
        thresholds=read_table(arguments.thresholds),
        curves=read_table(arguments.curves),
        pictures=read_table(arguments.pictures),
        sizes=read_table(arguments.sizes),
        correlations=read_table(arguments.correlations) if arguments.correlations else None,
        learned=dict(read_learned(text) for text in arguments.itn),
    )
    return tables, axes


def read_learned(text: str) -> tuple[str, Learned]:
    """Model and tables of MODEL=FOLDER."""
    model, separator, folder = text.partition("=")
    if not separator:
        raise InputError(f"--itn {text!r}: not of the form MODEL=FOLDER")
    names = ("history", "evaluation")
    return model, Learned(*(read_table(Path(folder) / f"{name}.csv") for name in names))


def parser(description: str | None) -> argparse.ArgumentParser:
    """Options for a run's tables, which other commands on claims share."""
    options = command.parser(description)
    for name in ("thresholds.csv", "curves.parquet", "pictures.parquet", "sizes.csv"):
        options.add_argument(f"--{Path(name).stem}", type=Path, required=True, help=name)
    options.add_argument(
        "--correlations", type=Path, help="correlations.csv (without it C4 cannot be told)"
    )
    options.add_argument(
        "--itn",
        nargs="*",
        default=[],
        metavar="MODEL=FOLDER",
        help="folders with history.csv and evaluation.csv (without them C5 to C8 cannot be told)",
    )
    options.add_argument(
        "--transforms", required=True, help="axis and identity of each transform, as a JSON object"
    )
    for name in ("--point-symmetric", "--axisymmetric"):
        options.add_argument(
            name, nargs="*", default=[], metavar="CLASS", help="classes that are so"
        )
    return options


if __name__ == "__main__":
    own = parser(__doc__)
    own.add_argument("--output", type=Path, required=True, help="claims (.csv)")
    command.run(main, own.parse_args())
