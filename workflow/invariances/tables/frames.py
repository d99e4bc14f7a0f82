"""Reading and writing tables through their declarations.

CSV holds floats to seven significant digits. What CSV cannot hold lies beside it in a hidden file,
``.{name}.csv.check``: how many rows were written, and a digest of the bytes. A table that lost its end, or
a byte, is refused; one that was copied without that file is checked by its declaration alone. Parquet
keeps a checksum of each page itself.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import pandas as pd

from invariances.errors import InputError
from invariances.tables.checking import CellError, checked
from invariances.tables.declaration import Table
from invariances.tables.files import atomically, damaged
from invariances.tables.prepared import MANIFEST


def frame(table: Table, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """A frame of rows, with the declared columns and types; raises CellError.

    A column that no row has is filled with missing values where some may be missing.
    """
    names = [column.name for column in table if not column.where]
    given = pd.DataFrame(list(rows), columns=None if rows else names)
    for column in table:
        if column.missing and not column.where and column.name not in given:
            given[column.name] = None
    return checked(given, table, table.name)


def write(given: pd.DataFrame, path: Path, table: Table) -> None:
    """Write a table, ``.csv`` or ``.parquet``, whole or not at all; raises CellError if it cannot be."""
    typed = checked(given, table, path)
    if path.suffix == ".parquet":
        from invariances.tables.parquet import write_parquet  # what only some jobs need

        write_parquet(typed, path, table)
        return
    content = as_csv(typed, table)
    seal = json.dumps({"rows": len(typed), "blake2b": _digest(content)}) + "\n"

    def both(file: Path) -> None:
        file.write_bytes(content)
        # Before the table has its name: what is not there whole leaves the old ones as they were.
        atomically(seal_of(path), lambda beside: beside.write_text(seal))

    atomically(path, both)


def as_csv(typed: pd.DataFrame, table: Table) -> bytes:
    """A table as the bytes of a CSV, floats to seven significant digits.

    Of the jobs, those count it that make a CSV from results (`dependencies.reach.CSV`).
    """
    for column in table:
        if column.dtype == "intervals" and column.name in typed:
            typed[column.name] = typed[column.name].map(format_intervals)
    return typed.to_csv(index=False, float_format="%.7g", lineterminator="\n").encode()


def read(path: Path, table: Table) -> pd.DataFrame:
    """A table as it was written, in the declared types; raises InputError.

    Names stay texts whatever they look like ("007", "NA"); only an empty field is missing.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such table")
    if path.suffix == ".parquet":
        from invariances.tables.parquet import read_parquet  # what only some jobs need

        return checked(read_parquet(path), table, path)
    return checked(_read_csv(path), table, path)


def read_all(paths: Sequence[Path], table: Table) -> pd.DataFrame:
    """Tables of one kind as one; raises InputError, also for a row that two of them have."""
    parts = [read(path, table) for path in paths]
    if len(parts) == 1:
        return parts[0]
    return checked(pd.concat(parts, ignore_index=True), table, f"{paths[0]} and others")


def read_manifest(path: Path) -> pd.DataFrame:
    """The pictures of an array, a row each in its order; those that were skipped have none."""
    manifest = read(path, MANIFEST)
    used = manifest["skipped"].isna()
    unsure = manifest["sha256"].isna() == used
    if unsure.any():
        row = manifest[unsure].iloc[0]
        raise CellError(f"{path}: picture={row['picture']}: a digest or a reason, one of both")
    return manifest[used].reset_index(drop=True)


def in_order(parts: Sequence[pd.DataFrame], classes: Sequence[str]) -> pd.DataFrame:
    """Chunks' rows as one table, classes in the config's order whatever the chunks."""
    place = {name: index for index, name in enumerate(classes)}
    joined = pd.concat(parts, ignore_index=True)
    order = joined["class"].map(place).argsort(kind="stable")
    return joined.iloc[order].reset_index(drop=True)


def format_intervals(intervals: Sequence[tuple[float, float]]) -> str:
    """Intervals of magnitude as text, ``[-180,-152.3] [-41.2,38]``; empty for none."""
    return " ".join(f"[{low + 0.0:.6g},{high + 0.0:.6g}]" for low, high in intervals)


def seal_of(path: Path) -> Path:
    """The hidden file that says how many rows a CSV has, and what its digest is."""
    return path.with_name(f".{path.name}.check")


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _read_csv(path: Path) -> pd.DataFrame:
    content = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a row with too many fields
            # All as texts: what is no number is named with its cell, which a parser does not.
            given = pd.read_csv(
                BytesIO(content), dtype=str, keep_default_na=False, na_values=[""], index_col=False
            )
    except (ValueError, pd.errors.ParserWarning) as error:
        raise damaged(path, error) from error
    _check_seal(path, content, len(given))
    if not content.endswith(b"\n"):
        raise damaged(path, "its last line has no end")
    return given


def _check_seal(path: Path, content: bytes, rows: int) -> None:
    """Raise InputError where a table is not the one that was written."""
    file = seal_of(path)
    if not file.is_file():
        return
    try:
        seal = json.loads(file.read_text())
        written, digest = int(seal["rows"]), str(seal["blake2b"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(file, error) from error
    if digest != _digest(content):
        lost = f"{rows} rows where {written} were written" if rows != written else "it was changed"
        raise damaged(path, lost)
