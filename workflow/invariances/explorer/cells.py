"""Curves and thresholds of every cell (network, transform, class) as the page reads them.

Names stand once, in lists; cells refer to them by number. Softmax and accuracy are packed (`packing`), and
only those that the page shows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from invariances.explorer.marks import (
    FIELDS,
    OWN_FIELDS,
    decimal,
    examples,
    mark_row,
    measured,
    own_marks,
    rounded,
    together,
)
from invariances.explorer.packing import packed
from invariances.figures import responses
from invariances.figures.axes import TransformAxis
from invariances.figures.labels import short_names, spaced
from invariances.figures.style import Look, Palette

DASH = 4.0  # pixels on the page of a point in print, lines being wider there
DRAWN = 4  # lines by name, and those that the class switches to
BARS = 6  # at each magnitude: the class's own, and the strongest others


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
        magnitudes [M]), ``looks``, ``shown[class]``, ``bars``, how many there are, and ``fields`` and
        ``own_fields``, the columns of marks, ``cells[model][transform][class]``, see `_cell`, with where
        each picture shown is recognised (``examples``) and its own thresholds (``own_marks``), and
        ``together[model][transform]``, see `marks.together`.
    """
    models = responses.present(curves, "model")
    grids = grids_of(curves, transforms)
    names = list(grids)
    overtaking = measured(pictures, shown)["flips_to"].dropna()
    known = [*classes, *responses.present(curves, "predicted_class")]
    categories = list(dict.fromkeys([*known, *(str(name) for name in overtaking if name)]))
    place = {name: index for index, name in enumerate(categories)}
    palette, looks = Palette(classes), Looks()
    recognised, own = examples(pictures, shown), own_marks(pictures, shown, place)
    # Once: looking through all rows for each network and transform takes minutes of thirty networks.
    own_curves, own_thresholds, own_mixed = map(_parts, (curves, thresholds, mixed))
    cells: list[list[list[dict[str, Any]]]] = []
    for model in models:
        cells.append([])
        for transform in names:
            part = model, transform
            found = responses.curves_of(own_curves.get(part, curves), model, transform, classes)
            marks = responses.marks_of(
                own_thresholds.get(part, thresholds), model, transform, classes
            )
            cells[-1].append([])
            for name in classes:
                keys = [(model, transform, name, picture) for picture in shown.get(name, ())]
                cell = _cell(found[name], marks[name], place, palette, looks)
                cell["examples"] = [recognised.get(key) for key in keys]
                cell["own_marks"] = [own.get(key, []) for key in keys]
                cells[-1][-1].append(cell)
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
        "bars": BARS,
        "fields": FIELDS,
        "own_fields": OWN_FIELDS,
        "cells": cells,
        "together": [[together(own_mixed[model, name]) for name in names] for model in models],
    }


def _parts(table: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """A table's rows by network and transform."""
    groups = table.groupby(["model", "transform"], sort=False, observed=True)
    return {(str(model), str(name)): rows for (model, name), rows in groups}


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
            rounded(value)
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
    """One cell, its categories by number.

    ``lines`` are the categories drawn by name, [category, look], the strongest first; ``numbers``, packed,
    are [M] each: accuracy and each line's softmax, all as value, low and high, then, where there is a
    ``rest``, the largest softmax of that. ``rest`` are other categories that are among the strongest at
    some magnitude, each with the places of these (``at``), and its value, low and high there
    (``rest_numbers``). ``marks`` are the thresholds.
    """
    rivals = [mark.flips_to for mark in marks if mark.flips_to in curve.softmax]
    drawn = list(dict.fromkeys([*curve.strongest(DRAWN), *rivals]))
    numbers = [curve.accuracy, curve.accuracy_low, curve.accuracy_high]
    numbers += [line for name in drawn for line in _softmax(curve, name)]
    others, seen = curve.others(drawn), _seen(curve, drawn)
    if others is not None:
        numbers.append(others)
    rest = [line[at] for name, at in seen.items() for line in _softmax(curve, name)]
    return {
        "images": curve.images,
        "own": place.get(curve.own or ""),
        "lines": [[place[name], looks.number(look)] for name, look in palette.looks(drawn).items()],
        "numbers": packed(np.concatenate(numbers)),
        "rest": [place[name] for name in seen],
        "at": list(seen.values()),
        "rest_numbers": packed(np.concatenate([*rest, np.zeros(0)])),
        "marks": [mark_row(mark, curve.images, place) for mark in marks],
    }


def _softmax(curve: responses.Curve, name: str) -> list[npt.NDArray[np.float64]]:
    return [curve.softmax[name], curve.softmax_low[name], curve.softmax_high[name]]


def _seen(curve: responses.Curve, drawn: Sequence[str]) -> dict[str, list[int]]:
    """The categories without a line of their own that are among the bars, and at which magnitudes."""
    names = [name for name in curve.softmax if name != curve.own]
    if not names:
        return {}
    values = np.nan_to_num(np.stack([curve.softmax[name] for name in names]), nan=-1.0)
    # Of as many as there are bars beside the class's own; of equals those that stand first.
    count = BARS - (curve.own is not None)
    strongest = np.argsort(-values, axis=0, kind="stable")[:count]
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        at = np.flatnonzero((strongest == row).any(axis=0) & (values[row] >= 0))
        if name not in drawn and len(at):
            found[name] = at.tolist()
    return found
