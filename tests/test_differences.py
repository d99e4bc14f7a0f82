"""Two networks' thresholds side by side: paired differences and correlations."""

import numpy as np
import pandas as pd
import pytest
from searches import begin
from sweeps import CATEGORIES

from invariances.magnitudes import TransformAxis
from invariances.thresholds import (
    correlation_table,
    difference_table,
    picture_table,
)
from invariances.thresholds.differences import reaches


def two_networks(grid: np.ndarray, identity: int) -> pd.DataFrame:
    """Ten pictures; the second network goes half as far upwards, and does not know the last one."""
    frames = []
    for model, reach in (("a", 0.8), ("b", 0.4)):
        answers = np.array([[int(m > reach - 0.02 * i) for m in grid] for i in range(10)])
        if model == "b":
            answers[9] = 1
        found = begin(answers, grid, identity, 0.5)
        names = [f"k/{i}" for i in range(10)]
        frames.append(
            picture_table(
                found.responses(), names, ["k"] * 10, grid, identity, CATEGORIES, model, "t"
            )
        )
    return pd.concat(frames, ignore_index=True)


def test_difference_table() -> None:
    grid = np.linspace(-1, 1, 201)
    ends = reaches({"t": TransformAxis("t", "", "", 0.0, "linear", (-1.0, 0.0, 1.0))})
    assert ends == {("t", "up"): 1.0, ("t", "down"): 1.0}
    table = difference_table(two_networks(grid, 100), {"t": ("linear", 0.0)}, ends=ends)
    up, down = table.to_dict("records")
    assert (up["first"], up["second"], up["images"], up["limited"]) == ("a", "b", 9, 0)
    assert up["difference"] == pytest.approx(0.4, abs=0.01)
    assert up["p_value"] == pytest.approx(2 / 2**9)
    for name in ("p_holm", "p_adjusted", "p_least"):  # of the one row that there is to test
        assert up[name] == pytest.approx(up["p_value"])
    # Downwards no picture of either network flips: nothing is known of a difference, and none claimed.
    assert down["limited"] == 9
    for name in ("difference", "low", "high", "p_value", "p_holm", "p_adjusted", "interval"):
        assert pd.isna(down[name])
    with pytest.raises(ValueError, match="no axis"):
        difference_table(two_networks(grid, 100), {}, ends=ends)


def test_thresholds_that_are_all_alike_are_no_range_s_end() -> None:
    pictures = two_networks(np.linspace(-1, 1, 201), 100)
    pictures = pictures[pictures["direction"] == "up"].assign(threshold=0.5, censored=False)
    ends = {("t", "up"): 1.0}
    (row,) = difference_table(pictures, {"t": ("linear", 0.0)}, ends=ends).to_dict("records")
    assert row["difference"] == 0 and row["low"] < 0 < row["high"] and row["p_value"] == 1


def test_correlation_table_tells_scales_from_classes() -> None:
    generator = np.random.default_rng(6)
    rows = []
    for model in ("a", "b"):
        for transform, end, reach in (("t", 1.0, 0.9), ("u", 100.0, 20.0)):
            for number in range(15):
                threshold = min(end, reach * generator.uniform(0.5, 1.5))
                rows.append((model, transform, f"c{number}", "up", threshold, threshold == end))
        rows.append((model, "u", "c0", "down", -100.0, True))
    names = ["model", "transform", "class", "direction", "threshold", "censored"]
    table = correlation_table(
        pd.DataFrame(rows, columns=names),
        {"t": ("linear", 0.0), "u": ("linear", 0.0)},
        resamples=200,
    )
    pooled, within = table.to_dict("records")
    assert (pooled["cells"], pooled["classes"], within["statistic"]) == (
        31,
        15,
        "within transforms",
    )
    assert within["low"] < 0 < within["high"]
    assert pooled["censored"] >= 1
    same = pd.DataFrame(rows, columns=names).query("model == 'a'")
    twice = pd.concat([same, same.assign(model="b")])
    perfect = correlation_table(twice, {"t": ("linear", 0.0), "u": ("linear", 0.0)}, resamples=50)
    np.testing.assert_allclose(perfect["correlation"], 1)
