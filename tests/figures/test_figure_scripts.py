import importlib
import sys
from pathlib import Path

import pandas as pd
import pytest
from made_up import PHANTOMS, make_pairs, make_tables, make_thumbnails
from PIL import Image

from invariances.figures import inputs

PAIR = "translate_x+translate_y"
TRANSFORMS = ("noise", "rotate", "zoom", "blur", "grayscale", "brightness")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results as a run leaves them."""
    folder = tmp_path_factory.mktemp("results")
    curves, thresholds = make_tables(("alexnet", "resnet18"), TRANSFORMS, PHANTOMS)
    curves.to_parquet(folder / "curves.parquet", index=False)
    thresholds.to_csv(folder / "thresholds.csv", index=False)
    make_pairs("alexnet", PHANTOMS, steps=9).to_parquet(folder / "pairs.parquet", index=False)
    make_thumbnails(folder / "rotate.0.npz", "rotate", PHANTOMS[:6])
    make_thumbnails(folder / "rotate.1.npz", "rotate", PHANTOMS[6:])
    return folder


def call(monkeypatch: pytest.MonkeyPatch, script: str, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", [f"{script}.py", *map(str, arguments)])
    inputs.run(importlib.import_module(script).main)


def common(run: Path, transforms_json: str) -> list[object]:
    return ["--transforms", transforms_json, "--classes", *PHANTOMS, "--dpi", 80]


def specific(run: Path) -> dict[str, list[object]]:
    curves, thresholds = run / "curves.parquet", run / "thresholds.csv"
    both = ["--curves", curves, "--thresholds", thresholds]
    rotation = ["--model", "alexnet", "--transform", "rotate"]
    thumbnails = [run / "rotate.0.npz", run / "rotate.1.npz"]
    return {
        "figure_curve": [*both, *rotation, "--class", "broom", "--thumbnails", *thumbnails],
        "figure_sheet": [*both, *rotation, "--thumbnails", *thumbnails],
        "figure_paper": [
            *both, "--figure", 2, "--model", "alexnet", "--pairs", run / "pairs.parquet",
            "--thumbnails", *(f"rotate={path}" for path in thumbnails),
        ],
        "figure_mixed": ["--curves", curves],
        "figure_heatmap": [
            "--pairs", run / "pairs.parquet", "--model", "alexnet", "--transform", PAIR,
            "--class", "volcano", "broom",
        ],
        "figure_overview": both,
    }  # fmt: skip


SCRIPTS = [
    "figure_curve", "figure_sheet", "figure_paper", "figure_mixed", "figure_heatmap",
    "figure_overview",
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_writes_both_files_with_embedded_fonts(
    run: Path, transforms_json: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    stem = tmp_path / "figures" / "x.y"
    arguments = [*common(run, transforms_json), *specific(run)[script], "--output-stem", stem]
    call(monkeypatch, script, *arguments)
    assert sorted(path.name for path in stem.parent.iterdir()) == ["x.y.pdf", "x.y.png"]
    with Image.open(stem.with_name("x.y.png")) as image:
        assert image.width >= 270
        assert len(image.convert("L").getcolors() or range(300)) > 10
    data = stem.with_name("x.y.pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"/Type3" not in data


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_explains_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        call(monkeypatch, script, "--help")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "--transforms" in shown
    assert "--output-stem" in shown


@pytest.mark.parametrize(
    ("script", "option", "value", "named"),
    [
        ("figure_curve", "--class", "brom", "'brom'.*did you mean 'broom'"),
        ("figure_curve", "--transform", "rotat", "'rotat'.*did you mean 'rotate'"),
        ("figure_sheet", "--model", "alexnot", "'alexnot'.*did you mean 'alexnet'"),
        ("figure_sheet", "--class", "brom", "'brom'"),
        ("figure_mixed", "--class", "brom", "'brom'"),
        ("figure_overview", "--transform", "rotat", "'rotat'"),
        ("figure_heatmap", "--class", "brom", "'brom'"),
        ("figure_paper", "--model", "alexnot", "'alexnot'"),
        ("figure_paper", "--panel", "rotate", "'rotate'"),
        ("figure_paper", "--panel", "rotate=brom", "'brom'"),
        ("figure_sheet", "--curves", "nowhere.parquet", "nowhere.parquet"),
        ("figure_sheet", "--transforms", "{}", "'rotate'"),
    ],
)
def test_script_ends_with_one_sentence_that_names_what_is_wrong(
    run: Path,
    transforms_json: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    option: str,
    value: str,
    named: str,
) -> None:
    arguments = [*common(run, transforms_json), *specific(run)[script], option, value]
    with pytest.raises(SystemExit, match=named) as ended:
        call(monkeypatch, script, *arguments, "--png", tmp_path / "x.png")
    assert str(ended.value.code).startswith(script)
    assert "\n" not in str(ended.value.code)
    assert not list(tmp_path.iterdir())


def test_missing_columns_are_named(
    run: Path, transforms_json: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pd.read_parquet(run / "curves.parquet").drop(columns=["accuracy_low"])
    table.to_parquet(tmp_path / "short.parquet")
    arguments = [*common(run, transforms_json), *specific(run)["figure_mixed"]]
    with pytest.raises(SystemExit, match=r"short\.parquet.*accuracy_low"):
        call(
            monkeypatch, "figure_mixed", *arguments, "--curves", tmp_path / "short.parquet",
            "--png", tmp_path / "x.png",
        )  # fmt: skip


def test_no_output_is_refused(
    run: Path, transforms_json: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="--output-stem"):
        call(
            monkeypatch,
            "figure_mixed",
            *common(run, transforms_json),
            *specific(run)["figure_mixed"],
        )


def test_arguments_from_a_file(
    run: Path, transforms_json: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "classes").write_text("\n".join(["--classes", *PHANTOMS]))
    call(
        monkeypatch,
        "figure_mixed",
        f"@{tmp_path / 'classes'}",
        "--transforms", transforms_json, "--curves", run / "curves.parquet", "--transform", "rotate",
        "--png", tmp_path / "x.png",
    )  # fmt: skip
    assert (tmp_path / "x.png").is_file()
