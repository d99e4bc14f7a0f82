"""Pictures needed: the widths that a pilot promises are those of a run with so many pictures."""

import numpy as np
import pandas as pd
import pytest
from populations import GRID, POPULATIONS

from invariances.magnitudes import TransformAxis
from invariances.thresholds.crossings import half_accuracy_interval
from invariances.thresholds.planning import half_widths, pictures_needed, plan_table
from invariances.thresholds.switches import switch_interval

LINEAR = TransformAxis("rotate", "rotation", "", 0, "linear", (-100.0, 0.0, 100.0))
LOG = TransformAxis("zoom", "zoom", "", 1, "log", (0.25, 1.0, 4.0))


def row(transform, low, high, **more):
    cell = {
        "model": "net", "transform": transform, "class": "broom", "direction": "up", "images": 10,
        "low": low, "high": high, "censored": False, "interval": "Bonferroni's t",
        "half_accuracy_low": low, "half_accuracy_high": high, "half_accuracy_censored": False,
        "half_accuracy_interval": "Bayesian bootstrap",
    }  # fmt: skip
    return cell | more


def test_widths_are_shares_of_the_range_on_the_axis():
    table = pd.DataFrame(
        [
            row("rotate", 10, 30),
            row("zoom", 1, 2),
            row("rotate", 10, 100, interval="Bonferroni's t, far limit open"),
        ]
    )
    found = half_widths(table, {"rotate": LINEAR, "zoom": LOG}, "threshold")
    np.testing.assert_allclose(found[:2], [10 / 200, 0.5 / 4])
    assert np.isnan(found[2])
    assert list(pictures_needed(found, table["images"], 0.025)[:2]) == [40, 250]


def test_the_table_leaves_out_what_is_censored_and_counts_what_is_open():
    rows = [row("rotate", 10, 10 + 4 * number) for number in range(1, 10)]
    rows.append(row("rotate", 0, 100, censored=True))
    rows.append(row("rotate", 0, 100, interval="open"))
    found = plan_table(pd.DataFrame(rows), {"rotate": LINEAR}, 0.05).set_index("statistic")
    assert found.loc["threshold", "cells"] == 10
    assert found.loc["threshold", "open"] == pytest.approx(0.1)
    assert found.loc["threshold", "half_width"] == pytest.approx(0.05)
    assert found.loc["threshold", "needed"] == 10
    assert found.loc["threshold", "needed_by_nine_tenths"] > 25
    assert found.loc["half_accuracy", "cells"] == 11


def widths(name, size, statistic, samples):
    """Half-widths of intervals of `size` pictures, in shares of the range."""
    generator = np.random.default_rng(size)
    found = []
    for number in range(samples):
        curves = POPULATIONS[name](generator, size)
        if statistic == "threshold":
            interval = switch_interval(curves, GRID)
            limits = (interval.inner, interval.outer)
        else:
            right = curves.argmax(axis=-1) == 0
            limits = half_accuracy_interval(right, GRID, resamples=300, seed=number)
        found.append(abs(limits[1] - limits[0]) / 2 / (GRID[-1] - GRID[0]))
    return np.array(found)


@pytest.mark.parametrize("statistic", ["threshold", "half_accuracy"])
def test_a_run_of_so_many_pictures_has_the_wanted_widths(statistic):
    pilot, images = widths("1 rival", 12, statistic, 40), pd.Series([12] * 40)
    wanted = float(np.median(pilot)) / 2
    needed = pictures_needed(pd.Series(pilot), images, wanted).median()
    assert 40 <= needed <= 56
    reached = np.median(widths("1 rival", int(needed), statistic, 40))
    assert reached == pytest.approx(wanted, rel=0.15)
