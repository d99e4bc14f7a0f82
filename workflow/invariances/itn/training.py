"""Trains an Invariant Transformer Net on a frozen classifier (section III.D).

Three objectives. ``gated`` is the paper's: each batch either lowers the classifier's loss or raises the
transforms' displacement, as its accuracy says. ``volume`` maximises the logarithm of the volume that the
generators of each transform span (``volume``), so that different components of k lead to different
transforms, under a Lagrange multiplier on the classifier's margin; the directions come out by size, the
largest first. ``constrained`` maximises the (logarithm of the)
displacement under the same multiplier, inside an explicit bound. It
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
from invariances.itn.sampling import chosen, decay, draw_corners, draw_k, draws
from invariances.itn.settings import TrainingSettings
from invariances.itn.volume import log_volume, metrics, sizes

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
    metrics : [g, g] by kind, for the objective ``volume``; empty for others.
    """

    classifier: nn.Module
    pictures: NDArray[np.uint8]
    labels: Tensor
    right: Tensor
    settings: TrainingSettings
    metrics: Mapping[Kind, Tensor]


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
    {kind}_displacement (mean ||A x - x||^2 at k = (1, 1)) and {kind}_reach; for ``volume`` also
    {kind}_volume, the logarithm of the generators' volume.

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
        if settings.objective == "volume":
            _order(trainee.module, data.metrics)
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
    found: dict[Kind, Tensor] = {}
    if settings.objective == "volume":
        families = settings.families
        found = {
            kind: torch.from_numpy(value).float().to(device)
            for kind, value in metrics(families, pictures).items()
        }
    return TrainingData(classifier, pictures, truth, right, settings, found)


def _trainee(settings: TrainingSettings, device: torch.device) -> Trainee:
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
    device = data.labels.device
    index = chosen(step, len(data.labels), settings)
    labels, right = data.labels[index.to(device)], data.right[index.to(device)]
    generator = draws(settings.seed, 1, step)
    drawn = _drawn_k(settings, generator)
    k = {kind: drawn[kind].to(device) for kind in module.parts()}

    matrices = module.matrices(k)
    pictures = as_tensor(data.pictures[index.numpy()], device)
    logits = data.classifier(module.apply_matrices(pictures, matrices))
    correct = logits.detach().argmax(1) == labels
    classifier_loss = functional.cross_entropy(logits, labels)
    losses = _transform_losses(k, matrices, settings.vectors, generator)
    row: Row = {"step": step + 1, "classifier_loss": float(classifier_loss.detach())}
    row["accuracy"] = float(correct.float().mean())
    row["multiplier"] = nan if settings.objective == "gated" else trainee.multiplier
    row |= {f"{kind}_loss": float(loss.detach()) for kind, loss in losses.items()}
    if settings.objective == "gated":
        wanted = settings.accuracy_wanted
        wanted = float(data.right.float().mean()) if wanted is None else wanted
        loss, row["branch"] = gated(
            classifier_loss, row["accuracy"], wanted, losses, settings.weights
        )
    else:
        gains = _gains(module, data, k, matrices)
        if settings.objective == "volume":
            row |= {f"{kind}_volume": float(gain.detach()) for kind, gain in gains.items()}
        danger = risk(logits, labels, right, settings.margin)
        loss, row["branch"] = _constrained(gains, danger, trainee.multiplier, settings.weights)
        trainee.multiplier = _updated(trainee.multiplier, settings, correct, right)
    slower = decay(step, settings.steps)
    for group in trainee.optimiser.param_groups:
        group["lr"] = settings.learning_rate * slower
    module.zero_grad()
    torch.autograd.backward(loss)
    trainee.optimiser.step()
    if settings.objective == "constrained":
        _widen(module, k, settings, slower)
    trainee.history.append(row | _extent(module))


def _drawn_k(settings: TrainingSettings, generator: torch.Generator) -> dict[Kind, Tensor]:
    if settings.objective == "volume":
        return draw_corners(settings, generator)
    corner = settings.corner if settings.objective == "constrained" else 0.0
    return draw_k(settings.batch_size, corner, generator)


def _gains(
    module: InvariantTransformer,
    data: TrainingData,
    k: Mapping[Kind, Tensor],
    matrices: Mapping[Kind, Tensor],
) -> dict[Kind, Tensor]:
    """What is maximised of each transform: its log volume, or the logarithm of its displacement."""
    if data.settings.objective == "constrained":
        return {kind: utility(kind, k[kind], matrices[kind]) for kind in k}
    return {
        kind: log_volume(part.derivative(k[kind]), data.metrics[kind], part.used)
        for kind, part in module.parts().items()
    }


def _updated(
    multiplier: float, settings: TrainingSettings, correct: Tensor, right: Tensor
) -> float:
    """The multiplier after a batch: ``volume`` counts flips, ``constrained`` the accuracy lost."""
    if settings.objective == "volume":
        lost = float((right & ~correct).sum()) / max(float(right.sum()), 1.0)
        allowed = settings.loss_allowed
    else:
        lost = float(right.float().mean()) - float(correct.float().mean())
        allowed = settings.loss_allowed / 2
    return updated_multiplier(
        multiplier, lost, allowed, settings.multiplier_rate, MULTIPLIER_LIMITS
    )


@torch.no_grad()
def _order(module: InvariantTransformer, metrics: Mapping[Kind, Tensor]) -> None:
    """The components of each k by the size of what they lead to, the largest first."""
    for kind, part in module.parts().items():
        corner = torch.ones(1, part.dimensions, device=part.reach.device)
        slopes = part.derivative(corner)[0].double().cpu().numpy()
        found = sizes(slopes, metrics[kind].double().cpu().numpy())
        part.reorder(np.argsort(-found, kind="stable").tolist())


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
    """Displacement at k = (1, ..., 1) and reach of each transform."""
    row: Row = {}
    for kind, part in module.parts().items():
        k = torch.ones(1, part.dimensions, device=part.reach.device)
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
        *(data.right[there], settings.loss_allowed / 2, settings.batch_size),
    )
    row: Row = {"step": settings.steps, "branch": "retraction", "classifier_loss": nan}
    row |= {"accuracy": nan, "multiplier": trainee.multiplier}
    row |= {f"{kind}_loss": nan for kind in trainee.module.parts()}
    trainee.history.append(row | _extent(trainee.module))
