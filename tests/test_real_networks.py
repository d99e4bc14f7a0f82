"""Real networks on real photographs give the accuracies that are known of them."""

import numpy as np
import pytest
import torch
from sections import opened
from torch import nn

from invariances.classifiers import (
    Classifier,
    Description,
    build,
    fit_state,
    load,
    read_state,
    save,
)
from invariances.pictures import Preparation, prepare

# The standard preparation of ImageNet's pictures.
STANDARD = Preparation(256, 224, "bilinear")


@pytest.fixture(scope="module")
def photographs(real) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Prepared photographs uint8 [60, 224, 224, 3], their ImageNet indices, and all categories."""
    dataset = opened(name="folder", root=str(real / "photos"), images=5)
    chosen = [
        (place, picture)
        for place, name in enumerate(dataset.categories)
        if name in dataset.present
        for picture in dataset.pictures(name, "screening", 5, 0)
    ]
    pixels = np.stack([prepare(dataset.read(picture), STANDARD) for _, picture in chosen])
    return pixels, np.array([place for place, _ in chosen]), dataset.categories


@pytest.mark.parametrize(
    ("name", "right", "softmax"), [("squeezenet1_0", 50, 0.666), ("resnet18", 56, 0.746)]
)
def test_accuracy_is_reproduced_to_the_picture(real, photographs, tmp_path, name, right, softmax):
    pixels, labels, categories = photographs
    assert pixels.shape == (60, 224, 224, 3)
    network: nn.Module = build(f"torchvision/{name}", classes=1000)
    fit_state(network, read_state(real / f"weights/{name}-imagenet.safetensors"), name)
    save(network, Description(f"torchvision/{name}", categories), tmp_path)
    classifier: Classifier = load(tmp_path)
    correct, own = 0, []
    with torch.inference_mode():
        for start in range(0, 60, 20):
            pictures = torch.from_numpy(pixels[start : start + 20]).permute(0, 3, 1, 2).float()
            answers = classifier(pictures).softmax(dim=1).numpy()
            truth = labels[start : start + 20]
            correct += int((answers.argmax(axis=1) == truth).sum())
            own.extend(answers[np.arange(20), truth])
    assert correct == right
    assert round(float(np.mean(own)), 3) == softmax
