"""Files that one's own network is made of, wherever it reads them, are seen to change."""

import os
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from invariances.classifiers import build
from invariances.configuration import opened
from invariances.configuration.plans import find_plan, store_plan

NETWORK = """
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

import opened_helper


def network(num_classes):
    made = nn.Linear(opened_helper.WIDTH, num_classes)
    json.loads(Path("settings.json").read_text())
    made.load_state_dict(torch.load("weights.pt"))
    made.load_state_dict(load_file("weights.safetensors"))
    return made
"""
POOLED = """
import json
from pathlib import Path

from torch import nn


def network(num_classes):
    pool = json.loads(Path("settings.json").read_text())["pool"]
    made = nn.Sequential(
        getattr(nn, f"Adaptive{pool}Pool2d")(1), nn.Flatten(), nn.Linear(3, num_classes)
    )
    nn.init.zeros_(made[2].bias)
    made[2].weight.data = (made[2].weight.data * 0 + 1).cumsum(0)
    return made
"""
FILES = {
    "opened_network.py", "opened_helper.py", "settings.json", "weights.pt", "weights.safetensors",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(opened, "FOUND", set())
    (tmp_path / "opened_network.py").write_text(NETWORK)
    (tmp_path / "opened_helper.py").write_text("WIDTH = 3\n")
    (tmp_path / "settings.json").write_text("{}")
    state = torch.nn.Linear(3, 2).state_dict()
    torch.save(state, "weights.pt")
    save_file(state, "weights.safetensors")
    yield tmp_path
    for name in ("opened_network", "opened_helper"):
        sys.modules.pop(name, None)


def test_what_a_callable_reads_is_noted_and_nothing_else(folder):
    Path("before.txt").touch()
    Path("before.txt").read_text()
    with opened.noted():
        build("opened_network:network", classes=2)
    Path("weights.pt").read_bytes()
    Path("before.txt").read_text()
    assert {Path(name).relative_to(folder).name for name in opened.FOUND} == FILES
    with opened.noted(False):
        Path("before.txt").read_text()
    assert len(opened.FOUND) == len(FILES)


def test_what_is_read_is_told_from_what_is_written(folder):
    with opened.noted() as read:
        build("opened_network:network", classes=2)
        Path("log.txt").write_text("begun")
        with Path("log.txt").open("a") as log:
            log.write("done")
    assert {Path(name).name for name in read if not name.endswith(".py")} == {
        "settings.json", "weights.pt", "weights.safetensors",
    }  # fmt: skip
    assert "log.txt" in {Path(name).name for name in opened.FOUND}


def test_a_module_without_its_source_is_no_harm(folder):
    (folder / "sourceless.pyc").write_bytes(b"1234")
    with opened.noted() as read:
        Path("sourceless.pyc").read_bytes()
    assert {Path(name).name for name in read} == {"sourceless.pyc"}


@pytest.mark.parametrize("weights", ["own", "train"])
def test_a_setting_that_decides_no_weights_makes_another_network(
    folder, resolved, base, monkeypatch, weights
):
    """Pooling by the mean or by the maximum: the same weights, other answers."""
    (folder / "opened_network.py").write_text(POOLED)
    model = {"network": "opened_network:network", "weights": weights}
    found = set()
    for pool in ("Avg", "Max", "Avg"):
        (folder / "settings.json").write_text(f'{{"pool": "{pool}"}}')
        found.add(resolved(base | {"models": {"m": model}}).networks["m"].sha256)
    assert len(found) == 2


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_plan_is_made_again_where_one_of_them_changed(folder, resolved, base, name):
    plan = resolved(base)
    with opened.noted():
        build("opened_network:network", classes=2)
    store_plan("state", plan, opened.FOUND)
    assert find_plan("state") == plan
    before = Path(name).stat()
    content = Path(name).read_bytes()
    Path(name).unlink()
    assert find_plan("state") is None
    Path(name).write_bytes(content[:-1] + b"\n")
    os.utime(name, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert find_plan("state") is None
    assert find_plan("state", fresh=False) == plan
