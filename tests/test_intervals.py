"""Intervals of means, proportions and medians against closed forms, SciPy, and degenerate samples."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from invariances.statistics import (
    bootstrap,
    censored_median,
    dirichlet_weights,
    expanded_tail,
    mean_interval,
    multinomial_weights,
    percentile_interval,
    proportion_interval,
)


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


@given(st.integers(1, 60), st.floats(0.5, 0.99))
def test_median_interval_is_scipys(count: int, level: float) -> None:
    # Where a rank misses with just the probability allowed SciPy takes the next one outwards.
    misses = stats.binom.cdf(np.arange(count), count, 0.5)
    assume(np.abs(misses - (1 - level) / 2).min() > 1e-9)
    values = np.arange(1.0, count + 1)
    found = censored_median(values, [False] * count, count + 1.0, level)
    expected = stats.quantile_test(values, p=0.5).confidence_interval(level)
    # SciPy calls a limit that the sample does not hold infinite, or not a number.
    low = expected.low if np.isfinite(expected.low) else 0.0
    high = expected.high if np.isfinite(expected.high) else count + 1.0
    assert found.estimate == np.median(values)
    assert (found.low, found.high) == (low, high)


def test_median_beyond_the_range_is_a_bound() -> None:
    median = censored_median([1.0, 4, 4, 4, 4, 4, 4, 4], [False] + [True] * 7, 4.0)
    assert (median.estimate, median.censored, median.high, median.high_open) == (4, True, 4, True)
    none = censored_median([4.0] * 8, [True] * 8)
    assert (none.estimate, none.low, none.censored, none.events) == (4, 4, True, 0)
    half = censored_median([1.0, 2, 4, 4], [False, False, True, True], 4.0)
    assert (half.estimate, half.censored) == (3, False)


def test_five_values_bound_no_median() -> None:
    for count in range(1, 6):
        median = censored_median(np.arange(1.0, count + 1), [False] * count, 9.0)
        assert (median.low, median.high) == (0, 9)
        assert median.low_open and median.high_open
    six = censored_median(np.arange(1.0, 7), [False] * 6, 9.0)
    assert (six.low, six.high, six.low_open, six.high_open) == (1, 6, False, False)


@pytest.mark.parametrize(
    ("values", "censored"), [([], []), ([1.0], [True, False]), ([np.nan], [False])]
)
def test_median_refuses(values: list[float], censored: list[bool]) -> None:
    with pytest.raises(ValueError, match="values"):
        censored_median(values, censored)


def test_gaffkes_bound_of_equal_values_is_known_on_paper() -> None:
    # All ones: the unseen share is Beta(1, n), so the lower limit is the quantile 0.025^(1 / n).
    for count in (2, 3, 5, 9):
        low, high = mean_interval(np.ones((count, 1)), resamples=40_000)
        assert low[0] == pytest.approx(0.025 ** (1 / count), abs=0.01)
        assert high[0] == 1
