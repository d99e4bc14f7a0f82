"""calibration.csv: what sweep, search and tables find of observers whose thresholds are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from invariances import screening
from invariances.calibration.expected import (
    HALF_ACCURACY,
    PICTURE,
    SWITCH,
    Known,
    known,
)
from invariances.calibration.formulas import Subject
from invariances.inference import Pictures
from invariances.magnitudes import TransformAxis
from invariances.tables import CALIBRATION
from invariances.tables.checking import checked
from invariances.thresholds import Direction, threshold_table
from invariances.thresholds.axes import outward
from invariances.thresholds.differences import BEYOND
from invariances.thresholds.pictures import SIGN
from invariances.thresholds.search import searched_table

if TYPE_CHECKING:  # the formulas and the table's declaration need no torch
    from invariances.inference.responder import Apply
    from invariances.transforms import Setting

CATEGORIES = ("itself", "another")
IN_EXPECTATION = ("noise",)
"""Transforms of which thresholds are known as means over many draws."""
COLUMNS = ["direction", "picture", "quantity", "expected", "measured"]


@dataclass(frozen=True)
class Instrument:
    """What is calibrated: a transform on the run's grid, as sweeps and searches apply it.

    Attributes
    ----------
    axis : of a transform of `maps.READINGS`.
    apply, setting : the transform itself, its padding and seed.
    tolerance : of the search, as a share of the range.
    missed : the probability of a hidden flip that it may leave, of a picture.
    device : where pictures are transformed.
    """

    axis: TransformAxis
    apply: Apply
    setting: Setting
    tolerance: float
    missed: float
    device: str = "cpu"

    @property
    def span(self) -> float:
        """The range's width on the axis."""
        return float(np.ptp(self.axis.position(self.axis.magnitudes)))


def calibration_table(pictures: Pictures, instrument: Instrument) -> pd.DataFrame:
    """The rows of one transform: each picture in each direction, before an observer of its own.

    A direction in which a picture's reading hardly moves has no row. What is known in expectation only has
    means over all pictures, at magnitudes at which so many draws tell the tolerance; half accuracy, which a
    single draw may move by a step of the grid, is left out of it.
    """
    axis, alone = instrument.axis, _each_a_class(pictures)
    directions = outward(np.array(axis.magnitudes), axis.identity_index)
    found = pd.concat(
        [_found(alone, instrument, direction, path.tolist()) for direction, path in directions],
        ignore_index=True,
    )
    found = found.assign(
        expected=axis.position(found["expected"]), measured=axis.position(found["measured"])
    )
    if axis.name in IN_EXPECTATION:
        found = found[found["quantity"] != HALF_ACCURACY].drop(columns="picture")
        found = found.groupby(["direction", "quantity"], sort=False).mean().reset_index()
        found["picture"] = None
    difference = (found["measured"] - found["expected"]).abs() / instrument.span
    rows = found.assign(
        transform=axis.name,
        expected=axis.magnitude(found["expected"]),
        measured=axis.magnitude(found["measured"]),
        difference=difference,
        tolerance=instrument.tolerance,
        met=difference <= instrument.tolerance,
    )
    return checked(rows, CALIBRATION, CALIBRATION.name)


def _each_a_class(pictures: Pictures) -> Pictures:
    """The pictures in the order of their names, each a class of its own, all of the first category."""
    order = np.argsort(pictures.names, kind="stable")
    names, first = pictures.names[order], np.zeros(len(order), dtype=np.int64)
    return Pictures(pictures.pixels[order], names, names, first, np.arange(len(order)))


def _found(
    pictures: Pictures, instrument: Instrument, direction: Direction, path: list[int]
) -> pd.DataFrame:
    """Direction, picture, quantity, and the magnitudes expected and measured: a row of each in order."""
    observers = _observers(pictures, instrument, direction, path)
    rows = np.array([row for row, each in enumerate(observers) if each is not None], dtype=np.int64)
    wanted = [each for each in observers if each is not None]
    if not wanted:
        return pd.DataFrame(columns=COLUMNS)
    there = _each_a_class(pictures.take(rows))
    measured = _measured(there, wanted, instrument, direction)
    found = [
        (direction, name, quantity, threshold, measured.loc[name, quantity])
        for name, each in zip(there.names, wanted, strict=True)
        for quantity, threshold in each.thresholds.items()
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def _observers(
    pictures: Pictures, instrument: Instrument, direction: Direction, path: list[int]
) -> list[Known | None]:
    """The observer of each picture in a direction, where there is one."""
    axis, padding = instrument.axis, instrument.setting.padding
    pixels = pictures.pixels[np.arange(len(pictures))].astype(np.float64)
    return [
        known(
            axis.name,
            Subject(picture, padding, direction == "up"),
            [axis.magnitudes[place] for place in path],
            log=axis.log,
            ordinal=axis.ordinal,
            share=number / 2**56,
            tolerance=instrument.tolerance * instrument.span,
            pictures=len(pictures),
        )
        for picture, number in zip(pixels, pictures.ids.tolist(), strict=True)
    ]


def _measured(
    pictures: Pictures, wanted: Sequence[Known], instrument: Instrument, direction: Direction
) -> pd.DataFrame:
    """What is found of pictures, each a class, before their observers: rows of pictures by quantity."""
    import torch

    from invariances.calibration.observers import Observers
    from invariances.inference.responder import Responder
    from invariances.inference.tensors import as_tensor

    axis, count = instrument.axis, np.arange(len(pictures))
    tensor = as_tensor(pictures.pixels[count])
    observers = Observers(tensor, torch.from_numpy(pictures.ids), wanted).to(instrument.device)
    responder = Responder(observers, observers.told(instrument.apply), instrument.setting)
    names = (CATEGORIES, "observer", axis.name)
    sweep = screening.sweep(responder, pictures, np.array(axis.magnitudes), axis.identity_index)
    searched = searched_table(
        *(responder, pictures, sweep, *names),
        tolerance=instrument.tolerance,
        missed=instrument.missed,
        seed=instrument.setting.seed,
        axis=axis.axis,
    )
    cells = threshold_table(sweep, *names, axis=axis.axis)
    own, cell = (
        rows[rows["direction"] == direction].set_index("class") for rows in (searched, cells)
    )
    found = {
        PICTURE: (own["threshold"], own["censored"]),
        SWITCH: (cell["threshold"], cell["censored"]),
        HALF_ACCURACY: (cell["half_accuracy"], cell["half_accuracy_censored"]),
    }
    # What is never lost was not lost at the last point of an ordinal axis.
    further = BEYOND * SIGN[direction] if axis.ordinal else 0.0
    return pd.DataFrame(
        {name: value + further * censored for name, (value, censored) in found.items()}
    )
