"""All pictures as one set: what its tables say, against the tables of classes and calculations on paper."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from invariances.statistics import paired_difference
from invariances.thresholds import crossings, median_table, mixed_difference_table, mixed_table
from invariances.thresholds.crossings import half_accuracy_interval

GRID = np.linspace(-2.0, 2.0, 9)
IDENTITY = 4


def pictures_of(reaches, model="one", right=None):
    """The pictures' table of pictures that flip at these distances upwards and never downwards."""
    right = np.ones(len(reaches), dtype=bool) if right is None else right
    rows = []
    for place, (reach, known) in enumerate(zip(reaches, right, strict=True)):
        for direction in ("up", "down"):
            beyond = direction == "down" or reach > 2
            rows.append(
                {
                    "model": model, "transform": "t", "class": f"class {place % 7}",
                    "picture": f"{place}", "direction": direction,
                    "status": "measured" if known else "wrong_at_identity",
                    "threshold": 0.0 if not known else {"up": min(reach, 2), "down": -2.0}[direction],
                    "censored": bool(beyond and known), "flips_to": "", "crossings": 1,
                    "nonmonotonicity": 0.0, "unasked": None, "checked": None, "missed": None,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def right_of(reaches, right=None):
    """Right up to the reach upwards, throughout downwards."""
    answers = np.asarray(reaches)[:, None] > GRID[None]
    return answers if right is None else answers & np.asarray(right)[:, None]


bootstrap = sys.modules["invariances.statistics.bootstrap"]
paired = sys.modules["invariances.statistics.paired"]


def test_one_picture_a_class_has_a_median_and_a_half_accuracy_with_intervals():
    reaches = np.linspace(0.1, 2.6, 20)
    table = mixed_table(
        right_of(reaches), pictures_of(reaches), GRID, IDENTITY, "one", "t", axis="linear"
    ).set_index("direction")
    up, down = table.loc["up"], table.loc["down"]
    assert (up["images"], up["recognised"]) == (20, 20)
    assert up["median_threshold"] == pytest.approx(np.median(reaches))
    # SciPy inverts the same sign test.
    exact = stats.quantile_test(reaches, p=0.5).confidence_interval(0.95)
    assert (up["median_low"], up["median_high"]) == pytest.approx((exact.low, exact.high))
    assert (np.median(reaches) - 0.3 < up["half_accuracy"]) and not up["half_accuracy_censored"]
    assert up["half_accuracy_low"] < up["half_accuracy"] < up["half_accuracy_high"] < 2
    assert down["median_censored"] and down["half_accuracy_censored"]
    assert (down["median_threshold"], down["half_accuracy"]) == (-2, -2)
    assert (down["median_low"], down["median_interval"]) == (-2, "order statistics, far limit open")


def test_pictures_that_are_wrong_untransformed_count_in_accuracy_alone():
    reaches, right = np.linspace(0.1, 2.6, 20), np.arange(20) % 4 != 0
    table = mixed_table(
        right_of(reaches, right), pictures_of(reaches, right=right), GRID, IDENTITY, "one", "t",
        axis="linear",
    ).set_index("direction")  # fmt: skip
    up = table.loc["up"]
    assert (up["images"], up["recognised"], up["baseline_accuracy"]) == (20, 15, 0.75)
    assert up["median_threshold"] == pytest.approx(np.median(reaches[right]))
    assert up["baseline_accuracy_low"] < 0.75 < up["baseline_accuracy_high"]


def test_its_median_is_that_of_one_class_of_these_pictures():
    reaches = np.linspace(0.1, 2.6, 23) ** 1.3
    pictures = pictures_of(reaches)
    one = median_table(pictures.assign(**{"class": "x"}), GRID, IDENTITY, axis="linear")
    mixed = mixed_table(right_of(reaches), pictures, GRID, IDENTITY, "one", "t", axis="linear")
    for theirs, ours in (("median_threshold", "median_threshold"), ("low", "median_low"),
                         ("high", "median_high"), ("flipped", "flipped")):  # fmt: skip
        assert one[theirs].tolist() == mixed[ours].tolist()


@pytest.mark.parametrize("size", [40, 300])
def test_pictures_drawn_together_have_the_limits_of_pictures_drawn_alone(monkeypatch, size):
    """Dirichlet weights add: n pictures that are alike weigh what one of n does."""
    reaches = np.random.default_rng(0).gamma(2, 0.5, size=size)
    right, along = right_of(reaches)[:, IDENTITY:], GRID[IDENTITY:]
    alone = half_accuracy_interval(right, along, resamples=20_000)
    monkeypatch.setattr(crossings, "MANY", 0)
    together = half_accuracy_interval(right, along, resamples=20_000)
    assert together != alone
    assert np.allclose(together, alone, atol=0.01)


def test_networks_differ_over_all_pictures_where_no_class_could_tell():
    reaches = np.linspace(0.2, 1.5, 20)
    pictures = pd.concat([pictures_of(reaches), pictures_of(reaches * 0.8, "two")])
    pictures["class"] = pictures["picture"]
    table = mixed_difference_table(
        pictures, {"t": ("linear", 0.0)}, ends={("t", "up"): 2.0, ("t", "down"): 2.0}
    ).set_index("direction")
    up = table.loc["up"]
    paper = paired_difference(reaches, reaches * 0.8, 2.0)
    assert up["difference"] == pytest.approx(0.2 * reaches.mean())
    assert (up["low"], up["high"], up["images"]) == (paper.low, paper.high, 20)
    assert 0 < up["low"] < up["high"]
    assert up["p_value"] < 0.001
    assert np.isnan(table.loc["down", "difference"])


def test_weights_drawn_in_blocks_are_those_drawn_at_once(monkeypatch):
    values = np.random.default_rng(0).normal(size=30)
    weights = bootstrap.dirichlet_weights(30, 500, 7)
    for held in (10**6, 1000, 1):
        monkeypatch.setattr(bootstrap, "HELD", held)
        sums, unseen = bootstrap.dirichlet_means(values, 500, 7)
        assert np.allclose(sums, weights[:, :30] @ values, rtol=1e-12)
        assert np.array_equal(unseen, weights[:, 30])


def test_patterns_of_signs_in_blocks_are_those_at_once(monkeypatch):
    generator = np.random.default_rng(1)
    first, second = generator.uniform(0, 2, (2, 40))
    at_once = paired_difference(first, second, 2.0)
    monkeypatch.setattr(paired, "MANY", 0)
    monkeypatch.setattr(paired, "BLOCK", 40 * 1000)
    assert paired_difference(first, second, 2.0) == at_once
