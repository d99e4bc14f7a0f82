"""Crossings and the tables, on responses whose thresholds are written down beforehand."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from searches import begin

from invariances.thresholds import (
    CURVE_COLUMNS,
    MEDIAN_COLUMNS,
    PAIR_COLUMNS,
    PICTURE_COLUMNS,
    THRESHOLD_COLUMNS,
    Response,
    correlation_table,
    curve_table,
    difference_table,
    format_intervals,
    infer_axis,
    median_table,
    pair_table,
    picture_table,
    region_table,
    threshold_table,
)
from invariances.thresholds.axes import outward
from invariances.thresholds.crossings import (
    first_crossing,
    half_accuracy,
    half_accuracy_interval,
    leading_intervals,
    switch_interval,
)

CATEGORIES = ("zero", "one", "two")


def make_sweep(
    curves: np.ndarray, magnitudes: np.ndarray, identity: int, labels: tuple[int, ...] = (0,)
) -> SimpleNamespace:
    """A sweep from softmax [C, n, M, 3], one class per label."""
    classes, size, _, width = curves.shape
    candidates = np.array([[k, *(j for j in range(width) if j != k)] for k in labels])
    index = np.repeat(np.arange(classes), size)
    flat = curves.reshape(classes * size, -1, width)
    own = np.stack([flat[i][:, candidates[c]] for i, c in enumerate(index)])
    return SimpleNamespace(
        classes=np.array([f"class {k}" for k in labels]),
        labels=np.array(labels),
        magnitudes=np.asarray(magnitudes, float),
        identity=identity,
        picture=np.array([f"p/{i}" for i in range(len(index))]),
        class_index=index,
        prediction=flat.argmax(axis=2).astype(np.int32),
        true_softmax=own[..., 0].astype(np.float32),
        mean_softmax=curves.mean(axis=1).astype(np.float32),
        candidates=candidates.astype(np.int32),
        candidate_softmax=own.astype(np.float32),
    )


def constant(curve: list[list[float]], size: int = 4) -> np.ndarray:
    """One class of equal pictures from a curve [M, 3]."""
    return np.repeat(np.array(curve)[None, None], size, axis=1)


# --- crossings -------------------------------------------------------------------------------------


def test_root_is_interpolated_and_the_earliest_over_rivals() -> None:
    # Rival 1 is the stronger at the far end, rival 0 overtakes first: at 1/3 of the step.
    margins = np.array([[0.1, 0.9], [-0.2, -0.6]])
    found = first_crossing(margins, np.array([1.0, 4.0]))
    assert (float(found.coordinate), bool(found.censored), int(found.candidate)) == (2.0, False, 0)


def test_crossing_at_identity_at_a_grid_point_and_never() -> None:
    axis = np.array([0.0, 1, 2])
    batch = np.array([[[-0.1], [1], [1]], [[1], [0], [1]], [[1], [1], [1]]])
    found = first_crossing(batch, axis)
    np.testing.assert_array_equal(found.coordinate, [0, 1, 2])
    np.testing.assert_array_equal(found.censored, [False, False, True])


@given(st.data())
def test_crossing_agrees_with_a_fine_search(data: st.DataObject) -> None:
    points = data.draw(st.integers(2, 6))
    values = st.floats(-1, 1).filter(lambda value: abs(value) > 1e-3)
    margins = np.array(
        data.draw(
            st.lists(st.lists(values, min_size=2, max_size=2), min_size=points, max_size=points)
        )
    )
    axis = np.arange(points, dtype=float)
    fine = np.linspace(0, points - 1, 1000 * (points - 1) + 1)
    smallest = np.min([np.interp(fine, axis, margins[:, k]) for k in range(2)], axis=0)
    lost = np.flatnonzero(smallest <= 0)
    found = first_crossing(margins, axis)
    assert bool(found.censored) == (len(lost) == 0)
    expected = fine[lost[0]] if len(lost) else points - 1
    assert float(found.coordinate) == pytest.approx(expected, abs=2e-3)
    covered = np.zeros(len(fine), bool)
    for low, high in leading_intervals(margins, axis):
        covered |= (fine >= low) & (fine <= high)
    assert (covered != (smallest > 0)).mean() <= 2 * points * 2 / len(fine)


def test_leading_intervals_see_what_the_grid_points_do_not() -> None:
    # Two rivals change places between the points; in the middle neither is ahead.
    margins = np.array([[-0.1, 0.9], [0.9, -0.1]])
    (interval,) = leading_intervals(margins, np.array([0.0, 10.0]))
    assert interval == pytest.approx((1, 9))
    both = leading_intervals(np.array([[1.0], [1], [-1], [-1], [1]]), np.arange(5.0))
    assert both == [(0, 1.5), (3.5, 4)]
    assert leading_intervals(np.array([[-1.0], [-1]]), np.arange(2.0)) == []


def test_half_accuracy_is_half_of_its_own_start() -> None:
    right = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]], bool)
    found = half_accuracy(right, np.array([0.0, 10, 20]))
    assert float(found.coordinate) == 10  # 0.8 -> 0.4
    nobody = half_accuracy(np.zeros((3, 2), bool), np.array([0.0, 1]))
    assert (float(nobody.coordinate), bool(nobody.censored)) == (0, False)


def test_intervals_of_single_and_of_equal_pictures() -> None:
    axis = np.array([0.0, -1, -2])
    softmax = np.repeat(np.array([[[0.8, 0.2], [0.6, 0.4], [0.2, 0.8]]]), 6, axis=0)
    assert switch_interval(softmax[:1], axis, resamples=50) == (0, -2)
    assert switch_interval(softmax, axis, resamples=50) == pytest.approx((-1.25, -1.25))
    right = softmax[..., 0] > 0.5
    inner, outer = half_accuracy_interval(right, axis, resamples=2000)
    assert -1 > inner > -1.5 > outer > -2  # all alike, and yet not certain
    assert half_accuracy_interval(right[:1], axis, resamples=50) == (0, -2)


def test_switch_interval_marks_censored_resamples_by_the_ranges_end() -> None:
    softmax = np.array([[[0.9, 0.1], [0.9, 0.1]]] * 5 + [[[0.9, 0.1], [0.0, 1.0]]] * 5)
    inner, outer = switch_interval(softmax, np.array([0.0, 1.0]), resamples=500)
    assert inner < 1
    assert outer == 1


def test_switch_needs_a_rival() -> None:
    with pytest.raises(ValueError, match="beside"):
        switch_interval(np.ones((3, 2, 1)), np.array([0.0, 1]), resamples=10)


# --- axes ------------------------------------------------------------------------------------------


def test_axis_is_inferred() -> None:
    assert infer_axis(np.exp2(np.linspace(-2, 2, 17))) == "log"
    assert infer_axis(np.linspace(-1, 1, 5)) == "linear"
    assert infer_axis(np.linspace(1, 5, 5)) == "linear"


def test_outward_directions() -> None:
    assert [(name, path.tolist()) for name, path in outward(np.arange(4), 1)] == [
        ("up", [1, 2, 3]),
        ("down", [1, 0]),
    ]
    assert [name for name, _ in outward(np.arange(4), 0)] == ["up"]
    with pytest.raises(ValueError, match="ascending"):
        list(outward(np.array([1, 1, 2]), 0))
    with pytest.raises(ValueError, match="identity"):
        list(outward(np.arange(3), 3))


# --- tables ----------------------------------------------------------------------------------------


def test_threshold_table_by_hand() -> None:
    curve = [[0.4, 0.6, 0], [0.6, 0.4, 0], [0.9, 0.1, 0], [0.8, 0, 0.2], [0.8, 0, 0.2]]
    sweep = make_sweep(constant(curve), np.array([-20.0, -10, 0, 10, 20]), 2)
    table = threshold_table(sweep, CATEGORIES, "net", "rotate", resamples=2000)
    assert tuple(table.columns) == THRESHOLD_COLUMNS
    up, down = table.to_dict("records")
    assert (up["direction"], up["threshold"], up["censored"], up["flips_to"]) == (
        "up",
        20,
        True,
        "",
    )
    assert down["threshold"] == pytest.approx(-15, abs=1e-4)
    assert (down["censored"], down["flips_to"]) == (False, "one")
    assert down["low"] <= down["threshold"] <= down["high"] < 0
    assert down["half_accuracy"] == pytest.approx(-15)
    assert -20 < down["half_accuracy_low"] < -15 < down["half_accuracy_high"] < -10
    assert (up["half_accuracy"], up["half_accuracy_censored"], up["images"]) == (20, True, 4)
    assert down["recognised"] == "[-15,20]"
    assert not table.isna().any().any()


def test_class_not_leading_at_the_identity() -> None:
    curve = [[0.2, 0.7, 0.1], [0.6, 0.3, 0.1]]
    table = threshold_table(
        make_sweep(constant(curve), np.array([0.0, 1]), 0), CATEGORIES, "net", "blur", resamples=50
    )
    (row,) = table.to_dict("records")
    assert (row["threshold"], row["censored"], row["flips_to"]) == (0, False, "one")
    assert (row["baseline_accuracy"], row["half_accuracy"]) == (0, 0)
    assert row["recognised"] == "[0.625,1]"


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
    assert tuple(table.columns) == CURVE_COLUMNS
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
    assert tuple(table.columns) == PICTURE_COLUMNS
    assert len(table) == 6
    a_up, a_down, b_up, _, c_up, c_down = table.to_dict("records")
    assert (a_up["threshold"], a_up["flips_to"], a_up["crossings"]) == (0.5, "one", 2)
    assert a_up["nonmonotonicity"] == pytest.approx(0.5 / 1.5)
    assert a_up["intervals"] == "[-2,0.5] [1.5,2]"
    assert (a_down["threshold"], a_down["censored"], a_down["flips_to"]) == (-2, True, "")
    assert (b_up["status"], b_up["threshold"], b_up["censored"]) == ("wrong_at_identity", 0, False)
    assert (b_up["crossings"], b_up["flips_to"], b_up["intervals"]) == (0, "", "")
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
    assert tuple(medians.columns) == MEDIAN_COLUMNS
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


# --- two transforms --------------------------------------------------------------------------------


def test_region_of_two_transforms() -> None:
    axis = np.linspace(-1, 1, 41)
    pairs = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    # The class leads while x + 0.2 |y| < 0.75: a wedge, nearest at its two faces' normals.
    margin = 0.75 - pairs[:, 0] - 0.2 * np.abs(pairs[:, 1])
    own = (1 + margin / 4) / 2
    curves = np.stack([own, 1 - own, np.zeros_like(own)], axis=-1)[None, None].repeat(3, axis=1)
    identity = int(np.flatnonzero((np.abs(pairs) < 1e-9).all(axis=1))[0])
    sweep = make_sweep(curves, pairs, identity)
    (row,) = region_table(sweep, "net", "translate_x+translate_y").to_dict("records")
    assert row["area"] == pytest.approx(0.5 + 0.65 / 2, abs=0.02)
    assert row["connected_area"] == row["area"]
    # Pictures that are all alike leave nothing to be unsure of; a single one leaves everything.
    assert [row["area_low"], row["area_high"]] == pytest.approx([row["area"]] * 2)
    (alone,) = region_table(make_sweep(curves[:, :1], pairs, identity), "n", "t").to_dict("records")
    assert (alone["area_low"], alone["area_high"]) == (0, 1)
    assert min(row["worst_direction"], 360 - row["worst_direction"]) == pytest.approx(11.31, abs=2)
    assert row["reach"] == pytest.approx(0.75 / np.hypot(1, 0.2) / 2, abs=0.01)
    assert not row["censored"]
    table = pair_table(sweep, CATEGORIES, "net", "translate_x+translate_y")
    assert tuple(table.columns) == PAIR_COLUMNS
    np.testing.assert_array_equal(table["predicted_class"] == "zero", own >= 0.5)
    np.testing.assert_array_equal(table["accuracy"] == 1, own >= 0.5)
    assert (table["accuracy_low"] <= table["accuracy"]).all()
    assert (table["accuracy_high"] >= table["accuracy"]).all()
    assert (table["accuracy_high"] - table["accuracy_low"]).between(0.3, 1).all()  # three pictures
    np.testing.assert_allclose(table["softmax_low"], table["mean_softmax"], atol=1e-6)


def test_region_that_nothing_leaves_and_one_that_is_elsewhere() -> None:
    axis = np.array([0.0, 1, 2])
    pairs = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)[::-1]
    always = constant([[0.9, 0.1, 0]] * 9)
    (row,) = region_table(make_sweep(always, pairs, 8), "n", "t").to_dict("records")
    assert (row["area"], row["censored"], row["reach"]) == (1, True, 1)
    away = constant([[0.9, 0.1, 0]] + [[0.1, 0.9, 0]] * 8)
    (row,) = region_table(make_sweep(away, pairs, 8), "n", "t").to_dict("records")
    assert (row["area"], row["connected_area"], row["reach"]) == (1 / 16, 0, 0)


@pytest.mark.parametrize("pairs", [np.zeros((4, 2)), np.arange(4.0), np.eye(2)])
def test_pairs_must_fill_a_rectangle(pairs: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pair"):
        region_table(make_sweep(constant([[1, 0, 0]] * len(pairs)), pairs, 0), "n", "t")


def test_tables_need_no_torch() -> None:
    code = "import sys, invariances.thresholds; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- two networks ----------------------------------------------------------------------------------


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
    table = difference_table(two_networks(grid, 100), {"t": ("linear", 0.0)})
    up, down = table.to_dict("records")
    assert (up["first"], up["second"], up["images"], up["limited"]) == ("a", "b", 9, 0)
    assert up["difference"] == pytest.approx(0.4, abs=0.01)
    assert up["p_value"] == pytest.approx(2 / 2**9)
    assert up["p_holm"] == pytest.approx(2 * up["p_value"])
    assert (down["difference"], down["p_value"], down["limited"]) == (0, 1, 9)
    with pytest.raises(ValueError, match="no axis"):
        difference_table(two_networks(grid, 100), {})


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
