"""Do intervals cover in populations that were found hard? The lines printed are those of docs/method.md.

`COVERAGE_SIMULATIONS=300 python -m pytest tests/coverage -s` measures what docs/method.md says (minutes);
the default is a number of samples that takes seconds. An interval that is drawn open is no success: its
share is printed, and bounded where the method promises that it is not.
"""

from functools import cache

import numpy as np
import pytest
from populations import GRID, POPULATIONS
from proofs import asked

from invariances.statistics import mean_interval, paired_difference, spearman
from invariances.thresholds.crossings import first_crossing, half_accuracy_interval
from invariances.thresholds.switches import switch_interval

SIMULATIONS = int(asked("COVERAGE_SIMULATIONS", "40", "300"))
WHOLE = SIMULATIONS >= 300
SIZES = (3, 5, 10, 25, 50)


def slack(level=0.92):
    """Two standard errors of a simulation that finds this coverage."""
    return 2 * np.sqrt(level * (1 - level) / SIMULATIONS)


@cache
def truth(name):
    """Switch, half accuracy and mean curves of 100,000 pictures, linear between the grid's points."""
    draws = [POPULATIONS[name](np.random.default_rng(s), 1000) for s in range(100)]
    mean = np.mean([draw.mean(axis=0) for draw in draws], axis=0)
    accuracy = np.mean([(draw.argmax(axis=-1) == 0).mean(axis=0) for draw in draws], axis=0)
    switch = first_crossing(mean[:, :1] - mean[:, 1:], GRID).coordinate
    half = first_crossing((accuracy - accuracy[0] / 2)[:, None], GRID).coordinate
    return float(switch), float(half), mean


def report(what, name, size, limits, value):
    """Print one-sided coverage, median width, and the share of open intervals; return both coverages."""
    low, high, is_open = np.array(limits, dtype=float).T
    inner, outer = np.mean(low <= value + 1e-9), np.mean(high >= value - 1e-9)
    both = np.mean((low <= value + 1e-9) & (high >= value - 1e-9))
    print(
        f"{what} | {name} | {size} | {both:.2f} | {inner:.2f} | {outer:.2f} | "
        f"{np.median(high - low):.2f} | {np.median(low):.2f} | {is_open.mean():.2f}"
    )
    return both, is_open.mean()


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("size", SIZES)
def test_switch(name, size):
    generator, limits = np.random.default_rng(1), []
    for _ in range(SIMULATIONS):
        found = switch_interval(POPULATIONS[name](generator, size), GRID)
        limits.append((found.inner, found.outer, found.open))
    both, is_open = report("switch", name, size, limits, truth(name)[0])
    if size >= 5:
        assert both >= 0.92 - slack()
    if name == "2 rivals" and size >= 10:
        assert is_open <= 0.1 + 2 * np.sqrt(0.09 / SIMULATIONS)


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("size", SIZES if WHOLE else (5, 25))
def test_half_accuracy(name, size):
    generator, limits = np.random.default_rng(2), []
    for number in range(SIMULATIONS):
        right = POPULATIONS[name](generator, size).argmax(axis=-1) == 0
        inner, outer = half_accuracy_interval(right, GRID, resamples=500, seed=number % 10)
        limits.append((inner, outer, outer == GRID[-1]))
    both, _ = report("half accuracy", name, size, limits, truth(name)[1])
    if size >= 5:
        assert both >= 0.92 - slack()


@pytest.mark.parametrize(
    "name", POPULATIONS if WHOLE else ["2 rivals", "baseline .45", "non-monotone"]
)
@pytest.mark.parametrize("size", (3, 5, 9, 10, 25, 50) if WHOLE else (3, 5, 9, 10, 25))
def test_mean_softmax(name, size):
    """At every magnitude, of the class and of its rivals, at means of 0.001 to 0.99."""
    generator, mean = np.random.default_rng(3), truth(name)[2]
    covered = []
    for number in range(SIMULATIONS):
        sample = POPULATIONS[name](generator, size)
        low, high = mean_interval(sample, resamples=1000, seed=number % 10)
        covered.append((low <= mean + 1e-6) & (mean - 1e-6 <= high))
    worst = np.mean(covered, axis=0).min()
    print(f"mean softmax | {name} | {size} | {worst:.2f} at the worst magnitude")
    assert worst >= 0.92 - slack()


def log_normal(shift, spread, end):
    """Two networks' thresholds of the same pictures, censored at the range's end."""

    def draw(generator, number):
        common = generator.normal(0, 0.4, number)
        logs = [common + s + generator.normal(0, spread, number) for s in (0, shift)]
        return [np.minimum(0.5 * np.exp(log), end) for log in logs]

    return draw


DIFFERENT = {
    "apart": log_normal(-0.22, 0.25, 0.8),
    "half censored": log_normal(-0.1, 0.4, 0.5),
    "four fifths censored": log_normal(-0.1, 0.4, 0.36),
    "alike and censored": log_normal(-0.05, 0.05, 0.45),
}


@pytest.mark.parametrize("name", DIFFERENT)
@pytest.mark.parametrize("size", SIZES if WHOLE else (5, 25))
def test_paired_difference(name, size):
    one, two = DIFFERENT[name](np.random.default_rng(0), 400_000)
    reach = float(max(one.max(), two.max()))
    generator, limits = np.random.default_rng(4), []
    for number in range(SIMULATIONS):
        pair = DIFFERENT[name](generator, size)
        found = paired_difference(*pair, reach, resamples=500, seed=number % 10)
        if np.isfinite(found.low):
            limits.append((found.low, found.high, False))
    both, _ = report("difference", name, size, limits, float((one - two).mean()))
    if size >= 5:
        assert both >= 0.92 - slack()


@pytest.mark.parametrize("censored", [0.0, 0.5, 0.85])
@pytest.mark.parametrize(("classes", "transforms"), [(8, 1), (13, 1), (13, 5)])
def test_rank_correlation(classes, transforms, censored):
    """Two networks that agree with rho = .5, cells of a class hanging together; ties at the end."""
    share = np.sqrt([0.3, 0.2, 0.25, 0.25])

    def draw(generator, number):
        of_class, of_cell = (number, 1), (number, transforms)
        common = share[0] * generator.normal(size=of_class) + share[1] * generator.normal(
            size=of_cell
        )
        both = []
        for _ in range(2):
            own = share[2] * generator.normal(size=of_class) + share[3] * generator.normal(
                size=of_cell
            )
            both.append((common + own).clip(None, end).ravel())
        return both

    end = np.inf
    end = np.quantile(draw(np.random.default_rng(6), 40_000)[0], 1 - censored)
    from scipy import stats

    value = stats.spearmanr(*draw(np.random.default_rng(7), 40_000)).statistic
    generator, limits, label = (
        np.random.default_rng(8),
        [],
        np.repeat(np.arange(classes), transforms),
    )
    for number in range(SIMULATIONS):
        one, two = draw(generator, classes)
        tied = (one >= end) & (two >= end)
        found = spearman(one, two, clusters=label, tied=tied, resamples=200, seed=number % 10)
        if np.isfinite(found.estimate):
            limits.append((found.low, found.high, (found.low, found.high) == (-1, 1)))
    both, _ = report(
        "correlation", f"{censored:.0%} censored", f"{classes} x {transforms}", limits, value
    )
    assert both >= 0.92 - slack()
