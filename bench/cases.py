"""Networks and pictures to measure with. Weights and pixels are random: no time depends on them."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.classifiers import Classifier, build
from invariances.inference import Pictures
from invariances.inference.tensors import as_tensor

LITE = "tf_efficientnet_lite0"
SMALL = "invariances.networks:small_cnn"
"""Compiled in a quarter of the time that ResNet-18 takes."""


@dataclass(frozen=True)
class Size:
    """How much of everything: all that `--tiny` changes.

    networks : rows (picture, magnitude) that are timed together for each network, on the CPU.
    engines : the same of networks that are compiled.
    checked : networks that are timed in bfloat16.
    planned : networks of the plan for all of ImageNet, each of which a first start tries.
    """

    networks: dict[str, int]
    engines: dict[str, int]
    side: int = 224
    classes: int = 1000
    rounds: int = 3
    pictures: int = 4
    tolerance: float = 1 / 256
    steps: int = 6
    job: int = 8
    dataset: int = 1000
    planned: tuple[str, ...] = ("alexnet", "resnet101")
    checked: tuple[str, ...] = ("resnet18", "resnet50")

    @property
    def small(self) -> tuple[str, ...]:
        """The networks of which slower ways of working are timed as well."""
        return tuple(name for name in self.networks if name != "resnet101")


FULL = Size(
    {"alexnet": 128, "resnet18": 64, "resnet101": 16},
    {"alexnet": 128, "resnet18": 64, "resnet50": 64, "resnet101": 32, LITE: 64},
)
TINY = Size(
    {"resnet18": 8}, {SMALL: 8}, 32, 10, rounds=1, pictures=1, tolerance=1 / 8, steps=3, job=1,
    dataset=8, planned=("resnet18",), checked=(SMALL,),
)  # fmt: skip


@lru_cache(maxsize=1)
def classifier(name: str, classes: int, device: str = "cpu") -> Classifier:
    """A frozen network of torchvision's, timm's or ours, the same weights every time."""
    torch.manual_seed(0)
    library = {LITE: "timm/", SMALL: ""}.get(name, "torchvision/")
    built = build(f"{library}{name}", classes=classes)
    return Classifier(built).freeze().to(device)


def pixels(count: int, side: int) -> NDArray[np.uint8]:
    """Random pictures uint8 [N, H, W, 3], smooth as pictures are: noise would be one flat grey."""
    rng = np.random.default_rng([count, side])
    coarse = torch.from_numpy(rng.random((count, 3, 8, 8))).float()
    smooth = torch.nn.functional.interpolate(coarse, size=side, mode="bilinear")
    return (255 * smooth).byte().permute(0, 2, 3, 1).contiguous().numpy()


def pictures(count: int, side: int) -> Pictures:
    """So many pictures of one class."""
    return Pictures(
        pixels=pixels(count, side),
        names=np.array([f"picture {place}" for place in range(count)]),
        classes=np.array(["any"]),
        labels=np.zeros(1, dtype=np.int64),
        class_index=np.zeros(count, dtype=np.int64),
    )


def with_objects(shown: Pictures) -> Pictures:
    """The same pictures with a disc in each as its object, before grey."""
    side = shown.pixels.shape[1]
    down, across = np.mgrid[:side, :side] - (side - 1) / 2
    behind = np.full((*shown.pixels.shape[:3], 4), 128, dtype=np.uint8)
    behind[..., 3] = 255 * (np.hypot(down, across) < side / 4)
    return replace(shown, behind=behind)


def ready(count: int, side: int, device: str) -> Tensor:
    """A batch as a network likes it: normalised, on the device, in the weights' order."""
    batch = as_tensor(pixels(count, side), device) / 128 - 1
    return batch.contiguous(memory_format=torch.channels_last)
