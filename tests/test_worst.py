"""Worst cases of transforms combined, on answers that are written down."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from invariances.checks import check_points
from invariances.errors import InputError
from invariances.screening.grid import expanded
from invariances.screening.tuples import Points, unrefined
from invariances.statistics import mean_interval
from invariances.thresholds import worst_picture_table, worst_table
from invariances.thresholds.worst import all_right, region

CATEGORIES = ("orange", "lime", "broom")
LINEAR = ("linear", "linear")
SQUARE = [((-1.0, 0.0, 1.0), 0.0), ((-10.0, 0.0, 10.0), 0.0)]


def made(prediction, margin=None, grids=SQUARE, labels=None, refined=None) -> Points:
    """Points from predictions [N, M] of pictures whose class is the first of the categories."""
    prediction = np.asarray(prediction, dtype=np.int32)
    index = np.zeros(len(prediction), int) if labels is None else np.asarray(labels)
    right = prediction == index[:, None]
    margin = np.where(right, 1.0, -1.0) if margin is None else margin
    magnitudes, identity = expanded(grids)
    return Points(
        np.array(CATEGORIES[: index.max() + 1]),
        np.arange(index.max() + 1),
        magnitudes,
        identity,
        np.array([f"p/{number}" for number in range(len(prediction))]),
        index,
        prediction,
        np.asarray(margin, np.float32),
        *(refined or unrefined(len(grids))),
    )


def table_of(points: Points, axes=LINEAR):
    return worst_picture_table(points, CATEGORIES, "m", "a+b", axes)


def test_a_picture_s_worst_case_by_hand():
    """Rows of three: b = -10, 0, 10 within a = -1, 0, 1. Wrong at (1, -10) and, nearer, at (0, 10)."""
    prediction = [[0, 0, 0, 0, 0, 1, 2, 0, 0]]
    margin = [[3, 2, 1, 3, 5, -0.5, -2, 1, 1]]
    (row,) = table_of(made(prediction, margin)).to_dict("records")
    assert (row["points"], row["right"]) == (9, 7)
    assert (row["recognised"], row["margin"], row["survives"]) == (True, 5, False)
    assert (row["worst_first"], row["worst_second"], row["worst_margin"]) == (1, -10, -2)
    assert row["worst_prediction"] == "broom"
    # Half of the second axis' range away; the worst is at a corner, 1 / sqrt(2) away.
    assert (row["lost_first"], row["lost_second"], row["reach"]) == (0, 10, 0.5)
    assert row["flips_to"] == "lime"
    # A corner stands for a sixteenth of the square, a side's middle for an eighth.
    assert row["area"] == pytest.approx(1 - 1 / 16 - 1 / 8)
    assert (row["majority"], row["agreement"]) == ("orange", pytest.approx(1 - 3 / 16))
    missing = ["refined_survives", "refined_first", "refined_margin", "worst_third", "lost_third"]
    assert all(np.isnan(row[name]) if row[name] is not None else True for name in missing[1:])


def test_a_survivor_is_lost_nowhere_and_one_that_was_never_right_at_once():
    table = table_of(made([[0] * 9, [1] * 9]))
    survivor, wrong = table.to_dict("records")
    assert survivor["survives"] and np.isnan(survivor["reach"]) and np.isnan(survivor["lost_first"])
    assert (survivor["area"], survivor["agreement"]) == (1, 1)
    assert (wrong["reach"], wrong["lost_first"], wrong["lost_second"]) == (0, 0, 0)
    assert (wrong["area"], wrong["majority"], wrong["agreement"]) == (0, "lime", 1)


def test_distance_and_area_are_measured_on_the_axes_own_scales():
    """Of three transforms, one of them logarithmic: 1/4 and 4 are as far from 1."""
    grids = [((0.25, 1.0, 4.0), 1.0), ((0.0, 1.0), 0.0), ((-3.0, 0.0, 1.0), 0.0)]
    magnitudes, identity = expanded(grids)
    unit, share = region(magnitudes, identity, ("log", "linear", "linear"))
    assert unit[identity].tolist() == [0, 0, 0]
    assert unit[0].tolist() == [-0.5, 0, -0.75] and unit[-1].tolist() == [0.5, 1, 0.25]
    assert share.sum() == pytest.approx(1)
    assert share[0] == pytest.approx(1 / 4 * 1 / 2 * 3 / 8)
    prediction = np.zeros((1, 18), int)
    prediction[0, 0] = 1
    (row,) = table_of(made(prediction, grids=grids), ("log", "linear", "linear")).to_dict("records")
    assert (row["lost_first"], row["lost_second"], row["lost_third"]) == (0.25, 0, -3)
    assert row["reach"] == pytest.approx(np.hypot(0.5, 0.75))


def test_points_of_an_ordinal_axis_count_alike():
    """Four severities, of which the last is lost at one of three angles: a quarter of a half."""
    grids = [((0.0, 1.0, 2.0, 3.0), 0.0), ((-1.0, 0.0, 1.0), 0.0)]
    prediction = np.zeros((1, 12), int)
    prediction[0, 10] = 1
    (row,) = table_of(made(prediction, grids=grids), ("ordinal", "linear")).to_dict("records")
    assert row["area"] == pytest.approx(1 - 1 / 4 * 1 / 2)
    assert (row["lost_first"], row["lost_second"], row["reach"]) == (3, 0, 1)


def test_accuracies_of_a_class_and_of_all_together():
    """Two classes: of one both pictures survive, of the other one is wrong at two points of nine."""
    prediction = np.array([[0] * 9, [0] * 9, [1] * 7 + [0] * 2, [0] * 9])
    table = worst_table(table_of(made(prediction, labels=[0, 0, 1, 1])), 3, resamples=200)
    assert table["class"].iloc[:2].tolist() == ["orange", "lime"]
    assert table["class"].isna().tolist() == [False, False, True]
    assert table["images"].tolist() == [2, 2, 4]
    assert table["baseline_accuracy"].tolist() == [1, 0.5, 0.75]
    assert table["random_accuracy"].tolist() == pytest.approx([1, 7 / 18, 25 / 36])
    worst_of_three = comb(7, 3) / comb(9, 3)
    assert table["drawn_accuracy"].tolist() == pytest.approx(
        [1, worst_of_three / 2, (2 + worst_of_three) / 4]
    )
    assert table["worst_accuracy"].tolist() == [1, 0, 0.5]
    assert (table["drawn"] == 3).all() and table["refined_accuracy"].isna().all()
    for name in (
        "baseline_accuracy",
        "random_accuracy",
        "drawn_accuracy",
        "worst_accuracy",
        "area",
    ):
        low, high = table[f"{name}_low"], table[f"{name}_high"]
        assert ((low <= table[name]) & (table[name] <= high) & (low < high)).all()


def test_refined_accuracy_counts_survivors_of_the_grid_that_hold_between_its_points():
    refined = (np.full((3, 2), 0.5), np.array([0, 1, 0], np.int32), np.array([0.2, -1, -2.0]))
    margin = np.full((3, 9), 1.0)
    margin[2, 4] = -1
    points = made([[0] * 9, [0] * 9, [0] * 4 + [1] + [0] * 4], margin, refined=refined)
    pictures = table_of(check_points(points, "points"))
    assert pictures["refined_survives"].tolist() == [True, False, False]
    (row, together) = worst_table(pictures, 10, resamples=200).to_dict("records")
    assert (row["worst_accuracy"], row["refined_accuracy"]) == pytest.approx((2 / 3, 1 / 3))
    assert together["drawn"] == 9, "no more points than there are"
    assert together["drawn_accuracy"] == pytest.approx(row["worst_accuracy"])


def test_the_worst_of_some_is_the_share_of_all_draws():
    for points, right in ((6, 6), (6, 4), (6, 2), (6, 0)):
        for drawn in range(1, points + 1):
            draws = list(combinations(range(points), drawn))
            share = np.mean([max(draw) < right for draw in draws])
            assert all_right(np.array([right]), points, drawn)[0] == pytest.approx(share)


@settings(max_examples=30)
@given(
    prediction=arrays(
        np.int32, st.tuples(st.integers(1, 6), st.just(9)), elements=st.integers(0, 1)
    ),
    drawn=st.integers(1, 12),
)
def test_accuracies_fall_with_the_hardness_of_the_choice(prediction, drawn):
    """The worst of each picture is right no oftener than any one point, a random one, or some drawn."""
    points = made(prediction)
    pictures = table_of(points)
    row = worst_table(pictures, drawn, resamples=100).to_dict("records")[-1]
    assert row["worst_accuracy"] <= points.right.mean(axis=0).min()
    assert row["worst_accuracy"] <= row["drawn_accuracy"] + 1e-12
    assert row["drawn_accuracy"] <= row["random_accuracy"] + 1e-12
    assert row["random_accuracy"] == pytest.approx(points.right.mean())
    assert row["baseline_accuracy"] == points.right[:, points.identity].mean()
    # Whatever is predicted most is so at least as often as the true class.
    assert (pictures["agreement"] >= pictures["area"] - 1e-9).all()
    assert (pictures["survives"] == (pictures["right"] == 9)).all()


def test_points_that_fill_no_grid_are_refused():
    points = made([[0] * 9])
    doubled = np.concatenate([points.magnitudes[:8], points.magnitudes[:1]])
    with pytest.raises(ValueError, match="all combinations"):
        region(doubled, 4, LINEAR)
    with pytest.raises(ValueError, match="all combinations"):
        region(points.magnitudes[:8], 4, LINEAR)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"margin": np.full((2, 9), np.nan, np.float32)}, "not finite"),
        ({"picture": np.array(["a", "a"])}, "picture=a: it is there twice"),
        (
            {"refined": np.zeros((2, 2)), "refined_prediction": np.zeros(2, np.int32),
             "refined_margin": np.full(2, 1.5, np.float32)},
            "above the grid's",
        ),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_are_refused(change, said):
    with pytest.raises(InputError, match=said):
        check_points(Points.from_arrays(made([[0] * 9] * 2).arrays() | change), "points")


POPULATIONS = {
    "two in five survive": lambda rng, n: np.where(rng.random(n) < 0.4, 75, rng.integers(0, 76, n)),
    "most are lost": lambda rng, n: rng.binomial(75, rng.beta(0.5, 1, n)),
    "most survive": lambda rng, n: rng.binomial(75, rng.beta(3, 0.3, n)),
}
"""Numbers of points, of 75, at which a picture is right."""


@pytest.mark.parametrize("size", [5, 10, 25])
@pytest.mark.parametrize("name", POPULATIONS)
def test_intervals_of_random_and_drawn_accuracy_cover(name, size):
    rng = np.random.default_rng(0)
    draw = POPULATIONS[name]
    every, samples = draw(rng, 10**5), draw(rng, (size, 400))
    for share in (lambda right: right / 75, lambda right: all_right(right.ravel(), 75, 10)):
        values = share(samples).reshape(samples.shape)
        low, high = mean_interval(values, resamples=400)
        truth = share(every).mean()
        assert ((low <= truth) & (truth <= high)).mean() >= 0.92
