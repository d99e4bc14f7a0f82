"""Trains an Invariant Transformer Net on a frozen classifier (section III.D).

Two objectives. ``gated`` is the paper's: each batch either lowers the classifier's loss or raises the
transforms' displacement, as its accuracy says. ``constrained`` maximises the (logarithm of the)
displacement under a constraint on accuracy, by a Lagrange multiplier, inside an explicit bound. It
starts near the identity, its reach grows by a constant factor a step while nothing is endangered, and
it ends with a retraction: the transforms are scaled along their own paths, back where the accuracy over
training pictures is too low at some k, further out where there is room.

k is drawn for each picture, not for each batch, so that every step sees the whole square. Every draw
of a step comes from (seed, step) alone: a resumed training repeats an undisturbed one to the bit.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from invariances.checkpoints import fingerprint, restore, store
from invariances.inference import Pictures
from invariances.inference.responder import Responder, device_of, frozen
from invariances.inference.tensors import as_tensor
from invariances.itn.families import Kind
from invariances.itn.losses import (
    Branch,
    expected_displacement,
    gated,
    lagrangian,
    risk,
    steered_loss,
    unit_vectors,
    updated_multiplier,
    utility,
    widened,
)
from invariances.itn.module import InvariantTransformer
from invariances.itn.retraction import retract
from invariances.itn.sampling import chosen, decay, draw_k, draws
from invariances.itn.settings import TrainingSettings

Row = dict[str, Any]
Progress = Callable[[int, int], None]

MULTIPLIER_LIMITS = (1.0, 1e3)


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

    pictures : uint8 [N, H, W, 3]; labels : int64 [N]; right : bool [N], on untransformed pictures.
    """

    classifier: nn.Module
    pictures: NDArray[np.uint8]
    labels: Tensor
    right: Tensor
    settings: TrainingSettings


