"""Do 95 % intervals cover? Cells with a known response are drawn again and again.

A population of pictures is a rule that draws any number of them; its true thresholds and curves are
those of 80,000 pictures, or of 400,000 with COVERAGE_SIMULATIONS=600 or more. From it samples of 10 and of
25 pictures are taken, 50 or COVERAGE_SIMULATIONS, and the share of intervals that hold the truth must lie
between 92 and 98 %, give or take what fewer than 600 samples leave uncertain. The truth is that of the
curve as the library reads it, linear between the same grid points: the grid's coarseness is not the
interval's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from covering import POPULATION, SIMULATIONS, Floats, covers, slack
from scipy import stats

from invariances.statistics import (
    mean_interval,
    proportion_interval,
)
from invariances.thresholds.crossings import (
    first_crossing,
    half_accuracy_interval,
)
from invariances.thresholds.regions import area_interval
from invariances.thresholds.switches import switch_interval

Draw = Callable[[np.random.Generator, int, Floats], Floats]


def softmax(logits: Floats) -> Floats:
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)


def gaussian(generator: np.random.Generator, size: int, grid: Floats) -> Floats:
    """Gaussian logits; the true one falls and one rival rises, each picture at its own pace."""
    offset = np.array([4.0, 0, 0, 0]) + generator.normal(0, np.sqrt(2), (size, 1, 4))
    pace = np.exp(generator.normal(0, 0.3, (size, 1, 1)))
    return softmax(offset + pace * grid[:, None] * np.array([-8.0, 8 / 3, 0, 0]))


def individual(steepness: float, spread: float) -> Draw:
    """Each picture has its own threshold; two rivals, equal on average, share what is lost.

    Equal rivals are the hard case: the mean curve's switch is then biased in every sample.
    """

    def draw(generator: np.random.Generator, size: int, grid: Floats) -> Floats:
        threshold = 0.45 * np.exp(generator.normal(0, spread, (size, 1)))
        own = 1 / (1 + np.exp(-steepness * (threshold - grid)))
        share = 1 / (1 + np.exp(-generator.normal(0, 2, (size, 1))))
        return np.stack([own, (1 - own) * share, (1 - own) * (1 - share)], axis=-1)

    return draw


def restless(generator: np.random.Generator, size: int, grid: Floats) -> Floats:
    """Weak classifier, right in 56 %, whose pictures change their minds from step to step."""
    mean = np.array([1.6, 0, 0, 0]) + grid[:, None] * np.array([-5.0, 2, 0, 0])
    own = generator.normal(0, 1, (size, 1, 4))
    return softmax(mean + own + generator.normal(0, 1.2, (size, len(grid), 4)))


@dataclass(frozen=True)
class Population:
    draw: Draw
    points: int

    @property
    def grid(self) -> Floats:
        return np.linspace(0, 1, self.points)


POPULATIONS = {
    "gaussian": Population(gaussian, 21),
    "gaussian, coarse grid": Population(gaussian, 6),
    "individual": Population(individual(12, 0.35), 21),
    "individual, sharp": Population(individual(80, 0.25), 11),
    "restless": Population(restless, 11),
    "alike": Population(individual(40, 0.06), 11),
}
CELLS = [(name, size) for name in POPULATIONS for size in (10, 25)]


@dataclass(frozen=True)
class Truth:
    softmax: Floats
    accuracy: Floats
    switch: float
    half: float


@cache
def truth(name: str) -> Truth:
    population, generator = POPULATIONS[name], np.random.default_rng(99)
    parts = [population.draw(generator, POPULATION // 20, population.grid) for _ in range(20)]
    mean = np.mean([part.mean(axis=0) for part in parts], axis=0)
    accuracy = np.mean([(part.argmax(axis=-1) == 0).mean(axis=0) for part in parts], axis=0)
    margins = mean[:, :1] - mean[:, 1:]
    return Truth(
        mean,
        accuracy.clip(0, 1),
        float(first_crossing(margins, population.grid).coordinate),
        float(first_crossing((accuracy - accuracy[0] / 2)[:, None], population.grid).coordinate),
    )


@dataclass(frozen=True)
class Coverage:
    half: float
    accuracy: Floats
    softmax: Floats


@cache
def coverage(name: str, size: int) -> Coverage:
    population, known = POPULATIONS[name], truth(name)
    grid, generator = population.grid, np.random.default_rng(5)
    held: dict[str, list[object]] = {"half": [], "accuracy": [], "softmax": []}

    def record(kind: str, limits: tuple[object, object], value: object) -> None:
        low, high = np.asarray(limits[0]), np.asarray(limits[1])
        # Softmax nearer than 1e-6 to 0 or 1 is the same number to float32.
        held[kind].append((low - 1e-6 <= value) & (value <= high + 1e-6))

    for number in range(SIMULATIONS):
        drawn = population.draw(generator, size, grid)
        right = drawn.argmax(axis=-1) == 0
        seeded = {"resamples": 1000, "seed": number % 20}
        record("half", half_accuracy_interval(right, grid, **seeded), known.half)
        record("accuracy", proportion_interval(right.sum(axis=0), size), known.accuracy)
        record("softmax", mean_interval(drawn, **seeded), known.softmax)
    mean = {kind: np.mean(np.array(values), axis=0) for kind, values in held.items()}
    return Coverage(**mean)


@pytest.mark.parametrize(("name", "size"), CELLS)
def test_switch_threshold(name: str, size: int) -> None:
    population, generator, covered = POPULATIONS[name], np.random.default_rng(5), []
    for _ in range(SIMULATIONS):
        found = switch_interval(population.draw(generator, size, population.grid), population.grid)
        covered.append(found.inner <= truth(name).switch <= found.outer)
    assert np.mean(covered) >= 0.92 - 2 * np.sqrt(0.92 * 0.08 / len(covered))


@pytest.mark.parametrize(("name", "size"), [cell for cell in CELLS if cell[0] != "alike"])
def test_half_accuracy(name: str, size: int) -> None:
    assert covers(coverage(name, size).half)


@pytest.mark.parametrize("size", [10, 25])
def test_half_accuracy_within_one_step_of_the_grid_is_not_called_certain(size: int) -> None:
    # All pictures fall between two neighbours of the grid: nothing finer can be known, and the
    # interval may only be too wide. An ordinary bootstrap covers 51 % here with ten pictures.
    assert covers(coverage("alike", size).half, 1.0)


@pytest.mark.parametrize(("name", "size"), CELLS)
def test_accuracy_at_a_magnitude(name: str, size: int) -> None:
    between = (truth(name).accuracy > 0.05) & (truth(name).accuracy < 0.95)
    covered = coverage(name, size).accuracy
    assert covers(covered[between].mean())
    assert covered.min() >= 0.92 - slack(0.92, 4.0)  # the least of many magnitudes


@pytest.mark.parametrize(("name", "size"), CELLS)
def test_mean_softmax_at_a_magnitude(name: str, size: int) -> None:
    known, covered = truth(name).softmax, coverage(name, size).softmax
    assert covers(covered[(known > 0.05) & (known < 0.95)].mean())
    assert covered.min() >= 0.92 - slack(0.92, 4.0)  # the least of many magnitudes


@pytest.mark.parametrize("size", [10, 25])
@pytest.mark.parametrize("name", ["gaussian", "individual", "individual, sharp"])
def test_area_of_two_transforms(name: str, size: int) -> None:
    """Both transforms hurt, each by its own measure: an ellipse, cut by the grid."""
    axis = np.linspace(-1, 1, 11)
    first, second = np.meshgrid(axis, axis, indexing="ij")
    away = np.hypot(0.9 * first + 0.06 * second, 0.6 * second - 0.04 * first).ravel()
    weights, draw = np.full(away.size, 1 / away.size), POPULATIONS[name].draw

    def area(mean: Floats) -> float:
        return float((mean[:, 0] > mean[:, 1:].max(axis=1)) @ weights)

    generator = np.random.default_rng(9)
    expected = area(np.mean([draw(generator, 5000, away).mean(axis=0) for _ in range(20)], axis=0))
    covered = []
    for _ in range(SIMULATIONS):
        drawn = draw(generator, size, away)
        low, high = area_interval(drawn, weights)
        covered.append(low <= expected <= high)
    assert covers(np.mean(covered), most=1.0)


@pytest.mark.parametrize("size", [5, 10, 25])
@pytest.mark.parametrize("count", [2, 5, 15])
def test_area_beside_several_rivals(count: int, size: int) -> None:
    """As many rivals, each first for some pictures: a resample's own area is too small."""
    axis = np.linspace(-1, 1, 9)
    first, second = np.meshgrid(axis, axis, indexing="ij")
    away = np.hypot(0.9 * first + 0.06 * second, 0.6 * second - 0.04 * first).ravel()
    weights, generator = np.full(away.size, 1 / away.size), np.random.default_rng(9)

    def draw(size: int) -> Floats:
        own = 0.45 * np.exp(generator.normal(0, 0.35, (size, 1)))
        lead = 1 / (1 + np.exp(-12 * (own - away)))
        shares = softmax(generator.normal(0, 2, (size, 1, count)))
        return np.concatenate([lead[..., None], (1 - lead)[..., None] * shares], axis=-1)

    mean = np.mean([draw(1000).mean(axis=0) for _ in range(15)], axis=0)
    expected = float((mean[:, 0] > mean[:, 1:].max(axis=1)) @ weights)
    covered = [
        low <= expected <= high
        for low, high in (area_interval(draw(size), weights) for _ in range(SIMULATIONS))
    ]
    assert covers(np.mean(covered), most=1.0)


