"""Write the tables of docs/results.md from `make photographs`, or say where a run differs from them."""

import argparse
from collections.abc import Iterator
from itertools import product, zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

import command
from invariances.configuration.presets import PAPER
from invariances.errors import InputError
from invariances.tables import MIXED, MIXED_DIFFERENCES, Table
from invariances.tables.files import atomically
from invariances.tables.frames import read
from invariances.transforms import find

BEGIN = "<!-- written by scripts/photographs_reference.py -->\n"
END = "<!-- end of what is written -->\n"
Row = dict[Any, Any]


def main(arguments: argparse.Namespace) -> None:
    page = arguments.page.read_text(encoding="utf-8")
    head, written, tail = parts(page, arguments.page)
    found = tables(read_table(arguments, MIXED), read_table(arguments, MIXED_DIFFERENCES))
    if arguments.check:
        print("\n".join(differences(written, found)) or f"{arguments.page}: as in this run")
        return
    text = head + BEGIN + found + END + tail
    atomically(arguments.page, lambda path: path.write_text(text, encoding="utf-8"))


def read_table(arguments: argparse.Namespace, table: Table) -> pd.DataFrame:
    return read(arguments.results / f"{table.name}.csv", table)


def parts(page: str, path: Path) -> tuple[str, str, str]:
    """What stands before, between and behind the marks."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise InputError(f"{path}: needs one line {BEGIN.strip()!r} and one {END.strip()!r}")
    head, rest = page.split(BEGIN)
    written, tail = rest.split(END)
    return head, written, tail


def tables(mixed: pd.DataFrame, compared: pd.DataFrame) -> str:
    """Median thresholds and half accuracies, and by how far the last network reaches beyond the first."""
    models = list(dict.fromkeys(mixed["model"]))
    ends = compared[(compared["first"] == models[0]) & (compared["second"] == models[-1])]
    beyond = {(row["transform"], row["direction"]): row for row in ends.to_dict("records")}
    medians, halves = [], []
    for title, key, rows in cells(mixed, models):
        last = difference(beyond[key]) if key in beyond else "-"
        medians.append([title, *(limited(row, "median_threshold", "median") for row in rows), last])
        halves.append([title, *(limited(row, "half_accuracy", "half_accuracy") for row in rows)])
    accuracy = ["right untransformed", *(share(mixed, model) for model in models)]
    return (
        markdown(["median threshold", *models, f"{models[-1]} beyond {models[0]}"], medians)
        + "\n"
        + markdown(["half accuracy", *models], [accuracy, *halves])
    )


def cells(
    mixed: pd.DataFrame, models: list[str]
) -> Iterator[tuple[str, tuple[str, str], list[Row]]]:
    """Transforms in the order of configs and their directions, each with the networks' rows."""
    rows = {
        (row["model"], row["transform"], row["direction"]): row for row in mixed.to_dict("records")
    }
    sides = {"up": "above", "down": "below"}
    for name, direction in product(PAPER, sides):
        if (models[0], name, direction) in rows:
            axis = find(name)
            title = f"{axis.heading} {sides[direction]} {axis.identity:g}"
            title += f", {axis.unit}" if axis.unit else ""
            yield title, (name, direction), [rows[model, name, direction] for model in models]


def limited(row: Row, value: str, prefix: str) -> str:
    """A magnitude with its interval; one that no picture of the range reaches is a bound."""
    censored = row["median_censored" if prefix == "median" else f"{prefix}_censored"]
    if censored:
        return f"beyond {row[value]:.3g}"
    low, high = row[f"{prefix}_low"], row[f"{prefix}_high"]
    interval = f"{low:.3g} to {high:.3g}"
    if "open" in row[f"{prefix}_interval"]:
        # The far limit is the range's end, which bounds nothing.
        interval = f"{low if row['direction'] == 'up' else high:.3g} or beyond"
    return f"{row[value]:.3g} ({interval})"


def difference(row: Row) -> str:
    """How much further from the identity the second network's thresholds lie than the first's."""
    if pd.isna(row["difference"]):
        return "-"
    return f"{-row['difference']:.2g} ({-row['high']:.2g} to {-row['low']:.2g})"


def share(mixed: pd.DataFrame, model: str) -> str:
    row = mixed[mixed["model"] == model].iloc[0]
    return f"{row['recognised']} of {row['images']}"


def markdown(head: list[str], rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])


def differences(written: str, found: str) -> list[str]:
    """A line for each row of the page that this run does not give."""
    pairs = zip_longest(written.splitlines(), found.splitlines(), fillvalue="(none)")
    return [f"the page: {old}\nthis run: {new}" for old, new in pairs if old != new]


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    parser = command.parser(__doc__)
    parser.add_argument("--results", type=Path, default=root / "results/photographs")
    parser.add_argument("--page", type=Path, default=root / "docs/results.md")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    command.run(main, parser.parse_args())
