"""Figures of networks side by side, of the common axis, and of the claims."""

import numpy as np
import pandas as pd
import pytest
from looked_at import by_gid, clashes
from made_up import NETWORKS, PHANTOMS

from invariances.claims import STATEMENTS
from invariances.errors import InputError
from invariances.figures.axes import MINUS
from invariances.figures.claims import draw_claims
from invariances.figures.comparison import RHO, draw_comparison
from invariances.figures.sizes import draw_sizes, medians, ranked


def texts(figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    return found + [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_panel_for_each_transform_and_one_for_ranks(tables, correlations, transforms, palette):
    figure = draw_comparison(tables[1], correlations, transforms, palette, NETWORKS)
    assert len(figure.axes) == 4
    assert not clashes(figure)
    shown = " ".join(texts(figure))
    assert f"{RHO} = 0.60 [0.40, 0.70]" in shown
    assert f"{RHO} = {MINUS}0.30 [{MINUS}0.50, {MINUS}0.20]" in shown
    assert "not defined" in shown  # the noise has no row


def test_a_dot_stands_at_both_networks_thresholds(tables, correlations, transforms, palette):
    figure = draw_comparison(tables[1], correlations, transforms, palette, NETWORKS)
    rows = tables[1][(tables[1]["transform"] == "rotate") & (tables[1]["class"] == "broom")]
    one, two = (rows[rows["model"] == model].set_index("direction") for model in NETWORKS)
    drawn = by_gid(figure.axes[0], "switch:broom") | by_gid(figure.axes[0], "censored:broom")
    found = {(x, y) for line in drawn.values() for x, y in zip(*line.get_data(), strict=True)}
    assert found == {(one["threshold"][d], two["threshold"][d]) for d in ("up", "down")}
    censored = by_gid(figure.axes[0], "censored:broom")
    expected = [d for d in ("up", "down") if one["censored"][d] or two["censored"][d]]
    assert sum(len(line.get_xdata()) for line in censored.values()) == len(expected)


def test_ranks_rise_together_where_networks_agree(tables, correlations, transforms, palette):
    own = tables[1][tables[1]["model"] == "alexnet"]
    both = pd.concat([own, own.assign(model="resnet18")])
    figure = draw_comparison(both, correlations, transforms, palette, NETWORKS)
    for line in by_gid(figure.axes[-1], "rank:").values():
        assert np.allclose(*line.get_data())


def test_an_unknown_network_is_refused(tables, correlations, transforms, palette):
    with pytest.raises(InputError, match="did you mean 'alexnet'"):
        draw_comparison(tables[1], correlations, transforms, palette, ("alexnot", "resnet18"))


def test_transforms_are_ranked_by_the_smallest_change_that_switches():
    rows = [
        ("a", "up", 50.0, False), ("a", "down", 30.0, False), ("b", "up", 40.0, False),
        ("c", "up", 10.0, True), ("d", "up", 5.0, True), ("d", "down", 60.0, False),
    ]  # fmt: skip
    cells = pd.DataFrame(rows, columns=["transform", "direction", "rms_grey_levels", "censored"])
    assert ranked(cells.assign(model="m")) == ["a", "b", "d", "c"]


def test_the_median_over_classes_is_censored_where_half_of_them_are():
    rows = pd.DataFrame(
        {
            "model": "m", "transform": "rotate", "direction": ["up"] * 4 + ["down"] * 4,
            "censored": [True, True, False, False, True, False, False, False],
            "rms_grey_levels": [1.0, 2, 3, 4, 5, 6, 7, 8],
        }
    )  # fmt: skip
    for name in ("rms_low", "rms_high"):
        rows[name] = rows["rms_grey_levels"]
    nan = np.nan
    rows["rms_half_accuracy"] = [1.0, nan, nan, 4, 5, 6, 8, nan]
    table = medians(rows).set_index("direction")
    # Beyond all others where more than half of the accuracy is kept.
    assert np.isnan(table.loc["up", "rms_half_accuracy"])
    assert table.loc["down", "rms_half_accuracy"] == 7
    assert table["rms_grey_levels"].to_dict() == {"up": 2.5, "down": 6.5}
    assert table["censored"].to_dict() == {"up": True, "down": False}


def test_a_panel_for_each_class_and_one_for_the_median(sizes, transforms, palette):
    figure = draw_sizes(sizes, transforms, palette)
    assert len(figure.axes) == 1 + len(PHANTOMS)
    assert not clashes(figure)
    own = sizes[(sizes["class"] == "orange") & (sizes["model"] == "alexnet")]
    panel = figure.axes[1]
    found = [x for line in by_gid(panel, "switch").values() for x in line.get_xdata()]
    found += [x for line in by_gid(panel, "censored").values() for x in line.get_xdata()]
    both = sizes[sizes["class"] == "orange"]
    assert sorted(found) == sorted(both["rms_grey_levels"])
    halves = [x for line in by_gid(panel, "half").values() for x in line.get_xdata()]
    kept = both["rms_half_accuracy"].dropna()
    assert sorted(x for x in halves if not np.isnan(x)) == sorted(kept)
    hollow = by_gid(panel, "censored").values()
    count = sum(len(line.get_xdata()) for line in hollow if "alexnet" in line.get_gid())
    assert count == own["censored"].sum()


def test_classes_that_are_not_recognised_untransformed_have_no_size(sizes, transforms, palette):
    """Their change of 0 is no small one: it would stand first in every rank, and in the median."""
    lost, other = sizes["class"] == "orange", sizes["class"] != "orange"
    numbers = ["rms_grey_levels", "rms_low", "rms_high"]
    changed = sizes.copy()
    changed.loc[lost, numbers], changed.loc[lost, "censored"] = 0.0, False
    figure = draw_sizes(changed, transforms, palette)
    assert not clashes(figure)
    assert not by_gid(figure.axes[1], "switch") and not by_gid(figure.axes[1], "half")
    found = [x for line in by_gid(figure.axes[0], "switch").values() for x in line.get_xdata()]
    typical = medians(sizes[other])
    assert sorted(found) == sorted(typical.loc[~typical["censored"], "rms_grey_levels"])
    # Of no class that is recognised there is a page, and it says so.
    nobody = draw_sizes(changed[lost], transforms, palette)
    assert [text.get_text() for text in nobody.texts].count("not recognised untransformed") == 2


def test_of_a_thousand_classes_only_the_median_is_drawn(sizes, transforms, palette):
    many = pd.concat([sizes.assign(**{"class": f"class {i}"}) for i in range(30)])
    assert len(draw_sizes(many, transforms, palette).axes) == 1


def test_every_statement_has_its_row(claims):
    figure = draw_claims(claims, models=NETWORKS)
    assert not clashes(figure)
    shown = texts(figure)
    assert [text for text in shown if text in STATEMENTS] == list(STATEMENTS)
    for verdict in ("supported", "not supported", "cannot be told"):
        assert any(text.endswith(verdict) for text in shown)
    assert shown.count("not in this run") == claims["value"].isna().sum()
    assert "0.4 [0.3, 0.6]" in shown


def test_a_value_stands_on_its_axis_with_the_claimed_range(claims):
    figure = draw_claims(claims, models=NETWORKS)
    panels = [axes for axes in figure.axes if by_gid(axes, "claimed")]
    assert len(panels) == len(STATEMENTS)
    for axes, item in zip(panels, STATEMENTS.values(), strict=True):
        low, high = axes.get_xlim()
        band = by_gid(axes, "claimed")["claimed"]
        assert band.get_x() == pytest.approx(max(item.claimed[0], low))
        assert band.get_x() + band.get_width() == pytest.approx(min(item.claimed[1], high))
        for dot in by_gid(axes, "value:").values():
            assert low <= dot.get_xdata()[0] <= high
