"""The Invariant Transformer Net's figures as a reader sees them: no text over another, none cut off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from itn_made_up import (
    KINDS,
    make_certificate,
    make_comparison,
    make_directions,
    make_evaluation,
    make_gallery,
    make_history,
    make_objectives,
    make_tightness,
)
from looked_at import clashes
from made_up import PHANTOMS
from matplotlib.figure import Figure
from matplotlib.text import Text

from invariances.errors import InputError
from invariances.figures import (
    itn_architecture,
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
from invariances.figures.style import Palette
from invariances.itn.module import InvariantTransformer, save
from invariances.itn.steered import Architecture

LONG = "a_rather_long_name_of_a_classifier_of_one's_own"
PAGES: dict[str, Callable[[], Figure]] = {
    "training": lambda: itn_training.draw_training(make_history(), "alexnet"),
    "gated": lambda: itn_training.draw_training(make_history(objective="gated"), LONG),
    "training of a few steps": lambda: itn_training.draw_training(make_history(4, KINDS), LONG),
    "curves": lambda: itn_curves.draw_curves(make_evaluation(), "alexnet"),
    "curves of three": lambda: itn_curves.draw_curves(make_evaluation(3, KINDS), LONG),
    "curves of one": lambda: itn_curves.draw_curves(make_evaluation(2, KINDS[1:2]), LONG),
    "family": lambda: itn_family.draw_family(make_evaluation(), "alexnet"),
    "family of three": lambda: itn_family.draw_family(make_evaluation(9, KINDS), LONG),
    "family of one": lambda: itn_family.draw_family(make_evaluation(2, KINDS[1:2]), LONG),
    "curves of one dimension": lambda: itn_curves.draw_curves(
        make_evaluation(5, dimensions=1), LONG
    ),
    "curves of three dimensions": lambda: itn_curves.draw_curves(
        make_evaluation(3, dimensions=3), LONG
    ),
    "family of one dimension": lambda: itn_family.draw_family(
        make_evaluation(5, dimensions=1), LONG
    ),
    "family of three dimensions": lambda: itn_family.draw_family(
        make_evaluation(3, dimensions=3), LONG
    ),
    "family of an identity": lambda: itn_family.draw_family(
        make_evaluation(3).assign(
            rotation_degrees=0.0,
            zoom=1.0,
            scale_x=1.0,
            brightness_fraction=0.0,
            hue_degrees=0.0,
            spatial_displacement=0.0,
            colour_displacement=0.0,
        ),
        LONG,
    ),
    "directions": lambda: directions("alexnet", KINDS[:2], 2, 0.7),
    "directions of a long name": lambda: directions(LONG, KINDS, 3, 0.0),
    "one direction": lambda: directions(LONG, KINDS[1:2], 1, 1.0),
    "tightness": lambda: itn_tightness.draw_tightness(make_tightness(), "alexnet"),
    "tightness of three": lambda: itn_tightness.draw_tightness(make_tightness(KINDS), LONG),
    "objectives": lambda: itn_objectives.draw_objectives(make_objectives()),
}


def directions(model: str, kinds: tuple[str, ...], dimensions: int, kept: float) -> Figure:
    return itn_directions.draw_directions(
        make_directions(kinds, dimensions), make_certificate(kept), make_comparison(PHANTOMS), model
    )


@pytest.mark.parametrize("page", PAGES)
def test_no_text_overlaps_or_is_cut(page: str) -> None:
    assert clashes(PAGES[page]()) == []


@pytest.mark.parametrize("classes", [PHANTOMS, tuple(f"class {i}" for i in range(60))])
@pytest.mark.parametrize("close", [True, False])
def test_no_text_overlaps_beside_thresholds(
    transforms: dict[str, TransformAxis], palette: Palette, classes: tuple[str, ...], close: bool
) -> None:
    for model in ("alexnet", LONG):
        table = make_comparison(classes, close)
        assert clashes(itn_comparison.draw_comparison(table, transforms, palette, model)) == []


@pytest.mark.parametrize("kinds", [KINDS[:1], KINDS[:2], KINDS])
@pytest.mark.parametrize("classes", [PHANTOMS[:1], PHANTOMS[3:7]])
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_no_text_overlaps_in_the_gallery(
    tmp_path: Path, kinds: tuple[str, ...], classes: tuple[str, ...], dimensions: int
) -> None:
    path = make_gallery(tmp_path / "g.npz", classes, kinds, dimensions=dimensions)
    gallery = itn_gallery.read_gallery(path)
    assert clashes(itn_gallery.draw_gallery(gallery, LONG)) == []


@pytest.mark.parametrize("settings", [
    Architecture(layers="none"),
    Architecture(layers="none", convolution="kernel5", dimensions=3, signed=True),
    Architecture(chart="direct", bounded=False, anchored=False, colour=None),
])  # fmt: skip
def test_the_architecture_is_the_net_s(tmp_path: Path, settings: Architecture) -> None:
    """Every number in it is counted in the module as it was built."""
    module = InvariantTransformer(settings)
    save(module, tmp_path / "itn.safetensors")
    about, shapes = itn_architecture.read_net(tmp_path / "itn.safetensors")
    page = itn_architecture.draw_architecture(about, shapes, LONG)
    assert clashes(page) == []
    words = " ".join(text.get_text() for text in page.findobj(Text))
    for kind, part in module.parts().items():
        assert f"{len(part.generators)} generators" in words
        if settings.layers == "paper":
            assert f"fully connected, {settings.dimensions} to {settings.hidden}" in words
            assert f"{settings.hidden} to {len(part.generators)}" in words
        side = part.generators.shape[-1]
        assert f"{side} \N{MULTIPLICATION SIGN} {side}" in words, kind
    assert ("exponential" in words) == (settings.chart == "exponential")
    assert ("no layers" in words) == (settings.layers == "none")


def test_another_file_is_no_net(tmp_path: Path) -> None:
    (tmp_path / "itn.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"itn\.safetensors: no Invariant"):
        itn_architecture.read_net(tmp_path / "itn.safetensors")
