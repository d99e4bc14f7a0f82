"""Worst cases as they are drawn: each accuracy where the table has it, classes in the run's colours."""

from collections.abc import Mapping

import numpy as np
import pytest
from made_up import PHANTOMS, make_worst
from matplotlib.collections import LineCollection

from invariances.errors import InputError
from invariances.figures.axes import TransformAxis
from invariances.figures.style import Palette
from invariances.figures.worst import MEASURES, PER_PAGE, worst

TUPLE = "translate_x+translate_y+rotate"
Axes = Mapping[str, TransformAxis]


def test_every_accuracy_stands_at_its_value_with_its_interval(
    transforms: Axes, palette: Palette
) -> None:
    table = make_worst("alexnet", TUPLE, PHANTOMS)
    (page,) = worst(table, "alexnet", TUPLE, transforms, palette)
    rows = table.iloc[[-1, *range(len(PHANTOMS))]]
    assert rows["class"].isna().tolist() == [True] + [False] * len(PHANTOMS)
    axes = page.axes[0]
    marks = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    bars = {each.get_gid(): each for each in axes.collections if isinstance(each, LineCollection)}
    for name in MEASURES:
        line = marks[f"accuracy:{name}"]
        np.testing.assert_allclose(line.get_xdata(), rows[name])
        # All marks of a class stand within its row.
        np.testing.assert_array_equal(np.round(line.get_ydata()), np.arange(len(rows)))
        ends = np.array(bars[f"interval:{name}"].get_segments())[:, :, 0]
        np.testing.assert_allclose(ends, rows[[f"{name}_low", f"{name}_high"]])
    order = [marks[f"accuracy:{name}"].get_ydata()[0] for name in MEASURES]
    assert order == sorted(order) and len(set(order)) == len(MEASURES)
    words = {text.get_text() for each in page.axes for text in each.texts}
    assert {"all pictures", "orange"} <= words
    looks = [line.get_color() for line in page.axes[1].lines]
    assert looks == [palette.look(name).colour for name in PHANTOMS]


def test_a_pair_has_nothing_refined_and_one_picture_no_interval(
    transforms: Axes, palette: Palette
) -> None:
    pair = "translate_x+translate_y"
    table = make_worst("alexnet", pair, PHANTOMS[:2]).assign(images=[1, 20, 21])
    table = table.assign(refined_accuracy=np.nan)
    (page,) = worst(table, "alexnet", pair, transforms, palette)
    drawn = {line.get_gid() for line in page.axes[0].lines}
    assert "accuracy:worst_accuracy" in drawn and "accuracy:refined_accuracy" not in drawn
    (bars,) = [
        each for each in page.axes[0].collections if each.get_gid() == "interval:worst_accuracy"
    ]
    assert len(bars.get_segments()) == 2
    assert "worst of 10" in {text.get_text() for text in page.texts}


def test_a_class_of_any_name_is_a_class(transforms: Axes) -> None:
    names = ["(all)", "all pictures", "nan"]
    table = make_worst("alexnet", TUPLE, names)
    (page,) = worst(table, "alexnet", TUPLE, transforms, Palette(names))
    assert len(page.axes[0].lines[-1].get_xdata()) == 4
    assert len(page.axes[1].lines) == 3


def test_many_classes_take_pages_each_with_all_pictures_first(transforms: Axes) -> None:
    classes = [f"class {number}" for number in range(2 * PER_PAGE + 1)]
    table = make_worst("alexnet", TUPLE, classes)
    pages = worst(table, "alexnet", TUPLE, transforms, Palette(classes))
    rows = [len(page.axes[0].lines[-1].get_xdata()) for page in pages]
    assert rows == [PER_PAGE + 1, PER_PAGE + 1, 2]


def test_transforms_that_the_table_has_not_are_said(transforms: Axes, palette: Palette) -> None:
    table = make_worst("alexnet", TUPLE, PHANTOMS[:2])
    with pytest.raises(InputError, match="did you mean"):
        worst(table, "alexnet", "translate_x+translate_y+rotat", transforms, palette)
