"""The explorer's squares of an Invariant Transformer Net hold what gallery and tables hold."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from itn_made_up import KINDS, make_certificate, make_directions, make_evaluation, make_gallery
from made_up import PHANTOMS

from invariances.explorer.squares import square_data
from invariances.figures import itn_gallery


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_a_square_of_any_k_is_that_of_its_first_two_components(
    tmp_path: Path, dimensions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = tuple(product((0.0, 0.5, 1.0), repeat=dimensions))
    monkeypatch.setattr("itn_made_up.PLACES", {dimensions: places})
    path = make_gallery(tmp_path / "g.npz", PHANTOMS[:2], KINDS[:1], dimensions=dimensions)
    gallery = itn_gallery.read_gallery(path)
    data = square_data(
        gallery,
        make_evaluation(3, KINDS[:1], dimensions=dimensions),
        make_certificate(0.7),
        make_directions(KINDS[:1], dimensions),
    )
    (kind,) = data["kinds"]
    assert kind["values"] == [0.0, 0.5, 1.0]
    assert kind["seconds"] == ([0.0] if dimensions == 1 else [0.0, 0.5, 1.0])
    assert len(kind["words"]) == len(kind["values"]) * len(kind["seconds"])
    # The second component runs fastest.
    at = {(a, b): i for i, (a, b) in enumerate(product(kind["values"], kind["seconds"]))}
    wanted = gallery.at(spatial=((1.0, 0.0, 0.0))[:dimensions])
    assert kind["answers"][1][at[1.0, 0.0]] == gallery.prediction[wanted, 1]
    assert kind["words"][at[1.0, 0.0]] == ", ".join(gallery.summary("spatial", wanted, most=3))
    evaluated = np.array(kind["accuracy"])
    assert len(evaluated) == (3 if dimensions == 1 else 9)
    assert data["certificate"].startswith("Scale 0.7 of the family")
    assert kind["directions"][0] == "rotation +14.0 degrees"
