"""Phantoms' declared truth held against what was measured: what a screening is worth on known ground."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from invariances import phantoms
from invariances.phantoms import Expectation
from invariances.screening import Sweep
from invariances.tables import TRUTH
from invariances.tables.frames import frame

INVARIANT, FLIPPED, LOST = 0.9, 0.5, 0.4
"""The least share of answers as expected: of a class that stays, among its pictures that are recognised
untransformed (a transform that changes nothing cannot mend what was wrong before); of one that becomes
another; and of wrong answers among classes that nothing tells apart any more (of two such, a guess misses a
half)."""
LEVEL = 0.95
NOTHING = "nothing"

Shares = NDArray[np.float64]
"""For each picture [N] the share of its answers that are of a kind."""


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

    ``measured`` is the share of answers, at the magnitudes of the grid in [low, high] but the identity,
    that an ideal observer would give: with the class itself, of pictures recognised untransformed, or with
    the class that it becomes. Where nothing is left to tell classes by, it is the share of wrong answers
    among all classes of which that is declared there. A row fails where that is surely below what is
    required (`upper_limit`), and, of a class that must change, where answers are what they were
    ``untransformed``.

    Parameters
    ----------
    sweeps : all chunks of one network and transform, on one grid.
    size : side of the phantoms in pixels, on which blur's truth depends.
    """
    magnitudes, identity = sweeps[0].magnitudes, sweeps[0].identity
    cells = {name: cell for sweep in sweeps for name, cell in _cells(sweep)}
    expectations = {name: phantoms.truth(name, transform, size) for name in cells}
    rows = []
    for name, cell in cells.items():
        for expected in expectations[name]:
            inside = _inside(expected, magnitudes) & (np.arange(len(magnitudes)) != identity)
            if not inside.any():
                continue  # the untransformed pictures alone would agree with themselves
            row: dict[str, object] = {"model": model, "transform": transform, "class": name}
            row |= {"low": expected.low, "high": expected.high}
            row |= {"expected": expected.becomes or NOTHING}
            if expected.becomes is None:
                row |= _changed(*_lost(cells, expectations, magnitudes, inside, identity), LOST)
            elif expected.becomes != name:
                seen = cell.prediction == list(categories).index(expected.becomes)
                row |= _changed(seen[:, inside].mean(axis=1), seen[:, identity], FLIPPED)
            else:
                right = cell.prediction == cell.label
                row |= _measured(right[right[:, identity]][:, inside].mean(axis=1), INVARIANT)
            rows.append(row)
    return frame(TRUTH, rows)


def upper_limit(shares: Shares, level: float = LEVEL) -> float:
    """One-sided upper limit of a mean share, of pictures' shares [N] of answers as expected.

    Clopper and Pearson's binomial limit, of pictures and not of answers: those of one picture at
    neighbouring magnitudes hang together. Where they are all alike each picture is one trial, of which the
    limit holds; any other shares in [0, 1] vary less about the same mean, and it is wider than it need be.
    """
    count, successes = len(shares), float(shares.sum())
    if successes >= count:
        return 1.0
    return float(special.betaincinv(successes + 1, count - successes, level))


def _changed(shares: Shares, before: NDArray[np.bool_], required: float) -> dict[str, object]:
    """The columns of a class that must change, of pictures' shares [N] of such answers.

    Few pictures bound little: answers that are no more often so than those `before` [N] any transform are
    no change, whatever the limit.
    """
    row = _measured(shares, required) | {"untransformed": float(before.mean())}
    return row | {"met": row["met"] and float(shares.mean()) > before.mean()}


def _measured(shares: Shares, required: float) -> dict[str, object]:
    limit = upper_limit(shares)
    return {
        "pictures": len(shares),
        "measured": float(shares.mean()) if len(shares) else None,
        "upper": limit,
        "required": required,
        "met": limit >= required,
    }


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
    identity: int,
) -> tuple[Shares, NDArray[np.bool_]]:
    """Of all pictures of classes that are lost there, the share of wrong answers, and if it was before."""
    shares, before = [], []
    for name, cell in cells.items():
        for other in expectations[name]:
            both = inside & _inside(other, magnitudes)
            if other.becomes is None and both.any():
                wrong = cell.prediction != cell.label
                shares.append(wrong[:, both].mean(axis=1))
                before.append(wrong[:, identity])
    return np.concatenate(shares), np.concatenate(before)
