"""How far the paper's statements depend on the border, or on resampling: decided again under others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from invariances.claims import Tables, claim_table
from invariances.tables import BORDER_CLAIMS, Table
from invariances.thresholds.differences import Axes, correlation_table

DECIDED = ("C1a", "C1b", "C3a", "C3b", "C3c", "C4")
"""Statements that a border or resampling can decide. Of the others C2 has none, and sizes (C1c) and ITNs
(C5 to C8) are made under the run's own only."""

CELLS = ["model", "transform"]


@dataclass(frozen=True)
class Swept:
    """What was measured again under another padding or resampling, of classes and of pictures."""

    thresholds: pd.DataFrame
    curves: pd.DataFrame
    pictures: pd.DataFrame


def border_claim_table(
    own: Tables,
    others: Mapping[str, Swept],
    axes: Axes,
    point_symmetric: Sequence[str],
    axisymmetric: Sequence[str],
    *,
    resamples: int,
    seed: int = 0,
    declared: Table = BORDER_CLAIMS,
) -> pd.DataFrame:
    """Statements as they would be decided had the run's padding, or resampling, been another.

    Parameters
    ----------
    own : the run's tables; others : by padding or resampling, what takes the place of the same networks'
        and transforms' rows in them.
    axes, point_symmetric, axisymmetric : as for `claim_table`.
    resamples, seed : of the correlations' bootstrap.
    declared : ``BORDER_CLAIMS``, or ``RESAMPLING_CLAIMS`` for resamplings.

    Returns
    -------
    That table, a row for each padding, statement and network (C4: pair of networks); ``same_verdict``
    tells whether the conclusion stands whatever lies outside the picture, or between its pixels.
    """
    symmetric = point_symmetric, axisymmetric
    base = _decided(own, axes, *symmetric)
    base = base.rename(columns={name: f"own_{name}" for name in ("value", "verdict")})
    frames = []
    for padding, swept in others.items():
        tables = _in_place(own, swept)
        if own.correlations is not None:
            found = correlation_table(tables.thresholds, axes, resamples=resamples, seed=seed)
            tables = replace(tables, correlations=found)
        frames.append(_decided(tables, axes, *symmetric).assign(**{declared.key[-1]: padding}))
    key = ["claim", "part", "model"]
    table = pd.concat(frames, ignore_index=True)
    table = table.merge(base[[*key, "own_value", "own_verdict"]], on=key, validate="many_to_one")
    table["same_verdict"] = table["verdict"] == table["own_verdict"]
    return table[declared.names]


def _decided(tables: Tables, axes: Axes, *symmetric: Sequence[str]) -> pd.DataFrame:
    table = claim_table(tables, axes, *symmetric)
    return table[(table["claim"] + table["part"]).isin(DECIDED)]


def _in_place(own: Tables, swept: Swept) -> Tables:
    """The run's tables with the rows of what was swept again exchanged."""
    return replace(
        own,
        thresholds=_exchanged(own.thresholds, swept.thresholds),
        curves=_exchanged(own.curves, swept.curves),
        pictures=_exchanged(own.pictures, swept.pictures),
    )


def _exchanged(own: pd.DataFrame, swept: pd.DataFrame) -> pd.DataFrame:
    again = set(_cells(swept))
    kept = [cell not in again for cell in _cells(own)]
    return pd.concat([own[kept], swept], ignore_index=True)


def _cells(table: pd.DataFrame) -> Iterable[tuple[str, str]]:
    cells: Iterable[tuple[str, str]] = table[CELLS].itertuples(index=False, name=None)
    return cells
