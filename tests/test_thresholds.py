"""Crossings, bisection and the tables, on responses whose thresholds are written down beforehand."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from invariances.screening import Answers
from invariances.thresholds import (
    CURVE_COLUMNS,
    MEDIAN_COLUMNS,
    PAIR_COLUMNS,
    PICTURE_COLUMNS,
    THRESHOLD_COLUMNS,
    Bisection,
    Response,
    correlation_table,
    curve_table,
    difference_table,
    exhaustive_grid,
    format_intervals,
    infer_axis,
    median_table,
    pair_table,
    picture_table,
    region_table,
    threshold_table,
)
from invariances.thresholds.axes import outward
from invariances.thresholds.bisection import flip_probability, observed_roughness
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


# --- bisection -------------------------------------------------------------------------------------


def alike(prediction: ArrayLike, label: int = 0) -> Answers:
    """Predictions, each as sure as any other: nothing is known of how near a flip is."""
    said = np.asarray(prediction)
    return Answers(said, np.where(said == label, 1.0, -1.0))


def begin(prediction: ArrayLike, grid: ArrayLike, identity: int, tolerance: float) -> Bisection:
    """A search of pictures of label 0 that halves only what the grid shows."""
    labels = np.zeros(len(np.asarray(prediction)))
    known = alike(prediction)
    return Bisection.start(known, labels, grid, identity, tolerance=tolerance, doubt=1)


def search(
    truth: list[list[float]], grid: np.ndarray, identity: int, tolerance: float, doubt: float = 1
) -> Bisection:
    """Pictures of label 7 that answer 7 except beyond each of their crossings: then the count.

    The margin is the distance to the nearest crossing, below zero where the answer is wrong.
    """

    def answer(pictures: np.ndarray, magnitudes: np.ndarray) -> Answers:
        said, margin = [], []
        for place, magnitude in zip(pictures, magnitudes, strict=True):
            passed = sum((c - grid[identity]) * (magnitude - c) > 0 for c in truth[place])
            said.append(7 if passed % 2 == 0 else passed)
            nearest = min((abs(magnitude - c) for c in truth[place]), default=1.0)
            margin.append(nearest if passed % 2 == 0 else -nearest)
        return Answers(np.array(said), np.array(margin))

    size, points = len(truth), len(grid)
    known = answer(np.repeat(np.arange(size), points), np.tile(grid, size))
    found = Bisection.start(
        Answers(*(part.reshape(size, points) for part in known)),
        np.full(size, 7),
        grid,
        identity,
        tolerance=tolerance,
        doubt=doubt,
    )
    while not found.done:
        found.accept(answer(*found.propose()))
    return found


def test_bisection_finds_every_crossing_to_the_tolerance() -> None:
    grid = np.linspace(-180, 180, 37)
    truth = [[33.3, 151.7, -42.0], [], [12.34]]
    found = search(truth, grid, 18, 1 / 256)
    assert found.rounds == 3  # 10 degrees / 2^3 is under 360 / 256
    first, second, third = found.responses()
    half = 360 / 512
    np.testing.assert_allclose(first.crossings, [-42, 33.3, 151.7], atol=half)
    assert first.beyond == (1, 1, 1)
    np.testing.assert_allclose(first.intervals, [[-42, 33.3], [151.7, 180]], atol=half)
    assert (second.intervals, second.first(1)) == (((-180.0, 180.0),), None)
    assert third.first(1) == (pytest.approx(12.34, abs=half), 1)
    assert third.first(-1) is None


def test_all_pictures_of_a_round_go_together() -> None:
    grid = np.linspace(0, 1, 5)
    answers = np.array([[0, 0, 1, 1, 1], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]])
    found = begin(answers, grid, 0, 1 / 8)
    pictures, magnitudes = found.propose()
    assert pictures.tolist() == [0, 1, 1]
    np.testing.assert_allclose(magnitudes, [0.375, 0.125, 0.375])
    with pytest.raises(ValueError, match="expected 3"):
        found.accept(alike([0, 0]))
    found.accept(alike([1, 2, 0]))
    assert found.done
    assert [response.crossings for response in found.responses()] == [
        (0.3125,),
        (0.0625, 0.3125),
        (),
    ]
    assert [response.beyond for response in found.responses()] == [(1,), (2, 1), ()]


def test_log_axis_is_halved_geometrically() -> None:
    grid = np.exp2(np.linspace(-2, 2, 5))
    answers = np.array([[0, 0, 0, 1, 1]])
    found = begin(answers, grid, 2, 1 / 8)
    assert found.propose()[1] == pytest.approx([np.sqrt(2)])
    dense, identity = exhaustive_grid(grid, 2, tolerance=1 / 8)
    np.testing.assert_allclose(dense, np.exp2(np.linspace(-2, 2, 9)))
    assert (dense[identity], dense[0], dense[-1]) == (1, 0.25, 4)


def test_exhaustive_grid_sees_a_narrow_flip_that_the_grid_does_not() -> None:
    grid = np.linspace(-1, 1, 9)
    narrow = [[0.3, 0.34, 0.8]]
    coarse = search(narrow, grid, 4, 1 / 64).responses()[0]
    assert coarse.first(1)[0] == pytest.approx(0.8, abs=1 / 64)
    dense, identity = exhaustive_grid(grid, 4, tolerance=1 / 64)
    thorough = search(narrow, dense, identity, 1 / 64)
    assert thorough.rounds == 0
    assert thorough.responses()[0].first(1)[0] == pytest.approx(0.3, abs=1 / 64)
    assert np.diff(dense).max() <= 2 / 64 + 1e-9


def test_a_likely_flip_between_two_points_of_the_grid_is_looked_for() -> None:
    grid = np.linspace(-1, 1, 9)
    narrow = [[0.3, 0.34, 0.8], [-0.6, 0.6], []]
    first, second, third = search(narrow, grid, 4, 1 / 64, doubt=0.02).responses()
    assert first.first(1) == (pytest.approx(0.3, abs=1 / 64), 1)
    np.testing.assert_allclose(first.crossings, [0.3, 0.34, 0.8], atol=1 / 64)
    np.testing.assert_allclose(second.crossings, [-0.6, 0.6], atol=1 / 64)
    assert (third.crossings, third.intervals) == ((), ((-1, 1),))


def test_doubt_is_of_gaps_short_of_the_first_wrong_answer_alone() -> None:
    grid = np.linspace(0, 1, 5)
    # Of the first picture all is close to tipping over; the second is lost between the first two points.
    near, away = [0.1, 0.3, 0.1, 0.3, 0.1], [0.1, -1, 0.1, 0.2, 0.1]
    margin = np.array([near, away])
    prediction = (margin < 0).astype(int)
    found = Bisection.start(Answers(prediction, margin), [0, 0], grid, 0, tolerance=1 / 16)
    pictures, magnitudes = found.propose()
    assert pictures.tolist() == [0, 0, 0, 0, 1, 1]
    np.testing.assert_allclose(magnitudes, [0.125, 0.375, 0.625, 0.875, 0.125, 0.375])
    # An answer nearer to the identity is wrong: what lies beyond is no longer doubted.
    said = np.array([0, 1, 0, 0, 0, 1])
    sure = np.array([0.05, -1, 0.05, 0.05, 9, -1])
    found.accept(Answers(said, sure))
    pictures, magnitudes = found.propose()
    np.testing.assert_allclose(magnitudes[pictures == 0], [0.0625, 0.1875, 0.3125, 0.4375])
    np.testing.assert_allclose(magnitudes[pictures == 1], [0.1875, 0.4375])


@pytest.mark.parametrize("mirrored", [False, True])
def test_doubt_is_of_both_directions(mirrored: bool) -> None:
    """One hidden flip on one side of the identity, and nothing on the other."""
    grid, hidden = np.linspace(-1, 1, 17), [0.3, 0.34, 0.8]
    truth = [-crossing for crossing in hidden] if mirrored else hidden
    (found,) = search([truth], grid, 8, 1 / 128, doubt=0.05).responses()
    first = found.first(-1 if mirrored else 1)
    assert first == (pytest.approx(truth[0], abs=1 / 128), 1)
    assert found.first(1 if mirrored else -1) is None


def test_a_grid_that_ends_at_the_identity_is_doubted_too() -> None:
    for grid, home in ((np.linspace(0, 1, 9), 0), (np.linspace(-1, 0, 9), 8)):
        crossings = [0.3, 0.34] if home == 0 else [-0.34, -0.3]
        (found,) = search([crossings], grid, home, 1 / 64, doubt=0.05).responses()
        np.testing.assert_allclose(found.crossings, crossings, atol=1 / 64)


def test_between_the_two_points_of_a_grid_of_two_a_flip_is_always_looked_for() -> None:
    (found,) = search([[0.45, 0.5]], np.array([0.0, 1.0]), 0, 1 / 64, doubt=0.05).responses()
    assert found.first(1) == (pytest.approx(0.45, abs=1 / 64), 1)


def test_what_is_asked_of_a_picture_is_the_same_among_others() -> None:
    """Else a threshold would depend on which pictures shared a job."""
    grid = np.linspace(-1, 1, 13)
    truth = [[0.3, 0.34, 0.8], [-0.7], [], [-0.41, -0.4, 0.1, 0.12], [0.02]]
    together = search(truth, grid, 6, 1 / 128, doubt=0.05)
    for place, crossings in enumerate(truth):
        alone = search([crossings], grid, 6, 1 / 128, doubt=0.05)
        own = together.picture == place
        np.testing.assert_array_equal(alone.coordinate, together.coordinate[own])
        assert alone.roughness[0] == together.roughness[place]
    assert len(together.picture) > len(grid) * len(truth) + 20


def test_a_cliff_makes_nothing_else_doubtful() -> None:
    """Margins far from zero on both sides of one steep flip: its own halvings are all that is asked."""
    grid, flip = np.linspace(0, 1, 17), 0.61

    def answer(magnitudes: np.ndarray) -> Answers:
        margin = 10 * np.tanh(1000 * (flip - magnitudes))
        return Answers((margin < 0).astype(int), margin)

    known = Answers(*(part[None] for part in answer(grid)))
    found = Bisection.start(known, [0], grid, 0, tolerance=1 / 256)
    while not found.done:
        found.accept(answer(found.propose()[1]))
    assert found.responses()[0].first(1) == (pytest.approx(flip, abs=1 / 256), 1)
    assert len(found.picture) - len(grid) <= 8


def test_flip_probability_is_that_of_brownian_paths() -> None:
    """Simulated: paths of variance 2 a unit, from 1 to 0.5 within 0.8, by Donsker's steps."""
    generator, steps, paths = np.random.default_rng(7), 4000, 4000
    scale = np.sqrt(2 * 0.8 / steps)
    lowest = np.full(paths, np.inf)
    walk = np.zeros(paths)
    increments = generator.standard_normal((steps, paths))
    increments += (-0.5 / scale - increments.sum(axis=0)) / steps  # pinned at the far end
    for row in increments:
        walk += scale * row
        np.minimum(lowest, 1 + walk, out=lowest)
    simulated = (lowest <= 0).mean()
    (expected,) = flip_probability(*(np.array([x]) for x in (1.0, 0.5, 0.8, 2.0)))
    assert expected == pytest.approx(np.exp(-2 * 0.5 / 1.6))
    # Four standard errors, and a little that a path of steps does not see.
    assert simulated == pytest.approx(expected, abs=4 * np.sqrt(0.25 / paths) + 0.01)


