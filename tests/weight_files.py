"""What tests of weights share: traps in files, an empty cache, and how two states are compared."""

import os

import pytest
import torch

from invariances.classifiers import weights


class Trap:
    """A pickle that, if it is let, leaves a file behind."""

    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return (os.mkdir, (self.file,))


def equal(one, two):
    return set(one) == set(two) and all(torch.equal(one[name], two[name]) for name in one)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """torch's cache, empty, and no waiting between attempts."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("TORCH_MODEL_ZOO", raising=False)
    waits = []
    monkeypatch.setattr(weights.time, "sleep", waits.append)
    checkpoints = tmp_path / "torch/hub/checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "someone-else-s.pth").write_bytes(b"keep me")
    return checkpoints, waits
