"""Curves and thresholds of every cell (network, transform, class) as the page reads them.

Names stand once, in lists; cells refer to them by number. Softmax and accuracy are kept to four
decimals: the page shows three.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from invariances.figures import responses
from invariances.figures.axes import TransformAxis
from invariances.figures.labels import short_names, spaced
from invariances.figures.style import Look, Palette
from invariances.tables.checking import intervals_of

DECIMALS = 4
DASH = 4.0  # pixels on the page of a point in print, lines being wider there
DRAWN = 4  # lines by name, and those that the class switches to
SIGNIFICANT = 7  # digits of magnitudes, as tables are written


class Looks:
    """The looks used so far, each once: a cell's lines refer to them by number."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self._place: dict[Look, int] = {}

    def number(self, look: Look) -> int:
        """Return the look's number, a new one where it is new."""
        if look not in self._place:
            self._place[look] = len(self.entries)
            # A solid line is written as "-", any other as its offset and dashes, in points.
            dash = [] if isinstance(look.line, str) else [DASH * part for part in look.line[1]]
            self.entries.append({"colour": look.colour, "dash": dash})
        return self._place[look]


def run_data(
    curves: pd.DataFrame,
    thresholds: pd.DataFrame,
    pictures: pd.DataFrame,
    mixed: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    classes: Sequence[str],
    shown: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Everything that the page shows of the screening.

    Parameters
    ----------
    curves, thresholds, pictures, mixed
        The run's curves.parquet, thresholds.csv, pictures.parquet and mixed.csv.
    transforms
        Label, unit, identity and axis of each transform; their order is that of the curves.
    classes
        The run's classes, in the run's order: it decides their colours.
    shown
        The names of the pictures that the page shows, by class.

    Returns
    -------
    dict
        ``models``, ``classes`` and ``categories`` (name, short name), ``transforms`` (with their
        magnitudes [M]), ``looks``, ``shown[class]``, ``cells[model][transform][class]``, see `_cell`, with
        where each picture shown is recognised (``examples``) and its own thresholds (``own_marks``), and
        ``together[model][transform]``, see `_together`.
    """
    models = responses.present(curves, "model")
    grids = grids_of(curves, transforms)
    names = list(grids)
    categories = list(dict.fromkeys([*classes, *responses.present(curves, "predicted_class")]))
    place = {name: index for index, name in enumerate(categories)}
    palette, looks = Palette(classes), Looks()
    examples, own = _examples(pictures, shown), _own_marks(pictures, shown)
    cells: list[list[list[dict[str, Any]]]] = []
    for model in models:
        cells.append([])
        for transform in names:
            found = responses.curves_of(curves, model, transform, classes)
            marks = responses.marks_of(thresholds, model, transform, classes)
            cells[-1].append(
                [
                    _cell(found[name], marks[name], place, palette, looks)
                    | {
                        "examples": [
                            examples.get((model, transform, name, picture))
                            for picture in shown.get(name, ())
                        ],
                        "own_marks": [
                            own.get((model, transform, name, picture), [])
                            for picture in shown.get(name, ())
                        ],
                    }
                    for name in classes
                ]
            )
    return {
        "models": models,
        "classes": [place[name] for name in classes],
        "categories": [
            {"name": name, "short": short, "label": spaced(name)}
            for name, short in zip(categories, short_names(categories), strict=True)
        ],
        "transforms": [
            transform_data(transforms[name], magnitudes) for name, magnitudes in grids.items()
        ],
        "looks": looks.entries,
        "shown": [list(shown.get(name, ())) for name in classes],
        "cells": cells,
        "together": [
            [
                _together(mixed[(mixed["model"] == model) & (mixed["transform"] == name)])
                for name in names
            ]
            for model in models
        ],
    }


def grids_of(
    curves: pd.DataFrame, transforms: Mapping[str, TransformAxis]
) -> dict[str, list[float]]:
    """The magnitudes screened, by transform, ascending; in the config's order, as everywhere.

    Raises
    ------
    InputError
        For a transform without an axis.
    """
    there = responses.present(curves, "transform")
    for name in there:
        responses.known("transform in --transforms", name, transforms)
    return {
        name: sorted(
            _rounded(value)
            for value in curves.loc[curves["transform"] == name, "magnitude"].unique()
        )
        for name in transforms
        if name in there
    }


def transform_data(axis: TransformAxis, magnitudes: Sequence[float]) -> dict[str, Any]:
    """A transform's axis, with the magnitudes at which the page has pictures."""
    return {
        "name": axis.name,
        "label": axis.heading,
        "unit": axis.unit,
        "identity": decimal(axis.identity),
        "log": axis.log,
        "ordinal": axis.ordinal,
        "magnitudes": list(magnitudes),
    }


def _cell(
    curve: responses.Curve,
    marks: Sequence[responses.Mark],
    place: Mapping[str, int],
    palette: Palette,
    looks: Looks,
) -> dict[str, Any]:
    """One cell: numbers [M] a line, categories from the strongest down.

    ``accuracy`` and each entry of ``softmax`` (in the order of ``names``) hold value, low and high;
    ``lines`` are the categories drawn by name, [category, look]; ``marks`` the thresholds.
    """
    rivals = [mark.flips_to for mark in marks if mark.flips_to in curve.softmax]
    drawn = list(dict.fromkeys([*curve.strongest(DRAWN), *rivals]))
    rest = sorted(set(curve.softmax) - set(drawn), key=lambda n: -np.nanmax(curve.softmax[n]))
    names = [*drawn, *rest]
    return {
        "images": curve.images,
        "accuracy": _lines(curve.accuracy, curve.accuracy_low, curve.accuracy_high),
        "own": place.get(curve.own or ""),
        "names": [place[name] for name in names],
        "softmax": [
            _lines(curve.softmax[name], curve.softmax_low[name], curve.softmax_high[name])
            for name in names
        ],
        "lines": [[place[name], looks.number(look)] for name, look in palette.looks(drawn).items()],
        "marks": [
            {
                "direction": mark.direction,
                "threshold": decimal(mark.threshold),
                # One picture bounds nothing.
                "low": decimal(mark.low) if curve.images > 1 else None,
                "high": decimal(mark.high) if curve.images > 1 else None,
                # The far limit is the range's end, which bounds nothing.
                "open": "open" in mark.interval,
                "censored": mark.censored,
                "to": None if mark.censored else place.get(mark.flips_to),
                "half": decimal(mark.half),
                "half_censored": mark.half_censored,
            }
            for mark in marks
        ],
    }


def _together(rows: pd.DataFrame) -> dict[str, Any]:
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


def _examples(
    pictures: pd.DataFrame, shown: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str, str, str], list[list[float | None]]]:
    """Where each picture that is shown is recognised.

    By model, transform, class and picture: the intervals of magnitude [low, high], as pictures.parquet
    has them; an empty list for a picture that is recognised nowhere.
    """
    key = ["model", "transform", "class", "picture"]
    names = {name for own in shown.values() for name in own}
    rows = pictures[pictures["picture"].isin(names)].drop_duplicates(key)
    return {
        (str(row["model"]), str(row["transform"]), str(row["class"]), str(row["picture"])): [
            [decimal(low), decimal(high)] for low, high in intervals_of(row["intervals"])
        ]
        for row in rows.to_dict("records")
    }


def _own_marks(
    pictures: pd.DataFrame, shown: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str, str, str], list[dict[str, Any]]]:
    """The thresholds of each picture shown, by model, transform, class and picture.

    Of one that is not recognised untransformed there are none.
    """
    names = {name for own in shown.values() for name in own}
    measured = pictures[pictures["picture"].isin(names) & (pictures["status"] == "measured")]
    found: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for row in measured.to_dict("records"):
        key = (str(row["model"]), str(row["transform"]), str(row["class"]), str(row["picture"]))
        mark = {"direction": row["direction"], "threshold": decimal(row["threshold"])}
        censored = bool(row["censored"])
        mark |= {"censored": censored, "to": "" if censored else str(row["flips_to"])}
        found.setdefault(key, []).append(mark)
    return found


def _lines(*values: npt.NDArray[np.float64]) -> list[list[float | None]]:
    return [
        [None if not np.isfinite(value) else round(float(value), DECIMALS) + 0.0 for value in line]
        for line in values
    ]


def decimal(value: float) -> float | None:
    """Return a magnitude as tables have it; None for what JSON cannot say."""
    return _rounded(value) if np.isfinite(value) else None


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT}g}") + 0.0
