"""The registry: every figure is drawn by the one command from what its head says, one's own as well."""

import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import forks
import pytest
import yaml
from made_up import NETWORKS, PHANTOMS, TRANSFORMS
from PIL import Image

from invariances.errors import InputError
from invariances.figures import registry

ROOT = Path(__file__).parents[2]
FIGURES = registry.registry()
VALUES = {
    "model": "alexnet", "single": "rotate", "pair": "translate_x+translate_y",
    "combined": "translate_x+translate_y", "slug": "broom",
    "name": "broom", "number": "2", "first": "alexnet", "second": "resnet18",
}  # fmt: skip
OWN = '''"""A figure of one's own."""
from invariances.figures import figure
from invariances.figures.style import Page

@figure("heat/{model}", reads={"thresholds": "thresholds.csv"}, category="Mine", labels={"of": "{model}"})
def heat(thresholds, model, palette):
    """How **{model}** fares."""
    page = Page(60, 30)
    page.text(2, 2, f"{model}: {len(thresholds)} rows, {palette.classes[0]}")
    return page.figure
'''


def command(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    words = [str(forks.folder() / "python"), str(ROOT / "scripts/figure.py"), *map(str, arguments)]
    path = {"PYTHONPATH": str(ROOT / "workflow"), "PATH": ""}
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, env=path)


def reads(declared: registry.Declared, run: Path) -> dict[str, list[Path]]:
    """The files below `run` that the head names: the paper's figure takes every transform."""
    found = {}
    for name, pattern in declared.reads.items():
        if declared.cases == "paper":
            pattern = pattern.replace("{single}", "*")
        pattern = pattern.replace("{chunk}", "*").format(**VALUES)
        found[name] = sorted(run.glob(pattern))
        assert found[name], pattern
    return found


def values(declared: registry.Declared) -> dict[str, Any]:
    from invariances.figures.axes import read_transforms
    from invariances.figures.style import Palette

    run = {
        "transforms": read_transforms(json.dumps(TRANSFORMS)),
        "palette": Palette(PHANTOMS),
        "models": list(NETWORKS),
    }
    return VALUES | run


@pytest.mark.parametrize("name", list(FIGURES))
def test_every_figure_is_drawn_from_what_its_head_says(
    run: Path, tmp_path: Path, name: str
) -> None:
    from invariances.figures import inputs, style

    declared = FIGURES[name]
    pages = inputs.draw(declared, reads(declared, run), values(declared))
    files = [tmp_path / "x.png", tmp_path / "x.pdf"]
    style.save(pages, files, dpi=80)
    with Image.open(files[0]) as image:
        assert image.width >= 270
        assert len(image.convert("L").getcolors() or range(300)) > 10
    data = files[1].read_bytes()
    assert b"/FontFile2" in data and b"/Type3" not in data


@pytest.mark.parametrize(
    ("classes", "formats", "pages", "pngs"),
    [
        (14, ("png", "pdf"), 1, 1),
        (140, ("png", "pdf"), 10, 10),
        (141, ("png", "pdf"), 11, 1),
        (141, ("png",), 11, 11),
    ],
)
def test_how_many_pages_of_a_sheet_are_pngs(
    classes: int, formats: tuple[str, ...], pages: int, pngs: int
) -> None:
    sheet = FIGURES["sheet"]
    assert (sheet.pages(classes), sheet.pngs(classes, formats)) == (pages, pngs)


@pytest.mark.parametrize("name", list(FIGURES))
def test_what_is_read_of_a_head_is_what_python_makes_of_it(name: str) -> None:
    declared = FIGURES[name]
    function = getattr(importlib.import_module(declared.module), name)
    assert tuple(inspect.signature(function).parameters) == declared.parameters
    assert inspect.getdoc(function) == declared.caption
    assert declared.caption.format(**VALUES)
    assert declared.address.format(**VALUES)


@pytest.mark.parametrize("name", list(FIGURES))
def test_a_table_that_is_not_there_or_lacks_a_column_is_named(
    run: Path, tmp_path: Path, name: str
) -> None:
    from invariances.figures import inputs

    declared = FIGURES[name]
    files = reads(declared, run)
    first = next(iter(files))
    short = tmp_path / f"short{files[first][0].suffix}"
    short.write_bytes(files[first][0].read_bytes()[:20])
    for path, said in ((tmp_path / f"none{short.suffix}", "none"), (short, "short")):
        with pytest.raises(InputError, match=said):
            inputs.draw(declared, files | {first: [path]}, values(declared))


