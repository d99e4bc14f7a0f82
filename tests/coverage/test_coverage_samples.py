"""How often intervals of plain samples hold the truth: proportions, medians, differences, correlations."""

import numpy as np
import pytest
from covering import POPULATION, SIMULATIONS, Floats, covers
from scipy import stats

from invariances.statistics import (
    censored_median,
    paired_difference,
    proportion_interval,
    spearman,
)


@pytest.mark.parametrize("size", [10, 25, 50])
def test_mid_p_interval_covers_every_proportion(size: int) -> None:
    low, high = proportion_interval(np.arange(size + 1), size)
    proportion = np.linspace(0.001, 0.999, 999)
    chance = stats.binom.pmf(np.arange(size + 1)[:, None], size, proportion)
    covered = (chance * ((low[:, None] <= proportion) & (proportion <= high[:, None]))).sum(axis=0)
    assert covered.min() >= 0.92
    assert 0.95 <= covered.mean() <= 0.97


@pytest.mark.parametrize("size", [10, 25])
@pytest.mark.parametrize("end", [0.55, 2.0], ids=["a third censored", "none censored"])
def test_median_of_censored_thresholds(size: int, end: float) -> None:
    generator = np.random.default_rng(11)
    covered = []
    for _ in range(2 * SIMULATIONS):
        threshold = 0.45 * np.exp(generator.normal(0, 0.5, size))
        median = censored_median(np.minimum(threshold, end), threshold > end, end)
        covered.append(median.low <= 0.45 and (median.high >= 0.45 or median.high_open))
    assert covers(np.mean(covered), 0.995)


@pytest.mark.parametrize("size", [10, 25])
def test_paired_difference_of_two_networks(size: int) -> None:
    def draw(generator: np.random.Generator, number: int) -> tuple[Floats, Floats]:
        common = generator.normal(0, 0.4, number)
        first = 0.5 * np.exp(common + generator.normal(0, 0.25, number))
        second = 0.4 * np.exp(common + generator.normal(0, 0.25, number))
        return np.minimum(first, 0.8), np.minimum(second, 0.8)

    one, two = draw(np.random.default_rng(3), POPULATION)
    expected, generator, covered = float((one - two).mean()), np.random.default_rng(4), []
    for number in range(SIMULATIONS):
        found = paired_difference(*draw(generator, size), 0.8, resamples=1000, seed=number % 20)
        covered.append(found.low <= expected <= found.high)
    assert covers(np.mean(covered), 0.995)


@pytest.mark.parametrize("clusters", [13, 25])
def test_rank_correlation_over_clustered_cells(clusters: int) -> None:
    """Cells of a class share an effect; five transforms a class."""

    def draw(generator: np.random.Generator, number: int) -> tuple[Floats, Floats]:
        common = generator.normal(0, 1, (number, 1)) + generator.normal(0, 0.7, (number, 5))
        noise = [
            generator.normal(0, 0.5, (number, 1)) + generator.normal(0, 0.5, (number, 5))
            for _ in range(2)
        ]
        return (common + noise[0]).ravel(), (common + noise[1]).ravel()

    one, two = draw(np.random.default_rng(7), 40_000)
    expected = float(stats.spearmanr(one, two).statistic)
    label, generator, covered = np.repeat(np.arange(clusters), 5), np.random.default_rng(8), []
    for number in range(SIMULATIONS):
        found = spearman(
            *draw(generator, clusters), clusters=label, resamples=500, seed=number % 20
        )
        covered.append(found.low <= expected <= found.high)
    assert covers(np.mean(covered), 0.995)
