"""The benchmark at tiny sizes: that every row can be measured, never how fast anything was."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from bench import textures, thousand, usual
from bench.__main__ import DECIDING
from bench.cases import FULL, SMALL
from bench.engines import engine_rows
from bench.learning import step_rows
from bench.memory import memory_rows
from bench.rows import Row, markdown, table
from bench.runs import plan_rows
from bench.sweeps import PAPER, captum_rows, sweep_rows
from invariances import configuration
from invariances.classifiers import compiled, halved
from invariances.transforms import TRANSFORMS

ROOT = Path(__file__).parents[2]


def measured(folder: Path, *only: str) -> pd.DataFrame:
    command = [sys.executable, "-m", "bench", "--tiny", "--output", str(folder), "--only", *only]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(folder / "bench.csv", keep_default_na=False)


@pytest.mark.slow
def test_rows_of_the_library(tmp_path):
    only = (
        "sweep:",
        "engine:",
        "further: resnet18, object_rotate",
        "checked:",
        "antialiased: resnet18, zoom",
        "curve: resnet18, rotate",
        "brightness, against Captum",
        "ITN",
        "memory: twice the pictures",
    )
    found = measured(tmp_path, *only)
    assert list(found) == ["name", "figure", "unit", "bar", "holds", "device"]
    assert set(found["device"]) == {"cpu", "cuda"}
    names = set(found["name"])
    assert {f"sweep: resnet18, {name}" for name in PAPER} <= names
    engine = "compiled" if compiled.compiler() else "none"
    assert (f"engine: {SMALL}, rotate, {engine}" in names) == (engine != "none")
    checked = {name for name in names if name.startswith(f"checked: {SMALL}, rotate, ")}
    ways = 0 if halved.missing("cpu") else 1 + (engine == "compiled")
    assert len(checked) == 3 * ways
    for start in (
        "further:",
        "antialiased:",
        "curve:",
        "thresholds:",
        "ITN step:",
        "memory: twice the",
    ):
        assert any(name.startswith(start) for name in names), start
    here = found[found["device"] == "cpu"]
    assert (here["figure"].astype(float) > 0).all()
    if not torch.cuda.is_available():
        assert set(found.loc[found["device"] == "cuda", "holds"]) == {"not measured"}
    assert "no GPU" in (tmp_path / "machine.txt").read_text() or torch.cuda.is_available()


def test_the_rows_that_decide_are_rows():
    names = []

    def asked(name: str, device: str = "cpu") -> bool:
        names.append(name)
        return False

    for rows in (sweep_rows, engine_rows, captum_rows, step_rows, memory_rows, plan_rows):
        assert not list(rows(FULL, asked))
    assert [part for part in DECIDING if not any(part in name for name in names)] == []


@pytest.mark.slow
def test_rows_of_whole_runs(tmp_path):
    found = measured(tmp_path, "plan", "run:").set_index("name")["figure"].astype(float)
    assert found["plan: all of ImageNet"] > 50
    assert 0 < found["run: passes, forward and backward"] < 1
    assert found["run: nothing to do"] > 0


def test_a_bar_holds_or_not():
    rows = [
        Row("a", 0.95, "x", ">= 0.9"),
        Row("b", 5.0, "s", "<= 4"),
        Row("c", None, "x", ">= 50", "cuda"),
        Row("d", 3.0, "MiB"),
    ]
    assert list(table(rows)["holds"]) == ["yes", "no", "not measured", ""]
    assert "| c | not measured | x | >= 50 |  | cuda |" in markdown(table(rows))


@pytest.mark.parametrize("name", [name for name in PAPER if name != "noise"])
def test_the_usual_functions_do_the_same(name, random_pictures):
    """What is timed against is the same transform, but for what it does at borders (and its noise)."""
    pictures = torch.nn.functional.avg_pool2d(random_pictures(2, 64, 64), 8, 1, 4)[..., :64, :64]
    grid = np.array(TRANSFORMS[name].magnitudes)
    value = float(grid[len(grid) * 2 // 3])
    theirs = usual.USUAL[name](pictures, value).clamp(0, 255)
    ours = TRANSFORMS[name](pictures, torch.full((2,), value, dtype=torch.float64))
    near = (theirs - ours).abs()[..., 16:48, 16:48]
    assert near.mean() < 3


@pytest.mark.parametrize("side", [4, 3])
def test_a_thousand_textures_are_told_apart(side):
    network, raster = textures.nearest(thousand.ALL, side), torch.nn.AdaptiveAvgPool2d(32)
    for place in (0, 517, 999):
        shown = textures.pictures(thousand.ALL, place, 10).permute(0, 3, 1, 2) / 255
        right = network(raster(shown)).argmax(dim=1) == place
        assert right.float().mean() >= 0.8


def test_the_thousand_s_config_is_one(tmp_path):
    checked = configuration.check(thousand.config(100, 10))
    assert len(checked.dataset.classes) == 100 and set(checked.models) == {"raster4", "raster3"}
    thousand.make_class(tmp_path / "a", 3, 2)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["000.png", "001.png"]
