"""One step of a training: what is drawn, the objective's value, and where the weights go."""

from collections.abc import Mapping
from math import nan

import torch
from torch import Tensor
from torch.nn import functional

from invariances.itn.families import Kind
from invariances.itn.losses import (
    Branch,
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
from invariances.itn.sampling import chosen, decay, draw_corners, draw_k, draws
from invariances.itn.settings import TrainingSettings
from invariances.itn.trainee import Row, Trainee, TrainingData, extent, read
from invariances.itn.volume import log_sines, log_volume
from invariances.transforms.devices import onto

INDEPENDENCE = 1.0
"""Weight of the sines between directions beside their volume: of families that span the same, many do, the
one whose directions differ more."""
MULTIPLIER_LIMITS = (1.0, 1e3)


def take(trainee: Trainee, data: TrainingData, step: int) -> None:
    """One optimiser step, and its row in the history."""
    settings, module = data.settings, trainee.module
    device = data.labels.device
    index = chosen(step, len(data.labels), settings)
    there = onto(index, device)
    labels, right = data.labels[there], data.right[there]
    generator = draws(settings.seed, 1, step)
    drawn = _drawn_k(settings, generator)
    k = {kind: onto(drawn[kind], device) for kind in module.parts()}

    matrices = module.matrices(k)
    logits = data.classifier(module.apply_matrices(data.shown(index), matrices))
    correct = logits.detach().argmax(1) == labels
    classifier_loss = functional.cross_entropy(logits, labels)
    losses = _transform_losses(k, matrices, settings.vectors, generator)
    row: Row = {"step": step + 1, "classifier_loss": classifier_loss}
    row["accuracy"] = correct.float().mean()
    row["multiplier"] = nan if settings.objective == "gated" else trainee.multiplier
    row |= {f"{kind}_loss": loss for kind, loss in losses.items()}
    if settings.objective == "gated":
        wanted = settings.accuracy_wanted
        wanted = float(data.right.float().mean()) if wanted is None else wanted
        accuracy = float(row["accuracy"])
        loss, row["branch"] = gated(classifier_loss, accuracy, wanted, losses, settings.weights)
    else:
        gains = _gains(module, data, k, matrices)
        if settings.objective == "volume":
            row |= {f"{kind}_volume": gain for kind, gain in gains.items()}
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
    trainee.history.append(read(row | extent(module)))


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
    found: dict[Kind, Tensor] = {}
    for kind, part in module.parts().items():
        spanned = part.derivative(k[kind]), data.metrics[kind], part.used
        found[kind] = log_volume(*spanned) + INDEPENDENCE * log_sines(*spanned)
    return found


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
        losses[kind] = steered_loss(kind, k[kind], matrix, onto(drawn, matrix.device))
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
