"""Statements about the same pictures before and after: tests in pairs, and their level."""

import claims_tables as made
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from invariances.claims.learned import accuracy_lost
from invariances.claims.screening import relative


def test_losses_are_paired():
    """As many pictures gained as lost: nothing is lost, however often predictions flip."""
    table = made.evaluation(images=100)[-1:].assign(lost=10, gained=10)
    found = accuracy_lost(table)
    assert found.value == 0
    # Bonett and Price by hand: 1.96 sqrt((11 + 11) / 102 / 102)
    assert found.high == pytest.approx(1.96 * np.sqrt(22) / 102, rel=1e-3)
    still = accuracy_lost(table.assign(lost=0, gained=0))
    assert still.high == pytest.approx(1.96 * np.sqrt(2) / 102, rel=1e-3)


def test_a_relative_softmax_is_tested_in_pairs():
    """The p-values are those of SciPy's paired t-test."""
    generator = np.random.default_rng(4)
    base = generator.uniform(0.3, 1, 12)
    turned = 0.8 * base + generator.normal(0, 0.05, 12)
    rows = {"mean_softmax": turned.mean(), "softmax_deviation": turned.std(ddof=1), "images": 12}
    rows |= {"identity_covariance": np.cov(base, turned)[0, 1], "identity_softmax": base.mean()}
    found = relative(pd.DataFrame([rows | {"identity_deviation": base.std(ddof=1)}]), 0.75)
    expected = stats.ttest_rel(turned, 0.75 * base, alternative="greater").pvalue
    assert found.p_below[0] == pytest.approx(max(expected, 2.0**-12))
    assert not found.below[0]


def test_a_softmax_just_at_the_limit_is_seldom_called_constant():
    """C3b's level: every picture keeps three quarters on average at each of 37 angles."""
    generator, supported, sure = np.random.default_rng(5), [], []
    for _ in range(400):
        base = generator.beta(8, 2, (12, 1))
        for part, found in ((0.75, supported), (1.0, sure)):
            turned = base * np.clip(part + generator.normal(0, 0.08, (12, 37)), 0, 1.2)
            table = pd.DataFrame(
                {
                    "mean_softmax": turned.mean(axis=0),
                    "softmax_deviation": turned.std(axis=0, ddof=1),
                    "identity_covariance": [np.cov(base[:, 0], row)[0, 1] for row in turned.T],
                    "identity_softmax": base.mean(),
                    "identity_deviation": base.std(ddof=1),
                    "images": 12,
                }
            )
            found.append(relative(table, 0.75).p_somewhere_below <= 0.025)
    assert np.mean(supported) <= 0.025 + 2 * np.sqrt(0.025 * 0.975 / 400)
    assert np.mean(sure) >= 0.9


@pytest.mark.parametrize("pictures", [6, 8, 10, 12])
def test_a_class_of_which_some_collapse_is_seldom_called_constant(pictures):
    """27 of a hundred pictures lose everything half way; six or eight may well hold none of them."""
    generator, found = np.random.default_rng(pictures), []
    for _ in range(400):
        base = generator.beta(18, 2, (pictures, 1))
        turned = base * np.clip(1 + generator.normal(0, 0.03, (pictures, 37)), 0, 1.05)
        turned[generator.random(pictures) < 0.27, 10:26] = 0.02
        table = pd.DataFrame(
            {
                "mean_softmax": turned.mean(axis=0),
                "softmax_deviation": turned.std(axis=0, ddof=1),
                "identity_covariance": [np.cov(base[:, 0], row)[0, 1] for row in turned.T],
                "identity_softmax": base.mean(),
                "identity_deviation": base.std(ddof=1),
                "images": pictures,
            }
        )
        found.append(relative(table, 0.75).p_somewhere_below <= 0.025)
    # Twelve may be called so if they hold none of them, or one.
    stated = 0.04 if pictures > 10 else 0.025
    assert np.mean(found) <= stated + 2 * np.sqrt(stated * (1 - stated) / 400)
