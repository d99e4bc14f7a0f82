"""The paper's statements C1 to C8, and R1 of related work, decided from a run's tables by fixed rules.

``statements`` holds what is claimed and every limit, ``verdicts`` how an interval decides,
``screening``, ``learned`` and ``depth`` the statistics. docs/claims.md explains each of them.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from invariances.claims import depth, learned, screening
from invariances.claims.planning import pictures_needed
from invariances.claims.statements import STATEMENTS, Statement
from invariances.claims.verdicts import NOT_ASKED, UNKNOWN, Estimate, Verdict, decide, together
from invariances.statistics.bootstrap import LEVEL
from invariances.tables import CLAIMS
from invariances.thresholds.differences import Axes, distances
from invariances.thresholds.pictures import MEASURED

__all__ = ["STATEMENTS", "Estimate", "Learned", "Tables", "claim_table", "decide"]

NOT_HERE = "not in this run"
ROTATION = "rotate"
OF_LAYERS = "R1"


@dataclass(frozen=True)
class Learned:
    """The tables of the paper's ITN before one network, and the folder of the results where they are."""

    history: pd.DataFrame
    evaluation: pd.DataFrame
    folder: str


@dataclass(frozen=True)
class Tables:
    """What claims are decided from: thresholds.csv, curves.parquet, pictures.parquet, sizes.csv,
    correlations.csv (None of a single network), the tables of the paper's ITNs by model, where there
    are any, and layer_trends.csv (None where no layers are measured).
    """

    thresholds: pd.DataFrame
    curves: pd.DataFrame
    pictures: pd.DataFrame
    sizes: pd.DataFrame
    correlations: pd.DataFrame | None = None
    learned: Mapping[str, Learned] = field(default_factory=dict)
    trends: pd.DataFrame | None = None


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
    rows: list[dict[str, object]] = []
    strict: dict[Hashable, list[Verdict]] = {}
    for model in map(str, dict.fromkeys(tables.thresholds["model"])):
        screened, learnt = _measured(tables, model, axes), tables.learned.get(model)
        symmetric = point_symmetric, axisymmetric
        for claim in dict.fromkeys(item.claim for item in STATEMENTS.values()):
            keys = [key for key, item in STATEMENTS.items() if item.claim == claim]
            level = 1 - (1 - LEVEL) / len(keys)
            found = _found(screened, learnt, symmetric, keys, LEVEL)
            rows += [
                _row(STATEMENTS[key], model, estimate, _pictures(key, screened, learnt), learnt)
                if _asked(key, screened, learnt)
                else _row(STATEMENTS[key], model, UNKNOWN, None, verdict=NOT_ASKED)
                for key, estimate in found.items()
            ]
            strictly = _found(screened, learnt, symmetric, keys, level)
            strict[claim, model] = [
                decide(estimate, STATEMENTS[key].claimed)
                if _asked(key, screened, learnt)
                else NOT_ASKED
                for key, estimate in strictly.items()
            ]
    rows += _pairs(tables)
    order = {key: place for place, key in enumerate(STATEMENTS)}
    rows.sort(key=lambda row: order[str(row["claim"]) + str(row["part"])])
    table = pd.DataFrame(rows)
    joined = {
        cell: together(rows["verdict"], strict.get(cell, rows["verdict"]))
        for cell, rows in table.groupby(["claim", "model"])
    }
    cells = zip(table["claim"], table["model"], strict=True)
    return table.assign(claim_verdict=[joined[cell] for cell in cells])[CLAIMS.names]


@dataclass(frozen=True)
class Measured:
    """What the screening of one network holds: its rows of the run's tables, as statistics read them."""

    thresholds: pd.DataFrame
    curves: pd.DataFrame
    pictures: pd.DataFrame
    sizes: pd.DataFrame
    rotated: dict[str, pd.DataFrame]
    trends: pd.DataFrame | None