def train(
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    settings: TrainingSettings | None = None,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> tuple[InvariantTransformer, pd.DataFrame]:
    """Train a net on the classifier's device; the classifier is left as it was.

    Parameters
    ----------
    classifier : maps pictures [N, 3, H, W] in [0, 255] to logits [N, K].
    pictures : uint8 [N, H, W, 3], RGB.
    labels : [N], each picture's index among the K categories.
    checkpoint : file to resume from and to keep up to date; one of another training is not used.
    progress : called with (steps done, steps in all).

    Returns
    -------
    The net in evaluation mode, and its history, one row a step: step, branch (classifier | transform |
    both; the last row of a constrained training: retraction), classifier_loss, accuracy (of the
    batch, transformed), multiplier, and for each transform {kind}_loss (the paper's L_k),
    {kind}_displacement (mean ||A x - x||^2 at k = (1, 1)) and {kind}_reach.

    Raises
    ------
    ValueError where pictures and labels do not fit each other, or the classifier is never right.
    """
    settings = settings or TrainingSettings()
    if pictures.ndim != 4 or pictures.shape[-1] != 3 or len(pictures) != len(labels):
        raise ValueError(
            f"pictures {pictures.shape} and labels {labels.shape} do not fit each other"
        )
    mark = fingerprint(classifier, pictures, labels, asdict(settings))
    with frozen(classifier):
        data = _training_data(classifier, pictures, labels, settings)
        trainee = _trainee(settings, device_of(classifier))
        state = restore(checkpoint, mark)
        if state is not None:
            _resume(trainee, state)
        for step in range(len(trainee.history), settings.steps):
            _step(trainee, data, step)
            last = step + 1 == settings.steps
            if checkpoint is not None and (last or (step + 1) % settings.checkpoint_every == 0):
                store(checkpoint, {"fingerprint": mark, **_state(trainee)})
            if progress is not None:
                progress(step + 1, settings.steps)
        if settings.objective == "constrained":
            _retract(trainee, data)
    return trainee.module.eval(), pd.DataFrame(trainee.history)


def _training_data(
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    settings: TrainingSettings,
) -> TrainingData:
    device = device_of(classifier)
    shown = Pictures.numbered(pictures, labels)
    predicted = Responder(classifier, batch_size=settings.batch_size).answers(shown).prediction
    right = torch.from_numpy(predicted == labels).to(device)
    truth = torch.from_numpy(shown.categories).to(device)
    # None may be right: nothing then holds the transforms back, and the run's warning says so.
    return TrainingData(classifier, pictures, truth, right, settings)


def _trainee(settings: TrainingSettings, device: torch.device) -> Trainee:
    module = InvariantTransformer(settings.architecture, settings.seed).to(device)
    # Foreach kernels gain nothing on so few weights; one order of operations on every device.
    layers = [weight for name, weight in module.named_parameters() if not name.endswith("reach")]
    optimiser = torch.optim.Adam(layers, settings.learning_rate, foreach=False)
    if settings.objective == "constrained":
        for part in module.parts().values():
            part.reach.data.fill_(settings.start)
    return Trainee(module, optimiser, settings.multiplier)


def _state(trainee: Trainee) -> dict[str, Any]:
    return {
        "module": trainee.module.state_dict(),
        "optimiser": trainee.optimiser.state_dict(),
        "multiplier": trainee.multiplier,
        "history": trainee.history,
    }


def _resume(trainee: Trainee, state: dict[str, Any]) -> None:
    trainee.module.load_state_dict(state["module"])
    trainee.optimiser.load_state_dict(state["optimiser"])
    trainee.multiplier = state["multiplier"]
    trainee.history = state["history"]


# ---- one step ------------------------------------------------------------------------------------


def _step(trainee: Trainee, data: TrainingData, step: int) -> None:
    """One optimiser step, and its row in the history."""
    settings, module = data.settings, trainee.module
    constrained = settings.objective == "constrained"
    device = data.labels.device
    index = chosen(step, len(data.labels), settings)
    labels, right = data.labels[index.to(device)], data.right[index.to(device)]
    generator = draws(settings.seed, 1, step)
    drawn = draw_k(settings.batch_size, settings.corner if constrained else 0.0, generator)
    k = {kind: drawn[kind].to(device) for kind in module.parts()}

    matrices = module.matrices(k)
    pictures = as_tensor(data.pictures[index.numpy()], device)
    logits = data.classifier(module.apply_matrices(pictures, matrices))
    correct = logits.detach().argmax(1) == labels
    classifier_loss = functional.cross_entropy(logits, labels)
    losses = _transform_losses(k, matrices, settings.vectors, generator)
    row: Row = {"step": step + 1, "classifier_loss": float(classifier_loss.detach())}
    row["accuracy"] = float(correct.float().mean())
    row["multiplier"] = trainee.multiplier if constrained else nan
    row |= {f"{kind}_loss": float(loss.detach()) for kind, loss in losses.items()}
    if constrained:
        gains = {kind: utility(kind, k[kind], matrices[kind]) for kind in k}
        danger = risk(logits, labels, right, settings.margin)
        loss, row["branch"] = _constrained(gains, danger, trainee.multiplier, settings.weights)
        lost = float(right.float().mean()) - row["accuracy"]
        trainee.multiplier = updated_multiplier(
            *(trainee.multiplier, lost, settings.accuracy_loss / 2, settings.multiplier_rate),
            MULTIPLIER_LIMITS,
        )
    else:
        wanted = settings.accuracy_wanted
        wanted = float(data.right.float().mean()) if wanted is None else wanted
        loss, row["branch"] = gated(
            classifier_loss, row["accuracy"], wanted, losses, settings.weights
        )
    slower = decay(step, settings.steps)
    for group in trainee.optimiser.param_groups:
        group["lr"] = settings.learning_rate * slower
    module.zero_grad()
    torch.autograd.backward(loss)
    trainee.optimiser.step()
    if constrained:
        _widen(module, k, settings, slower)
    trainee.history.append(row | _extent(module))


def _transform_losses(
    k: Mapping[Kind, Tensor],
    matrices: Mapping[Kind, Tensor],
    vectors: int,
    generator: torch.Generator,
) -> dict[Kind, Tensor]:
    """The paper's L_k of each transform, over random unit vectors of the step."""
    losses: dict[Kind, Tensor] = {}
    for kind, matrix in matrices.items():
        side = matrix.shape[-1]
        drawn = unit_vectors(vectors, side**2 if kind == "convolution" else side, generator)
        losses[kind] = steered_loss(kind, k[kind], matrix, drawn.to(matrix.device))
    return losses


def _constrained(
    gains: Mapping[Kind, Tensor], danger: Tensor, multiplier: float, weights: Mapping[Kind, float]
) -> tuple[Tensor, Branch]:
    """The Lagrangian and its branch; without danger its gradient needs no pass through the classifier."""
    if float(danger.detach()) > 0:
        return lagrangian(gains, danger, multiplier, weights), "both"
    return lagrangian(gains, danger.detach(), multiplier, weights), "transform"


@torch.no_grad()
def _widen(
    module: InvariantTransformer,
    k: Mapping[Kind, Tensor],
    settings: TrainingSettings,
    slower: float,
) -> None:
    """Step each transform's reach by the gradient that the backward pass has left there."""
    for kind, part in module.parts().items():
        reach = float(part.reach)
        gradient = 0.0 if part.reach.grad is None else float(part.reach.grad) * reach
        # The displacement grows with the reach squared: two for each unit of its logarithm.
        gain = 2 * settings.weights[kind] * float(k[kind].sum(dim=1).mean())
        part.reach.fill_(widened(reach, gradient, gain, settings.reach_rate, slower))


@torch.no_grad()
def _extent(module: InvariantTransformer) -> Row:
    """Displacement at k = (1, 1) and reach of each transform."""
    row: Row = {}
    for kind, part in module.parts().items():
        k = torch.ones(1, 2, device=part.reach.device)
        row[f"{kind}_displacement"] = float(expected_displacement(kind, part(k)))
        row[f"{kind}_reach"] = float(part.reach)
    return row


def _retract(trainee: Trainee, data: TrainingData) -> None:
    """The last row of a constrained training: the transforms scaled to the edge."""
    settings = data.settings
    count = len(data.labels)
    order = torch.randperm(count, generator=draws(settings.seed, 2))
    index = order[: settings.retraction_pictures or count]
    there = index.to(data.labels.device)
    retract(
        *(trainee.module, data.classifier, data.pictures[index.numpy()], data.labels[there]),
        *(data.right[there], settings.accuracy_loss / 2, settings.batch_size),
    )
    row: Row = {"step": settings.steps, "branch": "retraction", "classifier_loss": nan}
    row |= {"accuracy": nan, "multiplier": trainee.multiplier}
    row |= {f"{kind}_loss": nan for kind in trainee.module.parts()}
    trainee.history.append(row | _extent(trainee.module))
