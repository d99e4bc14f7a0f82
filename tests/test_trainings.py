"""Networks trained several times: their differences, by hand and by simulation."""

import numpy as np
import pandas as pd
import pytest
from proofs import asked
from scipy import stats

from invariances.configuration import check, further_trainings
from invariances.errors import InputError
from invariances.statistics import paired_difference, trained_difference
from invariances.thresholds.trainings import training_differences, training_table

SIMULATIONS = int(asked("COVERAGE_SIMULATIONS", "60", "300"))
REACH = 3.0


def thresholds(draw, pictures, trainings, mean, spread, reach=REACH):
    """[trainings, pictures]: what pictures have in common is drawn elsewhere and is part of `mean`."""
    own = draw.normal(0, spread, (trainings, 1)) + draw.normal(0, 0.1, (trainings, pictures))
    return np.clip(mean + own, 0, reach)


def test_error_of_trainings_and_of_pictures_by_hand():
    first = np.array([[1.0, 1.2, 1.4], [1.2, 1.4, 1.6]])
    second = np.array([[0.5, 0.8, 0.8], [0.7, 1.0, 1.0]])
    found = trained_difference(first, second, REACH)
    assert found.estimate == pytest.approx(0.5)
    # Means over pictures 1.2, 1.4 and 0.7, 0.9: variance .02 each, of two trainings .01 each.
    assert found.from_trainings == pytest.approx(np.sqrt(0.02))
    # Means over trainings 1.1, 1.3, 1.5 less 0.6, 0.9, 0.9: .5, .4, .6.
    assert found.from_pictures == pytest.approx(0.1 / np.sqrt(3))
    own = paired_difference(first.mean(axis=0), second.mean(axis=0), REACH)
    away = stats.t.ppf(0.975, 2) * np.sqrt(0.02)
    assert found.low == pytest.approx(0.5 - np.hypot(0.5 - own.low, away))
    assert found.high == pytest.approx(0.5 + np.hypot(own.high - 0.5, away))
    # Two trainings of each have two degrees of freedom, and so have three pictures.
    both = 2 * stats.t.sf(0.5 / np.hypot(np.sqrt(0.02), 0.1 / np.sqrt(3)), 2)
    assert both < own.p_value and found.p_value == own.p_value == 2 / 2**3
    more = trained_difference(np.tile(first, 5), np.tile(second, 5), REACH)
    spread = np.tile([0.5, 0.4, 0.6], 5).std(ddof=1) / np.sqrt(15)
    found = more.p_value / 2
    reach = np.hypot(np.sqrt(0.02) * stats.t.isf(found, 2), spread * stats.t.isf(found, 14))
    assert reach == pytest.approx(0.5)


def test_ties_and_rounding_leave_the_p_value_of_the_sign_flips():
    first, second = np.full((2, 10), 0.75), np.full((2, 10), 0.25)
    assert trained_difference(first, second, 1.0).p_value == 2 / 2**10
    almost = trained_difference(np.full((2, 5), 0.7) * 1.1, np.full((2, 5), 0.1) * 3, 1.0)
    assert almost.p_value == 2 / 2**5


def test_trainings_that_agree_leave_the_interval_of_the_pictures():
    first, second = np.full((2, 4), 1.0), np.full((2, 4), 0.5)
    found = trained_difference(first, second, REACH)
    own = paired_difference(first[0], second[0], REACH)
    assert (found.low, found.high) == pytest.approx((own.low, own.high))
    assert found.from_trainings == 0


def test_where_all_is_censored_there_is_no_difference_to_tell():
    ends = np.full((2, 4), REACH)
    assert np.isnan(trained_difference(ends, ends, REACH).estimate)


@pytest.mark.parametrize(
    ("first", "second"), [((1, 4), (2, 4)), ((2, 4), (2, 3)), ((2, 0), (2, 0))]
)
def test_two_trainings_on_the_same_pictures_are_needed(first, second):
    with pytest.raises(ValueError, match=r"of the same|two of each"):
        trained_difference(np.ones(first), np.ones(second), REACH)


