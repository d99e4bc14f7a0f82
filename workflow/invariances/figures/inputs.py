"""What figures are drawn from, as a job gets it: read, checked, and handed to the figure's function."""

import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from invariances.errors import InputError
from invariances.tables import TABLES, Table
from invariances.tables.frames import read_all

from .registry import Declared


def table_at(pattern: str) -> Table | None:
    """The declared table that lies at a path below `results/{run}/`, whatever its wildcards are called."""
    bare = re.sub(r"{.*?}", "{}", pattern)
    for table in TABLES.values():
        if bare in {re.sub(r"{.*?}", "{}", path) for path in table.paths}:
            return table
    return None


def draw(
    declared: Declared, files: Mapping[str, Sequence[Path]], values: Mapping[str, Any]
) -> Figure | Iterable[Figure]:
    """Call a figure's function with its tables, other files, and what else it asks for.

    Parameters
    ----------
    declared
        The figure's head.
    files
        By the names of its `reads`; none for what the run does not have.
    values
        The wildcards of the address, and those of `registry.RUN`.

    Raises
    ------
    InputError
        For a table that is damaged or lacks a column, or what the function refuses.
    """
    given: dict[str, Any] = {}
    for name, paths in files.items():
        table = table_at(declared.reads[name])
        for path in paths:
            if not path.is_file():
                raise InputError(f"{path}: no such file")
        if paths:
            given[name] = read_all(paths, table) if table else list(paths)
    given |= {name: values[name] for name in declared.parameters if name in values}
    function = getattr(importlib.import_module(declared.module), declared.name)
    drawn: Figure | Iterable[Figure] = function(**given)
    return drawn
