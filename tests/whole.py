"""Tables of which a test gives the columns that matter: the others are filled with allowed values."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from invariances.tables import THRESHOLDS, Column, Table
from invariances.tables.frames import write


def whole(table: Table, given: pd.DataFrame | Mapping[str, object]) -> pd.DataFrame:
    """`given` with every column that the declaration asks for."""
    frame = pd.DataFrame(given)
    others = [column for column in table if not column.where and column.name not in frame]
    filled = {column.name: [plain(column)] * len(frame) for column in others}
    return frame.assign(**{name: pd.Series(values, frame.index) for name, values in filled.items()})


def plain(column: Column) -> object:
    """A value that the column may hold."""
    if column.missing:
        return None
    if column.dtype in ("int", "float"):
        value = min(max(0.0, column.low), column.high)
        return int(value) if column.dtype == "int" else value
    values = {"text": (*column.allowed, "x")[0], "bool": False, "intervals": ()}
    return values[column.dtype]


def write_whole(given: pd.DataFrame | Mapping[str, object], path: Path, table: Table) -> Path:
    """Write `given` as such a table."""
    write(whole(table, given), path, table)
    return path


ROWS = whole(
    THRESHOLDS,
    pd.DataFrame(
        {
            "model": "m",
            "transform": "rotate",
            "class": ["a", "a", "b", "b"],
            "direction": ["up", "down"] * 2,
        }
    ),
)
"""The thresholds of two classes in both directions."""