@pytest.mark.parametrize("reach", [REACH, 1.2])
@pytest.mark.parametrize("spread", [0.0, 0.2])
@pytest.mark.parametrize(("pictures", "trainings"), [(5, 2), (10, 3), (12, 5)])
def test_interval_covers_and_p_keeps_its_level(reach, spread, pictures, trainings):
    """Pictures' own differences, trainings' and the rest drawn anew each time; up to half is censored."""
    draw = np.random.default_rng([pictures, trainings, int(10 * spread), int(10 * reach)])

    def pair(count, gap, number=trainings):
        """Two networks: what is hard for both, then for each alone, then for each training."""
        common = draw.normal(0, 0.3, count)
        means = [base + common + draw.normal(0, 0.2, count) for base in (1 + gap, 1.0)]
        return [thresholds(draw, count, number, mean, spread, reach) for mean in means]

    many = [pair(2000, 0.1, 1) for _ in range(400)]
    truth = float(np.mean([one.mean() - two.mean() for one, two in many]))
    covered, false = 0, 0
    for _ in range(SIMULATIONS):
        found = trained_difference(*pair(pictures, 0.1), reach, resamples=300)
        covered += bool(np.isnan(found.estimate) or found.low <= truth <= found.high)
        false += trained_difference(*pair(pictures, 0.0), reach, resamples=100).p_value < 0.05
    error = np.sqrt(0.92 * 0.08 / SIMULATIONS)
    print(f"covered {covered / SIMULATIONS:.3f}, false {false / SIMULATIONS:.3f}")
    assert covered / SIMULATIONS >= 0.92 - 2 * error
    assert false / SIMULATIONS <= 0.07 + 2 * np.sqrt(0.07 * 0.93 / SIMULATIONS)


def rows(model, distances, recognised=None):
    """Pictures' own thresholds of one class under a rotation to the one side."""
    return [
        {
            "model": model,
            "transform": "rotate",
            "class": "cup",
            "picture": f"cup-{place}",
            "direction": "up",
            "status": "measured"
            if recognised is None or recognised[place]
            else "wrong_at_identity",
            "threshold": value,
            "censored": value >= 90,
        }
        for place, value in enumerate(distances)
    ]


def table():
    return pd.DataFrame(
        [
            *rows("a", [10.0, 20.0, 30.0]),
            *rows("a-seed-1", [14.0, 24.0, 34.0], [True, True, False]),
            *rows("b", [5.0, 90.0, 30.0]),
            *rows("b-seed-1", [5.0, 80.0, 30.0]),
        ]
    )


AXES = {"rotate": ("linear", 0.0)}
ENDS = {("rotate", "up"): 90.0}
GROUPS = {"a": ["a", "a-seed-1"], "b": ["b", "b-seed-1"]}


def test_table_of_trainings_counts_pictures_that_all_recognise():
    found = training_table(table(), AXES, GROUPS, ends=ENDS).set_index("model")
    assert found.loc["a", "images"] == 2
    assert found.loc["a", "distance"] == pytest.approx(17)
    assert found.loc["a", "spread"] == pytest.approx(np.std([15, 19], ddof=1))
    assert found.loc["b", "images"] == 3


def test_differences_over_trainings():
    found = training_differences(table(), AXES, GROUPS, ends=ENDS, resamples=100)
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["first"], row["second"], row["images"]) == ("a", "b", 2)
    assert row["difference"] == pytest.approx(17 - 45)
    assert row["p_holm"] == row["p_value"]
    assert row["interval"] == "pictures and trainings"


def config(**models):
    return {"run": "a", "dataset": {"name": "phantoms"}, "models": models}


def trained(**training):
    return {"network": "torchvision/alexnet", "weights": "train", "training": training}


def test_names_and_seeds_of_further_trainings():
    found = further_trainings(check(config(a=trained(seeds=3), b=trained()) | {"seed": 4}))
    assert found == {"a-seed-5": ("a", 5), "a-seed-6": ("a", 6)}


def test_seeds_of_what_is_not_trained_are_refused():
    with pytest.raises(
        InputError, match=r"models\.a\.training\.seeds: 2, but its weights are 'own'"
    ):
        check(config(a=trained(seeds=2) | {"network": "m:f", "weights": "own"}))
    with pytest.raises(InputError, match=r"models\.a-seed-1: so are called"):
        check(config(**{"a": trained(seeds=2), "a-seed-1": trained()}))
    with pytest.raises(InputError, match="seeds"):
        check(config(a=trained(seeds=0)))