def test_roughness_is_learned_from_what_is_seen() -> None:
    generator = np.random.default_rng(8)
    before, after, variance = 0.3, 0.1, 5.0
    path = np.cumsum(
        generator.standard_normal((2, 20_000)) * np.sqrt(variance * np.array([[before], [after]])),
        axis=0,
    )
    ends = (np.zeros(20_000), path[0], path[1])
    gaps = (np.full(20_000, before), np.full(20_000, after))
    assert observed_roughness(*ends, *gaps).mean() == pytest.approx(variance, rel=0.05)
    # A straight curve has none, on a grid of uneven steps too; a smooth one ever less.
    grid = np.array([0, 0.1, 0.4, 0.5, 1])
    (straight,) = begin_with(5 - 3 * grid, grid).roughness
    assert straight == pytest.approx(0, abs=1e-12)
    found = begin_with(0.02 + np.square(grid), grid)
    (first,) = found.roughness
    while not found.done:
        _, magnitudes = found.propose()
        margin = 0.02 + np.square(magnitudes)
        found.accept(Answers(np.zeros(len(margin)), margin))
    assert found.rounds >= 1
    assert found.roughness[0] < first / 2


def begin_with(margin: np.ndarray, grid: np.ndarray) -> Bisection:
    known = Answers(np.zeros((1, len(grid))), margin[None])
    return Bisection.start(known, [0], grid, 0, tolerance=1 / 256, doubt=0.02)


