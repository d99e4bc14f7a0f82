"""How many pictures would decide a statement: by hand, and by simulation."""

import numpy as np
import pytest
from claims_tables import AXES, AXIAL, ROUND, tables
from scipy import stats

from invariances.claims import STATEMENTS, Estimate, claim_table, decide
from invariances.claims.planning import pictures_needed
from invariances.claims.verdicts import share


def test_number_by_hand():
    # Two standard errors of 0.098 each: (1.96 + 0.8416) x 0.05 / 0.1 = 1.4008 squared, times 12.
    found = pictures_needed(STATEMENTS["C6"], Estimate(0.03, -0.068, 0.128), 12)
    assert found == np.ceil(12 * (0.05 * (1.959964 + 0.841621) / 0.1) ** 2) == 24


@pytest.mark.parametrize("key", ["C4", "C5a", "C5b", "C7a", "C8"])
def test_intervals_that_are_none_of_pictures_plan_nothing(key):
    assert np.isnan(pictures_needed(STATEMENTS[key], Estimate(0.6, 0.5, 0.7), 12))


def test_what_the_run_does_not_hold_plans_nothing():
    unknown = Estimate(np.nan, np.nan, np.nan)
    assert np.isnan(pictures_needed(STATEMENTS["C1a"], unknown, 12))


def test_what_is_open_plans_nothing_and_no_plan_is_of_too_few():
    assert np.isnan(pictures_needed(STATEMENTS["C2b"], Estimate(0.5, 0, 1), 8))
    assert pictures_needed(STATEMENTS["C2b"], Estimate(0.5, 0.48, 0.52), 50) == 10
    sure = share([True] * 3, [1e-9] * 3, [1.0] * 3)
    assert pictures_needed(STATEMENTS["C3c"], sure, 50) >= 6


def test_a_share_too_near_its_limit_is_never_decided():
    """Half of the cells seem to be where half of them must be, and none is sure."""
    nothing = share([True, False] * 5, [0.5] * 10, [0.5] * 10)
    assert np.isnan(pictures_needed(STATEMENTS["C3a"], nothing, 12))


def cells(generator, pictures, effect):
    """A share of ten cells, in six of which it holds, by t tests of effects in standard deviations."""
    shift = np.where(np.arange(10) < 6, effect, -effect)[:, None]
    drawn = generator.normal(0, 1, (10, pictures)) + shift
    score = drawn.mean(axis=1) / (drawn.std(axis=1, ddof=1) / np.sqrt(pictures))
    tails = [np.maximum(stats.t.sf(side * score, pictures - 1), 0.5**pictures) for side in (1, -1)]
    return share(score > 0, *tails)


@pytest.mark.parametrize("effect", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("pilot", [12, 25])
def test_so_many_pictures_decide_a_share_and_hardly_fewer_do(effect, pilot):
    """Simulated with the very tests and intervals that a share has."""
    statement, generator = STATEMENTS["C3a"], np.random.default_rng(pilot)

    def decided(pictures):
        found = [cells(generator, pictures, effect) for _ in range(60)]
        return np.mean([decide(each, statement.claimed) == "supported" for each in found])

    plans = [pictures_needed(statement, cells(generator, pilot, effect), pilot) for _ in range(40)]
    needed = int(np.nanmedian(plans))
    assert decided(needed) >= 0.8
    assert decided(max(4, needed // 4)) < 0.8


def test_the_table_has_it_where_pictures_decide():
    table = claim_table(tables(), AXES, ROUND, AXIAL)
    names = table["claim"] + table["part"]
    counted = names.str[:2].isin(["C1", "C2", "C3", "C6"])
    planned = table["pictures_needed"].notna()
    assert planned.any() and counted[planned].all() and table["value"][planned].notna().all()
    assert (table["pictures_needed"][planned] >= 6).all()
