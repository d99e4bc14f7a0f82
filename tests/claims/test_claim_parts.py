"""What claims are decided with: verdicts of intervals, shares, evenly distributed colours."""

from math import inf, nan

import claims_tables as made
import numpy as np
import pandas as pd
import pytest
from claims_tables import decided
from scipy.stats import spearmanr

from invariances.claims.depth import increasing
from invariances.claims.learned import classifier_loss, largest_colour_change
from invariances.claims.statements import LOSS
from invariances.claims.verdicts import (
    OPEN,
    REFUTED,
    SUPPORTED,
    UNKNOWN,
    Estimate,
    decide,
    share,
    together,
)

# ---- the parts of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimate", "claimed", "verdict"),
    [
        ((0.6, 0.5, 0.7), (0.5, 1.0), SUPPORTED),
        ((0.6, 0.49, 0.7), (0.5, 1.0), OPEN),
        ((0.4, 0.3, 0.5), (0.5, 1.0), OPEN),
        ((0.4, 0.3, 0.49), (0.5, 1.0), REFUTED),
        ((0.0, -0.1, 0.1), (-0.2, 0.2), SUPPORTED),
        ((0.0, -0.3, 0.3), (-0.2, 0.2), OPEN),
        ((0.9, 0.8, 1.0), (-0.2, 0.2), REFUTED),
        ((-9.0, -10.0, -8.0), (-inf, 0.0), SUPPORTED),
        ((nan, nan, nan), (-inf, inf), OPEN),
        ((0.5, nan, 1.0), (0.0, 1.0), OPEN),
        ((0.5, 0.2, inf), (0.0, 1.0), OPEN),
    ],
)
def test_decide(estimate, claimed, verdict):
    assert decide(Estimate(*estimate), claimed) == verdict


def test_layers_of_random_weights_and_of_few_pictures_decide_nothing():
    known = made.trends(0.9, 0.7, 1.0)
    assert increasing(known[known["weights"] == "random"]) is UNKNOWN
    assert increasing(known.assign(low=nan, high=nan)) is UNKNOWN
    # Of two transforms one decreases: half of them do, and none surely more.
    half = known.assign(
        correlation=[0.9, -0.9] * 2, low=[0.8, -1.0] * 2, high=[1.0, -0.8] * 2, images=200
    )
    assert increasing(half) == Estimate(0.5, 0.5, 0.5)
    # Of six layers two correlations are 2 / 35 apart at least: a limit there is a test that just rejects.
    step = spearmanr([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6, 5]).statistic
    for low, expected in ((1 - step, 1.0), (0.9 * (1 - step), 0.0), (0, 0.0)):
        for value in (low + 0.01, 0.5):
            one = known[known["transform"] == "rotate"]
            one = one.assign(correlation=value, low=low, high=0.9)
            assert increasing(one).low == expected
    # A point far from 0 is certain.
    assert increasing(known.assign(correlation=1.0, low=1.0, high=1.0)) == Estimate(1.0, 1.0, 1.0)


def test_a_claim_stands_and_falls_with_its_parts():
    assert together([SUPPORTED, SUPPORTED], [SUPPORTED, OPEN]) == SUPPORTED
    assert together([SUPPORTED, OPEN], [OPEN, OPEN]) == OPEN
    assert together([SUPPORTED, OPEN, REFUTED], [OPEN, OPEN, REFUTED]) == REFUTED


def test_a_part_that_is_only_just_not_supported_does_not_refute_its_claim():
    """One of two parts misses its limit with 95 % confidence, but not with 97.5 %, what two parts take."""
    for change in np.linspace(0.4, 0.8, 100):
        history = made.history(classifier=change, noise=0.3)
        if classifier_loss(history, 0.975).low < LOSS < classifier_loss(history).low:
            break
    table = decided(made.tables(history=history)).set_index(["claim", "part"])
    assert table.loc[("C5", "a"), "verdict"] == REFUTED
    assert table.loc[("C5", "a"), "claim_verdict"] == OPEN
    far = decided(made.tables(history=made.history(classifier=2))).set_index(["claim", "part"])
    assert far.loc[("C5", "a"), "claim_verdict"] == REFUTED


def test_share_is_bounded_by_the_cells_that_tests_decide():
    p_not, p_holds = [0.001, 0.3, 0.8, 1.0], [1.0, 0.7, 0.2, 0.001]
    assert share([True, True, False, False], p_not, p_holds) == Estimate(0.5, 0.25, 0.75)
    assert share([], [], []) is UNKNOWN


def test_colour_change_is_that_of_evenly_distributed_colours():
    generator = np.random.default_rng(0)
    matrix = np.eye(3, 4) + generator.normal(0, 0.1, (3, 4))
    row = {f"phi_{i}{j}": matrix[i, j] for i in range(3) for j in range(4)}
    colours = np.vstack([generator.random((3, 200_000)), np.ones(200_000)])
    moved = matrix @ colours - colours[:3]
    expected = 255 * np.sqrt((moved**2).mean())
    assert largest_colour_change(pd.DataFrame([row])).value == pytest.approx(expected, rel=5e-3)
