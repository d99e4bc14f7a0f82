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
