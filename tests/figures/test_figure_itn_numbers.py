"""What the figures of the Invariant Transformer Net show is what their tables hold."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from itn_made_up import (
    make_certificate,
    make_comparison,
    make_directions,
    make_evaluation,
    make_gallery,
    make_history,
    make_objectives,
    make_tightness,
)
from made_up import PHANTOMS
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from invariances.errors import InputError
from invariances.figures import (
    itn_comparison,
    itn_curves,
    itn_directions,
    itn_family,
    itn_gallery,
    itn_objectives,
    itn_tightness,
    itn_training,
)
from invariances.figures.axes import TransformAxis
from invariances.figures.itn_kinds import COMPONENTS
from invariances.figures.style import Palette


def lines(axes: Axes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {
        str(line.get_gid()): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
        for line in axes.get_lines()
    }


def named(figure: Figure, gid: str) -> list[Any]:
    return figure.findobj(lambda artist: artist.get_gid() == gid)


def texts(figure: Figure) -> str:
    found = figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return " ".join(" ".join(text.get_text() for text in found).split())


def test_training_shows_every_step_and_its_running_mean() -> None:
    history = make_history(60)
    figure = itn_training.draw_training(history, "alexnet")
    loss, transforms, accuracy, displacement = (lines(axes) for axes in figure.axes[:4])
    steps = history[history["branch"] != "retraction"]
    assert loss["steps:classifier_loss"][1] == pytest.approx(steps["classifier_loss"])
    assert accuracy["steps:accuracy"][1] == pytest.approx(steps["accuracy"])
    assert transforms["steps:colour_loss"][1] == pytest.approx(steps["colour_loss"])
    assert displacement["spatial_displacement"][1] == pytest.approx(steps["spatial_displacement"])
    mean = loss["mean:classifier_loss"][1]
    assert mean[30] == pytest.approx(steps["classifier_loss"].iloc[29:31].mean())
    assert displacement["retracted:colour"][1] == pytest.approx(
        history["colour_displacement"].iloc[-1:]
    )
    assert figure.axes[3].get_yscale() == "log"


def test_the_strip_shows_the_branch_of_every_step() -> None:
    history = make_history(10, objective="gated")
    figure = itn_training.draw_training(history, "alexnet")
    patches = figure.axes[4].patches
    runs = [(p.get_gid(), p.get_x() + 0.5, p.get_x() + p.get_width() - 0.5) for p in patches]
    shown = {step: gid for gid, low, high in runs for step in range(round(low), round(high) + 1)}
    wanted = dict(zip(history["step"], "branch:" + history["branch"], strict=True))
    assert shown == wanted


def test_running_mean_leaves_gaps_out() -> None:
    mean = itn_training.running_mean(np.array([1.0, np.nan, 3.0, 5.0]), 3)
    assert mean == pytest.approx([1.0, 2.0, 4.0, 4.0])


def test_curves_follow_each_component() -> None:
    evaluation = make_evaluation(3)
    # The two components must not be confused: only the second one costs accuracy.
    spatial = evaluation["varied"] == "spatial"
    evaluation.loc[spatial, "accuracy"] = 0.9 - 0.1 * evaluation.loc[spatial, "k1_1"]
    figure = itn_curves.draw_curves(evaluation, "alexnet")
    first = lines(figure.axes[0])
    assert first["accuracy:first"][1] == pytest.approx([0.9, 0.9, 0.9])
    assert first["accuracy:second"][1] == pytest.approx([0.9, 0.85, 0.8])
    assert first["accuracy:all"][1] == pytest.approx([0.9, 0.85, 0.8])
    assert first["baseline"][1] == pytest.approx(0.9)
    softmax = lines(figure.axes[1])
    assert softmax["softmax:all"][1] == pytest.approx([0.7, 0.675, 0.65])
    assert softmax["baseline"][1] == pytest.approx(0.7)
    (interval,) = [c for c in figure.axes[0].collections if c.get_gid() == "interval:first"]
    assert {tuple(s[:, 1]) for s in interval.get_segments()} == {(0.8, 0.95)}
    assert "lowest accuracy 0.80 at (0, 1)" in texts(figure)


def test_family_maps_hold_the_evaluation() -> None:
    evaluation = make_evaluation(3)
    figure = itn_family.draw_family(evaluation, "alexnet")
    (rotation,) = named(figure, "rotation_degrees")
    shown = np.asarray(rotation.get_array())
    assert shown == pytest.approx(10 * np.add.outer([0, 0.5, 1], [0, 0.5, 1]), abs=1e-9)
    assert rotation.origin == "lower"
    assert (rotation.norm.vmin, rotation.norm.vmax) == pytest.approx((-20, 20))
    (zoom,) = named(figure, "zoom")
    assert zoom.get_array()[-1, -1] == pytest.approx(np.log(1.5))
    assert not named(figure, "shear")
    assert "shear" in texts(figure)


def test_family_puts_the_first_component_across() -> None:
    evaluation = make_evaluation(2)
    evaluation["rotation_degrees"] = np.where(
        evaluation["varied"] == "spatial", 30 * evaluation["k1_0"], 0
    )
    (rotation,) = named(itn_family.draw_family(evaluation, "m"), "rotation_degrees")
    assert np.asarray(rotation.get_array()) == pytest.approx(np.array([[0, 30], [0, 30]]))


def test_factors_of_mirrored_pictures_are_differences() -> None:
    zoom = next(component for component in COMPONENTS if component.column == "zoom")
    assert zoom.change([-1.0, 1.0]) == pytest.approx([-2.0, 0.0])
    assert zoom.change([2.0, 1.0]) == pytest.approx([np.log(2), 0.0])


def test_tightness_stands_where_it_is() -> None:
    table = make_tightness()
    figure = itn_tightness.draw_tightness(table, "alexnet")
    axes = figure.axes[0]
    points = [line for line in axes.get_lines() if line.get_gid() == "tightness:spatial"]
    assert [float(line.get_xdata()[0]) for line in points] == [0.5, 1.0, 4.0]
    assert [line.get_marker() for line in points] == ["o", "o", ">"]
    intervals = [line for line in axes.get_lines() if line.get_gid() == "interval:spatial"]
    assert [list(line.get_xdata()) for line in intervals] == [[0.25, 1], [0.5, 2], [2, 4]]
    assert lines(axes)["edge"][0] == pytest.approx(1)
    assert len(named(figure, "still")) == 3


def test_comparison_stands_beside_thresholds(
    transforms: dict[str, TransformAxis], palette: Palette
) -> None:
    table = make_comparison(PHANTOMS[:4])
    figure = itn_comparison.draw_comparison(table, transforms, palette, "alexnet")
    (axes,) = figure.axes
    drawn = lines(axes)
    assert drawn["learned"][0] == pytest.approx(12)
    assert drawn["other"][0] == pytest.approx(6)
    assert drawn["threshold:golf_ball"] == (pytest.approx([50]), pytest.approx([2]))
    shown = texts(figure)
    assert "explains 90 %" in shown
    assert "close to the colour one: the nearest, brightness at 0.11, explains 42 %" in shown


def test_comparison_takes_the_furthest_downwards_too() -> None:
    table = make_comparison(PHANTOMS[:2])
    table["direction"] = table["direction"].where(table["direction"].isna(), "down")
    table["magnitude"] = -table["magnitude"]
    (beside,) = itn_comparison.sides_of(table)
    assert beside.magnitude == -12
    assert beside.others == (-6,)


def test_comparison_says_when_nothing_is_close(
    transforms: dict[str, TransformAxis], palette: Palette
) -> None:
    table = make_comparison(PHANTOMS, close=False)
    figure = itn_comparison.draw_comparison(table, transforms, palette, "alexnet")
    assert not figure.axes
    assert len(named(figure, "sentence")) == 2
    empty = itn_comparison.draw_comparison(table.iloc[:0], transforms, palette, "alexnet")
    assert "stays at the identity" in texts(empty)
    table["close"] = True
    assert "was not screened" in itn_comparison.sentences(table)[0]


def test_objectives_show_one_point_a_run() -> None:
    table = make_objectives(("alexnet",))
    figure = itn_objectives.draw_objectives(table)
    spatial, colour = (lines(axes) for axes in figure.axes)
    for run in table.to_dict("records"):
        name = f"{run['objective']}:{run['seed']}"
        for kind, panel in (("spatial", spatial), ("colour", colour)):
            assert panel[name][0] == pytest.approx(run[f"{kind}_displacement"])
            assert panel[name][1] == pytest.approx(run["worst_accuracy"])
    with pytest.raises(InputError, match="'freed': not gated or constrained"):
        itn_objectives.draw_objectives(table.assign(objective="freed"))


def test_gallery_shows_each_picture_at_its_k(tmp_path: Path) -> None:
    gallery = itn_gallery.read_gallery(make_gallery(tmp_path / "g.npz", PHANTOMS[:4]))
    figure = itn_gallery.draw_gallery(gallery, "alexnet")
    assert len(figure.axes[0].images) == 4 + 25 * 4
    for instance in (0, 7, 25):
        for picture in range(4):
            (image,) = named(figure, f"picture:{instance}:{picture}")
            assert (image.get_array() == gallery.pictures[instance, picture]).all()
    assert gallery.at(spatial=(1.0, 1.0), colour=(0.5, 0.5)) == 10
    assert len(named(figure, "wrong")) == 5
    assert "rotation 20°" in texts(figure)


def test_gallery_words_tell_the_way_of_a_zoom(tmp_path: Path) -> None:
    gallery = itn_gallery.read_gallery(make_gallery(tmp_path / "g.npz", PHANTOMS[:2]))
    gallery.measured[3, gallery.measures.index("zoom")] = 0.5
    assert gallery.summary("spatial", 3)[0] == "zoom in 2.00"
    assert gallery.summary("colour", 3) == []


@pytest.mark.parametrize(
    ("draw", "table", "named"),
    [
        (itn_training.draw_training, make_history()[["step", "branch"]], "spatial_displacement"),
        (itn_training.draw_training, make_history().iloc[:0], "no step"),
        (itn_curves.draw_curves, make_evaluation().iloc[:0], "varies none"),
        (itn_family.draw_family, make_evaluation().drop(columns="k1_0"), "k1_0"),
        (itn_tightness.draw_tightness, make_tightness().iloc[:0], "no row"),
    ],
)
def test_errors_name_what_is_missing(draw: Any, table: pd.DataFrame, named: str) -> None:
    with pytest.raises(InputError, match=named):
        draw(table, "alexnet")


def test_bars_of_directions_are_their_sizes_divided_by_their_parts() -> None:
    figure = itn_directions.draw_directions(
        make_directions(), make_certificate(), make_comparison(PHANTOMS), "alexnet"
    )
    rotation = [bar.get_width() for bar in named(figure, "part:rotation")]
    assert rotation == pytest.approx([0.15, 0.0])
    zoom = [bar.get_width() for bar in named(figure, "part:zoom")]
    assert zoom == pytest.approx([0.0, 0.15])
    (spectrum,) = named(figure, "spectrum:spatial")
    assert spectrum.get_xdata() == pytest.approx([0.32, 0.16])


def test_the_certificate_shows_each_scale_and_which_is_kept() -> None:
    tables = make_directions(), make_certificate(0.7), make_comparison(PHANTOMS)
    figure = itn_directions.draw_directions(*tables, "alexnet")
    kept, failed = named(figure, "scale:0.7")[0], named(figure, "scale:0.85")[0]
    assert kept.get_ydata() == pytest.approx([14 / 511])
    assert (kept.get_marker(), failed.get_marker()) == ("o", "X")
    assert named(figure, "allowed")[0].get_ydata() == pytest.approx([17 / 511] * 2)
    assert "Scale 0.7 of the family" in texts(figure)
    assert "No scale passes" in itn_directions.sentence(make_certificate(0.0))


def test_a_direction_stands_beside_the_transform_nearest_to_it() -> None:
    table = make_comparison(PHANTOMS)
    near = itn_directions.nearest_of(table.assign(k_1=0.0), "spatial", 1)
    assert near is not None and (near["transform"], near["magnitude"]) == ("rotate", 12.0)
    assert itn_directions.nearest_of(table, "spatial", 2) is None


@pytest.mark.parametrize("dimensions", [1, 3])
def test_curves_of_a_k_of_other_than_two_dimensions(dimensions: int) -> None:
    ways = itn_curves.ways_of(make_evaluation(3, dimensions=dimensions), "spatial")
    assert list(ways) == [["first"], [], ["first", "second", "third", "all"]][dimensions - 1]
    assert ways["first"].measures["accuracy"][0] == pytest.approx(
        [0.9 - 0.02 * x / dimensions for x in (0, 0.5, 1)]
    )
