"""The commands that draw the Invariant Transformer Net's figures, and the pages they leave."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from itn_made_up import (
    KINDS,
    make_comparison,
    make_evaluation,
    make_gallery,
    make_history,
    make_objectives,
    make_tightness,
)
from made_up import PHANTOMS, clashes
from matplotlib.figure import Figure
from PIL import Image

from invariances.figures import (
    inputs,
    itn_comparison,
    itn_curves,
    itn_family,
    itn_gallery,
    itn_objectives,
    itn_tightness,
    itn_training,
)
from invariances.figures.axes import TransformAxis
from invariances.figures.style import Palette

SCRIPTS = ("training", "curves", "family", "tightness", "comparison", "gallery", "objectives")
LONG = "a_rather_long_name_of_a_classifier_of_one's_own"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    make_history().to_csv(folder / "history.csv", index=False)
    make_evaluation().to_csv(folder / "evaluation.csv", index=False)
    make_tightness().to_csv(folder / "tightness.csv", index=False)
    make_comparison(PHANTOMS).to_csv(folder / "comparison.csv", index=False)
    make_objectives().to_csv(folder / "objectives.csv", index=False)
    make_gallery(folder / "gallery.npz", PHANTOMS[:4])
    return folder


def arguments_for(run: Path, name: str, transforms_json: str) -> list[object]:
    source = {
        "training": ["--history", run / "history.csv"],
        "curves": ["--evaluation", run / "evaluation.csv"],
        "family": ["--evaluation", run / "evaluation.csv"],
        "tightness": ["--tightness", run / "tightness.csv"],
        "comparison": ["--comparison", run / "comparison.csv", "--transforms", transforms_json],
        "gallery": ["--gallery", run / "gallery.npz"],
        "objectives": ["--objectives", run / "objectives.csv"],
    }[name]
    return [*source, *([] if name == "objectives" else ["--model", "alexnet"])]


def call(monkeypatch: pytest.MonkeyPatch, name: str, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", [f"figure_itn_{name}.py", *map(str, arguments)])
    inputs.run(importlib.import_module(f"figure_itn_{name}").main)


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_writes_both_files_with_embedded_fonts(
    run: Path, transforms_json: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stem = tmp_path / "figures" / name
    arguments = arguments_for(run, name, transforms_json)
    call(monkeypatch, name, *arguments, "--output-stem", stem, "--dpi", 80)
    assert sorted(path.name for path in stem.parent.iterdir()) == [f"{name}.pdf", f"{name}.png"]
    with Image.open(stem.with_suffix(".png")) as image:
        assert image.width >= 270
    data = stem.with_suffix(".pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"/Type3" not in data


@pytest.mark.parametrize(
    ("name", "file", "column"),
    [
        ("training", "history", "classifier_loss"),
        ("curves", "evaluation", "softmax_low"),
        ("family", "evaluation", "varied"),
        ("tightness", "tightness", "censored"),
        ("comparison", "comparison", "magnitude"),
        ("objectives", "objectives", "worst_accuracy"),
    ],
)
def test_missing_columns_and_files_are_named(
    run: Path,
    transforms_json: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    file: str,
    column: str,
) -> None:
    text = (run / f"{file}.csv").read_text().replace(column, "strange", 1)
    (tmp_path / "short.csv").write_text(text)
    given = arguments_for(run, name, transforms_json)
    out = ["--png", tmp_path / "x.png"]
    for path, said in ((tmp_path / "short.csv", column), (tmp_path / "none.csv", "no such")):
        given[1] = path
        with pytest.raises(SystemExit, match=rf"{path.name}.*{said}"):
            call(monkeypatch, name, *given, *out)
    assert not (tmp_path / "x.png").exists()


def test_a_file_that_is_no_gallery_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.npz").write_bytes(b"PK nothing")
    for name, said in (("bad.npz", "not a readable"), ("none.npz", "no such")):
        with pytest.raises(SystemExit, match=rf"{name}.*{said}"):
            call(
                monkeypatch, "gallery", "--gallery", tmp_path / name, "--model", "m", "--png",
                tmp_path / "x.png",
            )  # fmt: skip


def test_an_unknown_transform_is_named(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="'rotate'"):
        call(
            monkeypatch, "comparison", *arguments_for(run, "comparison", "{}"), "--png",
            tmp_path / "x.png",
        )  # fmt: skip


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
    "tightness": lambda: itn_tightness.draw_tightness(make_tightness(), "alexnet"),
    "tightness of three": lambda: itn_tightness.draw_tightness(make_tightness(KINDS), LONG),
    "objectives": lambda: itn_objectives.draw_objectives(make_objectives()),
}


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
def test_no_text_overlaps_in_the_gallery(
    tmp_path: Path, kinds: tuple[str, ...], classes: tuple[str, ...]
) -> None:
    gallery = itn_gallery.read_gallery(make_gallery(tmp_path / "g.npz", classes, kinds))
    assert clashes(itn_gallery.draw_gallery(gallery, LONG)) == []
