"""The paper's statements C1 to C8, decided from a run's tables by rules fixed beforehand.

``statements`` holds what is claimed and every limit, ``verdicts`` how an interval decides,
``screening`` and ``learned`` the statistics. docs/claims.md explains each of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from invariances.claims import learned, screening
from invariances.claims.statements import STATEMENTS, Statement
from invariances.claims.verdicts import UNKNOWN, Estimate, Verdict, decide, together
from invariances.tables import CLAIMS
from invariances.thresholds.comparison import Axes, distances
from invariances.thresholds.pictures import MEASURED

__all__ = ["STATEMENTS", "Estimate", "Learned", "Tables", "claim_table", "decide"]

NOT_HERE = "not in this run"
ROTATION = "rotate"


@dataclass(frozen=True)
class Learned:
    """The tables of one network's ITN: history.csv and evaluation.csv."""

    history: pd.DataFrame
    evaluation: pd.DataFrame


@dataclass(frozen=True)
class Tables:
    """What claims are decided from: thresholds.csv, curves.parquet, pictures.parquet, sizes.csv,
    correlations.csv (None of a single network), and the ITNs' tables by model, where there are any.
    """

    thresholds: pd.DataFrame
    curves: pd.DataFrame
    pictures: pd.DataFrame
    sizes: pd.DataFrame
    correlations: pd.DataFrame | None = None
    learned: Mapping[str, Learned] = field(default_factory=dict)


def claim_table(
    tables: Tables, axes: Axes, point_symmetric: Sequence[str], axisymmetric: Sequence[str]
) -> pd.DataFrame:
    """Every statement with its statistic, interval and verdict, by network (C4: by pair of them).

    Parameters
    ----------
    axes : axis and identity magnitude of each transform.
    point_symmetric, axisymmetric : classes, of which only those in the run count.

    Returns
    -------
    The table ``CLAIMS``. ``value``, ``low`` and ``high`` are empty exactly where the run does not
    hold what the statement needs. ``claim_verdict`` joins the parts of a claim.
    """
    rows = []
    for model in dict.fromkeys(tables.thresholds["model"]):
        found = _screened(tables, str(model), axes, point_symmetric, axisymmetric)
        found |= _learned(tables.learned.get(str(model)))
        rows += [_row(STATEMENTS[key], str(model), estimate) for key, estimate in found.items()]
    rows += _pairs(tables)
    order = {key: place for place, key in enumerate(STATEMENTS)}
    rows.sort(key=lambda row: order[str(row["claim"]) + str(row["part"])])
    table = pd.DataFrame(rows)
    joined: pd.Series[str] = table.groupby(["claim", "model"])["verdict"].transform(together)
    return table.assign(claim_verdict=joined)[CLAIMS.names]


def _screened(
    tables: Tables,
    model: str,
    axes: Axes,
    point_symmetric: Sequence[str],
    axisymmetric: Sequence[str],
) -> dict[str, Estimate]:
    """C1 to C3 of one network."""
    thresholds, curves, pictures, sizes = (
        table[table["model"] == model]
        for table in (tables.thresholds, tables.curves, tables.pictures, tables.sizes)
    )
    identities = {name: identity for name, (_, identity) in axes.items()}
    thresholds = thresholds.assign(identity=thresholds["transform"].map(identities))
    measured = pictures[pictures["status"] == MEASURED]
    measured = measured.assign(distance=distances(measured, axes))
    noise = thresholds[thresholds["transform"] == "noise"]
    own = screening.own_softmax(curves, ROTATION, identities.get(ROTATION, 0.0))
    return {
        "C1a": screening.existing(thresholds, curves),
        "C1b": screening.class_dependence(measured),
        "C1c": screening.transform_dependence(sizes, thresholds, curves),
        "C2a": screening.existing(noise, curves),
        "C2b": screening.noise_dependence(measured),
        "C3a": screening.reduction(own, point_symmetric),
        "C3b": screening.constancy(own, point_symmetric),
        "C3c": screening.comeback(own, axisymmetric),
    }


LEARNED: dict[str, tuple[str, Callable[[pd.DataFrame], Estimate]]] = {
    "C5a": ("history", learned.classifier_loss),
    "C5b": ("history", learned.transform_loss),
    "C6": ("evaluation", learned.accuracy_lost),
    "C7a": ("evaluation", learned.smallest_zoom),
    "C7b": ("evaluation", learned.largest_zoom),
    "C7c": ("evaluation", learned.largest_rotation),
    "C8": ("evaluation", learned.largest_colour_change),
}


def _learned(tables: Learned | None) -> dict[str, Estimate]:
    """C5 to C8 of one network; nothing is known where it has no ITN."""
    if tables is None:
        return dict.fromkeys(LEARNED, UNKNOWN)
    return {key: statistic(getattr(tables, name)) for key, (name, statistic) in LEARNED.items()}


def _pairs(tables: Tables) -> list[dict[str, object]]:
    """C4, a row for each pair of networks, or one that says that there is none."""
    statement, correlations = STATEMENTS["C4"], tables.correlations
    if correlations is None or correlations.empty:
        names = dict.fromkeys(tables.thresholds["model"])
        return [_row(statement, "+".join(map(str, names)), UNKNOWN)]
    return [
        _row(statement, f"{first}+{second}", screening.correlation(rows))
        for (first, second), rows in correlations.groupby(["first", "second"], sort=False)
    ]


def _row(statement: Statement, model: str, estimate: Estimate) -> dict[str, object]:
    known = estimate if estimate.known else UNKNOWN
    verdict: Verdict = decide(known, statement.claimed)
    evidence = statement.evidence.format(model=model) if known.known else NOT_HERE
    return {
        "claim": statement.claim,
        "part": statement.part,
        "model": model,
        "statement": statement.text,
        "statistic": statement.statistic,
        "value": known.value,
        "low": known.low,
        "high": known.high,
        "claimed_low": statement.claimed[0],
        "claimed_high": statement.claimed[1],
        "rule": statement.rule,
        "verdict": verdict,
        "evidence": evidence,
    }