def test_the_command_writes_pages_and_removes_those_of_more_classes(
    run: Path, tmp_path: Path
) -> None:
    files = reads(FIGURES["sheet"], run)
    read = [f"{name}={path}" for name, paths in files.items() for path in paths]
    (tmp_path / "rotate-2.png").touch()
    done = command(
        "sheet", "--read", *read, "--value", "model=alexnet", "single=rotate", "--transforms",
        json.dumps(TRANSFORMS), "--classes", *PHANTOMS, "--dpi", 60,
        "--output", tmp_path / "rotate.png", tmp_path / "rotate.pdf",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"rotate.png", "rotate.pdf"}


def test_a_figure_of_ones_own_is_found_without_importing_it_and_drawn(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_figures.py").write_text(OWN + "\nraise_if_imported = 1\n")
    monkeypatch.chdir(tmp_path)
    found = registry.registry(["my_figures:heat"])["heat"]
    assert found.kind == found.entry == "my_figures:heat"
    assert found.reads == {"thresholds": "thresholds.csv"}
    assert "my_figures" not in sys.modules
    done = command(
        "my_figures:heat", "--read", f"thresholds={run / 'thresholds.csv'}",
        "--value", "model=alexnet", "--classes", "broom", "--output", "x.png", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Image.open(tmp_path / "x.png").size == (708, 354)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def heat(", "def overview(", "name 'overview' is that of invariances.figures.overview"),
        ("heat/{model}", "borders/{model}", "address 'borders/{model}' is that of"),
        ("heat/{model}", "heat/{modle}", "'modle'; did you mean 'model'"),
        ("thresholds, model", "tresholds, model", "did you mean 'thresholds'"),
        ("thresholds, model", "model", "reads 'thresholds', which is none of its parameters"),
        ('"thresholds.csv"', "str(1)", "reads is no literal"),
        ('category="Mine", ', "", "lacks category"),
        ("category=", "categorie=", "did you mean 'category'"),
        ('"""How **{model}** fares."""', "", "it is the caption"),
        ("**{model}** fares", "**{pair}** fares", "caption: unknown 'pair'"),
        ('"heat/{model}",', '"heat/{model}", cases="alll",', "did you mean 'all'"),
        ("def heat(", "def heat(:", "line 6"),
    ],
)  # fmt: skip
def test_a_head_that_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    text = OWN.replace(old, new, 1)
    assert text != OWN
    (tmp_path / "my_figures.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    name = "overview" if "overview" in new else "heat"
    with pytest.raises(InputError, match=re.escape(said)):
        registry.registry([f"my_figures:{name}"])


def test_a_module_or_function_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_figures.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="'haet'; did you mean 'heat'"):
        registry.registry(["my_figures:haet"])
    with pytest.raises(InputError, match="no module 'mine'"):
        registry.registry(["mine:heat"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["overvieuw"], "did you mean 'overview'"),
        (["overview", "--read", "curve=a"], "did you mean 'curves'"),
        (["overview", "--read", "curves"], "NAME=VALUE"),
        (["overview", "--value", "modle=a"], "did you mean 'model'"),
        (["overview", "--read", "curves=none.parquet"], "none.parquet"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = command(*arguments, "--output", tmp_path / "x.png")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_no_member_of_a_cluster_s_group_asks_for_a_device() -> None:
    """Snakemake refuses a group of which one member asks for a text (`batch_size: auto`), others not."""
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    rules = "".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    asking = {
        part.split(":")[0].split()[0]
        for part in re.split(r"^(?:use )?rule ", rules, flags=re.MULTILINE)[1:]
        if "**ON_DEVICE" in part
    }
    assert "sweep" in asking and "sizes" in asking
    assert asking.isdisjoint(profile["groups"])


def test_the_cluster_draws_every_figure_in_its_group() -> None:
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    grouped = {rule for rule, group in profile["groups"].items() if group == "figures"}
    assert grouped == {f"figure_{name}" for name in FIGURES}
