"""The tables, on responses whose thresholds are written down beforehand."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from searches import begin
from sweeps import CATEGORIES, constant, make_sweep

from invariances.tables import CURVES, MEDIANS, PICTURES, THRESHOLDS
from invariances.tables.frames import format_intervals
from invariances.thresholds import (
    Response,
    curve_table,
    median_table,
    picture_table,
    threshold_table,
)


@pytest.mark.parametrize(
    ("grid", "margin", "threshold", "moved"),
    [
        # All between 0.75 and 1; without 0.25 nothing moves, without 0.75 the line is another.
        ([0, 0.25, 0.75, 1], [0.9, 0.8, 0.7, -0.1], 0.75 + 0.25 * 7 / 8, 0.25 + 0.75 * 8 / 9),
        ([0, 0.5, 1], [0.9, 0.5, -0.1], 0.5 + 0.5 * 5 / 6, 0.9),
        ([0, 1], [0.9, -0.1], 0.9, np.nan),
    ],
)
def test_grid_error_by_hand(grid, margin, threshold, moved) -> None:
    curve = [[(1 + each) / 2, (1 - each) / 2, 0] for each in margin]
    sweep = make_sweep(constant(curve), np.array(grid, dtype=float), 0)
    (row,) = threshold_table(sweep, CATEGORIES, "net", "blur").to_dict("records")
    assert row["threshold"] == pytest.approx(threshold, abs=1e-3)
    assert row["grid_error"] == pytest.approx(abs(moved - threshold), abs=2e-3, nan_ok=True)


def test_threshold_table_by_hand() -> None:
    curve = [[0.4, 0.6, 0], [0.6, 0.4, 0], [0.9, 0.1, 0], [0.8, 0, 0.2], [0.8, 0, 0.2]]
    sweep = make_sweep(constant(curve), np.array([-20.0, -10, 0, 10, 20]), 2)
    table = threshold_table(sweep, CATEGORIES, "net", "rotate", resamples=2000)
    assert list(table.columns) == THRESHOLDS.names
    up, down = table.to_dict("records")
    assert (up["direction"], up["threshold"], up["censored"]) == (
        "up",
        20,
        True,
    )
    assert pd.isna(up["flips_to"])
    assert down["threshold"] == pytest.approx(-15, abs=1e-4)
    assert (down["censored"], down["flips_to"]) == (False, "one")
    assert down["low"] <= down["threshold"] <= down["high"] < 0
    assert down["half_accuracy"] == pytest.approx(-15)
    assert -20 < down["half_accuracy_low"] < -15 < down["half_accuracy_high"] < -10
    assert (up["half_accuracy"], up["half_accuracy_censored"], up["images"]) == (20, True, 4)
    assert format_intervals(down["recognised"]) == "[-15,20]"
    assert not table.drop(columns="flips_to").isna().any().any()


def test_class_not_leading_at_the_identity() -> None:
    curve = [[0.2, 0.7, 0.1], [0.6, 0.3, 0.1]]
    table = threshold_table(
        make_sweep(constant(curve), np.array([0.0, 1]), 0), CATEGORIES, "net", "blur", resamples=50
    )
    (row,) = table.to_dict("records")
    assert (row["threshold"], row["censored"], row["flips_to"]) == (0, False, "one")
    assert (row["baseline_accuracy"], row["half_accuracy"]) == (0, 0)
    assert format_intervals(row["recognised"]) == "[0.625,1]"


def test_log_grids_are_interpolated_on_their_axis() -> None:
    curve = [[0.9, 0.1, 0], [0.9, 0.1, 0], [0.1, 0.9, 0]]
    sweep = make_sweep(constant(curve), np.array([0.25, 1, 4]), 1)
    up, down = threshold_table(sweep, CATEGORIES, "n", "zoom", resamples=50).to_dict("records")
    assert up["threshold"] == pytest.approx(2, rel=1e-5)
    assert down["threshold"] == 0.25  # the grid's own number
    linear = threshold_table(sweep, CATEGORIES, "n", "zoom", resamples=50, axis="linear")
    assert linear["threshold"][0] == pytest.approx(2.5, rel=1e-5)


def test_estimate_sees_categories_that_are_no_candidates() -> None:
    sweep = make_sweep(constant([[0.8, 0.1, 0.1], [0.2, 0.1, 0.7]]), np.array([0.0, 1]), 0)
    sweep.candidates, sweep.candidate_softmax = (
        sweep.candidates[:, :2],
        sweep.candidate_softmax[..., :2],
    )
    (row,) = threshold_table(sweep, CATEGORIES, "n", "t", resamples=50).to_dict("records")
    assert row["flips_to"] == "two"
    assert row["low"] <= row["threshold"] <= row["high"]


def test_tables_are_deterministic_and_do_not_mix_classes() -> None:
    generator = np.random.default_rng(0)
    raw = generator.dirichlet([1, 1, 1], (2, 8, 5))
    raw[0, :, 2], raw[1, :, 2] = [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]
    grid = np.linspace(-1, 1, 5)
    both = make_sweep(raw, grid, 2, labels=(0, 1))
    table = threshold_table(both, CATEGORIES, "n", "t", resamples=200)
    pd.testing.assert_frame_equal(table, threshold_table(both, CATEGORIES, "n", "t", resamples=200))
    alone = threshold_table(make_sweep(raw[1:], grid, 2, (1,)), CATEGORIES, "n", "t", resamples=200)
    pd.testing.assert_frame_equal(table[2:].reset_index(drop=True), alone)
    both.class_index = np.zeros_like(both.class_index)
    with pytest.raises(ValueError, match="class 1"):
        threshold_table(both, CATEGORIES, "n", "t", resamples=20)


def test_curve_table() -> None:
    generator = np.random.default_rng(1)
    curves = generator.dirichlet([2, 1, 1], (1, 12, 3))
    sweep = make_sweep(curves, np.array([0.0, 0.5, 1]), 0)
    table = curve_table(sweep, CATEGORIES, "net", "noise")
    assert list(table.columns) == CURVES.names
    assert len(table) == 3 * 3
    assert table["predicted_class"].tolist() == ["zero", "one", "two"] * 3
    np.testing.assert_allclose(table["mean_softmax"], curves[0].mean(axis=0).ravel(), rtol=1e-5)
    assert (table["softmax_low"] < table["mean_softmax"]).all()
    assert (table["softmax_high"] > table["mean_softmax"]).all()
    accuracy = (curves[0].argmax(axis=2) == 0).mean(axis=0)
    np.testing.assert_allclose(table["accuracy"][::3], accuracy)
    assert table["accuracy_low"].between(0, table["accuracy"]).all()
    assert table["accuracy_high"].between(table["accuracy"], 1).all()


def test_intervals_as_text() -> None:
    assert format_intervals([(-180, -152.3), (-41.2, 38.0)]) == "[-180,-152.3] [-41.2,38]"
    assert format_intervals([(-0.0, 1)]) == "[0,1]"
    assert format_intervals([]) == ""


def test_tables_need_no_torch() -> None:
    code = "import sys, invariances.thresholds; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- pictures' own thresholds ---------------------------------------------------------------------


def test_index_of_non_monotonicity() -> None:
    response = Response(True, ((-1.0, 2.0), (3.0, 5.0)), (2.0, 3.0, 5.0), (1, 1, 2), 0.0)
    assert response.crossings_towards(1) == 3
    assert response.regained(1, 6.0) == pytest.approx(2 / 4)
    assert response.regained(-1, -1.0) == 0


def test_picture_table_sets_wrong_pictures_apart() -> None:
    grid = np.array([-2.0, -1, 0, 1, 2])
    answers = np.array([[0, 0, 0, 1, 0], [2, 2, 2, 0, 0], [1, 0, 0, 0, 0]])
    found = begin(answers, grid, 2, 0.25)
    table = picture_table(
        found.responses(), ["a", "b", "c"], ["k"] * 3, grid, 2, CATEGORIES, "net", "rotate"
    )
    assert list(table.columns) == PICTURES.names
    assert len(table) == 6
    a_up, a_down, b_up, _, c_up, c_down = table.to_dict("records")
    assert (a_up["threshold"], a_up["flips_to"], a_up["crossings"]) == (0.5, "one", 2)
    assert a_up["nonmonotonicity"] == pytest.approx(0.5 / 1.5)
    assert a_up["intervals"] == ((-2.0, 0.5), (1.5, 2.0))
    assert (a_down["threshold"], a_down["censored"]) == (-2, True)
    assert pd.isna(a_down["flips_to"])
    assert (b_up["status"], b_up["threshold"], b_up["censored"]) == ("wrong_at_identity", 0, False)
    assert (b_up["crossings"], b_up["intervals"]) == (0, ()) and pd.isna(b_up["flips_to"])
    assert (c_down["threshold"], c_down["censored"], c_up["censored"]) == (-1.5, False, True)


def test_median_table_leaves_wrong_pictures_out_and_counts_censored() -> None:
    grid = np.linspace(-4, 4, 9)
    crossing = [1.5, 2.5, 2.5, 3.5, 9, 9, 9]
    answers = np.array([[int(m > c) for m in grid] for c in crossing] + [[1] * 9] * 5)
    found = begin(answers, grid, 4, 0.2)
    names = [str(i) for i in range(12)]
    table = picture_table(
        found.responses(), names, ["k"] * 12, grid, 4, CATEGORIES, "net", "rotate"
    )
    medians = median_table(table, grid, 4)
    assert list(medians.columns) == MEDIANS.names
    up, down = medians.to_dict("records")
    assert (up["median_threshold"], up["censored"], up["images"], up["flipped"]) == (
        3.5,
        False,
        7,
        4,
    )
    assert up["far_limit_open"] and up["high"] == 4
    assert (down["median_threshold"], down["low"], down["censored"]) == (-4, -4, True)
    nobody = median_table(table[table["status"] != "measured"], grid, 4).to_dict("records")[0]
    assert (nobody["median_threshold"], nobody["low"], nobody["high"], nobody["images"]) == (
        0,
        0,
        4,
        0,
    )
