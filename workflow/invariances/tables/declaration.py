"""What a table of results is: its columns, their types, units and ranges, and its key.

Plain declarations that import nothing: the workflow's parsing and the documentation read them too.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from math import inf, isfinite
from typing import Literal

Dtype = Literal["text", "int", "float", "bool", "intervals"]
"""``intervals`` are lists of pairs (low, high): lists in Parquet, ``[low,high] [low,high]`` in CSV."""

NUMBERS: dict[Dtype, str] = {"int": "a whole number", "float": "a number"}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name, dtype, meaning, unit : what it holds; no unit for texts, counts and pure numbers.
    low, high : the range of its numbers, ends included.
    allowed : the values of a text that is one of a few; all texts where empty.
    missing : what a missing value means; empty where none may be missing.
    where : for what the column is there, as ``with pairs``; empty where it always is.
    infinite : whether its numbers may be infinite.
    """

    name: str
    dtype: Dtype
    _: KW_ONLY
    meaning: str
    unit: str = ""
    low: float = -inf
    high: float = inf
    allowed: tuple[str, ...] = ()
    missing: str = ""
    where: str = ""
    infinite: bool = False

    @property
    def values_allowed(self) -> str:
        """Its allowed values in words: ``a number in [0, 1]``."""
        if self.allowed:
            return f"one of {', '.join(self.allowed)}"
        if self.dtype in ("text", "intervals", "bool"):
            return {"text": "a text", "bool": "True or False"}.get(
                self.dtype, "intervals [low,high]"
            )
        kind = NUMBERS[self.dtype]
        if isfinite(self.low) and isfinite(self.high):
            return f"{kind} in [{self.low:g}, {self.high:g}]"
        if isfinite(self.low):
            return f"{kind} of at least {self.low:g}"
        if isfinite(self.high):
            return f"{kind} of at most {self.high:g}"
        return kind if self.infinite or self.dtype == "int" else f"a finite {kind[2:]}"


@dataclass(frozen=True)
class Table:
    """One kind of table.

    Parameters
    ----------
    name : one word.
    paths : where such tables lie under ``results/{run}/``.
    row : what a row is.
    key : the columns that tell rows apart: no two rows have the same.
    columns : in the order of the file.
    where : for what there is one; empty where there always is.
    """

    name: str
    paths: tuple[str, ...]
    _: KW_ONLY
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    where: str = ""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names) or not set(self.key) <= set(names):
            raise ValueError(
                f"table {self.name}: a column is there twice, or the key has no column"
            )

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        """The column of that name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name!r}")
