"""The paper's figures."""

import numpy as np
import pytest
from looked_at import clashes
from made_up import PAIR, PHANTOMS, TRANSFORMS, Tables, TransformAxes, make_pairs, make_thumbnails

from invariances.errors import InputError
from invariances.figures import heatmap, paper
from invariances.figures.responses import curves_of, marks_of
from invariances.figures.style import Palette
from invariances.figures.thumbnails import Thumbnails, read_thumbnails


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
def test_paper(everything: Tables, transforms: TransformAxes, tmp_path, number: int) -> None:
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
