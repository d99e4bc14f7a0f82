"""Maps of two transforms."""

import numpy as np
import pytest
from looked_at import clashes
from made_up import PAIR, PHANTOMS, TransformAxes, make_pairs

from invariances.errors import InputError
from invariances.figures import heatmap


@pytest.mark.parametrize("count", [1, 2, 5])
def test_heatmaps(transforms: TransformAxes, count: int) -> None:
    pairs = make_pairs("alexnet", PHANTOMS[:6])
    names = list(PHANTOMS[:count])
    maps = heatmap.maps_of(pairs, "alexnet", PAIR, names)
    figure = heatmap.draw_heatmap(maps, "alexnet", heatmap.split_pair(PAIR, transforms))
    assert clashes(figure) == []
    assert len([axes for axes in figure.axes if axes.get_gid() == "scale"]) == -(-count // 3)


def test_heatmap_holds_the_table_and_outlines_the_regions(transforms: TransformAxes) -> None:
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


def test_maps_of_many_classes_fill_several_pages(transforms: TransformAxes) -> None:
    names = [f"class {number}" for number in range(heatmap.PER_PAGE + 2)]
    pages = list(heatmap.heatmap(make_pairs("alexnet", names), "alexnet", PAIR, transforms))
    shown = [[text.get_text() for text in page.texts if text.get_text() in names] for page in pages]
    assert shown == [names[: heatmap.PER_PAGE], names[heatmap.PER_PAGE :]]
    assert ["(1 of 2)" in pages[0].texts[0].get_text(), "(2 of 2)" in pages[1].texts[0].get_text()]
    assert all(clashes(page) == [] for page in pages)


@pytest.mark.parametrize("pair", ["rotate", "rotate+zom", "a+b+c"])
def test_what_is_no_pair_is_refused_by_name(transforms: TransformAxes, pair: str) -> None:
    with pytest.raises(InputError, match=pair.split("+")[-1] if pair.count("+") == 1 else pair[0]):
        heatmap.split_pair(pair, transforms)
