"""Networks of one's own for configs that are resolved here."""

import copy
import sys

import pytest

from invariances.configuration import check, resolve

NETWORKS = """
import torch
from torch import nn

def small(num_classes):
    return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, num_classes))

def seven():
    return small(7)

class Answers(nn.Module):
    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, pictures):
        return self.answer(pictures)

def not_numbers(num_classes):
    return Answers(lambda p: torch.full((len(p), num_classes), float("nan")))

def a_tuple(num_classes):
    return Answers(lambda p: (p, p))

def a_map(num_classes):
    return Answers(lambda p: torch.zeros(len(p), num_classes, 3, 3))

def raises(num_classes):
    return Answers(lambda p: {}["missing"])
"""

BASE = {
    "run": "test",
    "dataset": {"name": "digits", "images": 5},
    "models": {
        "small": {
            "network": "config_networks:small",
            "weights": "own",
            "preprocessing": {"resize": 8, "crop": 8},
        }
    },
}


@pytest.fixture
def networks(tmp_path, monkeypatch):
    """The working directory, with a module of networks and files of weights and categories."""
    (tmp_path / "config_networks.py").write_text(NETWORKS)
    (tmp_path / "twice.txt").write_text("0\n1\n1\n")
    (tmp_path / "two.txt").write_text("0\n1\n")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "garbage.pth").write_bytes(b"garbage")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("config_networks", None)


@pytest.fixture
def base():
    """A config that resolves, to be spoilt."""
    return copy.deepcopy(BASE)


@pytest.fixture
def resolved(networks):
    """config -> its plan."""
    return lambda config: resolve(check(config))
