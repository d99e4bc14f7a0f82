"""Trains an Invariant Transformer Net on a frozen classifier (section III.D).

Three objectives. ``gated`` is the paper's: each batch either lowers the classifier's loss or raises the
transforms' displacement, as its accuracy says. ``volume`` maximises the logarithm of the volume that the
generators of each transform span (``volume``), so that different components of k lead to different
transforms, under a Lagrange multiplier on the classifier's margin; the directions come out by size, the
largest first. ``constrained`` maximises the (logarithm of the) displacement under the same multiplier,
inside an explicit bound. It starts near the identity, its reach grows by a constant factor a step while
nothing is endangered, and it ends with a retraction: the transforms are scaled along their own paths,
back where the accuracy over training pictures is too low at some k, further out where there is room.

k is drawn for each picture, not for each batch, so that every step sees the whole square. Every draw
of a step comes from (seed, step) alone: a resumed training repeats an undisturbed one to the bit.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.checkpoints import fingerprint, restore, store
from invariances.inference.responder import device_of, frozen
from invariances.itn.families import Kind
from invariances.itn.module import InvariantTransformer
from invariances.itn.retraction import retract
from invariances.itn.sampling import draws
from invariances.itn.settings import TrainingSettings
from invariances.itn.stepping import take
from invariances.itn.trainee import (
    Row,
    Trainee,
    TrainingData,
    begun,
    extent,
    read,
    resume,
    state,
    training_data,
)
from invariances.itn.volume import sizes

Progress = Callable[[int, int], None]


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
        data = training_data(classifier, pictures, labels, settings)
        trainee = begun(settings, device_of(classifier))
        stored = restore(checkpoint, mark)
        if stored is not None:
            resume(trainee, stored)
        for step in range(len(trainee.history), settings.steps):
            take(trainee, data, step)
            last = step + 1 == settings.steps
            if checkpoint is not None and (last or (step + 1) % settings.checkpoint_every == 0):
                store(checkpoint, {"fingerprint": mark, **state(trainee)})
            if progress is not None:
                progress(step + 1, settings.steps)
        if settings.objective == "constrained":
            _retract(trainee, data)
        if settings.objective == "volume":
            _order(trainee.module, data.metrics)
    return trainee.module.eval(), pd.DataFrame(trainee.history)


@torch.no_grad()
def _order(module: InvariantTransformer, metrics: Mapping[Kind, Tensor]) -> None:
    """The components of each k by the size of what they lead to, the largest first."""
    for kind, part in module.parts().items():
        corner = torch.ones(1, part.dimensions, device=part.reach.device)
        slopes = part.derivative(corner)[0].double().cpu().numpy()
        found = sizes(slopes, metrics[kind].double().cpu().numpy())
        part.reorder(np.argsort(-found, kind="stable").tolist())


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
    trainee.history.append(read(row | extent(trainee.module)))
