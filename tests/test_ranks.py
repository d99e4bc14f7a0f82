"""Ranks of networks: by hand, by simulation, and as a table."""

import numpy as np
import pandas as pd
import pytest
from proofs import asked

from invariances.statistics import westfall_young
from invariances.statistics.ranks import ranks, surely_above
from invariances.tables import RANKING
from invariances.thresholds.mixed import mixed_table
from invariances.thresholds.ranking import ALL, Place, Right, ranking_table

SIMULATIONS = int(asked("COVERAGE_SIMULATIONS", "60", "300"))


def test_ranks_by_hand():
    """Two networks that tie, and one that is better on each of six pictures."""
    low = np.array([1.0, 2, 3, 1, 2, 3])
    found = ranks([low, low + 5, low[::-1]])
    assert found.rank.tolist() == [2, 1, 2]
    # All signs alike have probability 2 / 2^6 < .05, of the pairs together as well: one flip is all pairs'.
    assert found.low.tolist() == [2, 1, 2]
    assert found.high.tolist() == [3, 1, 3]
    assert found.mean.tolist() == [2.0, 7.0, 2.0]


def test_five_pictures_order_nothing():
    found = ranks(np.arange(3)[:, None] + np.zeros((3, 5)))
    assert found.rank.tolist() == [3, 2, 1]
    assert found.low.tolist() == [1, 1, 1]
    assert found.high.tolist() == [3, 3, 3]


def test_networks_that_are_the_same_tie():
    found = ranks(np.tile(np.random.default_rng(0).normal(size=20), (4, 1)))
    assert set(found.rank) == set(found.low) == {1}
    assert set(found.high) == {4}


@pytest.mark.parametrize("pictures", [8, 30])
def test_signs_are_those_of_westfall_and_young(pictures):
    """The library's own step-down maximum, which is held against others in test_multiplicity."""
    values = np.random.default_rng(1).normal(size=(5, pictures)) + 0.8 * np.arange(5)[:, None]
    pairs = [(one, two) for one in range(5) for two in range(one + 1, 5)]
    units = np.arange(pictures)
    adjusted, _ = westfall_young([(units, values[one] - values[two]) for one, two in pairs], 0)
    above = surely_above(values, seed=0)
    for (one, two), p_value in zip(pairs, adjusted, strict=True):
        assert (above[one, two] or above[two, one]) == (p_value <= 0.05)
        assert not (above[one, two] and above[two, one])
    assert above.any()
    assert not above.all()


@pytest.mark.parametrize(
    ("pictures", "means"),
    [(8, [0.0, 0, 0, 0]), (15, [0.0, 0, 0.5, 1]), (40, [0.0, 0.1, 0.2, 0.2, 0.9, 1])],
)
def test_intervals_hold_all_at_once(pictures, means):
    """Skewed thresholds with much in common; true ranks that tie may be any between."""
    draw, true = np.random.default_rng(pictures), np.array(means)
    best = 1 + (true[None, :] > true[:, None]).sum(axis=1)
    worst = len(true) - (true[None, :] < true[:, None]).sum(axis=1)
    held, decided = 0, 0
    for _ in range(SIMULATIONS):
        common = draw.gamma(2.0, 1.0, pictures)
        own = draw.gamma(1.0, 0.7, (len(true), pictures))
        found = ranks(true[:, None] + common + own)
        held += bool(np.all(found.low <= best) and np.all(found.high >= worst))
        decided += bool(np.any(found.low > 1))
    print(f"held {held / SIMULATIONS:.3f}, decided {decided / SIMULATIONS:.3f}")
    assert held / SIMULATIONS >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / SIMULATIONS)
    assert (decided > SIMULATIONS / 2) == (max(means) > 0.5)


def test_what_is_no_set_of_networks_is_refused():
    for values in ([1.0, 2.0], [[np.nan, 1.0]], np.ones((2, 0))):
        with pytest.raises(ValueError, match="finite values"):
            ranks(values)


# ---- the table -----------------------------------------------------------------------------------

GRID = np.array([-90.0, -45.0, 0.0, 45.0, 90.0])
AXES = {"rotate": ("linear", 0.0)}
ENDS = {("rotate", "up"): 90.0, ("rotate", "down"): 90.0}


