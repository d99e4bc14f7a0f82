"""A training of an Invariant Transformer Net as it stands: what it reads, and what its checkpoints hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.inference import Pictures
from invariances.inference.responder import Responder, device_of
from invariances.inference.tensors import as_tensor
from invariances.itn.families import Kind
from invariances.itn.losses import expected_displacement
from invariances.itn.module import InvariantTransformer
from invariances.itn.settings import TrainingSettings
from invariances.itn.volume import metrics
from invariances.transforms.devices import onto

Row = dict[str, Any]


@dataclass
class Trainee:
    """A training as it stands after some steps: all that a checkpoint holds."""

    module: InvariantTransformer
    optimiser: torch.optim.Optimizer
    multiplier: float
    history: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class TrainingData:
    """What a training reads and never changes.

    pictures : uint8 [N, H, W, 3]; on_device : the same there, where it is a GPU that has room.
    labels : int64 [N]; right : bool [N], on untransformed pictures.
    metrics : [g, g] by kind, for the objective ``volume``; empty for others.
    """

    classifier: nn.Module
    pictures: NDArray[np.uint8]
    labels: Tensor
    right: Tensor
    settings: TrainingSettings
    metrics: Mapping[Kind, Tensor]
    on_device: Tensor | None = None

    def shown(self, index: Tensor) -> Tensor:
        """These pictures as float32 [n, 3, H, W], on the classifier's device."""
        device = self.labels.device
        if self.on_device is None:
            return as_tensor(self.pictures[index.numpy()], device)
        return self.on_device[onto(index, device)].permute(0, 3, 1, 2).float().contiguous()


def training_data(
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    settings: TrainingSettings,
) -> TrainingData:
    """What a training reads, from pictures uint8 [N, H, W, 3] and labels [N]."""
    device = device_of(classifier)
    shown = Pictures.numbered(pictures, labels)
    predicted = Responder(classifier, batch_size=settings.batch_size).answers(shown).prediction
    right = torch.from_numpy(predicted == labels).to(device)
    truth = torch.from_numpy(shown.categories).to(device)
    # None may be right: nothing then holds the transforms back, and the run's warning says so.
    found: dict[Kind, Tensor] = {}
    if settings.objective == "volume":
        families = settings.families
        found = {
            kind: torch.from_numpy(value).float().to(device)
            for kind, value in metrics(families, pictures).items()
        }
    whole = None
    if device.type == "cuda" and pictures.nbytes < torch.cuda.mem_get_info(device)[0] / 4:
        # They travel once, not at each step.
        whole = onto(torch.from_numpy(np.ascontiguousarray(pictures)), device)
    return TrainingData(classifier, pictures, truth, right, settings, found, whole)


def begun(settings: TrainingSettings, device: torch.device) -> Trainee:
    """A training before its first step, on a device."""
    module = InvariantTransformer(settings.architecture, settings.seed).to(device)
    # Foreach kernels gain nothing on so few weights; one order of operations on every device.
    layers = [weight for name, weight in module.named_parameters() if not name.endswith("reach")]
    # A log volume's gradient falls as the family grows: Adam's usual memory of a thousand steps would take
    # its first ones for the rule, and hardly move any more.
    betas = (0.9, 0.99) if settings.objective == "volume" else (0.9, 0.999)
    optimiser = torch.optim.Adam(layers, settings.learning_rate, betas=betas, foreach=False)
    if settings.objective == "constrained":
        for part in module.parts().values():
            part.reach.data.fill_(settings.start)
    if settings.objective == "volume":
        for part in module.parts().values():
            # The reach is the certificate's; training leaves it whole.
            part.reach.requires_grad_(False)
            part.start_near()
    return Trainee(module, optimiser, settings.multiplier)


def state(trainee: Trainee) -> dict[str, Any]:
    """All that a checkpoint holds."""
    return {
        "module": trainee.module.state_dict(),
        "optimiser": trainee.optimiser.state_dict(),
        "multiplier": trainee.multiplier,
        "history": trainee.history,
    }


def resume(trainee: Trainee, state: dict[str, Any]) -> None:
    """Bring a training to where `state` found it."""
    trainee.module.load_state_dict(state["module"])
    trainee.optimiser.load_state_dict(state["optimiser"])
    trainee.multiplier = state["multiplier"]
    trainee.history = state["history"]


def read(row: Row) -> Row:
    """A row with numbers in place of its tensors, which are read together: a GPU is waited for once."""
    waiting = {name: value for name, value in row.items() if isinstance(value, Tensor)}
    if not waiting:
        return row
    numbers = torch.stack([value.detach().double() for value in waiting.values()]).tolist()
    return row | dict(zip(waiting, numbers, strict=True))


@torch.no_grad()
def extent(module: InvariantTransformer) -> Row:
    """Displacement at k = (1, ..., 1) and reach of each transform, to be `read`."""
    row: Row = {}
    for kind, part in module.parts().items():
        k = torch.ones(1, part.dimensions, device=part.reach.device)
        row[f"{kind}_displacement"] = expected_displacement(kind, part(k)).squeeze()
        row[f"{kind}_reach"] = part.reach.detach().clone()
    return row