def _measured(tables: Tables, model: str, axes: Axes) -> Measured:
    thresholds, curves, pictures, sizes = (
        table[table["model"] == model]
        for table in (tables.thresholds, tables.curves, tables.pictures, tables.sizes)
    )
    identities = {name: identity for name, (_, identity) in axes.items()}
    known = pictures[pictures["status"] == MEASURED]
    return Measured(
        thresholds.assign(identity=thresholds["transform"].map(identities)),
        curves,
        known.assign(distance=distances(known, axes)),
        sizes,
        screening.own_softmax(curves, ROTATION, identities.get(ROTATION, 0.0)),
        None if tables.trends is None else tables.trends[tables.trends["model"] == model],
    )


def _found(
    run: Measured,
    learnt: Learned | None,
    symmetric: tuple[Sequence[str], Sequence[str]],
    keys: Sequence[str],
    level: float,
) -> dict[str, Estimate]:
    """The statistics of one network with intervals of a level; C4, of pairs, is not among them."""
    point, axial = symmetric
    noise = run.thresholds[run.thresholds["transform"] == "noise"]
    screened: dict[str, Callable[[], Estimate]] = {
        "C1a": lambda: screening.existing(run.thresholds, level),
        "C1b": lambda: screening.class_dependence(run.pictures, level),
        "C1c": lambda: screening.transform_dependence(run.sizes, run.thresholds, run.curves, level),
        "C2a": lambda: screening.existing(noise, level),
        "C2b": lambda: screening.noise_dependence(run.pictures, level),
        "C3a": lambda: screening.reduction(run.rotated, point, level),
        "C3b": lambda: screening.constancy(run.rotated, point, level),
        "C3c": lambda: screening.recovery(run.rotated, axial, level),
    }
    found = {key: screened[key]() for key in keys if key in screened}
    for key in keys:
        if key in LEARNED:
            name, statistic = LEARNED[key]
            found[key] = UNKNOWN if learnt is None else statistic(getattr(learnt, name), level)
        if key == OF_LAYERS:
            found[key] = UNKNOWN if run.trends is None else depth.increasing(run.trends, level)
    return found


def _asked(key: str, run: Measured, learnt: Learned | None) -> bool:
    """Whether the run was asked for what decides a statement: the paper's own net, layers."""
    return not ((learnt is None and key in LEARNED) or (run.trends is None and key == OF_LAYERS))


def _pictures(key: str, run: Measured, learnt: Learned | None) -> int | None:
    """How many pictures a statistic is of: of each class, or for an ITN's all that evaluate it.

    None of layers, whose number limits what can be known of them as well.
    """
    if key == OF_LAYERS:
        return None
    if key not in LEARNED:
        return int(run.thresholds["images"].median())
    return None if learnt is None else int(learnt.evaluation["pictures"].iloc[0])


LEARNED: dict[str, tuple[str, Callable[[pd.DataFrame, float], Estimate]]] = {
    "C5a": ("history", learned.classifier_loss),
    "C5b": ("history", learned.transform_loss),
    "C6": ("evaluation", learned.accuracy_lost),
    "C7a": ("evaluation", learned.smallest_zoom),
    "C7b": ("evaluation", learned.largest_zoom),
    "C7c": ("evaluation", learned.largest_rotation),
    "C8": ("evaluation", learned.largest_colour_change),
}


def _pairs(tables: Tables) -> list[dict[str, object]]:
    """C4, a row for each pair of networks, or one that says that there is none."""
    statement, correlations = STATEMENTS["C4"], tables.correlations
    if correlations is None or correlations.empty:
        names = dict.fromkeys(tables.thresholds["model"])
        return [_row(statement, "+".join(map(str, names)), UNKNOWN, None)]
    images = int(tables.thresholds["images"].median())
    return [
        _row(statement, f"{first}+{second}", screening.correlation(rows), images)
        for (first, second), rows in correlations.groupby(["first", "second"], sort=False)
    ]


def _row(
    statement: Statement,
    model: str,
    estimate: Estimate,
    pictures: int | None,
    learnt: Learned | None = None,
    verdict: Verdict | None = None,
) -> dict[str, object]:
    known = estimate if estimate.known else UNKNOWN
    folder = "" if learnt is None else learnt.folder
    evidence = statement.evidence.format(model=model, itn=folder) if known.known else NOT_HERE
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
        "verdict": verdict or decide(known, statement.claimed),
        "evidence": evidence,
        "interval": statement.interval if known.known else "",
        "pictures_needed": pictures_needed(statement, known, pictures),
    }
