"""The search for each picture's own thresholds, on responses whose crossings are known beforehand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from searches import alike, begin

from invariances.inference import Answers
from invariances.thresholds import Bisection, exhaustive_grid
from invariances.thresholds.hidden import (
    flip_probability,
    grid_roughness,
    improbable,
    observed_roughness,
)


def search(
    truth: list[list[float]],
    grid: np.ndarray,
    identity: int,
    tolerance: float,
    missed: float = np.inf,
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
        missed=missed,
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
    first, second, third = search(narrow, grid, 4, 1 / 64, missed=0.02).responses()
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
    found = Bisection.start(
        Answers(prediction, margin), [0, 0], grid, 0, tolerance=1 / 16, missed=0.02
    )
    pictures, magnitudes = found.propose()
    assert pictures.tolist() == [0, 0, 0, 0, 1, 1]
    np.testing.assert_allclose(magnitudes, [0.125, 0.375, 0.625, 0.875, 0.125, 0.375])
    # An answer nearer to the identity is wrong: what lies beyond is no longer doubted.
    said = np.array([0, 1, 0, 0, 0, 1])
    sure = np.array([0.05, -1, 0.05, 0.05, 9, -1])
    found.accept(Answers(said, sure))
    pictures, magnitudes = found.propose()
    np.testing.assert_allclose(magnitudes[pictures == 0], [0.0625, 0.1875, 0.3125, 0.4375])
    np.testing.assert_allclose(magnitudes[pictures == 1], [0.0625, 0.1875, 0.4375])


@pytest.mark.parametrize("mirrored", [False, True])
def test_doubt_is_of_both_directions(mirrored: bool) -> None:
    """One hidden flip on one side of the identity, and nothing on the other."""
    grid, hidden = np.linspace(-1, 1, 17), [0.3, 0.34, 0.8]
    truth = [-crossing for crossing in hidden] if mirrored else hidden
    (found,) = search([truth], grid, 8, 1 / 128, missed=0.02).responses()
    first = found.first(-1 if mirrored else 1)
    assert first == (pytest.approx(truth[0], abs=1 / 128), 1)
    assert found.first(1 if mirrored else -1) is None


def test_a_grid_that_ends_at_the_identity_is_doubted_too() -> None:
    for grid, home in ((np.linspace(0, 1, 9), 0), (np.linspace(-1, 0, 9), 8)):
        crossings = [0.3, 0.34] if home == 0 else [-0.34, -0.3]
        (found,) = search([crossings], grid, home, 1 / 64, missed=0.02).responses()
        np.testing.assert_allclose(found.crossings, crossings, atol=1 / 64)


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


def test_a_cliff_makes_little_else_doubtful() -> None:
    """Margins far from zero on both sides of one steep flip: few questions beside its four halvings."""
    grid, flip = np.linspace(0, 1, 17), 0.61

    def answer(magnitudes: np.ndarray) -> Answers:
        margin = 10 * np.tanh(1000 * (flip - magnitudes))
        return Answers((margin < 0).astype(int), margin)

    known = Answers(*(part[None] for part in answer(grid)))
    found = Bisection.start(known, [0], grid, 0, tolerance=1 / 256, missed=0.02)
    while not found.done:
        found.accept(answer(found.propose()[1]))
    assert found.responses()[0].first(1) == (pytest.approx(flip, abs=1 / 256), 1)
    assert len(found.picture) - len(grid) <= 4 + 7


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
    (expected,) = flip_probability(*(np.array([x]) for x in (1.0, 0.5, 0.8, 2.0, 1e9)))
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
    return Bisection.start(known, [0], grid, 0, tolerance=1 / 256, missed=0.02)


@pytest.mark.parametrize("observations", [1, 3, 20])
def test_flip_probability_is_the_mean_over_what_roughness_may_be(observations: int) -> None:
    """Roughness was seen as 2 in so many squares: the true one is that over a mean chi square."""
    squares = np.random.default_rng(9).chisquare(observations, 200_000) / observations
    known = flip_probability(
        *(np.full(len(squares), x) for x in (1.0, 1.5, 0.5)),
        2 / squares,
        np.full(len(squares), 1e9),
    )
    (found,) = flip_probability(*(np.array([x]) for x in (1.0, 1.5, 0.5, 2.0, observations)))
    assert found == pytest.approx(known.mean(), abs=4 * known.std() / np.sqrt(len(squares)))
    assert found > np.exp(-3)  # what it is of a roughness that is known


def test_flip_probability_at_its_ends() -> None:
    low, high = np.array([0.0, 1, 1, 0, 9]), np.array([1.0, 1, 1, 1, 9])
    roughness = np.array([1.0, 0, 1e-300, 0, 0])
    observations = np.array([3.0, 3, 3, 3, 0])
    found = flip_probability(low, high, np.ones(5), roughness, observations)
    np.testing.assert_allclose(found, [1, 0, 0, 0, 1], atol=1e-100)


def test_the_most_probable_gaps_are_opened_until_the_others_sum_up_to_little() -> None:
    picture = np.array([0, 0, 0, 0, 3, 3])
    probability = np.array([0.011, 0.3, 0.008, 0.004, 0.02, 0.001])
    assert improbable(picture, probability, 0.02).tolist() == [
        False,
        False,
        True,
        True,
        False,
        True,
    ]
    assert improbable(picture, probability, 0.023).tolist() == [True, False, True, True, True, True]
    assert improbable(picture, probability, np.inf).all()
    assert len(improbable(picture[:0], probability[:0], 0.02)) == 0


def test_neighbouring_observations_count_for_fewer() -> None:
    """The variance of a grid's roughness is that of so many independent squares."""
    generator = np.random.default_rng(10)
    for points in (3, 5, 17):
        steps = np.full(points - 1, 1 / (points - 1))
        path = generator.standard_normal((20_000, points - 1)) * np.sqrt(2 * steps)
        roughness, observations = grid_roughness(np.cumsum(np.insert(path, 0, 0, 1), 1), steps)
        assert roughness.mean() == pytest.approx(2, rel=0.05)
        assert 2 * np.square(2) / roughness.var() == pytest.approx(observations, rel=0.08)


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
