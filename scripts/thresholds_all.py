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
    """The cells of a table: every network and class under every transform or several, in each direction."""
    found = []
    for transform, directions in run[OF_SEVERAL.get(name, "transform")].items():
        entry = {"model": run["model"], "transform": [transform]}
        classes = [*run["class"], *[None] * (name == "worst")]
        entry |= {"class": classes} if "class" in key else {}
        found.append(entry | {"direction": directions} if "direction" in key else entry)
    return found


OF_SEVERAL = {
    "pairs": "pair", "regions": "pair", "worst": "combined", "worst_pictures": "combined",
}  # fmt: skip
"""Which key of the cells has the transforms of a table's rows, where these are several combined."""

if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("outputs", type=Path, nargs="+", help="the run's tables, named as below")
    for name in ("thresholds", "curves", "pictures", "medians", "mixed", *OF_SEVERAL):
        parser.add_argument(
            f"--{name}", type=Path, nargs="*", default=[], help="parts of the table"
        )
    parser.add_argument(
        "--cells",
        required=True,
        help="networks, classes, transforms with their directions, and several combined, as JSON",
    )
    command.run(main, parser.parse_args())
