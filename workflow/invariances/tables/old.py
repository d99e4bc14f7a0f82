"""Names that are going: tables without a declaration."""

from pathlib import Path

import pandas as pd

from invariances.errors import InputError
from invariances.tables.files import atomically

TEXTS = (
    "picture",
    "class",
    "path",
    "sha256",
    "model",
    "transform",
    "direction",
    "flips_to",
    "predicted_class",
    "skipped",
)
"""Columns of names, never to be read as numbers."""


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV, floats to seven significant digits."""
    atomically(path, lambda file: frame.to_csv(file, index=False, float_format="%.7g"))


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """A table as Parquet."""
    atomically(path, lambda file: frame.to_parquet(file, index=False))


def read_table(path: Path) -> pd.DataFrame:
    """A table, by its suffix. Names stay texts whatever they look like ("007", "NA"); empty is missing.

    Raises InputError naming a file that is not a table.
    """
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        texts = dict.fromkeys(TEXTS, str)
        return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise InputError(f"{path}: not a readable table: {error}") from error


def read_manifest(path: Path) -> pd.DataFrame:
    """The pictures of an array, a row each in its order; those that were skipped have none."""
    table = read_table(path)
    return table[table["skipped"].isna()].reset_index(drop=True) if "skipped" in table else table


def check_columns(frame: pd.DataFrame, columns: tuple[str, ...], path: Path) -> pd.DataFrame:
    """`frame`, if it has these columns; raises InputError naming the file and what is missing."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise InputError(f"{path}: lacks the columns {', '.join(missing)}")
    return frame
