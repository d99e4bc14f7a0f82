"""Where a class loses its lead, on responses whose crossings are written down beforehand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from invariances.thresholds import (
    infer_axis,
)
from invariances.thresholds.axes import outward
from invariances.thresholds.crossings import (
    first_crossing,
    half_accuracy,
    half_accuracy_interval,
    leading_intervals,
)
from invariances.thresholds.switches import switch_interval


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
    single = switch_interval(softmax[:1], axis)
    assert (single.inner, single.outer, single.open) == (0, -2, True)
    alike = switch_interval(softmax, axis)
    assert (alike.inner, alike.outer) == pytest.approx((-1.25, -1.25))
    assert alike.p_no_switch == 0.5**6  # six pictures tell no more than a sign test
    right = softmax[..., 0] > 0.5
    inner, outer = half_accuracy_interval(right, axis, resamples=2000)
    assert -1 > inner > -1.5 > outer > -2  # all alike, and yet not certain
    assert half_accuracy_interval(right[:1], axis, resamples=50) == (0, -2)


def test_switch_interval_says_that_its_far_limit_is_open() -> None:
    softmax = np.array([[[0.9, 0.1], [0.9, 0.1]]] * 5 + [[[0.9, 0.1], [0.0, 1.0]]] * 5)
    found = switch_interval(softmax, np.array([0.0, 1.0]))
    assert found.inner < 1
    assert (found.outer, found.open) == (1, True)
    assert found.p_no_switch > 0.025 and found.p_switch > 0.025


def test_switch_limits_are_students_where_the_t_interval_ends() -> None:
    """One rival: at the inner (outer) limit the lower (upper) t limit of the margin is zero."""
    generator, axis = np.random.default_rng(0), np.linspace(0, 1, 41)
    own = np.clip(0.9 - 0.8 * axis + generator.normal(0, 0.08, (12, 1)), 0, 1)
    found = switch_interval(np.stack([own, 1 - own], axis=-1), axis)
    for limit, side in ((found.inner, 0), (found.outer, 1)):
        margins = np.array([np.interp(limit, axis, 2 * row - 1) for row in own])
        interval = stats.ttest_1samp(margins, 0).confidence_interval(0.95)
        assert interval[side] == pytest.approx(0, abs=0.002)


def test_switch_needs_a_rival() -> None:
    with pytest.raises(ValueError, match="beside"):
        switch_interval(np.ones((3, 2, 1)), np.array([0.0, 1]))


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
