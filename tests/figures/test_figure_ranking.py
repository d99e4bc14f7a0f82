"""Rankings and trends as they are drawn: ranks where the table has them, thresholds at their magnitudes."""

from collections.abc import Mapping

import numpy as np
import pytest
from made_up import GRIDS, make_ranking

from invariances.errors import InputError
from invariances.figures.axes import TransformAxis
from invariances.figures.ranking import draw_ranking
from invariances.figures.trend import draw_trend

NAMES = ("rotate", "zoom", "noise")
RANGES = {name: (float(GRIDS[name][0]), float(GRIDS[name][-1])) for name in NAMES}
Axes = Mapping[str, TransformAxis]


def networks(count: int) -> list[str]:
    return [f"network_{place:02d}" for place in range(count)]


@pytest.mark.parametrize("count", [3, 30])
def test_ranks_stand_in_the_order_of_all_transforms(transforms: Axes, count: int) -> None:
    table = make_ranking(networks(count), NAMES, 20)
    page = draw_ranking(table, transforms)
    # All transforms, rotation and zoom to both sides, noise to one.
    assert len(page.axes) == 1 + 2 + 2 + 1
    labels = [text.get_text() for text in page.axes[0].get_yticklabels()]
    assert labels == [f"network {place:02d}  1.00" for place in reversed(range(count))]
    for axes in page.axes:
        (marks,) = [line for line in axes.lines if line.get_gid() == "rank"]
        np.testing.assert_array_equal(marks.get_xdata(), np.arange(1, count + 1))
        np.testing.assert_array_equal(marks.get_ydata(), np.arange(count))
        (bars,) = [each for each in axes.collections if each.get_gid() == "interval"]
        ends = np.array(bars.get_segments())[:, :, 0]
        np.testing.assert_array_equal(ends[:, 0], np.maximum(1, np.arange(count)))
        # The first row is the highest.
        assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert page.get_figheight() * 25.4 < 275  # a page


def test_a_trend_stands_at_its_magnitudes(transforms: Axes) -> None:
    table = make_ranking(networks(4), NAMES, 20)
    page = draw_trend(table, transforms, RANGES)
    assert len(page.axes) == len(NAMES)
    for name, axes in zip(NAMES, page.axes, strict=True):
        rows = table[table["transform"] == name]
        marks = [line for line in axes.lines if line.get_gid() == "median"]
        found = sorted(
            zip(
                *(np.concatenate([getattr(m, f"get_{d}data")() for m in marks]) for d in "xy"),
                strict=True,
            )
        )
        expected = sorted(zip(rows["at"], rows["median_threshold"], strict=True))
        np.testing.assert_allclose(found, expected)
        assert axes.get_yscale() == ("log" if name == "zoom" else "linear")
        # The last is censored: an open mark.
        open_marks = [line for line in marks if line.get_markerfacecolor() == "white"]
        assert {float(x) for line in open_marks for x in line.get_xdata()} == {8.0}
    ticks = [text.get_text() for text in page.axes[0].get_xticklabels()]
    assert ticks == ["1", "2", "4", "8"]


def test_networks_of_no_series_are_left_out(transforms: Axes) -> None:
    table = make_ranking(networks(4), NAMES, 20)
    alone = table["model"] == "network_03"
    table.loc[alone, ["series", "at"]] = None
    page = draw_trend(table.astype({"at": float}), transforms, RANGES)
    drawn = [
        x for line in page.axes[0].lines if line.get_gid() == "median" for x in line.get_xdata()
    ]
    assert sorted(set(drawn)) == [1.0, 2.0, 4.0]


def test_a_trend_of_no_series_is_refused(transforms: Axes) -> None:
    table = make_ranking(networks(4), NAMES, 20).assign(series=None)
    with pytest.raises(InputError, match="belongs to a series"):
        draw_trend(table, transforms, RANGES)


def test_two_series_have_a_key(transforms: Axes) -> None:
    table = make_ranking(networks(4), NAMES, 20)
    table.loc[table["model"] > "network_01", "series"] = "others"
    page = draw_trend(table, transforms, RANGES)
    words = {text.get_text() for text in page.texts}
    assert {"epochs", "others"} <= words | {t.get_text() for a in page.axes for t in a.texts}
