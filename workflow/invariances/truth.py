"""Phantoms' declared truth held against what was measured: what a screening is worth on known ground."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances import phantoms
from invariances.phantoms import Expectation
from invariances.screening import Sweep
from invariances.tables import TRUTH
from invariances.tables.frames import frame

INVARIANT, FLIPPED, LOST = 0.9, 0.5, 0.4
"""The least share of answers as expected: of a class that stays, as part of its untransformed accuracy
(a transform that changes nothing cannot mend what was wrong before); of one that becomes another; and
of wrong answers among classes that nothing tells apart any more (of two such, a guess misses a half)."""
NOTHING = "nothing"


class Cell(NamedTuple):
    """The predictions [N, M] of one class's pictures and its own category."""

    prediction: NDArray[np.int32]
    label: int


def truth_table(
    sweeps: Sequence[Sweep],
    categories: Sequence[str],
    model: str,
    transform: str,
    *,
    size: int,
) -> pd.DataFrame:
    """One row per declared expectation that the grid has transformed pictures for.

    ``measured`` is the share of pictures and magnitudes in [low, high] that are answered as an ideal
    observer would: with the class itself, or the class that it becomes. Where nothing is left to tell
    classes by, it is the share of wrong answers among all classes of which that is declared there.

    Parameters
    ----------
    sweeps : all chunks of one network and transform, on one grid.
    size : side of the phantoms in pixels, on which blur's truth depends.
    """
    magnitudes = sweeps[0].magnitudes
    cells = {name: cell for sweep in sweeps for name, cell in _cells(sweep)}
    expectations = {name: phantoms.truth(name, transform, size) for name in cells}
    rows = []
    for name, cell in cells.items():
        for expected in expectations[name]:
            inside = _inside(expected, magnitudes)
            if not np.delete(inside, sweeps[0].identity).any():
                continue  # the untransformed pictures alone would agree with themselves
            if expected.becomes is None:
                measured, required = _lost(cells, expectations, magnitudes, inside), LOST
            else:
                answer = list(categories).index(expected.becomes)
                measured = float((cell.prediction[:, inside] == answer).mean())
                required = FLIPPED
                if expected.becomes == name:
                    untransformed = cell.prediction[:, sweeps[0].identity] == answer
                    required = INVARIANT * float(untransformed.mean())
            rows.append(
                {
                    "model": model,
                    "transform": transform,
                    "class": name,
                    "low": expected.low,
                    "high": expected.high,
                    "expected": expected.becomes or NOTHING,
                    "measured": measured,
                    "required": required,
                    "met": measured >= required,
                }
            )
    return frame(TRUTH, rows)


def _cells(sweep: Sweep) -> list[tuple[str, Cell]]:
    return [
        (str(name), Cell(sweep.prediction[sweep.class_index == index], int(sweep.labels[index])))
        for index, name in enumerate(sweep.classes)
    ]


def _inside(expected: Expectation, magnitudes: NDArray[np.float64]) -> NDArray[np.bool_]:
    slack = 1e-9 * max(1.0, abs(expected.low), abs(expected.high))
    inside: NDArray[np.bool_] = (magnitudes >= expected.low - slack) & (
        magnitudes <= expected.high + slack
    )
    return inside


def _lost(
    cells: dict[str, Cell],
    expectations: dict[str, tuple[Expectation, ...]],
    magnitudes: NDArray[np.float64],
    inside: NDArray[np.bool_],
) -> float:
    """Share of wrong answers, at these magnitudes, among the classes that are lost there."""
    wrong = []
    for name, cell in cells.items():
        for other in expectations[name]:
            if other.becomes is None:
                both = inside & _inside(other, magnitudes)
                wrong.append((cell.prediction[:, both] != cell.label).ravel())
    return float(np.concatenate(wrong).mean())
