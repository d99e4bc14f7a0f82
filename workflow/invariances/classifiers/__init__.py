"""Frozen networks with their preprocessing: a picture in [0, 255] in, logits out.

A network is named ``torchvision/<model>``, ``timm/<model>`` or ``<module>:<callable>``; its weights by
the library's name for them, by a file, or ``train``.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from invariances.classifiers.checkpoints import State, fit_state, read_state, versioned
from invariances.classifiers.heads import Head, Headed, cut, vectors
from invariances.classifiers.networks import build, options_of
from invariances.classifiers.weights import fetch_state, torchvision_weights
from invariances.errors import InputError
from invariances.plan import IMAGENET

__all__ = [
    "IMAGENET_MEAN",
    "IMAGENET_STD",
    "Classifier",
    "Description",
    "build",
    "describe",
    "fetch_state",
    "fit_state",
    "load",
    "options_of",
    "read_state",
    "save",
    "torchvision_weights",
]

IMAGENET_MEAN, IMAGENET_STD = IMAGENET.mean, IMAGENET.std
OUTPUTS = ("logits", "probabilities", "log_probabilities")
"""What a network may put out; of probabilities the logarithm is taken, which softmax gives back."""


@dataclass(frozen=True)
class Description:
    """What must be known of a classifier beside its weights; ``model.json`` in results.

    Attributes
    ----------
    network : ``torchvision/<model>``, ``timm/<model>`` or ``<module>:<callable>``.
    categories : a name for each logit.
    mean, std : the normalisation (I / 255 - mean) / std, per channel.
    weights : where the weights came from.
    sha256 : of the weights' file.
    outputs : one of ``OUTPUTS``.
    channels_last : whether the network runs on channels-last memory, as `suited` has found.
    head : what is put on a network without classes; None for a classifier.
    """

    network: str
    categories: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    weights: str = ""
    sha256: str = ""
    outputs: str = "logits"
    channels_last: bool = True
    head: Head | None = None


class Classifier(nn.Module):
    """A network behind its normalisation.

    Shapes: pictures [N, 3, H, W], float, in [0, 255]; returns logits [N, K].
    """

    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        network: nn.Module,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        outputs: str = "logits",
        channels_last: bool = True,
    ) -> None:
        super().__init__()
        # Channels last: convolutions on a CPU are up to half faster, and so is pooling.
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.network = network.to(memory_format=layout)
        self.outputs, self.channels_last = outputs, channels_last
        self.register_buffer("mean", 255 * torch.tensor(mean)[:, None, None], persistent=False)
        self.register_buffer(
            "scale", 1 / (255 * torch.tensor(std))[:, None, None], persistent=False
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits [N, K] of pictures [N, 3, H, W] in [0, 255]."""
        answer = self.network(self._normalised(pictures))
        # Networks with auxiliary heads put out a named tuple while they are trained.
        logits: Tensor = getattr(answer, "logits", answer)
        if self.outputs == "probabilities":
            logits = logits.clamp_min(torch.finfo(logits.dtype).tiny).log()
        return logits

    def _normalised(self, pictures: Tensor) -> Tensor:
        if pictures.device.type == "cuda" and torch.is_inference_mode_enabled():
            # Once through a GPU's memory, into the order that the network wants.
            layout = torch.channels_last if self.channels_last else torch.contiguous_format
            into = torch.empty_like(pictures, memory_format=layout)
            return torch.addcmul(-self.mean * self.scale, pictures, self.scale, out=into)
        normalised = (pictures - self.mean) * self.scale
        return normalised if self.channels_last else normalised.contiguous()

    def freeze(self) -> "Classifier":
        """No gradients for weights, evaluation mode for batch norm and dropout."""
        return self.eval().requires_grad_(False)


# ---- on disk -------------------------------------------------------------------------------------


def save(network: nn.Module, description: Description, folder: Path) -> None:
    """Write ``weights.safetensors`` and ``model.json`` under `folder`, whole or not at all."""
    from safetensors.torch import save as serialise

    from invariances.tables import atomically

    state = {
        name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()
    }
    # Tied weights share memory, which the format refuses: each gets its own.
    state = {name: value.clone() for name, value in state.items()}
    file = folder / "weights.safetensors"
    # Written by Python, whose errors say what is the matter with the disk.
    atomically(file, lambda path: path.write_bytes(serialise(state)))
    entry = asdict(description) | {"sha256": sha256(file.read_bytes()).hexdigest()}
    if description.head is None:
        del entry["head"]
    text = json.dumps(entry, indent=1, ensure_ascii=False)
    atomically(folder / "model.json", lambda path: path.write_text(text + "\n"))


def describe(folder: Path) -> Description:
    """``model.json`` of a saved classifier."""
    from invariances.tables.files import damaged, read_json

    file = folder / "model.json"
    entry = read_json(file)
    try:
        entry |= {key: tuple(entry[key]) for key in ("categories", "mean", "std")}
        if "head" in entry:
            entry["head"] = Head(**entry["head"])
        return Description(**entry)
    except (KeyError, TypeError) as error:
        raise damaged(file, error) from error


def load(folder: Path) -> Classifier:
    """A saved classifier, frozen, on the CPU."""
    from invariances.tables.arrays import read_tensors

    description = describe(folder)
    state, _ = read_tensors(folder / "weights.safetensors", description.sha256)
    network = _unfilled(description, state)
    if network is None:
        network = _built(description, state)
        fit_state(network, state, f"weights in {folder}")
    return Classifier(
        network,
        description.mean,
        description.std,
        description.outputs,
        description.channels_last,
    ).freeze()


def _built(description: Description, state: State) -> nn.Module:
    classes, head = len(description.categories), description.head
    if head is None:
        return build(description.network, classes=classes, options=description.options)
    network = build(description.network, classes=None, options=description.options)
    held = state["head.bank" if head.kind == "knn" else "head.prototypes"]
    size, width = held.shape
    return Headed(cut(network, head, description.network), vectors(head, size, width, classes))


def _unfilled(description: Description, state: State) -> nn.Module | None:
    """A library's network made without initialising its weights (a second for AlexNet), then filled.

    None where that is no gain or not safe: a network of one's own may keep tensors that nobody knows
    of, and some hold more than their state.
    """
    if ":" in description.network:
        return None
    try:
        with torch.device("meta"):
            network = _built(description, state)
        network.load_state_dict(versioned(state, network.state_dict()), assign=True)
    except (InputError, RuntimeError, NotImplementedError):
        return None
    held = [value for module in network.modules() for value in vars(module).values()]
    tensors = [value for value in held if isinstance(value, Tensor)]
    left = any(value.is_meta for value in [*network.parameters(), *network.buffers(), *tensors])
    return None if left else network
