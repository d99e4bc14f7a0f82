"""Paired differences and rank correlations against SciPy, and degenerate samples."""

import numpy as np
import pytest
from scipy import stats

from invariances.statistics import (
    paired_difference,
    spearman,
)
from invariances.statistics.paired import _weighted_spearman


def test_paired_difference_finds_a_shift_and_counts_pairs() -> None:
    generator = np.random.default_rng(0)
    first = generator.normal(5, 2, 20)
    found = paired_difference(
        first, first - 1 + generator.normal(0, 0.2, 20), 12, censored=[True] + [False] * 19
    )
    assert found.low < 1 < found.high
    assert found.p_value < 0.001
    assert (found.count, found.limited) == (20, 1)
    exact = paired_difference([2.0, 3, 4, 5], [1.0, 1, 1, 1], 6)
    assert exact.p_value == pytest.approx(2 / 16)  # the two extreme of 2^4 sign patterns


def test_paired_difference_of_equals_and_of_one() -> None:
    same = paired_difference([1.0, 2, 3], [1.0, 2, 3], 4)
    assert (same.estimate, same.p_value) == (0, 1)
    assert -0.4 < same.low < 0 < same.high < 0.4  # alike, and yet not certain
    censored = paired_difference([4.0, 4, 4], [4.0, 4, 4], 4, censored=[True] * 3)
    assert np.isnan([censored.estimate, censored.low, censored.high, censored.p_value]).all()
    single = paired_difference([2.0], [1.0], 4)
    assert (single.low, single.high, single.p_value) == (-np.inf, np.inf, 1.0)
    with pytest.raises(ValueError, match="same pictures"):
        paired_difference([1.0], [1.0, 2.0], 4)
    with pytest.raises(ValueError, match="finite"):
        paired_difference([np.inf, 1], [1.0, 2.0], 4)


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
