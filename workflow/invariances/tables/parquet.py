"""Parquet in the declared types, each page with a checksum: lists are lists, empty texts stay texts."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from invariances.tables.declaration import Dtype, Table
from invariances.tables.files import atomically, damaged

STORED: dict[Dtype, pa.DataType] = {
    "text": pa.large_string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "intervals": pa.list_(pa.list_(pa.float64())),
}


def write_parquet(typed: pd.DataFrame, path: Path, table: Table) -> None:
    """Write a frame in the declared types, whole or not at all."""
    fields = [pa.field(name, STORED[table[name].dtype]) for name in map(str, typed)]
    stored = pa.Table.from_pandas(typed, pa.schema(fields), preserve_index=False)
    atomically(path, lambda file: pq.write_table(stored, file, write_page_checksum=True))


def read_parquet(path: Path) -> pd.DataFrame:
    """What is stored, its checksums verified; raises InputError naming a damaged file."""
    try:
        table: pd.DataFrame = pq.read_table(path, page_checksum_verification=True).to_pandas()
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise damaged(path, error) from error
    return table
