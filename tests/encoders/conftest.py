"""An encoder of one's own, which tells colours."""

import sys

import pytest

OWN = '''
import torch
from torch import nn


class Colours(nn.Module):
    """The mean colour of each quarter, and its square."""

    def __init__(self, constant=False):
        super().__init__()
        self.pool, self.constant = nn.AdaptiveAvgPool2d(2), constant

    def forward(self, x):
        found = self.pool(x).flatten(1)
        found = torch.cat([found, found**2], dim=1)
        return torch.ones_like(found) + 0 * found if self.constant else found


def colours(constant=False):
    return Colours(constant)
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of one's own in the working directory."""
    (tmp_path / "own_encoders.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield "own_encoders:colours"
    sys.modules.pop("own_encoders", None)
