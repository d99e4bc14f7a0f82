"""Every claim's rule: on tables whose verdict is known, and moved from one verdict to the other."""

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import claims_tables as made
import numpy as np
import pandas as pd
import pytest
from claims_tables import decided

import claims as script
from invariances import phantoms
from invariances.claims import STATEMENTS
from invariances.claims.verdicts import (
    NOT_ASKED,
    OPEN,
    REFUTED,
    SUPPORTED,
)
from invariances.configuration import default
from invariances.tables import (
    CLAIMS,
    CORRELATIONS,
    CURVES,
    EVALUATION,
    HISTORY,
    LAYER_TRENDS,
    PICTURES,
    SIZES,
    THRESHOLDS,
)
from invariances.tables.frames import write

ROOT = Path(__file__).parents[2]
FEW = {"count": 2}
# What must be changed of a run that supports everything, for the two other verdicts on each part.
CASES = {
    "C1a": (
        {"thresholds": made.thresholds("beyond", "beyond")},
        {"thresholds": made.thresholds("near the end", "near the end")},
    ),
    "C1b": (
        {"pictures": made.pictures(apart=0, count=300)},
        {"pictures": made.pictures(apart=0.2, **FEW)},
    ),
    "C1c": ({"sizes": made.sizes(ratio=1.0)}, {"sizes": made.sizes(ratio=1.3, spread=2)}),
    "C2a": (
        {"thresholds": made.thresholds(noise="beyond")},
        {"thresholds": made.thresholds(noise="near the end")},
    ),
    "C2b": (
        {"pictures": made.pictures(apart=0, count=300)},
        {"pictures": made.pictures(apart=0.2, **FEW)},
    ),
    "C3a": ({"curves": made.curves(others="constant")}, {"curves": made.curves(others="unclear")}),
    "C3b": ({"curves": made.curves(round_="falls")}, {"curves": made.curves(round_="unclear")}),
    "C3c": ({"curves": made.curves(axial="falls")}, {"curves": made.curves(axial="perhaps back")}),
    "C4": (
        {"correlations": made.correlations(0.0, -0.1, 0.1)},
        {"correlations": made.correlations(0.3, 0.1, 0.5)},
    ),
    "C5a": ({"history": made.history(classifier=2)}, {"history": made.history(noise=5)}),
    "C5b": ({"history": made.history(transform=1)}, {"history": made.history(noise=5)}),
    "C6": (
        {"evaluation": made.evaluation(accuracy=0.8)},
        {"evaluation": made.evaluation(accuracy=0.93, images=60)},
    ),
    "C7a": ({"evaluation": made.evaluation(zoom=0.5)}, {"evaluation": made.evaluation(zoom=1)}),
    "C7b": ({"evaluation": made.evaluation(zoom=0.5)}, {"evaluation": made.evaluation(zoom=1)}),
    "C7c": (
        {"evaluation": made.evaluation(degrees=30)},
        {"evaluation": made.evaluation(degrees=0)},
    ),
    "C8": (
        {"evaluation": made.evaluation(shift=0.3)},
        {"evaluation": made.evaluation().drop(columns="phi_00")},
    ),
    "R1": ({"trends": made.trends(-0.5, -0.8, -0.2)}, {"trends": made.trends(0.2, -0.1, 0.5)}),
}


@cache
def of_case(key, place):
    """What is decided where a statement fails (0), and where it stays open (1)."""
    return decided(made.tables(**CASES[key][place]))


def verdicts(tables):
    table = decided(tables)
    return dict(zip(table["claim"] + table["part"], table["verdict"], strict=True))


def test_a_run_that_supports_everything():
    table = decided(made.tables())
    assert list(table.columns) == CLAIMS.names
    assert list(table["claim"] + table["part"]) == list(STATEMENTS)
    assert set(table["verdict"]) == set(table["claim_verdict"]) == {SUPPORTED}
    assert not table.drop(columns="pictures_needed").isna().any().any()
    assert (table["low"] <= table["value"]).all() and (table["value"] <= table["high"]).all()
    assert not table["evidence"].str.contains("[{}]").any()


