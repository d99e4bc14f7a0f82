"""Whether a frame is what its declaration says: columns, types, ranges, what is missing, key.

A violation is a bug, a broken disk or a file that was changed by hand. It stops the job, naming the
file, the row's cell, the column, the value and what is allowed.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.errors import InputError
from invariances.tables.declaration import Column, Table

ROUNDING = 1e-4
"""By how much a number computed in float32, or written to seven digits, may pass the end of its range."""

Bools = NDArray[np.bool_]


class CellError(InputError):
    """A result that cannot be, with the cell in which it is."""


def checked(frame: pd.DataFrame, table: Table, name: object) -> pd.DataFrame:
    """`frame` with the declared columns in the declared order and types; raises CellError.

    Texts are ``str``, numbers ``int64`` or ``float64``, truth values ``bool``; whole numbers and
    truth values of which some may be missing ``Int64`` and ``boolean``; intervals tuples of pairs.
    An empty text is a missing one.

    Parameters
    ----------
    name : the table's file, for the message.
    """
    columns = present(frame, table, name)
    frame = frame.reset_index(drop=True)
    typed = pd.DataFrame(
        {column.name: _typed(frame, column, table, name) for column in columns}, index=frame.index
    )
    for column in columns:
        _check_values(typed, column, table, name)
    key = [part for part in table.key if part in typed]
    twice = typed.duplicated(key) if key else np.arange(len(typed)) > 0
    if np.any(twice):
        raise CellError(f"{name}: a row is there twice: {cell(typed[twice].iloc[0], table)}")
    return typed


def present(frame: pd.DataFrame, table: Table, name: object) -> list[Column]:
    """The declared columns that `frame` has; raises InputError where one lacks or is not declared."""
    found = set(frame.columns)
    lacking = [column.name for column in table if not column.where and column.name not in found]
    if lacking:
        raise InputError(
            f"{name}: lacks the columns {', '.join(lacking)} of a table of {table.name}"
        )
    unknown = [str(column) for column in frame.columns if column not in table.names]
    if unknown:
        raise InputError(f"{name}: a table of {table.name} has no column {', '.join(unknown)}")
    return [column for column in table if column.name in found]


def check_cells(
    frame: pd.DataFrame,
    table: Table,
    name: object,
    wanted: Iterable[Mapping[str, Sequence[object]]],
) -> None:
    """That every cell is there and no other; raises CellError naming the first that is not.

    Parameters
    ----------
    wanted : values of columns of the key, as ``model``, ``transform``, ``class``, ``direction``, in
        each entry the same columns: all their combinations are cells. None is what is missing.
    """
    entries = list(wanted)
    columns = list(entries[0])
    given = frame[columns].astype(object).where(frame[columns].notna(), None)
    found = set(given.itertuples(index=False, name=None))
    cells = dict.fromkeys(values for entry in entries for values in product(*entry.values()))
    for values in cells:
        if values not in found:
            row = dict(zip(columns, values, strict=True))
            raise CellError(f"{name}: a cell is missing: {cell(row, table)}")
    for values in sorted(found - set(cells), key=str):
        row = dict(zip(columns, values, strict=True))
        raise CellError(f"{name}: no such cell: {cell(row, table)}")


def cell(row: Mapping[str, object] | pd.Series, table: Table) -> str:
    """A row's cell in words, ``model=alexnet transform=rotate class=orange``."""
    shown = [(key, row[key]) for key in table.key if key in row]
    words = [f"{key}={value}" for key, value in shown if not _empty(value)]
    return " ".join(words) or "its row"


# ---- types ---------------------------------------------------------------------------------------


def _typed(frame: pd.DataFrame, column: Column, table: Table, name: object) -> pd.Series:
    """A column in its declared type, as it is computed, or as it is read from text."""
    values = frame[column.name]
    if column.dtype == "text":
        texts = values.astype("str")
        return texts.where(texts != "")
    if column.dtype == "intervals":
        found = [_pairs(value) for value in values]
        unread = np.array([pairs is None for pairs in found], dtype=bool)
        _refuse(frame, column, unread, values, table, name)
        return pd.Series(found, values.index, dtype=object)
    if column.dtype == "float" and values.dtype == np.float64:
        return values
    if column.dtype == "bool" and values.dtype == np.bool_:
        return values.astype("boolean") if column.missing else values
    numbers = _numbers(values, column)
    amiss = numbers.isna() & values.notna() & (values.astype("str") != "")
    if column.dtype == "int":
        amiss |= numbers.notna() & (numbers != numbers.round())
    elif column.dtype == "bool":
        amiss |= numbers.notna() & ~numbers.isin([0.0, 1.0])
    _refuse(frame, column, amiss.to_numpy(bool), values, table, name)
    if column.dtype == "float":
        return numbers
    if column.missing:
        return numbers.astype("Int64" if column.dtype == "int" else "boolean")
    _refuse(frame, column, numbers.isna().to_numpy(bool), values, table, name)
    return numbers.astype(np.int64 if column.dtype == "int" else bool)


def _pairs(value: object) -> tuple[tuple[float, float], ...] | None:
    """Intervals that a cell holds; None where it holds something else."""
    try:
        return intervals_of(value)
    except (ValueError, TypeError):
        return None


def _numbers(values: pd.Series, column: Column) -> pd.Series:
    """Numbers as float64, NaN for what is missing or is none; truth values are 0 and 1."""
    if column.dtype == "bool":
        words = {"True": 1.0, "False": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}
        return values.astype("str").map(words).astype(np.float64)
    return pd.to_numeric(values, errors="coerce").astype(np.float64)


def intervals_of(value: object) -> tuple[tuple[float, float], ...]:
    """Pairs (low, high), of any pairs or of the text that a CSV holds; none of a missing one."""
    if isinstance(value, str):
        value = [part.strip("[]").split(",") for part in value.split()]
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ()
    pairs: list[tuple[float, float]] = [
        (float(low), float(high))
        for low, high in value  # type: ignore[attr-defined]
    ]
    return tuple(pairs)


# ---- values --------------------------------------------------------------------------------------


def _check_values(typed: pd.DataFrame, column: Column, table: Table, name: object) -> None:
    """Refuse what is missing where nothing may be, and what is not in the column's range."""
    values = typed[column.name]
    if column.dtype == "intervals":
        wrong = np.array([any(not low <= high for low, high in row) for row in values], dtype=bool)
        _refuse(typed, column, wrong, values, table, name)
        return
    missing = values.isna().to_numpy(bool)
    if not column.missing:
        _refuse(typed, column, missing, values, table, name)
    if column.allowed:
        wrong = ~missing & ~values.isin(column.allowed).to_numpy(bool)
    elif column.dtype in ("int", "float"):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        slack = ROUNDING if column.dtype == "float" else 0.0
        wrong = (numbers < column.low - slack) | (numbers > column.high + slack)
        if not column.infinite:
            wrong |= np.isinf(numbers)
    else:
        return
    _refuse(typed, column, wrong, values, table, name)


def _refuse(
    frame: pd.DataFrame, column: Column, wrong: Bools, values: pd.Series, table: Table, name: object
) -> None:
    """Raise CellError for the first row that is wrong, if there is one."""
    if not wrong.any():
        return
    row = int(np.flatnonzero(wrong)[0])
    value = values.iloc[row]
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    if _empty(value):
        shown = "missing"
    raise CellError(
        f"{name}: {cell(frame.iloc[row], table)}: {column.name} is {shown}, not {column.values_allowed}"
    )


def _empty(value: object) -> bool:
    """Whether a value is missing."""
    return value is None or value is pd.NA or value == "" or value != value
