"""Many tests at once: Holm, Westfall and Young, Simes, against calculations by hand."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from invariances.statistics import (
    holm,
    share_interval,
    surely_false,
    westfall_young,
)


def test_westfall_young_of_one_row_is_the_sign_flip_test() -> None:
    difference = np.array([0.3, 0.5, -0.1, 0.4, 0.2, 0.6, -0.2, 0.3])
    adjusted, least = westfall_young([(np.arange(8), difference)])
    test = stats.permutation_test((difference,), np.mean, permutation_type="samples")
    assert adjusted[0] == pytest.approx(test.pvalue)
    assert least[0] == pytest.approx(2 / 2**8)


def test_westfall_young_pays_for_no_copy_and_holds_its_level() -> None:
    generator = np.random.default_rng(2)
    difference = generator.normal(0.9, 1, 10)
    once, _ = westfall_young([(np.arange(10), difference)])
    thrice, _ = westfall_young([(np.arange(10), difference * scale) for scale in (1, 2, -3)])
    np.testing.assert_allclose(thrice, once[0])
    found = []
    for _ in range(300):
        rows = generator.normal(0, 1, (6, 9)) + generator.normal(0, 1, 9)
        adjusted, _ = westfall_young([(np.arange(9), row) for row in rows])
        found.append(adjusted.min() <= 0.05)
    assert np.mean(found) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_surely_false_by_hand() -> None:
    assert surely_false([0.001, 0.002, 0.5, 0.9], 0.05) == 2
    assert surely_false([float("nan"), 0.9, 0.8], 0.05) == 0
    assert surely_false([0.03, 0.04, 0.045, 0.049], 0.05) == 4  # Simes where Holm finds none
    assert surely_false([0.2, 0.9], 0.05) == 0


def test_share_of_cells_covers_in_the_worst_of_cases() -> None:
    """Twenty cells of which some surely hold, some just do not: the number claimed is no excess."""
    generator, covered = np.random.default_rng(3), []
    for _ in range(500):
        score = generator.normal(np.repeat([4.0, 0.0, -4.0], [8, 6, 6]))
        low, high = share_interval(stats.norm.sf(score), stats.norm.cdf(score), 0.95)
        covered.append(low <= 8 / 20 <= high)
    assert np.mean(covered) >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 500)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.9, 0.8]), [1, 1])
    assert holm([]).shape == (0,)
    with pytest.raises(ValueError, match="p-values"):
        holm([0.1, np.nan])


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_surely_false_is_closed_testing_with_simes_tests(count: int) -> None:
    """Against its definition: the largest of all subsets of hypotheses that Simes' test does not reject."""
    generator = np.random.default_rng(count)
    for level in (0.025, 0.2):
        for _ in range(20):
            values = np.round(generator.beta(0.4, 1, count), 2)  # many small ones, and ties
            kept = [
                size
                for size in range(1, count + 1)
                for subset in combinations(np.sort(values), size)
                if all(p > level * (place + 1) / size for place, p in enumerate(subset))
            ]
            assert surely_false(values, level) == count - max(kept, default=0)
