"""Networks of one's own, as tests of classifiers need them."""

import sys
from textwrap import dedent

import pytest

OWN = '''
import torch
from torch import nn

def plain(num_classes, width=2):
    return nn.Sequential(nn.Flatten(), nn.Linear(192, width), nn.Linear(width, num_classes))

def fixed():
    return nn.Sequential(nn.Flatten(), nn.Linear(192, 7))

def anything(**options):
    return nn.Linear(3, options["num_classes"])

def no_module(num_classes):
    return [1, 2]

def fails():
    raise ValueError("no licence found")

class Wrapped(nn.Module):
    """All of its weights are under `module`, and it keeps tensors that its state does not have."""

    def __init__(self, num_classes):
        super().__init__()
        self.module = nn.Sequential(nn.Flatten(), nn.Linear(192, num_classes), nn.BatchNorm1d(num_classes))
        self.register_buffer("shift", torch.full((1,), 0.25), persistent=False)
        self.scale = torch.tensor([2.0])

    def forward(self, pictures):
        return self.module(pictures + self.shift) * self.scale.item()

class Keeps(nn.Module):
    """It keeps a tensor that only its own code knows of."""

    def __init__(self, num_classes):
        super().__init__()
        self.layer = nn.Linear(192, num_classes)
        self.shifts = [torch.tensor([0.5])]

    def forward(self, pictures):
        return self.layer(pictures.flatten(1)) + self.shifts[0]

class Reads(nn.Module):
    """Looks at its weights while it is made."""

    def __init__(self, num_classes):
        super().__init__()
        self.layer = nn.Linear(192, num_classes)
        self.rates = [value.item() for value in torch.linspace(0, 1, 3)]

    def forward(self, pictures):
        return self.layer(pictures.flatten(1)) + self.rates[-1]

tied_layer = None
def tied(num_classes):
    first = nn.Linear(192, 192)
    second = nn.Linear(192, 192)
    second.weight = first.weight
    return nn.Sequential(nn.Flatten(), first, second)
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A user's module in the working directory, found although it is not on the path."""
    (tmp_path / "my_networks.py").write_text(dedent(OWN))
    (tmp_path / "broken_networks.py").write_text("def f(:\n")
    (tmp_path / "raising_networks.py").write_text("raise OSError('no such driver')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "my_networks"
    for name in ("my_networks", "broken_networks", "raising_networks"):
        sys.modules.pop(name, None)
