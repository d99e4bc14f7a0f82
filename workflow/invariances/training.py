"""Training of a classifier on pictures held in memory: for data that comes without a trained
network.

Pictures are shown as they are, unless an augmentation is asked for: it teaches the network invariances
which its data do not have, and these are what is to be measured.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from math import cos, pi
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from invariances.checkpoints import fingerprint, restore, store
from invariances.inference import Pictures
from invariances.inference.responder import Responder, device_of
from invariances.inference.tensors import as_tensor

if TYPE_CHECKING:  # what a job does not do is no part of it
    from invariances.augmentation import Augmentation

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.integer[Any]]
Progress = Callable[[int, int, float], None]
"""Called after each epoch with the number of epochs done, of all epochs, and the epoch's mean loss.
"""

WARMUP = 0.25
"""Part of the training during which the learning rate rises."""

LABEL_SMOOTHING = 0.05
WEIGHT_DECAY = 0.02


def train(
    network: nn.Module,
    pictures: Pixels,
    labels: Labels,
    *,
    seed: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    augment: Augmentation | None = None,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
    shown: Callable[[int], None] = lambda pictures: None,
) -> nn.Module:
    """Train a network with AdamW, label smoothing and one cycle of the learning rate.

    The cycle is that of Smith and Topin (2019), "Super-convergence".

    Order, dropout and augmentation of an epoch depend on `seed` and the epoch alone, so on a CPU with a
    given number of threads the same arguments give the same weights bit for bit, whether or not the
    training was interrupted.

    Parameters
    ----------
    network: maps float32 pictures [N, 3, H, W] in [0, 255] to logits [N, K]; trained in place where
        its weights lie.
    pictures: uint8 [N, H, W, 3], RGB.
    labels: integers [N] in 0 .. K-1.
    seed: decides order and dropout, 0 or more.
    epochs: times that every picture is shown, 1 or more.
    batch_size: pictures a step, 1 or more; a last single picture is left out, as batch
        normalisation needs two.
    learning_rate: the cycle's peak.
    augment: what pictures go through, anew in each epoch; None shows them as they are.
    checkpoint: written after each epoch, and resumed from if it is of these very arguments;
        anything else there is overwritten. None writes nothing.
    progress: told of each epoch, those resumed from excepted.
    shown: told of each step, with the number of its pictures.

    Returns
    -------
    The network, in evaluation mode.

    Raises
    ------
    ValueError: pictures and labels do not match, there are none, or a setting is out of range.
    """
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[-1] != 3:
        raise ValueError(
            f"pictures must be uint8 [N, H, W, 3], not {pictures.dtype} {pictures.shape}"
        )
    if labels.shape != pictures.shape[:1] or len(labels) == 0:
        raise ValueError(
            f"{len(pictures)} pictures need as many labels, not {labels.shape}, and at least one"
        )
    if min(epochs, batch_size) < 1 or learning_rate <= 0 or seed < 0:
        raise ValueError(f"out of range: {epochs=}, {batch_size=}, {learning_rate=}, {seed=}")
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=learning_rate, weight_decay=WEIGHT_DECAY, fused=True
    )
    settings: dict[str, Any] = {"seed": seed, "epochs": epochs, "batch_size": batch_size}
    settings |= {
        "learning_rate": learning_rate,
        "constants": (LABEL_SMOOTHING, WEIGHT_DECAY, WARMUP),
    }
    if augment is not None:
        settings["augment"] = augment.mark
    mark = fingerprint(network, pictures, labels, settings)
    done = _resume(network, optimizer, restore(checkpoint, mark))
    for epoch in range(done, epochs):
        loss = _epoch(
            *(
                network,
                optimizer,
                pictures,
                labels,
                (seed, epoch, epochs),
                batch_size,
                learning_rate,
            ),
            shown,
            augment,
        )
        if checkpoint is not None:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()["state"]}
            store(checkpoint, {"fingerprint": mark, "epochs": epoch + 1, **state})
        if progress is not None:
            progress(epoch + 1, epochs, loss)
    return network.eval()


def accuracy(network: nn.Module, pictures: Pictures, batch_size: int = 256) -> float:
    """Part of the pictures, in [0, 1], whose prediction is their own category; the network is left in
    evaluation mode. Not a number if there are no pictures.
    """
    if not len(pictures):
        return float("nan")
    responder = Responder(network.eval(), batch_size=batch_size)
    return float((responder.answers(pictures).prediction == pictures.categories).mean())


def rate_at(step: int, steps: int, peak: float) -> float:
    """Learning rate of a step: a cosine rise from peak / 25 in the first quarter, then a cosine
    fall to nearly 0.
    """
    part = (step + 0.5) / steps
    if part < WARMUP:
        return peak * (1 / 25 + (1 - 1 / 25) * (1 - cos(pi * part / WARMUP)) / 2)
    return peak * (1 + cos(pi * (part - WARMUP) / (1 - WARMUP))) / 2


def _seeded(seed: int, epoch: int) -> AbstractContextManager[None]:
    """A context in which torch's random numbers, dropout's among them, are those of one epoch."""
    fork: AbstractContextManager[None] = torch.random.fork_rng()
    number = int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint32)[0])

    class Seeded(AbstractContextManager[None]):
        def __enter__(self) -> None:
            fork.__enter__()
            torch.manual_seed(number)

        def __exit__(self, *error: Any) -> None:
            fork.__exit__(*error)

    return Seeded()


def _epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    pictures: Pixels,
    labels: Labels,
    when: tuple[int, int, int],
    batch_size: int,
    learning_rate: float,
    shown: Callable[[int], None],
    augment: Augmentation | None = None,
) -> float:
    """Show every picture once and return the mean loss; `when` is (seed, epoch, epochs)."""
    seed, epoch, epochs = when
    order = np.random.default_rng([seed, epoch]).permutation(len(labels))
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches.pop()
    network.train()
    total = 0.0
    with _seeded(seed, epoch):
        for number, batch in enumerate(batches):
            for group in optimizer.param_groups:
                group["lr"] = rate_at(
                    epoch * len(batches) + number, epochs * len(batches), learning_rate
                )
            inputs = as_tensor(pictures[batch], device_of(network))
            if augment is not None:
                inputs = augment(inputs, batch, epoch, len(labels))
            target = torch.from_numpy(labels[batch].astype(np.int64)).to(inputs.device)
            loss = functional.cross_entropy(
                network(inputs), target, label_smoothing=LABEL_SMOOTHING
            )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += float(loss.detach()) * len(batch)
            shown(len(batch))
    return total / sum(map(len, batches))


def _resume(
    network: nn.Module, optimizer: torch.optim.Optimizer, state: dict[str, Any] | None
) -> int:
    """Take up a training where its checkpoint left it, if there is one; how many epochs are done."""
    if state is None:
        return 0
    network.load_state_dict(state["network"])
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state["optimizer"], "param_groups": groups})
    return int(state["epochs"])
