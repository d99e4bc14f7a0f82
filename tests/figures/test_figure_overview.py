"""The overview: every threshold of a run on one page."""

import pytest
from looked_at import clashes
from made_up import PHANTOMS, PHOTOS, Tables, TransformAxes, make_tables
from matplotlib.figure import Figure

from invariances.figures import mixed, overview
from invariances.figures.responses import ranges_of
from invariances.figures.style import Palette


def test_overview_of_three_classifiers_and_long_names(
    photographs: Tables, transforms: TransformAxes
) -> None:
    assert clashes(overview.draw_overview(photographs[1], transforms, Palette(PHOTOS))) == []
    assert clashes(mixed.draw_mixed(photographs[0], transforms)) == []


def points(figure: Figure, gid: str) -> set[float]:
    lines = [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]
    return {round(float(x), 9) for line in lines for x in line.get_xdata()}


def test_overview_holds_the_thresholds(everything: Tables, transforms: TransformAxes) -> None:
    table = everything[1]
    figure = overview.draw_overview(table, transforms, Palette(PHANTOMS), names=["zoom"])
    for model in ("alexnet", "resnet18"):
        rows = table[(table["model"] == model) & (table["transform"] == "zoom")]
        up = rows["direction"] == "up"
        for gid, mask in (
            ("switch", ~rows["censored"]),
            ("censored up", rows["censored"] & up),
            ("censored down", rows["censored"] & ~up),
        ):
            expected = {round(float(x), 9) for x in rows.loc[mask, "threshold"]}
            assert points(figure, f"{gid}:{model}") == expected
        halved = rows.loc[~rows["half_accuracy_censored"], "half_accuracy"]
        assert points(figure, f"half:{model}") == {round(float(x), 9) for x in halved}
    open_arrows = [
        line for axes in figure.axes for line in axes.lines if "censored" in str(line.get_gid())
    ]
    assert {line.get_marker() for line in open_arrows} == {"<", ">"}
    assert {line.get_markerfacecolor() for line in open_arrows} == {"white"}


def test_overview_tells_of_a_coarse_grid(everything: Tables, transforms: TransformAxes) -> None:
    table = everything[1].copy()
    known = table.index[(table["transform"] == "zoom") & ~table["censored"]]
    table.loc[known[0], "grid_error"] = table["high"][known[0]] - table["low"][known[0]] + 0.1
    table.loc[table.index[table["censored"]][0], "grid_error"] = 9.0  # has no switch to move
    figure = overview.draw_overview(table, transforms, Palette(PHANTOMS), names=["zoom"])
    model = table.loc[known[0], "model"]
    assert points(figure, f"coarse:{model}") == {round(float(table.loc[known[0], "threshold"]), 9)}
    assert "coarse grid" in {text.get_text() for text in figure.texts}
    plain = overview.draw_overview(everything[1], transforms, Palette(PHANTOMS), names=["zoom"])
    assert "coarse grid" not in {text.get_text() for text in plain.texts}


def test_overview_shows_the_ranges_screened(everything: Tables, transforms: TransformAxes) -> None:
    figure = overview.draw_overview(
        everything[1],
        transforms,
        Palette(PHANTOMS),
        names=["rotate"],
        classes=["golf_ball"],
        ranges=ranges_of(everything[0]),
    )
    low, high = figure.axes[0].get_xlim()
    assert low < -180
    assert high > 180


def test_overview_of_many_classes_shows_shares(transforms: TransformAxes) -> None:
    names = [f"class {i}" for i in range(60)]
    _, table = make_tables(("alexnet",), ("noise", "zoom"), names)
    figure = overview.draw_overview(table, transforms, Palette(names))
    assert clashes(figure) == []
    rows = table[(table["transform"] == "noise") & (table["direction"] == "up")]
    lines = [line for axes in figure.axes for line in axes.lines]
    noise, *_ = [line for line in lines if line.get_gid() == "share up:alexnet"][::-1]
    assert noise.get_ydata()[0] == 1.0
    assert noise.get_ydata()[-1] == pytest.approx(rows["censored"].mean())
