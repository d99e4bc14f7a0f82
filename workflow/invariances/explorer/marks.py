"""Thresholds as the page reads them: of a class, of single pictures, of all pictures together.

Those of cells and pictures are rows whose columns `FIELDS` and `OWN_FIELDS` name, once for all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from invariances.figures import responses
from invariances.tables.checking import intervals_of

SIGNIFICANT = 7  # digits of magnitudes, as tables are written
FIELDS = (
    "direction", "threshold", "low", "high", "open", "censored", "to", "half", "half_censored",
)  # fmt: skip
OWN_FIELDS = ("direction", "threshold", "censored", "to")
Key = tuple[str, str, str, str]
"""Model, transform, class and picture."""


def mark_row(
    mark: responses.Mark, images: int, place: Mapping[str, int]
) -> list[str | float | bool | None]:
    """A class's threshold in one direction, by `FIELDS`; categories by their `place`."""
    alone = images == 1  # one picture bounds nothing
    return [
        mark.direction,
        decimal(mark.threshold),
        None if alone else decimal(mark.low),
        None if alone else decimal(mark.high),
        # The far limit is the range's end, which bounds nothing.
        "open" in mark.interval,
        mark.censored,
        None if mark.censored else place.get(mark.flips_to),
        decimal(mark.half),
        mark.half_censored,
    ]


def together(rows: pd.DataFrame) -> dict[str, Any]:
    """All pictures of all classes: how many, and ``marks`` as a cell's, medians for switches."""
    return {
        "images": int(rows["images"].iloc[0]),
        "recognised": int(rows["recognised"].iloc[0]),
        "marks": [
            {
                "direction": row["direction"],
                "threshold": decimal(row["median_threshold"]),
                "low": decimal(row["median_low"]),
                "high": decimal(row["median_high"]),
                "open": "open" in row["median_interval"],
                "censored": bool(row["median_censored"]),
                "half": decimal(row["half_accuracy"]),
                "half_censored": bool(row["half_accuracy_censored"]),
            }
            for row in rows.to_dict("records")
        ],
    }


def examples(
    pictures: pd.DataFrame, shown: Mapping[str, Sequence[str]]
) -> dict[Key, list[list[float | None]]]:
    """Where each picture that is shown is recognised.

    The intervals of magnitude [low, high], as pictures.parquet has them; an empty list for a picture that
    is recognised nowhere.
    """
    names = {name for own in shown.values() for name in own}
    key = ["model", "transform", "class", "picture"]
    rows = pictures[pictures["picture"].isin(names)].drop_duplicates(key)
    return {
        _key(row): [[decimal(low), decimal(high)] for low, high in intervals_of(row["intervals"])]
        for row in rows.to_dict("records")
    }


def own_marks(
    pictures: pd.DataFrame, shown: Mapping[str, Sequence[str]], place: Mapping[str, int]
) -> dict[Key, list[list[Any]]]:
    """The thresholds of each picture shown, by `OWN_FIELDS`.

    Of one that is not recognised untransformed there are none.
    """
    found: dict[Key, list[list[Any]]] = {}
    for row in measured(pictures, shown).to_dict("records"):
        censored = bool(row["censored"])
        to = None if censored else place[str(row["flips_to"])]
        mark = [row["direction"], decimal(row["threshold"]), censored, to]
        found.setdefault(_key(row), []).append(mark)
    return found


def measured(pictures: pd.DataFrame, shown: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The rows of pictures that are shown and have a threshold."""
    names = {name for own in shown.values() for name in own}
    return pictures[pictures["picture"].isin(names) & (pictures["status"] == "measured")]


def _key(row: Mapping[Any, Any]) -> Key:
    return str(row["model"]), str(row["transform"]), str(row["class"]), str(row["picture"])


def decimal(value: float) -> float | None:
    """Return a magnitude as tables have it; None for what JSON cannot say."""
    return rounded(value) if np.isfinite(value) else None


def rounded(value: float) -> float:
    """Return a magnitude with the digits of tables."""
    return float(f"{value:.{SIGNIFICANT}g}") + 0.0
