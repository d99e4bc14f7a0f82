"""Every figure as a reader sees it: no text over another, none cut off, data as in the tables."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from looked_at import clashes
from made_up import (
    PHANTOMS,
    PHOTOS,
    TRANSFORMS,
    Tables,
    TransformAxes,
    make_pairs,
    make_thumbnails,
    make_together,
)

from invariances.errors import InputError
from invariances.figures import curve, heatmap, mixed, overview, paper, sheet, together
from invariances.figures.responses import curves_of, marks_of, ranges_of
from invariances.figures.style import Palette
from invariances.figures.thumbnails import read_thumbnails


@pytest.mark.parametrize("transform", ["translate_x", "rotate", "contrast", "noise"])
def test_sheets(everything: Tables, transforms: TransformAxes, tmp_path, transform: str) -> None:
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
    photographs: Tables, transforms: TransformAxes, tmp_path
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
def test_curves(photographs: Tables, transforms: TransformAxes, name: str, width: float) -> None:
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
    everything: Tables, transforms: TransformAxes, models: list[str] | None, names: list[str] | None
) -> None:
    figure = overview.draw_overview(
        everything[1], transforms, Palette(PHANTOMS), models=models, names=names
    )
    assert clashes(figure) == []
    assert clashes(mixed.draw_mixed(everything[0], transforms, models=models, names=names)) == []


def test_mixed_accuracy_is_the_mean_over_pictures(transforms: TransformAxes) -> None:
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


def test_mixed_lines_hold_the_means(everything: Tables, transforms: TransformAxes) -> None:
    means = mixed.mixed_accuracy(everything[0])
    figure = mixed.draw_mixed(everything[0], transforms, names=["rotate"])
    (axes,) = figure.axes
    drawn = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert set(drawn) == {"accuracy:alexnet", "accuracy:resnet18"}
    rows = means[(means["model"] == "resnet18") & (means["transform"] == "rotate")]
    line = drawn["accuracy:resnet18"]
    np.testing.assert_array_equal(line.get_xdata(), rows["magnitude"])
    np.testing.assert_array_equal(line.get_ydata(), rows["accuracy"])


def test_pictures_that_are_classes_of_their_own_are_counted_as_pictures(
    everything: Tables, transforms: TransformAxes
) -> None:
    for images, counted in ((1, "pictures"), (2, "classes")):
        figure = mixed.draw_mixed(everything[0].assign(images=images), transforms, names=["rotate"])
        number = everything[0]["class"].nunique()
        assert f"Mean accuracy over {number} {counted}" in [
            text.get_text() for text in figure.texts
        ]


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
    everything: Tables, transforms: TransformAxes, draw: Callable[[Tables, TransformAxes], object]
) -> None:
    with pytest.raises(InputError, match="sheer"):
        draw(everything, transforms)


@pytest.mark.parametrize("count", [20, 900])
def test_all_pictures_together(everything: Tables, transforms: TransformAxes, count: int) -> None:
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
