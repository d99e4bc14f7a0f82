"""How many pictures would decide a statement: by hand, and by simulation."""

import numpy as np
import pytest
from claims_tables import AXES, AXIAL, ROUND, tables

from invariances.claims import STATEMENTS, Estimate, claim_table, decide
from invariances.claims.planning import pictures_needed


def test_number_by_hand():
    # Two standard errors of 0.098 each: (1.96 + 0.8416) x 0.05 / 0.1 = 1.4008 squared, times 12.
    found = pictures_needed(STATEMENTS["C1a"], Estimate(0.6, 0.502, 0.698), 12)
    assert found == np.ceil(12 * (0.05 * (1.959964 + 0.841621) / 0.1) ** 2) == 24


@pytest.mark.parametrize("key", ["C5a", "C5b", "C7a", "C8"])
def test_intervals_that_are_none_of_pictures_plan_nothing(key):
    assert np.isnan(pictures_needed(STATEMENTS[key], Estimate(0.6, 0.5, 0.7), 12))


def test_what_the_run_does_not_hold_plans_nothing():
    unknown = Estimate(np.nan, np.nan, np.nan)
    assert np.isnan(pictures_needed(STATEMENTS["C1a"], unknown, 12))


def test_an_interval_without_width_asks_for_five():
    assert pictures_needed(STATEMENTS["C3c"], Estimate(1, 1, 1), 12) == 5


@pytest.mark.parametrize("spread", [0.2, 0.4])
def test_so_many_pictures_decide_with_the_stated_probability(spread):
    """A mean of pictures 0.1 above its limit, its interval that of the normal distribution."""
    pilot, statement = 30, STATEMENTS["C1a"]
    half = 1.96 * spread / np.sqrt(pilot)
    needed = int(pictures_needed(statement, Estimate(0.6, 0.6 - half, 0.6 + half), pilot))
    means = np.random.default_rng(0).normal(0.6, spread, (4000, needed)).mean(axis=1)
    half = 1.96 * spread / np.sqrt(needed)
    decided = [
        decide(Estimate(mean, mean - half, min(mean + half, 1)), statement.claimed) == "supported"
        for mean in means
    ]
    assert np.mean(decided) == pytest.approx(0.8, abs=0.04)


def test_the_table_has_it_where_pictures_decide():
    table = claim_table(tables(), AXES, ROUND, AXIAL)
    names = table["claim"] + table["part"]
    counted = names.str[:2].isin(["C1", "C2", "C3", "C4", "C6"])
    assert (table["pictures_needed"].notna() == (counted & table["value"].notna())).all()
    assert counted.any()
