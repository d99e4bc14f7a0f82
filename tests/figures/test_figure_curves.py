from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from looked_at import by_gid
from made_up import PHANTOMS, make_tables, make_thumbnails
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from whole import write_whole

from invariances.errors import InputError
from invariances.figures.axes import TransformAxis
from invariances.figures.curve import draw_curve
from invariances.figures.responses import Curve, curves_of, marks_of
from invariances.figures.sheet import draw_sheet
from invariances.figures.style import Palette
from invariances.figures.thumbnails import read_thumbnails
from invariances.tables import THRESHOLDS
from invariances.tables.frames import read

Tables = tuple[pd.DataFrame, pd.DataFrame]


def lines(figure: Figure, panel: int = 0) -> dict[str, Line2D]:
    main = [axes for axes in figure.axes if by_gid(axes, "accuracy")]
    found = by_gid(main[panel], "")
    return {gid: artist for gid, artist in found.items() if isinstance(artist, Line2D)}


@pytest.mark.parametrize("transform", ["rotate", "zoom", "noise"])
def test_lines_hold_the_table(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette, transform: str
) -> None:
    table = tables[0]
    curve = curves_of(table, "resnet18", transform, ["volcano"])["volcano"]
    drawn = lines(draw_curve(curve, transforms[transform], palette))
    rows = table[
        (table["model"] == "resnet18")
        & (table["transform"] == transform)
        & (table["class"] == "volcano")
    ]
    wide = rows.pivot_table("mean_softmax", "magnitude", "predicted_class", aggfunc="first")
    named = [gid.removeprefix("softmax:") for gid in drawn if gid.startswith("softmax:")]
    assert 1 <= len(named) <= 3
    assert "volcano" in named
    for name in named:
        np.testing.assert_array_equal(drawn[f"softmax:{name}"].get_xdata(), wide.index)
        np.testing.assert_array_equal(drawn[f"softmax:{name}"].get_ydata(), wide[name])
    rest = wide.drop(columns=named)
    np.testing.assert_array_equal(drawn["others"].get_ydata(), rest.max(axis=1))
    accuracy = rows.groupby("magnitude")["accuracy"].first()
    np.testing.assert_array_equal(drawn["accuracy"].get_ydata(), accuracy)
    # The strongest ones are named: none left to "others" is stronger anywhere than one drawn.
    rivals = [name for name in named if name != "volcano"]
    if len(named) == 3:
        assert wide[rivals].max().min() >= rest.max().max()
    else:
        assert rest.max().max() < 0.05


def test_on_an_ordinal_axis_nothing_is_drawn_between_the_points(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette
) -> None:
    curve = curves_of(tables[0], "resnet18", "noise", ["volcano"])["volcano"]
    axis = replace(transforms["noise"], axis="ordinal")
    figure = draw_curve(curve, axis, palette)
    drawn = lines(figure)
    assert "accuracy" in drawn and len(drawn) >= 2
    for name, line in drawn.items():
        if name.startswith(("softmax", "accuracy", "others")):
            assert line.get_linestyle() == "None"
            assert line.get_marker() not in ("", "None")
            assert line.get_markevery() == 1
            np.testing.assert_array_equal(line.get_xdata(), curve.magnitudes)
    panel = next(axes for axes in figure.axes if by_gid(axes, "accuracy"))
    # No band between points either: an interval is a line at each.
    areas = [c for c in panel.collections if isinstance(c, PolyCollection)]
    assert not areas


def test_ticks_of_an_ordinal_axis_are_counts(transforms: dict[str, TransformAxis]) -> None:
    axis = replace(transforms["noise"], axis="ordinal")
    assert axis.ticks(0.0, 1.0)[0].tolist() == [0, 1]
    ticks, _ = axis.ticks(0.0, 5.0)
    assert ticks.tolist() == [0, 1, 2, 3, 4, 5]


def test_row_order_of_the_table_does_not_matter(tables: Tables) -> None:
    shuffled = tables[0].sample(frac=1.0, random_state=3)
    one, other = (
        curves_of(t, "alexnet", "rotate", ["broom"])["broom"] for t in (tables[0], shuffled)
    )
    np.testing.assert_array_equal(one.magnitudes, other.magnitudes)
    np.testing.assert_array_equal(one.accuracy, other.accuracy)
    assert one.strongest() == other.strongest()


def test_bands_hold_the_intervals(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette
) -> None:
    curve = curves_of(tables[0], "alexnet", "rotate", ["broom"])["broom"]
    figure = draw_curve(curve, transforms["rotate"], palette)
    bands = [
        c for c in figure.axes[0].collections if type(c).__name__ == "FillBetweenPolyCollection"
    ]
    assert len(bands) == len(curve.strongest()) + 1
    tops = {round(float(band.get_paths()[0].vertices[:, 1].max()), 9) for band in bands}
    assert round(float(curve.accuracy_high.max()), 9) in tops


def test_own_class_is_kept_among_three_even_if_weak() -> None:
    m = np.array([0.0, 1.0])
    softmax = {"a": m * 0 + 0.4, "b": m * 0 + 0.3, "c": m * 0 + 0.2, "d": m * 0 + 0.07, "e": m * 0}
    curve = Curve("m", "t", "e", 3, m, m, m, m, softmax, softmax, softmax)
    assert curve.strongest() == ["e", "a", "b"]
    np.testing.assert_allclose(curve.others(["e", "a", "b"]), 0.2)


@pytest.mark.parametrize(
    ("name", "own"), [("tench, Tinca tinca", "tench"), ("golf_ball", "golf ball"), ("broom", None)]
)
def test_own_class_is_found_under_another_spelling(name: str, own: str | None) -> None:
    m = np.array([0.0, 1.0])
    softmax = {"tench": m, "golf ball": m, "obelisk": m}
    assert Curve("m", "t", name, 3, m, m, m, m, softmax, softmax, softmax).own == own


