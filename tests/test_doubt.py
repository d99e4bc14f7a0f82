"""Where a search doubts that a gap of the grid hides no flip: probabilities of Brownian paths."""

import numpy as np
import pytest
from walked import search

from invariances.inference import Answers
from invariances.thresholds import Bisection
from invariances.thresholds.hidden import (
    flip_probability,
    grid_roughness,
    improbable,
    observed_roughness,
)


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