@pytest.mark.parametrize("key", CASES)
def test_each_statement_can_fail_and_can_stay_open(key):
    for place, wanted in enumerate((REFUTED, OPEN)):
        table = of_case(key, place)
        own = table[table["claim"] + table["part"] == key]
        assert own["verdict"].item() == wanted


def test_every_statement_has_its_cases():
    assert set(CASES) == set(STATEMENTS)


@pytest.mark.parametrize("key", CASES)
def test_no_verdict_rests_on_what_is_not_known(key):
    for place in range(2):
        table = of_case(key, place)
        numbers = table[["value", "low", "high"]]
        unknown = numbers.isna().all(axis=1)
        assert (unknown == numbers.isna().any(axis=1)).all()
        assert (table.loc[unknown, "verdict"] == OPEN).all()
        assert (table.loc[unknown, "evidence"] == "not in this run").all()
        assert np.isfinite(numbers[~unknown]).all().all()


MOVES = {
    "C1b": [{"pictures": made.pictures(apart=a, count=100)} for a in np.linspace(0, 1, 6)],
    "C1c": [{"sizes": made.sizes(ratio=r, spread=1.1)} for r in np.linspace(1, 2, 6)],
    "C4": [
        {"correlations": made.correlations(r, r - 0.2, r + 0.2)} for r in np.linspace(-0.5, 0.8, 7)
    ],
    "C5a": [{"history": made.history(classifier=c, noise=0.2)} for c in np.linspace(2, 0, 6)],
    "C5b": [{"history": made.history(transform=t, noise=0.2)} for t in np.linspace(1, -1, 6)],
    "C6": [{"evaluation": made.evaluation(accuracy=a)} for a in np.linspace(0.85, 0.97, 6)],
    "C7a": [{"evaluation": made.evaluation(zoom=z)} for z in np.linspace(0.5, 1.5, 5)],
    "C7c": [{"evaluation": made.evaluation(degrees=d)} for d in np.linspace(40, 1, 5)],
    "C8": [{"evaluation": made.evaluation(shift=s)} for s in np.linspace(0.4, 0, 5)],
    "R1": [{"trends": made.trends(r, r - 0.2, r + 0.1)} for r in np.linspace(-0.5, 0.8, 7)],
}


@pytest.mark.parametrize("key", MOVES)
def test_moving_the_data_moves_the_verdict_one_way(key):
    rank = {REFUTED: 0, OPEN: 1, SUPPORTED: 2}
    found = [rank[verdicts(made.tables(**changed))[key]] for changed in MOVES[key]]
    assert found == sorted(found)
    assert found[0] == 0 and found[-1] == 2


def test_a_run_without_itn_noise_rotation_or_second_network_leaves_its_claims_open():
    whole = made.tables()
    bare = type(whole)(
        *(
            table[table["transform"] == "rotate"]
            for table in (whole.thresholds, whole.curves, whole.pictures, whole.sizes)
        )
    )
    found = verdicts(bare)
    assert {key for key, verdict in found.items() if verdict == OPEN} == {
        "C1c", "C2a", "C2b", "C4",
    }  # fmt: skip
    assert {key for key, verdict in found.items() if verdict == NOT_ASKED} == {
        "C5a", "C5b", "C6", "C7a", "C7b", "C7c", "C8", "R1",
    }  # fmt: skip
    joined = decided(bare).set_index("claim")["claim_verdict"]
    assert set(joined["C5":"C8"]) == {NOT_ASKED}
    noise = made.tables()
    only = type(noise)(
        *(
            table[table["transform"] == "noise"]
            for table in (noise.thresholds, noise.curves, noise.pictures, noise.sizes)
        )
    )
    assert [verdicts(only)[key] for key in ("C3a", "C3b", "C3c")] == [OPEN] * 3


def test_short_of_half_a_turn_symmetry_cannot_be_told():
    found = verdicts(made.tables(curves=made.curves(angles=slice(1, -1))))
    assert found["C3a"] == SUPPORTED
    assert found["C3b"] == found["C3c"] == OPEN