def test_flip_probability_at_its_ends() -> None:
    low, high = np.array([0.0, 1, 1, 0]), np.array([1.0, 1, 1, 1])
    roughness = np.array([1.0, 0, 1e-300, 0])
    found = flip_probability(low, high, np.ones(4), roughness)
    np.testing.assert_allclose(found, [1, 0, 0, 0])


@given(st.data())
def test_a_search_asks_where_an_exhaustive_one_asks(data: st.DataObject) -> None:
    """Of rough curves over uneven grids: questions, order and ends are as they should be."""
    values = st.integers(-40, 40).map(lambda value: value / 7)
    grid = np.array(sorted(data.draw(st.sets(values, min_size=2, max_size=8))))
    identity = data.draw(st.integers(0, len(grid) - 1))
    tolerance = data.draw(st.sampled_from([1 / 3, 0.1, 1 / 64]))
    phase = data.draw(st.floats(0, 6))

    def answer(pictures: np.ndarray, magnitudes: np.ndarray) -> Answers:
        margin = np.sin(phase + (3 + 10 * pictures) * magnitudes) + 0.5
        return Answers((margin < 0).astype(int), margin)

    known = answer(np.repeat([0, 1, 2], len(grid)), np.tile(grid, 3))
    known = Answers(*(part.reshape(3, len(grid)) for part in known))
    found = Bisection.start(known, [0, 0, 0], grid, identity, tolerance=tolerance, axis="linear")
    dense, _ = exhaustive_grid(grid, identity, tolerance=tolerance, axis="linear")
    while not found.done:
        pictures, magnitudes = found.propose()
        assert np.abs(dense[:, None] - magnitudes).min(axis=0).max() < 1e-9
        assert known.prediction[pictures, identity].max(initial=0) == 0
        found.accept(answer(pictures, magnitudes))
    same = np.diff(found.picture) == 0
    assert (np.diff(found.picture) >= 0).all()
    assert (np.diff(found.coordinate)[same] > 0).all()
    assert len(found.picture) <= 3 * (len(grid) + len(dense))
    changes = (
        same
        & (found.right[1:] != found.right[:-1])
        & found.right[found.coordinate == grid[identity]][found.picture[1:]]
    )
    assert np.diff(found.coordinate)[changes].max(initial=0) <= tolerance * np.ptp(grid) * (
        1 + 1e-5
    )


