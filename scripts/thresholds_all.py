"""The tables of a run, each from its parts by network and transform."""

import argparse
import json
from pathlib import Path

import command
from invariances.tables import TABLES
from invariances.tables.checking import check_cells
from invariances.tables.frames import read_all, write


def main(arguments: argparse.Namespace) -> None:
    for output in arguments.outputs:
        table = TABLES[output.stem]
        joined = read_all(getattr(arguments, output.stem), table)
        check_cells(
            joined, table, output, cells(json.loads(arguments.cells), table.key, output.stem)
        )
        write(joined, output, table)


def cells(run: dict[str, list], key: tuple[str, ...], name: str) -> list[dict[str, list[str]]]:
    """The cells of a table: every network and class under every transform, or pair, in each direction."""
    found = []
    for transform, directions in run[
        "pair" if name in ("pairs", "regions") else "transform"
    ].items():
        entry = {"model": run["model"], "transform": [transform]}
        entry |= {"class": run["class"]} if "class" in key else {}
        found.append(entry | {"direction": directions} if "direction" in key else entry)
    return found


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("outputs", type=Path, nargs="+", help="the run's tables, named as below")
    for name in ("thresholds", "curves", "pictures", "medians", "mixed", "pairs", "regions"):
        parser.add_argument(
            f"--{name}", type=Path, nargs="*", default=[], help="parts of the table"
        )
    parser.add_argument(
        "--cells",
        required=True,
        help="networks, classes, transforms with their directions, and pairs, as JSON",
    )
    command.run(main, parser.parse_args())
