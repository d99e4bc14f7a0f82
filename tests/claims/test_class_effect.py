"""How much of pictures' thresholds classes explain: SciPy's statistic, coverage, what cannot be told."""

import numpy as np
import pytest
from scipy import stats

from invariances.claims.effects import Effect, class_effect


def test_class_effect_is_kruskal_and_wallis():
    generator = np.random.default_rng(0)
    values = generator.normal(size=60) + np.repeat([0.0, 0.5, 1.0], 20)
    values = values.clip(None, 1.2)  # ties at the range's end
    classes = np.repeat(["a", "b", "c"], 20)
    statistic = stats.kruskal(*np.split(values, [20, 40])).statistic
    assert class_effect(values, classes).value == pytest.approx((statistic - 2) / 57)
    mixed = generator.permutation(60)  # classes need not stand together
    assert class_effect(values[mixed], classes[mixed]).value == pytest.approx((statistic - 2) / 57)


def test_class_effect_covers_the_truth():
    generator = np.random.default_rng(1)

    def draw(count):
        return generator.normal(size=(4, count)) + np.array([[0.0], [0.3], [0.6], [0.9]])

    names = np.repeat(np.arange(4), 5000)
    truth = class_effect(draw(5000).ravel(), names, resamples=2).value
    found = [
        class_effect(draw(12).ravel(), np.repeat(np.arange(4), 12), resamples=200)
        for _ in range(200)
    ]
    covered = np.mean([effect.low <= truth <= effect.high for effect in found])
    assert 0.91 <= covered <= 0.99
    assert np.mean([effect.value for effect in found]) == pytest.approx(truth, abs=0.03)


@pytest.mark.parametrize(
    ("values", "classes", "expected"),
    [
        ([1.0, 1.0, 1.0, 1.0], "aabb", (0, 0, 1)),  # nothing flips within range
        ([1.0, 2.0], "ab", None),  # a picture each
        ([1.0, 2.0], "aa", None),
        ([], "", None),
    ],
)
def test_class_effect_says_when_it_cannot_tell(values, classes, expected):
    effect = class_effect(np.array(values), np.array(list(classes)))
    assert effect == (None if expected is None else Effect(*expected, np.inf, 2))


@pytest.mark.filterwarnings("error")
def test_resamples_that_all_tie_do_not_count_in_the_effect():
    """One picture of thirty-three flips: a third of the resamples miss it, and rounding is no variance."""
    for count in (11, 13, 17):
        values = np.full(3 * count, 0.3)
        values[0] = 0.1
        effect = class_effect(values, np.repeat([0, 1, 2], count))
        assert np.isfinite([effect.low, effect.high, effect.error]).all()
        assert effect.error < 0.3


@pytest.mark.parametrize("sizes", [(12,) * 4, (5, 5, 10, 25, 25), (5,) * 13])
@pytest.mark.parametrize("censored", [0.0, 0.8])
def test_class_effect_covers_under_censoring_and_in_unequal_groups(sizes, censored):
    generator, names = np.random.default_rng(2), np.repeat(np.arange(len(sizes)), sizes)
    centre = 0.26 * np.linspace(-1.7, 1.7, len(sizes))[names]

    def draw(copies):
        return np.repeat(centre, copies) + generator.normal(size=copies * len(names))

    many = draw(3000)
    end = np.quantile(many, 1 - censored)
    whole = np.repeat(names, 3000)
    truth = class_effect(many.clip(None, end), whole, resamples=2).value
    covered = []
    for number in range(150):
        values = draw(1).clip(None, end)
        found = class_effect(values, names, resamples=200, seed=number)
        covered.append(found.low <= truth <= found.high)
    assert np.mean(covered) >= 0.92 - 2 * np.sqrt(0.92 * 0.08 / 150)


def test_classes_apart_altogether_have_a_finite_effect():
    effect = class_effect(np.arange(40.0), np.repeat([0, 1], 20))
    assert 0.5 < effect.low < effect.value <= effect.high < 1