def test_a_class_has_one_colour_in_all_figures(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette
) -> None:
    seen: dict[str, set[str]] = {}
    for model in ("alexnet", "resnet18"):
        for transform in ("rotate",) if model == "alexnet" else ("noise",):
            curves = curves_of(tables[0], model, transform)
            (page,) = draw_sheet(curves, transforms[transform], palette)
            for panel in range(len(curves)):
                for gid, line in lines(page, panel).items():
                    if gid.startswith("softmax:"):
                        seen.setdefault(gid[8:], set()).add(to_hex(line.get_color()))
    assert set(seen) == set(PHANTOMS)
    assert all(colours == {palette.look(name).colour.lower()} for name, colours in seen.items())


def test_thresholds_are_marked(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette
) -> None:
    checked = set()
    for name in PHANTOMS:
        curve = curves_of(tables[0], "alexnet", "rotate", [name])[name]
        marks = marks_of(tables[1], "alexnet", "rotate", [name])[name]
        drawn = lines(draw_curve(curve, transforms["rotate"], palette, marks=marks))
        assert {mark.direction for mark in marks} == {"up", "down"}
        for mark in marks:
            kind = "censored" if mark.censored else "switch"
            sign = drawn[f"{kind}:{mark.direction}"]
            assert sign.get_xdata()[0] == mark.threshold
            assert (sign.get_markerfacecolor() == "white") == mark.censored
            assert sign.get_marker() == ("v" if not mark.censored else "<>"[mark.direction == "up"])
            interval = drawn[f"interval:{mark.direction}"]
            inner, outer = (
                (mark.low, mark.high) if mark.direction == "up" else (mark.high, mark.low)
            )
            # Beyond the range nothing is known: no cap there.
            assert set(interval.get_xdata()) == ({inner} if mark.censored else {inner, outer})
            assert (f"half:{mark.direction}" in drawn) != mark.half_censored
            checked.add((kind, mark.direction))
    assert len(checked) == 4


def test_thresholds_survive_a_csv(tables: Tables, tmp_path) -> None:
    again = read(write_whole(tables[1], tmp_path / "thresholds.csv", THRESHOLDS), THRESHOLDS)
    before, after = (marks_of(table, "alexnet", "rotate") for table in (tables[1], again))
    for name in PHANTOMS:
        for one, other in zip(before[name], after[name], strict=True):
            assert (one.threshold, one.censored, one.direction) == (
                pytest.approx(other.threshold),
                other.censored,
                other.direction,
            )


def test_thumbnails_stand_under_their_magnitudes(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette, tmp_path
) -> None:
    thumbnails = read_thumbnails([make_thumbnails(tmp_path / "t.npz", "zoom", PHANTOMS)])
    curve = curves_of(tables[0], "alexnet", "zoom", ["broom"])["broom"]
    figure = draw_curve(curve, transforms["zoom"], palette, thumbnails=thumbnails["broom"])
    main, strip = figure.axes
    assert strip.get_gid() == "thumbnails:7"
    (image,) = strip.images
    coloured = (image.get_array() != 255).any(axis=(0, 2))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], coloured.astype(int), [0]])))
    centres = (edges[::2] + edges[1::2]) / 2 / len(coloured)
    ends = np.log2(main.get_xlim())
    expected = (np.log2(thumbnails["broom"].magnitudes) - ends[0]) / (ends[1] - ends[0])
    np.testing.assert_allclose(centres, expected, atol=0.01)
    assert strip.get_position().x0 == pytest.approx(main.get_position().x0)
    assert strip.get_position().width == pytest.approx(main.get_position().width)


def test_sheet_has_every_class_and_all_thumbnails(
    tables: Tables, transforms: dict[str, TransformAxis], palette: Palette, tmp_path
) -> None:
    thumbnails = read_thumbnails([make_thumbnails(tmp_path / "t.npz", "rotate", PHANTOMS)])
    curves = curves_of(tables[0], "alexnet", "rotate")
    marks = marks_of(tables[1], "alexnet", "rotate")
    (page,) = draw_sheet(curves, transforms["rotate"], palette, marks=marks, thumbnails=thumbnails)
    strips = [axes for axes in page.axes if axes.get_gid()]
    assert [axes.get_gid() for axes in strips] == ["thumbnails:7"] * len(PHANTOMS)
    assert all(len(axes.images) == 1 for axes in strips)
    titles = {text.get_text() for text in page.texts}
    assert {name.replace("_", " ") for name in PHANTOMS} <= titles


def test_many_classes_fill_several_pages(transforms: dict[str, TransformAxis]) -> None:
    names = [f"class {i}" for i in range(30)]
    curves, _ = make_tables(("alexnet",), ("noise",), names)
    drawn = draw_sheet(curves_of(curves, "alexnet", "noise"), transforms["noise"], Palette(names))
    pages = list(drawn)
    panels = [axes for page in pages for axes in page.axes if by_gid(axes, "accuracy")]
    assert len(pages) == 3
    assert len(panels) == 30


@pytest.mark.parametrize(
    ("model", "transform", "name", "wrong"),
    [
        ("alexnt", "rotate", "broom", "alexnt"),
        ("alexnet", "rotated", "broom", "rotated"),
        ("alexnet", "rotate", "brom", "brom"),
    ],
)
def test_unknown_names_are_named(
    tables: Tables, model: str, transform: str, name: str, wrong: str
) -> None:
    with pytest.raises(InputError, match=f"'{wrong}'.*did you mean"):
        curves_of(tables[0], model, transform, [name])
    with pytest.raises(InputError, match=f"'{wrong}'.*did you mean"):
        marks_of(tables[1], model, transform, [name])
