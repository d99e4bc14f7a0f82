"""Every figure as a reader sees it: no text over another, none cut off, data as in the tables."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from made_up import (
    PHANTOMS,
    PHOTOS,
    RIVALS,
    TRANSFORMS,
    clashes,
    make_pairs,
    make_tables,
    make_thumbnails,
    make_together,
)
from matplotlib.figure import Figure

from invariances.errors import InputError
from invariances.figures import curve, heatmap, mixed, overview, paper, sheet, together
from invariances.figures.axes import TransformAxis
from invariances.figures.responses import curves_of, marks_of, ranges_of
from invariances.figures.style import Palette
from invariances.figures.thumbnails import Thumbnails, read_thumbnails

Axes = dict[str, TransformAxis]
Tables = tuple[pd.DataFrame, pd.DataFrame]
PAIR = "translate_x+translate_y"


@pytest.fixture(scope="module")
def everything() -> Tables:
    return make_tables(("alexnet", "resnet18"), list(TRANSFORMS), PHANTOMS)


@pytest.fixture(scope="module")
def photographs() -> Tables:
    models = ("alexnet", "resnet18", "resnet101")
    return make_tables(models, ("rotate", "contrast", "noise"), PHOTOS, PHOTOS + RIVALS)


@pytest.mark.parametrize("transform", ["translate_x", "rotate", "contrast", "noise"])
def test_sheets(everything: Tables, transforms: Axes, tmp_path, transform: str) -> None:
    thumbnails = read_thumbnails([make_thumbnails(tmp_path / "t.npz", transform, PHANTOMS)])
    (page,) = sheet.draw_sheet(
        curves_of(everything[0], "alexnet", transform),
        transforms[transform],
        Palette(PHANTOMS),
        marks=marks_of(everything[1], "alexnet", transform),
        thumbnails=thumbnails,
    )
    assert clashes(page) == []
    assert page.get_figheight() * 25.4 < 277  # an A4 page with margins of 1 cm


def test_sheet_of_long_names_and_large_pictures(
    photographs: Tables, transforms: Axes, tmp_path
) -> None:
    path = make_thumbnails(tmp_path / "t.npz", "contrast", PHOTOS, size=224, count=13)
    (page,) = sheet.draw_sheet(
        curves_of(photographs[0], "resnet101", "contrast"),
        transforms["contrast"],
        Palette(PHOTOS),
        marks=marks_of(photographs[1], "resnet101", "contrast"),
        thumbnails=read_thumbnails([path]),
    )
    assert clashes(page) == []


@pytest.mark.parametrize(
    "name", ["crash helmet", "ballplayer, baseball player", "English springer"]
)
@pytest.mark.parametrize("width", [60.0, 88.0, 180.0])
def test_curves(photographs: Tables, transforms: Axes, name: str, width: float) -> None:
    for transform in ("rotate", "contrast", "noise"):
        figure = curve.draw_curve(
            curves_of(photographs[0], "alexnet", transform, [name])[name],
            transforms[transform],
            Palette(PHOTOS),
            marks=marks_of(photographs[1], "alexnet", transform)[name],
            width=width,
        )
        assert clashes(figure) == []
        assert figure.get_figwidth() * 25.4 == pytest.approx(width)


def paper_panels(tables: Tables, number: int, tmp_path) -> list[paper.Panel]:
    pairs = make_pairs("alexnet", PHANTOMS)
    panels = []
    for transform, name in paper.panels_for(number, PHANTOMS, [*TRANSFORMS, PAIR]):
        first = transform.split("+")[0]
        path = make_thumbnails(tmp_path / f"{transform}.npz", first, PHANTOMS)
        thumbnails = read_thumbnails([path])[name]
        if "+" in transform:
            both = np.stack([thumbnails.magnitudes, thumbnails.magnitudes[::-1]], axis=1)
            thumbnails = Thumbnails(both, thumbnails.pictures)
            response = heatmap.maps_of(pairs, "alexnet", transform, [name])[name]
            panels.append(paper.Panel(transform, response, thumbnails=thumbnails))
        else:
            curve = curves_of(tables[0], "alexnet", transform, [name])[name]
            marks = marks_of(tables[1], "alexnet", transform, [name])[name]
            panels.append(paper.Panel(transform, curve, marks, thumbnails))
    return panels


@pytest.mark.parametrize("number", [2, 3, 6, 7])
def test_paper(everything: Tables, transforms: Axes, tmp_path, number: int) -> None:
    panels = paper_panels(everything, number, tmp_path)
    figure = paper.draw_paper(panels, "alexnet", transforms, Palette(PHANTOMS))
    assert clashes(figure) == []
    texts = [text.get_text() for text in figure.texts]
    assert [text for text in texts if text in "abcd"] == list("abcd")


def test_paper_panels_follow_the_paper() -> None:
    assert paper.panels_for(2, PHANTOMS, [*TRANSFORMS, PAIR]) == [
        ("noise", "broom"), ("rotate", "broom"), ("zoom", "obelisk"), (PAIR, "volcano"),
    ]  # fmt: skip
    assert paper.panels_for(3, PHANTOMS, [*TRANSFORMS, PAIR])[3] == (PAIR, "sweatshirt")
    assert paper.panels_for(3, PHANTOMS, list(TRANSFORMS))[3] == ("translate_y", "sweatshirt")
    assert paper.panels_for(6, ["broom, besom", "navel orange", "orange"], ["blur", "rotate"]) == [
        ("blur", "broom, besom"), ("rotate", "orange"),
    ]  # fmt: skip


def test_paper_panels_of_another_data_set_take_its_classes() -> None:
    panels = paper.panels_for(2, ["tench", "church"], ["noise", "rotate", "zoom"])
    assert panels == [("noise", "tench"), ("rotate", "tench"), ("zoom", "church")]
    with pytest.raises(InputError, match="figure 2"):
        paper.panels_for(2, ["tench"], ["contrast"])
    with pytest.raises(InputError, match="figure 4"):
        paper.panels_for(4, ["tench"], ["contrast"])


@pytest.mark.parametrize(
    ("models", "names"),
    [
        (["alexnet", "resnet18"], None),
        (["resnet18"], ["rotate"]),
        (None, ["noise", "zoom"]),
        (None, ["noise", "zoom", "blur", "rotate", "contrast"]),
    ],
)
def test_overview_and_mixed(
    everything: Tables, transforms: Axes, models: list[str] | None, names: list[str] | None
) -> None:
    figure = overview.draw_overview(
        everything[1], transforms, Palette(PHANTOMS), models=models, names=names
    )
    assert clashes(figure) == []
    assert clashes(mixed.draw_mixed(everything[0], transforms, models=models, names=names)) == []


def test_overview_of_three_classifiers_and_long_names(
    photographs: Tables, transforms: Axes
) -> None:
    assert clashes(overview.draw_overview(photographs[1], transforms, Palette(PHOTOS))) == []
    assert clashes(mixed.draw_mixed(photographs[0], transforms)) == []


def points(figure: Figure, gid: str) -> set[float]:
    lines = [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]
    return {round(float(x), 9) for line in lines for x in line.get_xdata()}


def test_overview_holds_the_thresholds(everything: Tables, transforms: Axes) -> None:
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


def test_overview_tells_of_a_coarse_grid(everything: Tables, transforms: Axes) -> None:
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


def test_overview_shows_the_ranges_screened(everything: Tables, transforms: Axes) -> None:
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


def test_overview_of_many_classes_shows_shares(transforms: Axes) -> None:
    names = [f"class {i}" for i in range(60)]
    _, table = make_tables(("alexnet",), ("noise", "zoom"), names)
    figure = overview.draw_overview(table, transforms, Palette(names))
    assert clashes(figure) == []
    rows = table[(table["transform"] == "noise") & (table["direction"] == "up")]
    lines = [line for axes in figure.axes for line in axes.lines]
    noise, *_ = [line for line in lines if line.get_gid() == "share up:alexnet"][::-1]
    assert noise.get_ydata()[0] == 1.0
    assert noise.get_ydata()[-1] == pytest.approx(rows["censored"].mean())


def test_mixed_accuracy_is_the_mean_over_pictures(transforms: Axes) -> None:
    table = pd.DataFrame(
        {
            "model": "m", "transform": "noise", "magnitude": 0.0,
            "class": ["a", "a", "b", "b"], "predicted_class": ["a", "b", "a", "b"],
            "images": [10, 10, 30, 30], "accuracy": [0.5, 0.5, 1.0, 1.0],
            "accuracy_low": [0.2, 0.2, 0.9, 0.9], "accuracy_high": [0.8, 0.8, 1.0, 1.0],
        }
    )  # fmt: skip
    row = mixed.mixed_accuracy(table).iloc[0]
    assert row["images"] == 40
    assert row["accuracy"] == pytest.approx(0.25 * 0.5 + 0.75 * 1.0)
    below = np.hypot(0.25 * 0.3, 0.75 * 0.1)
    assert row["accuracy_low"] == pytest.approx(row["accuracy"] - below)
    assert row["accuracy_high"] == pytest.approx(row["accuracy"] + 0.25 * 0.3)
    assert mixed.mixed_accuracy(table, ["a"])["accuracy"].tolist() == [0.5]
    with pytest.raises(InputError, match="'c'"):
        mixed.mixed_accuracy(table, ["c"])


def test_mixed_lines_hold_the_means(everything: Tables, transforms: Axes) -> None:
    means = mixed.mixed_accuracy(everything[0])
    figure = mixed.draw_mixed(everything[0], transforms, names=["rotate"])
    (axes,) = figure.axes
    drawn = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert set(drawn) == {"accuracy:alexnet", "accuracy:resnet18"}
    rows = means[(means["model"] == "resnet18") & (means["transform"] == "rotate")]
    line = drawn["accuracy:resnet18"]
    np.testing.assert_array_equal(line.get_xdata(), rows["magnitude"])
    np.testing.assert_array_equal(line.get_ydata(), rows["accuracy"])


@pytest.mark.parametrize("count", [1, 2, 5])
def test_heatmaps(transforms: Axes, tmp_path, count: int) -> None:
    pairs = make_pairs("alexnet", PHANTOMS[:6])
    names = list(PHANTOMS[:count])
    maps = heatmap.maps_of(pairs, "alexnet", PAIR, names)
    flat = read_thumbnails([make_thumbnails(tmp_path / "t.npz", "translate_x", names)])
    both = {
        name: Thumbnails(np.stack([t.magnitudes] * 2, axis=1), t.pictures)
        for name, t in flat.items()
    }
    axes_of_pair = heatmap.split_pair(PAIR, transforms)
    for thumbnails in (None, both):
        figure = heatmap.draw_heatmap(maps, "alexnet", axes_of_pair, thumbnails=thumbnails)
        assert clashes(figure) == []
    assert len([axes for axes in figure.axes if str(axes.get_gid()).startswith("thumb")]) == count


def test_heatmap_holds_the_table_and_outlines_the_regions(transforms: Axes) -> None:
    pairs = make_pairs("alexnet", PHANTOMS[:6], steps=9)
    response = heatmap.maps_of(pairs, "alexnet", PAIR, ["lime"])["lime"]
    figure = heatmap.draw_heatmap(
        {"lime": response}, "alexnet", heatmap.split_pair(PAIR, transforms)
    )
    axes = figure.axes[0]
    mesh = next(c for c in axes.collections if c.get_gid() == "accuracy")
    rows = pairs[pairs["class"] == "lime"]
    wide = rows.pivot_table("accuracy", "magnitude_second", "magnitude_first", aggfunc="first")
    np.testing.assert_array_equal(np.asarray(mesh.get_array()).reshape(9, 9), wide.to_numpy())
    predicted = rows.pivot_table(
        "predicted_class", "magnitude_second", "magnitude_first", aggfunc="first"
    ).to_numpy()
    borders = (predicted[1:] != predicted[:-1]).sum() + (
        predicted[:, 1:] != predicted[:, :-1]
    ).sum()
    outline = next(c for c in axes.collections if c.get_gid() == "outline")
    assert len(outline.get_segments()) == borders > 0
    named = {str(t.get_gid())[7:] for t in axes.texts if str(t.get_gid()).startswith("region:")}
    assert "lime" in named


@pytest.mark.parametrize("pair", ["rotate", "rotate+zom", "a+b+c"])
def test_what_is_no_pair_is_refused_by_name(transforms: Axes, pair: str) -> None:
    with pytest.raises(InputError, match=pair.split("+")[-1] if pair.count("+") == 1 else pair[0]):
        heatmap.split_pair(pair, transforms)


@pytest.mark.parametrize(
    "draw",
    [
        lambda t, x: overview.draw_overview(t[1], x, Palette(PHANTOMS), names=["sheer"]),
        lambda t, x: mixed.draw_mixed(t[0], x, names=["sheer"]),
        lambda t, x: heatmap.maps_of(make_pairs("alexnet", PHANTOMS[:4]), "alexnet", "sheer"),
        lambda t, x: paper.draw_paper([paper.Panel("sheer", None)], "alexnet", x, Palette([])),  # type: ignore[arg-type]
    ],
)
def test_unknown_transforms_are_named(
    everything: Tables, transforms: Axes, draw: Callable[[Tables, Axes], object]
) -> None:
    with pytest.raises(InputError, match="sheer"):
        draw(everything, transforms)


@pytest.mark.parametrize("count", [20, 900])
def test_all_pictures_together(everything: Tables, transforms: Axes, count: int) -> None:
    names = list(TRANSFORMS)
    mixed_, each = make_together(("alexnet", "resnet18"), names, count)
    page = together.draw_together(mixed_, each, transforms, ranges=ranges_of(everything[0]))
    assert clashes(page) == []
    panels = [axes for axes in page.axes if axes.collections]
    assert len(panels) == len(names)
    drawn = sum(len(lines.get_segments()) for lines in panels[0].collections if lines.get_alpha())
    within = each[(each["transform"] == names[0]) & ~each["censored"]]
    sides = within.groupby(["model", "direction"]).size()
    assert drawn == sides.clip(upper=200).sum()
