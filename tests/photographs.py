"""Real networks and the photographs beside them, for tests that have them (the fixture `real`)."""

from pathlib import Path

import numpy as np
from torch import nn

from invariances.classifiers import Classifier, build, fit_state, read_state
from invariances.datasets.synsets import ImageNetTable
from invariances.pictures import Preparation, decode, prepare


def pretrained(real: Path, name: str) -> nn.Module:
    """A network of torchvision's with its weights of ImageNet, frozen."""
    network = build(f"torchvision/{name}", classes=1000)
    weights = real / f"weights/{name}-imagenet.safetensors"
    fit_state(network, read_state(weights), str(weights))
    return Classifier(network).freeze()


def photographs(real: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 [N, 224, 224, 3] and labels [N]: first the first of each class."""
    folders = sorted(path for path in (real / "photos").iterdir() if path.is_dir())
    files = [sorted(folder.glob("*.png")) for folder in folders]
    chosen = [path for row in zip(*files, strict=True) for path in row][:count]
    pixels = [prepare(decode(path, path.name), Preparation(256, 224)) for path in chosen]
    ids = list(ImageNetTable.load().ids)
    return np.stack(pixels), np.array([ids.index(path.parent.name) for path in chosen])
