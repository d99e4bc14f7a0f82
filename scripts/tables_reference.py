"""Write docs/tables.md, the reference of every table of results, from the declarations."""

import argparse
import re
from itertools import groupby
from math import isfinite
from pathlib import Path

import command
from invariances.tables import TABLES, Column, Table
from invariances.tables.files import atomically

HEADER = """# Tables

Every table under `results/{run}/`: what a row is, and what each column holds. Made from the declarations in
`workflow/invariances/tables/` by `python scripts/tables_reference.py`; a test holds the two together. All
that the workflow writes and reads is held against them.

CSV holds floats to seven significant digits, and an empty field where a value is missing. Beside each
CSV lies a hidden file, `.{name}.csv.check`, with its number of rows and a digest: a table that lost its end
or was changed is refused. A table copied without that file is read without the digest; one that you
changed on purpose is read once the file is removed. Parquet holds checksums itself. In Python,

```python
from invariances.tables import THRESHOLDS
from invariances.tables.frames import read

thresholds = read(Path("results/phantoms/thresholds.csv"), THRESHOLDS)
```

gives every column the type below: `text` is pandas' `str`, `whole number` is `int64` (`Int64` where some
may be missing), `number` is `float64`, `yes or no` is `bool` (`boolean`), `intervals` are tuples of pairs
(low, high), lists in Parquet and `[low,high] [low,high]` in CSV. Intervals are of 95 %, their limits in the
order of numbers.
"""
DTYPES = {
    "text": "text",
    "int": "whole number",
    "float": "number",
    "bool": "yes or no",
    "intervals": "intervals",
}


def main(arguments: argparse.Namespace) -> None:
    atomically(arguments.output, lambda path: path.write_text(reference(), encoding="utf-8"))


def reference() -> str:
    """The page: a list of tables, then each with its columns."""
    listed = "".join(
        f"| [{name}](#{name}) | {_paths(table.paths[:1])} | {table.row} |\n"
        for name, table in TABLES.items()
    )
    sections = "".join(map(_section, TABLES.values()))
    return (
        f"{HEADER}\n| table | in `results/{{run}}/` | a row is |\n|---|---|---|\n{listed}{sections}"
    )


def _section(table: Table) -> str:
    there = f" Made {table.where}." if table.where else ""
    key = ", ".join(f"`{name}`" for name in table.key) or "none, there is one row"
    rows = "".join(_row(list(columns)) for _, columns in groupby(table, key=_alike))
    return (
        f"\n## {table.name}\n\n{_paths(table.paths)}\n\nA row is {table.row}.{there} Key: {key}.\n\n"
        f"| column | type | unit | range | meaning | missing |\n|---|---|---|---|---|---|\n{rows}"
    )


def _alike(column: Column) -> tuple[object, ...]:
    """What columns share that are described together, as the entries of a matrix."""
    entry = re.fullmatch(r"(\w+)_\d\d", column.name)
    return (entry[1] if entry else column.name, column.meaning)


def _row(columns: list[Column]) -> str:
    column = columns[0]
    name = f"`{column.name}`" + (f" to `{columns[-1].name}`" if len(columns) > 1 else "")
    meaning = column.meaning + (f" (only {column.where})" if column.where else "")
    cells = (name, DTYPES[column.dtype], column.unit, _range(column), meaning, column.missing)
    return "| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |\n"


def _range(column: Column) -> str:
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    if isfinite(column.low) and isfinite(column.high):
        return f"[{column.low:g}, {column.high:g}]"
    if isfinite(column.low):
        return f"at least {column.low:g}"
    return f"at most {column.high:g}" if isfinite(column.high) else ""


def _paths(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    root = Path(__file__).parents[1]
    parser.add_argument("--output", type=Path, default=root / "docs/tables.md")
    command.run(main, parser.parse_args())
