"""A classifier in bfloat16: half the memory traffic, products at twice the rate, numbers of eight bits.

Whether it is used is a rule on the device, not a timing: the same on every machine of its kind.
"""

from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor, nn

from invariances import classifiers
from invariances.classifiers import compiled
from invariances.classifiers.compiled import Engine
from invariances.classifiers.heads import Head, Nearest

INSTRUCTIONS = ("avx512_bf16", "amx_bf16")
"""Of a processor: products of bfloat16 that are added up in float32, by vectors or by tiles."""
CAPABILITY = (8, 0)
"""Of an NVIDIA GPU whose tensor cores multiply bfloat16 (Ampere), or newer."""
POOLS = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)


class Halved(nn.Module):
    """A copy of a frozen classifier under autocast.

    Shapes: pictures [N, 3, H, W] in [0, 255]; returns logits float32 [N, K].

    Convolutions and products of matrices are bfloat16. Normalisation, global average pools, the last
    linear layer and an encoder's head stay float32: they cost next to nothing, and logits would be rounded
    to 8 bits, a step of 0.06 between 8 and 16.
    """

    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = deepcopy(classifier)
        linear = [each for each in self.classifier.modules() if isinstance(each, nn.Linear)]
        exact = [each for each in self.classifier.modules() if isinstance(each, (*POOLS, Nearest))]
        for layer in (*linear[-1:], *exact):
            _keep_float32(layer)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits."""
        with torch.autocast(pictures.device.type, dtype=torch.bfloat16):
            logits: Tensor = self.classifier(pictures)
        return logits.float()


def _keep_float32(layer: nn.Module) -> None:
    """Let a layer compute in float32 under autocast; on itself, as networks may look at its type."""
    plain = layer.forward

    def forward(given: Tensor) -> Tensor:
        with torch.autocast(given.device.type, enabled=False):
            result: Tensor = plain(given.float())
        return result

    layer.forward = forward


def missing(device: torch.device | str) -> str:
    """What a device lacks for bfloat16 to be worth it, in words; empty where it is."""
    device = torch.device(device)
    if device.type == "cuda":
        if torch.cuda.get_device_capability(device) >= CAPABILITY:
            return ""
        return "the GPU has no tensor cores for bfloat16"
    has = torch.cpu.get_capabilities()
    if any(has.get(name, False) for name in INSTRUCTIONS):
        return ""
    return f"the processor has neither {' nor '.join(INSTRUCTIONS)}"


def unsuited(head: Head | None) -> str:
    """Why answers under this head cannot be checked by their leads, in words; empty where they can.

    The vote of a few neighbours jumps from one class to another without having been near: that of a single
    one leads by -log(`heads.ABSENT`) wherever it is.
    """
    if head is not None and head.kind == "knn":
        return "a vote of neighbours jumps from class to class, however far one leads"
    return ""


def build(classifier: nn.Module, side: int, digest: str, file: Path) -> Engine:
    """Compile a frozen classifier's `Halved` into `file`, or say why it stays eager.

    As `compiled.build`, but whatever its layers: where none is folded casts are, and weights halved once.
    """
    return compiled.packaged(
        *(Halved(classifier), side, digest, file),
        worth=lambda graph: True,
        because=missing("cpu"),
    )


def opened(folder: Path, engine: Path | None) -> nn.Module:
    """A saved classifier halved; compiled where it has an `engine` by `build`."""

    def eager() -> Halved:
        return Halved(classifiers.load(folder))

    return eager() if engine is None else compiled.load(engine, eager)