@given(st.floats(0.01, 0.3), st.integers(0, 6))
def test_exhaustive_grid_keeps_ends_identity_and_spacing(tolerance: float, identity: int) -> None:
    grid = np.array([-3.0, -1, 0, 0.5, 2, 4, 5])
    dense, place = exhaustive_grid(grid, identity, tolerance=tolerance)
    assert (dense[0], dense[-1], dense[place]) == (-3, 5, grid[identity])
    assert (np.diff(dense) > 0).all()
    assert np.diff(dense).max() <= tolerance * 8 * (1 + 1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tolerance": 0.0}, "tolerance"),
        ({"labels": [0]}, "do not fit"),
        ({"magnitudes": [0.0, 0.0, 1.0]}, "ascending"),
        ({"identity": 3}, "identity"),
        ({"doubt": 0.0}, "doubt"),
        ({"answers": Answers(np.zeros((2, 3)), np.zeros((2, 2)))}, "do not fit"),
    ],
)
def test_bisection_refuses(change: dict[str, object], message: str) -> None:
    arguments = {
        "answers": alike(np.zeros((2, 3))),
        "labels": [0, 0],
        "magnitudes": [0.0, 1, 2],
        "identity": 0,
        "tolerance": 0.1,
    }
    with pytest.raises(ValueError, match=message):
        Bisection.start(**(arguments | change))


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