def test_classes_that_are_not_recognised_untransformed_do_not_count():
    lost = made.curves()
    others = (lost["class"] != "broom") & ~lost["class"].isin(made.ROUND)
    lost.loc[others & (lost["predicted_class"] == "other"), "mean_softmax"] = 0.95
    row = decided(made.tables(curves=lost)).set_index(["claim", "part"]).loc[("C3", "a")]
    assert (row["value"], row["verdict"]) == (1.0, SUPPORTED)
    table = made.thresholds()
    at_home = table["class"] != "broom"
    table.loc[at_home, ["threshold", "low", "high"]] = 0.0
    assert verdicts(made.tables(thresholds=table))["C1a"] == SUPPORTED
    table[["threshold", "low", "high"]] = 0.0
    assert verdicts(made.tables(thresholds=table))["C1a"] == OPEN


# ---- config, page and command --------------------------------------------------------------------


def test_the_defaults_are_the_phantoms_geometry():
    point_symmetric, axisymmetric = (
        default("claims.point_symmetric"),
        default("claims.axisymmetric"),
    )
    for name in phantoms.CLASSES:
        truth = phantoms.truth(name, "rotate")
        constant = any((e.low, e.high, e.becomes) == (-180, 180, name) for e in truth)
        assert (name in point_symmetric) == constant, name
        other = any(e.low <= 90 <= e.high and e.becomes != name for e in truth)
        back = any(e.high == 180 and e.becomes == name for e in truth) and other
        assert (name in axisymmetric) == back, name


def test_the_page_states_every_rule():
    page = (ROOT / "docs/claims.md").read_text()
    for key, item in STATEMENTS.items():
        assert f"| {key} | {item.text} | {item.statistic} | {item.rule} |" in page


def filled(frame, table):
    """A made-up table with the declared columns that no statement asks for."""
    values = {"text": "x", "bool": False, "intervals": (), "int": 1, "float": 1.0}
    for column in table:
        if column.name not in frame and not column.where:
            frame = frame.assign(**{column.name: None})
            value = column.allowed[0] if column.allowed else values[column.dtype]
            frame[column.name] = [value] * len(frame)
    return frame[[column.name for column in table if column.name in frame]]


@pytest.mark.parametrize("learned", [True, False])
def test_the_command(tmp_path, learned):
    tables = made.tables()
    itn = tables.learned["net"]
    for frame, name, table in (
        (tables.thresholds, "thresholds.csv", THRESHOLDS),
        (tables.sizes, "sizes.csv", SIZES),
        (tables.curves, "curves.parquet", CURVES),
        (tables.pictures, "pictures.parquet", PICTURES),
        (tables.correlations, "correlations.csv", CORRELATIONS),
        (itn.history, "history.csv", HISTORY),
        (itn.evaluation, "evaluation.csv", EVALUATION),
        (tables.trends, "layer_trends.csv", LAYER_TRENDS),
    ):
        write(filled(frame, table), tmp_path / name, table)
    entries = {name: {"axis": axis, "identity": home} for name, (axis, home) in made.AXES.items()}
    script.main(
        SimpleNamespace(
            thresholds=tmp_path / "thresholds.csv", curves=tmp_path / "curves.parquet",
            pictures=tmp_path / "pictures.parquet", sizes=tmp_path / "sizes.csv",
            correlations=tmp_path / "correlations.csv" if learned else None,
            itn=[("net", tmp_path)] if learned else [], others=[],
            trends=tmp_path / "layer_trends.csv" if learned else None, transforms=json.dumps(entries),
            point_symmetric=made.ROUND, axisymmetric=made.AXIAL, output=tmp_path / "claims.csv",
        )
    )  # fmt: skip
    table = pd.read_csv(tmp_path / "claims.csv")
    later = table["claim"] >= "C4"
    assert set(table.loc[~later, "verdict"]) == {SUPPORTED}
    assert set(table.loc[later, "verdict"]) == ({SUPPORTED} if learned else {OPEN, NOT_ASKED})