def made_up(reach, pictures=8):
    """Networks that lose each picture at an angle of its own upwards, none downwards."""
    rows, right = [], {}
    for model, angle in reach.items():
        angles = np.full(pictures, angle) + np.arange(pictures)
        for place, own in enumerate(angles):
            wrong = place == 0 and model == "b"
            for direction in ("up", "down"):
                end = 0.0 if wrong else own if direction == "up" else -90.0
                rows.append(
                    {
                        "model": model, "transform": "rotate", "class": "cup", "picture": f"{place}",
                        "direction": direction,
                        "status": "wrong_at_identity" if wrong else "measured", "threshold": end,
                        "censored": direction == "down" and not wrong, "flips_to": "saucer",
                        "crossings": 1, "nonmonotonicity": 0.0, "intervals": (), "unasked": 0,
                        "checked": 0, "missed": False,
                    }
                )  # fmt: skip
        answers = GRID[None, :] < angles[:, None]
        if model == "b":
            answers[0] = False
        right[model, "rotate"] = Right(answers, GRID, 2)
    return pd.DataFrame(rows), right


def test_the_table_by_hand():
    pictures, right = made_up({"a": 10.0, "b": 60.0, "c": 40.0})
    places = {"a": Place("epochs", 1), "c": Place("epochs", 2)}
    table = ranking_table(pictures, right, AXES, ends=ENDS, series=places, resamples=100)
    assert list(table.columns) == RANKING.names
    up = table[table["direction"] == "up"].set_index("model")
    # Of b one picture of eight is wrong from the start: it counts as 0 among 61 to 67.
    assert up["distance"].to_dict() == pytest.approx({"a": 13.5, "b": 64 * 7 / 8, "c": 43.5})
    assert up["rank"].to_dict() == {"b": 1, "c": 2, "a": 3}
    assert list(up.index) == ["b", "c", "a"]
    assert up.loc["b", "baseline_accuracy"] == 7 / 8
    assert up.loc["b", "median_threshold"] == 64
    assert up.loc["a", "series"] == "epochs"
    assert up.loc["c", "at"] == 2
    assert pd.isna(up.loc["b", "series"])
    assert (up.loc["a", "rank_low"], up.loc["a", "rank_high"]) == (3, 3)
    both = table[table["transform"] == ALL].set_index("model")
    # The mean of the two sides, as shares of 90 degrees.
    assert both.loc["a", "distance"] == pytest.approx((13.5 / 90 + 1) / 2)
    assert both.loc["b", "distance"] == pytest.approx(7 / 8 * (64 / 90 + 1) / 2)
    assert both["median_threshold"].isna().all()
    assert set(both["direction"]) == {"both"}


def test_intervals_are_those_of_single_networks_at_a_stricter_level():
    pictures, right = made_up({"a": 10.0, "b": 60.0, "c": 40.0}, pictures=20)
    table = ranking_table(pictures, right, AXES, ends=ENDS, resamples=100)
    row = table[(table["direction"] == "up") & (table["model"] == "c")].iloc[0]
    own = pictures[pictures["model"] == "c"]
    options = {"axis": "linear", "resamples": 2400, "seed": 0}
    for level, same in ((1 - 0.05 / 3, True), (0.95, False)):
        single = mixed_table(
            right["c", "rotate"].right, own, GRID, 2, "c", "rotate", level=level, **options
        ).iloc[0]
        wider = (
            row["median_low"] <= single["median_low"]
            and row["median_high"] >= single["median_high"]
        )
        assert wider
        found = [row[name] for name in ("median_low", "half_accuracy_low", "half_accuracy_high")]
        expected = [
            single[name] for name in ("median_low", "half_accuracy_low", "half_accuracy_high")
        ]
        assert (found == pytest.approx(expected)) == same


def test_networks_of_other_pictures_are_not_ranked():
    pictures, right = made_up({"a": 10.0, "b": 60.0, "c": 40.0})
    lost = pictures[(pictures["model"] != "a") | (pictures["picture"] != "3")]
    with pytest.raises(ValueError, match="same pictures"):
        ranking_table(lost, right, AXES, ends=ENDS, resamples=100)
