"""Decide the paper's statements C1 to C8 from a run's tables."""

import argparse
import json
from pathlib import Path

import command
from invariances.claims import Learned, Tables, claim_table
from invariances.errors import InputError
from invariances.tables import read_table, write_csv


def main(arguments: argparse.Namespace) -> None:
    entries = json.loads(arguments.transforms)
    axes = {name: (entry["axis"], entry["identity"]) for name, entry in entries.items()}
    tables = Tables(
        thresholds=read_table(arguments.thresholds),
        curves=read_table(arguments.curves),
        pictures=read_table(arguments.pictures),
        sizes=read_table(arguments.sizes),
        correlations=read_table(arguments.correlations) if arguments.correlations else None,
        learned=dict(read_learned(text) for text in arguments.itn),
    )
    symmetric = arguments.point_symmetric, arguments.axisymmetric
    write_csv(claim_table(tables, axes, *symmetric), arguments.output)


def read_learned(text: str) -> tuple[str, Learned]:
    """Model and tables of MODEL=FOLDER."""
    model, separator, folder = text.partition("=")
    if not separator:
        raise InputError(f"--itn {text!r}: not of the form MODEL=FOLDER")
    names = ("history", "evaluation")
    return model, Learned(*(read_table(Path(folder) / f"{name}.csv") for name in names))


if __name__ == "__main__":
    parser = command.parser(__doc__)
    for name in ("thresholds.csv", "curves.parquet", "pictures.parquet", "sizes.csv"):
        parser.add_argument(f"--{Path(name).stem}", type=Path, required=True, help=name)
    parser.add_argument(
        "--correlations", type=Path, help="correlations.csv (without it C4 cannot be told)"
    )
    parser.add_argument(
        "--itn",
        nargs="*",
        default=[],
        metavar="MODEL=FOLDER",
        help="folders with history.csv and evaluation.csv (without them C5 to C8 cannot be told)",
    )
    parser.add_argument(
        "--transforms", required=True, help="axis and identity of each transform, as a JSON object"
    )
    for name in ("--point-symmetric", "--axisymmetric"):
        parser.add_argument(
            name, nargs="*", default=[], metavar="CLASS", help="classes that are so"
        )
    parser.add_argument("--output", type=Path, required=True, help="claims (.csv)")
    command.run(main, parser.parse_args())
