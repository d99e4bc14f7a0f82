"""Intervals, survival and comparisons against closed forms, SciPy, and degenerate samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from invariances.statistics import (
    bootstrap,
    dirichlet_weights,
    expanded_tail,
    holm,
    mean_interval,
    multinomial_weights,
    paired_difference,
    percentile_interval,
    proportion_interval,
    spearman,
    survival_median,
)
from invariances.statistics.comparison import _weighted_spearman


def test_weights_are_resamples_and_the_same_for_the_same_seed() -> None:
    weights = multinomial_weights(7, 100, seed=3)
    assert weights.shape == (100, 7)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_allclose(weights * 7, np.round(weights * 7), atol=1e-12)
    multinomial_weights.cache_clear()
    np.testing.assert_array_equal(weights, multinomial_weights(7, 100, seed=3))
    assert not np.array_equal(weights, multinomial_weights(7, 100, seed=4))


def test_dirichlet_weights_give_the_extreme_half_a_picture() -> None:
    weights = dirichlet_weights(9, 20_000, seed=1)
    assert weights.shape == (20_000, 10)
    assert weights[:, :9].mean() == pytest.approx(1 / 9.5, rel=0.02)
    assert weights[:, 9].mean() == pytest.approx(0.5 / 9.5, rel=0.05)


@pytest.mark.parametrize("call", [multinomial_weights, dirichlet_weights])
def test_weights_refuse_no_pictures(call: object) -> None:
    with pytest.raises(ValueError, match="positive"):
        call(0, 10)  # type: ignore[operator]


def test_expanded_percentiles_of_a_mean_are_as_wide_as_t() -> None:
    sample = np.random.default_rng(0).normal(3, 1, 12)
    low, high = percentile_interval(multinomial_weights(12, 50_000) @ sample, 12)
    expected = stats.t.interval(0.95, 11, sample.mean(), stats.sem(sample))
    # Resampled means have lighter tails than the normal, hence the tolerance.
    assert float(high - low) == pytest.approx(expected[1] - expected[0], rel=0.06)
    assert expanded_tail(12) < 0.025
    with pytest.raises(ValueError, match="at least two"):
        expanded_tail(1)


def test_bootstrap_takes_arrays_and_undefined_resamples() -> None:
    sample = np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0], [6.0, 1.0]])

    def ratio(weights: np.ndarray) -> np.ndarray:
        means = weights @ sample
        return np.where(weights[:, :1] > 0, means, np.nan)

    estimate, low, high = bootstrap(ratio, 4, resamples=500)
    np.testing.assert_allclose(estimate, [3, 1])
    assert low[0] < 3 < high[0]
    np.testing.assert_allclose([low[1], high[1]], 1)

    def never(weights: np.ndarray) -> np.ndarray:
        return np.where((weights > 0).all(axis=1), 1.0, np.nan)

    assert np.isnan(bootstrap(never, 4, resamples=500)[1])


def test_proportion_of_all_right_is_not_certain() -> None:
    low, high = proportion_interval([25, 0, 10], 25)
    # No failure in n: half of p^n is the tail, so p = 0.05^(1/n).
    assert float(low[0]) == pytest.approx(0.05 ** (1 / 25))
    assert (float(high[0]), float(low[1])) == (1.0, 0.0)
    assert float(high[1]) == pytest.approx(1 - 0.05 ** (1 / 25))
    tail = stats.binom.cdf(9, 25, low[2]) + 0.5 * stats.binom.pmf(10, 25, low[2])
    assert tail == pytest.approx(0.975)


@given(st.integers(1, 60), st.data())
def test_proportion_interval_lies_within_clopper_and_pearson(
    trials: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = proportion_interval(successes, trials)
    exact = stats.binomtest(successes, trials).proportion_ci(method="exact")
    assert exact.low - 1e-9 <= low <= successes / trials <= high <= exact.high + 1e-9
    other = proportion_interval(trials - successes, trials)
    assert float(low) == pytest.approx(1 - float(other[1]), abs=1e-9)


def test_proportion_refuses_more_successes_than_trials_and_knows_nothing_of_none() -> None:
    with pytest.raises(ValueError, match="between"):
        proportion_interval(3, 2)
    low, high = proportion_interval(0, 0)
    assert (float(low), float(high)) == (0.0, 1.0)


def test_mean_interval_of_zeros_and_ones_is_jeffreys() -> None:
    sample = np.array([1.0] * 16 + [0.0] * 4)
    low, high = mean_interval(sample, resamples=40_000)
    expected = stats.beta.ppf([0.025, 0.975], [16.0, 16.5], [4.5, 4.0])
    # One-sided extremes: each limit has half a picture at its own side only.
    np.testing.assert_allclose([low, high], expected, atol=0.005)


def test_mean_interval_degenerates_honestly() -> None:
    low, high = mean_interval(np.full((10, 3), 0.25))
    np.testing.assert_allclose([low, high], 0.25)
    low, high = mean_interval(np.full((1, 3), 0.25))
    np.testing.assert_array_equal([low, high], [[0] * 3, [1] * 3])


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12))
def test_mean_interval_holds_the_mean_within_the_unit(sample: list[float]) -> None:
    low, high = mean_interval(np.array(sample), resamples=200)
    assert -1e-12 <= low <= np.mean(sample) <= high <= 1 + 1e-12


def test_kaplan_meier_median_of_a_textbook_sample() -> None:
    # Remission times (weeks) under 6-MP, Kalbfleisch & Prentice: median 23, 95 % from 13, open above.
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    censored = [0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
    median = survival_median(times, np.array(censored, bool))
    assert (median.estimate, median.low, median.events) == (23, 13, 9)
    assert not median.censored and median.high_open and median.high == 35


def test_kaplan_meier_without_censoring_is_the_median() -> None:
    assert survival_median([3.0, 1, 2, 5, 4], [False] * 5).estimate == 3
    assert survival_median([3.0, 1, 2, 5, 4, 6], [False] * 6).estimate == 3.5


def test_median_beyond_the_range_is_a_bound() -> None:
    median = survival_median([1.0, 4, 4, 4, 4, 4, 4, 4], [False] + [True] * 7, 4.0)
    assert (median.estimate, median.censored, median.high, median.high_open) == (4, True, 4, True)
    none = survival_median([4.0] * 8, [True] * 8)
    assert (none.estimate, none.low, none.censored, none.events) == (4, 4, True, 0)


def test_few_values_bound_nothing_from_below() -> None:
    for count in (1, 2, 3, 4):
        median = survival_median(np.arange(1.0, count + 1), [False] * count, 9.0)
        assert median.low == 0
        assert median.high_open


@pytest.mark.parametrize(
    ("values", "censored"), [([], []), ([1.0], [True, False]), ([np.nan], [False])]
)
def test_survival_refuses(values: list[float], censored: list[bool]) -> None:
    with pytest.raises(ValueError, match="values"):
        survival_median(values, censored)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.9, 0.8]), [1, 1])
    assert holm([]).shape == (0,)
    with pytest.raises(ValueError, match="p-values"):
        holm([0.1, np.nan])


def test_paired_difference_finds_a_shift_and_counts_pairs() -> None:
    generator = np.random.default_rng(0)
    first = generator.normal(5, 2, 20)
    found = paired_difference(
        first, first - 1 + generator.normal(0, 0.2, 20), censored=[True] + [False] * 19
    )
    assert found.low < 1 < found.high
    assert found.p_value < 0.001
    assert (found.count, found.limited) == (20, 1)
    exact = paired_difference([2.0, 3, 4, 5], [1.0, 1, 1, 1])
    assert exact.p_value == pytest.approx(2 / 16)  # the two extreme of 2^4 sign patterns


def test_paired_difference_of_equals_and_of_one() -> None:
    same = paired_difference([1.0, 2, 3], [1.0, 2, 3])
    assert (same.estimate, same.low, same.high, same.p_value) == (0, 0, 0, 1)
    single = paired_difference([2.0], [1.0])
    assert (single.low, single.high, single.p_value) == (-np.inf, np.inf, 1.0)
    with pytest.raises(ValueError, match="same pictures"):
        paired_difference([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="finite"):
        paired_difference([np.inf, 1], [1.0, 2.0])


def test_spearman_is_scipys_with_ties() -> None:
    generator = np.random.default_rng(3)
    x = generator.integers(0, 6, 40)
    y = x + generator.integers(0, 6, 40)
    found = spearman(x, y, resamples=200)
    assert found.estimate == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found.low < found.estimate < found.high
    assert (found.count, found.clusters) == (40, 40)


def test_a_cell_drawn_twice_counts_as_two_cells() -> None:
    generator = np.random.default_rng(6)
    x, y = generator.integers(0, 9, (2, 50)).astype(float)
    strata, drawn = np.zeros(50, dtype=int), generator.integers(0, 4, (3, 50))
    found = _weighted_spearman(drawn.astype(float), x, y, strata)
    wanted = [stats.spearmanr(x.repeat(n), y.repeat(n)).statistic for n in drawn]
    np.testing.assert_allclose(found, wanted)


def test_strata_take_away_what_is_trivial() -> None:
    # Two transforms of very different scales, unrelated within each.
    generator = np.random.default_rng(4)
    scale = np.repeat([1.0, 100.0], 60)
    x, y = scale * generator.uniform(0.5, 1.5, (2, 120))
    assert spearman(x, y, resamples=100).estimate > 0.7
    assert abs(spearman(x, y, strata=scale, resamples=100).estimate) < 0.25


def test_clusters_widen_the_interval() -> None:
    generator = np.random.default_rng(5)
    x = np.repeat(generator.normal(size=12), 8)
    y = x + np.repeat(generator.normal(size=12), 8)
    cells = spearman(x, y, resamples=500)
    classes = spearman(x, y, clusters=np.repeat(np.arange(12), 8), resamples=500)
    assert classes.high - classes.low > 2 * (cells.high - cells.low)


def test_spearman_degenerates_honestly() -> None:
    assert np.isnan(spearman([1.0, 1, 1], [1.0, 2, 3]).estimate)
    few = spearman([1.0, 2, 3, 4], [1.0, 2, 4, 3], clusters=[0, 0, 1, 1])
    assert (few.low, few.high) == (-1, 1)
    perfect = spearman(np.arange(9.0), np.arange(9.0))
    assert perfect.low <= perfect.estimate <= perfect.high == pytest.approx(1)
    with pytest.raises(ValueError, match="same length"):
        spearman([1.0], [1.0])
