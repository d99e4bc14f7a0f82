"""Statements decided again under other paddings: what takes whose place, and which verdicts stand."""

import claims_tables as made
import numpy as np
import pandas as pd
import pytest

from invariances.claims.border_claims import DECIDED, Swept, border_claim_table
from invariances.claims.verdicts import OPEN, REFUTED, SUPPORTED
from invariances.tables import BORDER_CLAIMS, RESAMPLING_CLAIMS
from invariances.thresholds.differences import correlation_table


def turned(thresholds=None, curves=None, pictures=None):
    """What a sweep of rotation under another padding leaves: of the hand-made tables its rows."""
    tables = (thresholds, curves, pictures)
    makers = (made.thresholds, made.curves, made.pictures)
    found = [
        maker() if table is None else table for maker, table in zip(makers, tables, strict=True)
    ]
    return Swept(*(table[table["transform"] == "rotate"] for table in found))


def decided(own, **others):
    return border_claim_table(own, others, made.AXES, made.ROUND, made.AXIAL, resamples=200)


def test_what_is_the_same_under_another_padding_stands():
    own = made.tables(correlations=None)
    table = decided(own, edge=turned(), mean=turned())
    assert list(table.columns) == BORDER_CLAIMS.names
    assert list(table["padding"]) == ["edge"] * 6 + ["mean"] * 6
    assert list(table["claim"] + table["part"])[:6] == list(DECIDED)
    assert table["same_verdict"].all()
    known = table[table["claim"] != "C4"]
    assert set(known["verdict"]) == set(known["own_verdict"]) == {SUPPORTED}
    np.testing.assert_array_equal(known["value"], known["own_value"])


@pytest.mark.parametrize(
    ("swept", "changed"),
    [
        (turned(curves=made.curves(others="constant")), {"C3a"}),
        (turned(curves=made.curves(round_="falls")), {"C3b"}),
        (turned(curves=made.curves(axial="falls")), {"C3c"}),
        # Of the two transforms' dependence on the class half is lost: half is still enough.
        (turned(pictures=made.pictures(apart=0, count=300)), set()),
        # Rotation without thresholds: 12 of 18 cells, the noise's are what they were.
        (turned(thresholds=made.thresholds(rotate="beyond")), {"C1a"}),
    ],
)
def test_a_conclusion_that_is_the_border_s_is_told(swept, changed):
    table = decided(made.tables(correlations=None), black=swept)
    keys = table["claim"] + table["part"]
    assert set(keys[~table["same_verdict"]]) == changed
    assert set(table.loc[~table["same_verdict"], "verdict"]) <= {REFUTED}


def test_resamplings_stand_where_paddings_do():
    table = border_claim_table(
        *(
            made.tables(correlations=None),
            {"bicubic": turned(curves=made.curves(others="constant"))},
        ),
        *(made.AXES, made.ROUND, made.AXIAL),
        resamples=200,
        declared=RESAMPLING_CLAIMS,
    )
    assert list(table.columns) == RESAMPLING_CLAIMS.names
    assert set(table["resampling"]) == {"bicubic"}
    assert set((table["claim"] + table["part"])[~table["same_verdict"]]) == {"C3a"}


def test_networks_are_correlated_again_under_the_other_padding():
    generator = np.random.default_rng(2)
    first = made.thresholds()
    first["threshold"] *= generator.uniform(0.2, 1, len(first))
    both = pd.concat([first, first.assign(model="other")], ignore_index=True)
    own = made.tables(
        thresholds=both, correlations=correlation_table(both, made.AXES).assign(transform="all")
    )
    again = both[both["transform"] == "rotate"].copy()
    other = again["model"] == "other"
    again.loc[other, "threshold"] = again.loc[other, "threshold"].to_numpy()[::-1] * -1
    table = decided(own, edge=Swept(again, made.curves()[:0], made.pictures()[:0]))
    (row,) = table[table["claim"] == "C4"].to_dict("records")
    assert (row["model"], row["own_value"]) == ("net+other", 1)
    assert row["value"] < 0.9


def test_without_a_second_network_nothing_is_said_of_both():
    row = decided(made.tables(correlations=None), edge=turned()).iloc[5]
    assert (row["claim"], row["verdict"], row["own_verdict"]) == ("C4", OPEN, OPEN)
    assert np.isnan(row["value"])
