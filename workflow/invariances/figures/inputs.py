"""What figures are drawn from, as a job gets it: read, checked, and handed to the figure's function."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from invariances.errors import InputError
from invariances.tables import check_columns, read_table

from .registry import Declared

TABLES = (".csv", ".parquet")
COLUMNS: dict[str, tuple[str, ...]] = {
    "curves": (
        "model", "transform", "class", "magnitude", "images", "accuracy", "accuracy_low",
        "accuracy_high", "predicted_class", "mean_softmax", "softmax_low", "softmax_high",
    ),
    "thresholds": (
        "model", "transform", "class", "direction", "threshold", "low", "high", "censored",
        "flips_to", "images", "baseline_accuracy", "half_accuracy", "half_accuracy_censored",
    ),
    "pairs": (
        "model", "transform", "class", "magnitude_first", "magnitude_second", "images",
        "accuracy", "mean_softmax", "predicted_class",
    ),
    "correlations": (
        "first", "second", "transform", "statistic", "correlation", "low", "high",
    ),
    "sizes": (
        "model", "transform", "class", "direction", "censored", "rms_grey_levels", "rms_low",
        "rms_high",
    ),
    "claims": (
        "claim", "part", "model", "statement", "statistic", "value", "low", "high",
        "claimed_low", "claimed_high", "verdict",
    ),
    "borders": (
        "model", "transform", "class", "direction", "padding", "threshold", "low", "high",
        "censored",
    ),
    "history": ("step", "branch", "classifier_loss", "accuracy"),
    "evaluation": (
        "varied", "pictures", "accuracy", "accuracy_low", "accuracy_high", "baseline_accuracy",
        "softmax", "softmax_low", "softmax_high", "baseline_softmax",
    ),
    "tightness": ("varied", "k_0", "k_1", "tightness", "low", "high", "censored", "pictures"),
    "comparison": (
        "varied", "k_0", "k_1", "transform", "magnitude", "explained_fraction", "close", "class",
        "direction", "threshold", "low", "high", "censored", "reached_fraction",
    ),
    "objectives": (
        "model", "objective", "seed", "pictures", "baseline_accuracy", "worst_accuracy",
        "spatial_displacement", "colour_displacement",
    ),
}  # fmt: skip
"""The columns that figures need of a table, by its name in a figure's `reads`."""


def read_tables(paths: Sequence[Path], columns: tuple[str, ...]) -> pd.DataFrame:
    """Read tables of one kind into one.

    Raises
    ------
    InputError
        For a file that is not there or lacks a column, named in the message.
    """
    frames = []
    for path in paths:
        if not path.is_file():
            raise InputError(f"{path}: no such table")
        frames.append(check_columns(read_table(path), columns, path))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def draw(
    declared: Declared, files: Mapping[str, Sequence[Path]], values: Mapping[str, Any]
) -> Figure | list[Figure]:
    """Call a figure's function with its tables and files, and with what else it asks for.

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
        For a table that is not there or lacks a column, or what the function refuses.
    """
    given: dict[str, Any] = {}
    for name, paths in files.items():
        if paths and paths[0].suffix in TABLES:
            given[name] = read_tables(paths, COLUMNS.get(name, ()))
        elif paths:
            given[name] = list(paths)
    given |= {name: values[name] for name in declared.parameters if name in values}
    function = getattr(importlib.import_module(declared.module), declared.name)
    drawn: Figure | list[Figure] = function(**given)
    return drawn
