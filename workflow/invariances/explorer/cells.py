"""Curves and thresholds of every cell (network, transform, class) as the page reads them.

Names stand once, in lists; cells refer to them by number. Softmax and accuracy are kept to five
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

DECIMALS = 5
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
    transforms: Mapping[str, TransformAxis],
    classes: Sequence[str],
) -> dict[str, Any]:
    """Everything that the page shows of the screening.

    Parameters
    ----------
    curves, thresholds, pictures
        The run's curves.parquet, thresholds.csv and pictures.parquet.
    transforms
        Label, unit, identity and axis of each transform; their order is that of the curves.
    classes
        The run's classes, in the run's order: it decides their colours.

    Returns
    -------
    dict
        ``models``, ``classes`` and ``categories`` (name, short name), ``transforms`` (with their
        magnitudes [M]), ``looks``, and ``cells[model][transform][class]``, see `_cell`.
    """
    models = responses.present(curves, "model")
    # In the config's order, as everywhere; a table has them as its jobs ended.
    there = responses.present(curves, "transform")
    names = [name for name in transforms if name in there] or there
    axes = [transforms[responses.known("transform in --transforms", n, transforms)] for n in names]
    categories = list(dict.fromkeys([*classes, *responses.present(curves, "predicted_class")]))
    place = {name: index for index, name in enumerate(categories)}
    palette, looks = Palette(classes), Looks()
    examples = _examples(pictures)
    cells: list[list[list[dict[str, Any]]]] = []
    for model in models:
        cells.append([])
        for transform in names:
            found = responses.curves_of(curves, model, transform, classes)
            marks = responses.marks_of(thresholds, model, transform, classes)
            cells[-1].append(
                [
                    _cell(found[name], marks[name], place, palette, looks)
                    | {"example": examples.get((model, transform, name))}
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
            _transform(axis, responses.curves_of(curves, models[0], axis.name, classes[:1]))
            for axis in axes
        ],
        "looks": looks.entries,
        "cells": cells,
    }


def _transform(axis: TransformAxis, found: Mapping[str, responses.Curve]) -> dict[str, Any]:
    magnitudes = next(iter(found.values())).magnitudes
    return {
        "name": axis.name,
        "label": axis.heading,
        "unit": axis.unit,
        "identity": _number(axis.identity),
        "log": axis.log,
        "magnitudes": [_number(value) for value in magnitudes],
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
                "threshold": _number(mark.threshold),
                "low": _number(mark.low),
                "high": _number(mark.high),
                "censored": mark.censored,
                "to": None if mark.censored else place.get(mark.flips_to),
                "half": _number(mark.half),
                "half_censored": mark.half_censored,
            }
            for mark in marks
        ],
    }


def _examples(pictures: pd.DataFrame) -> dict[tuple[str, str, str], list[list[float | None]]]:
    """Where the first picture of each class, the one that is shown, is recognised.

    By model, transform and class: the intervals of magnitude [low, high], as pictures.parquet has
    them; an empty list for a picture that is recognised nowhere.
    """
    key = ["model", "transform", "class"]
    first = pictures.drop_duplicates(key)
    return {
        (str(row["model"]), str(row["transform"]), str(row["class"])): [
            [_number(low), _number(high)] for low, high in intervals_of(row["intervals"])
        ]
        for row in first.to_dict("records")
    }


def _lines(*values: npt.NDArray[np.float64]) -> list[list[float | None]]:
    return [
        [None if not np.isfinite(value) else round(float(value), DECIMALS) + 0.0 for value in line]
        for line in values
    ]


def _number(value: float) -> float | None:
    """Return a magnitude as tables have it; None for what JSON cannot say."""
    return float(f"{value:.{SIGNIFICANT}g}") + 0.0 if np.isfinite(value) else None