SMOOTH = np.linalg.cholesky(
    np.exp(-0.5 * (np.subtract.outer(np.arange(19), np.arange(19)) / 3) ** 2) + 1e-8 * np.eye(19)
)
"""Pictures' own deviations along 19 magnitudes, smooth over three of them."""


@pytest.mark.parametrize("size", [5, 10, 25, 50])
def test_half_accuracy_where_accuracy_stays_a_little_above_half(size: int) -> None:
    """0.58 over ten magnitudes, of which any may seem to fall below half of ten pictures."""
    accuracy = np.r_[0.98, 0.85, 0.7, np.full(10, 0.58), np.linspace(0.55, 0.2, 6)]
    grid = np.arange(0, 181, 10.0)
    truth = float(first_crossing((accuracy - accuracy[0] / 2)[:, None], grid).coordinate)
    generator, level, covered = np.random.default_rng(8), stats.norm.ppf(accuracy), []
    for number in range(4 * SIMULATIONS):
        right = generator.normal(size=(size, 19)) @ SMOOTH.T < level
        low, high = half_accuracy_interval(right, grid, resamples=500, seed=number % 10)
        covered.append(low <= truth <= high)
    print(f"half accuracy on a plateau, {size} pictures: {np.mean(covered):.3f}")
    assert np.mean(covered) >= (0.86 if size < 10 else 0.92) - slack(0.92) / 2


@pytest.mark.parametrize("size", [6, 12, 25])
def test_what_never_switches_is_hardly_ever_found_to(size: int) -> None:
    """A class ahead of its rival by a little over the whole range, pictures' margins nearly independent."""
    grid, generator, found = np.arange(0.0, 19), np.random.default_rng(size), []
    for _ in range(6 * SIMULATIONS):
        logit = np.r_[3.0, np.full(18, 0.1)] + generator.normal(0, 1, (size, 19))
        own = 1 / (1 + np.exp(-logit))
        switch = switch_interval(np.stack([own, 1 - own], axis=-1), grid)
        found.append(switch.p_no_switch <= 0.025)
    # So few as six underestimate their spread now and then: 0.05, as docs/method.md says.
    stated = 0.05 if size < 10 else 0.025
    assert np.mean(found) <= stated + 2 * np.sqrt(stated * (1 - stated) / len(found))
