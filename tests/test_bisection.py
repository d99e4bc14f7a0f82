"""The search for each picture's own thresholds, on responses whose crossings are known beforehand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from searches import alike, begin
from walked import search

from invariances.inference import Answers
from invariances.thresholds import Bisection, exhaustive_grid


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
    first, second, third = search(narrow, grid, 4, 1 / 64, missed=0.02).responses()
    assert first.first(1) == (pytest.approx(0.3, abs=1 / 64), 1)
    np.testing.assert_allclose(first.crossings, [0.3, 0.34, 0.8], atol=1 / 64)
    np.testing.assert_allclose(second.crossings, [-0.6, 0.6], atol=1 / 64)
    assert (third.crossings, third.intervals) == ((), ((-1, 1),))


def test_between_the_two_points_of_a_grid_of_two_a_flip_is_always_looked_for() -> None:
    (found,) = search([[0.45, 0.5]], np.array([0.0, 1.0]), 0, 1 / 64, missed=0.02).responses()
    assert found.first(1) == (pytest.approx(0.45, abs=1 / 64), 1)


def test_what_is_asked_of_a_picture_is_the_same_among_others() -> None:
    """Else a threshold would depend on which pictures shared a job."""
    grid = np.linspace(-1, 1, 13)
    truth = [[0.3, 0.34, 0.8], [-0.7], [], [-0.41, -0.4, 0.1, 0.12], [0.02]]
    together = search(truth, grid, 6, 1 / 128, missed=0.02)
    for place, crossings in enumerate(truth):
        alone = search([crossings], grid, 6, 1 / 128, missed=0.02)
        own = together.picture == place
        np.testing.assert_array_equal(alone.coordinate, together.coordinate[own])
        assert alone.roughness[0] == together.roughness[place]
    assert len(together.picture) > len(grid) * len(truth) + 20


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
    found = Bisection.start(
        known, [0, 0, 0], grid, identity, tolerance=tolerance, missed=0.02, axis="linear"
    )
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
        ({"missed": 0.0}, "missed"),
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
        "missed": 0.02,
    }
    with pytest.raises(ValueError, match=message):
        Bisection.start(**(arguments | change))
