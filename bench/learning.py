"""A training step of the Invariant Transformer Net over the classifier's own passes."""

import time

import numpy as np
import torch
from torch.nn import functional

from bench.cases import Size, classifier, pixels
from bench.rows import Row, Rows, devices
from invariances.inference.tensors import as_tensor
from invariances.itn.settings import TrainingSettings
from invariances.itn.training import train


def step_rows(size: Size, wanted) -> Rows:
    """Of the paper's objective with its gate held open: every step goes through the classifier and back.

    The constrained objective spares itself the way back where nothing is endangered.
    """
    for device, here in devices().items():
        for network in size.networks:
            title = f"ITN step: {network}"
            if wanted(title, device):
                figure = step_ratio(size, network, device) if here else None
                yield Row(title, figure, "of a bare forward and backward", "<= 1.1", device)


def step_ratio(size: Size, network: str, device: str) -> float:
    judge = classifier(network, size.classes, device)
    count = min(40, size.networks[network]) if device == "cpu" else 256
    shown = pixels(count, size.side)
    pictures = as_tensor(shown, device)
    with torch.no_grad():
        labels = judge(pictures).argmax(dim=1)
    times: list[float] = [time.perf_counter()]
    bare: list[float] = []

    def progress(done: int, total: int) -> None:
        """Between two steps, a bare one: a busy moment meets both."""
        times.append(time.perf_counter())
        bare.append(bare_step(judge, pictures, labels))
        times.append(time.perf_counter())

    settings = TrainingSettings(
        objective="gated", accuracy_wanted=2.0, steps=size.steps, batch_size=count
    )
    train(judge, shown, labels.cpu().numpy(), settings, progress=progress)
    # The first step is also the training's preparation.
    ours = np.diff(times)[::2][1:]
    return float(ours.min() / min(bare[1:]))


def bare_step(judge: torch.nn.Module, pictures: torch.Tensor, labels: torch.Tensor) -> float:
    """Seconds of one pass forward and back to the pictures."""
    shown = pictures.clone().requires_grad_(True)
    start = time.perf_counter()
    loss = functional.cross_entropy(judge(shown), labels)
    loss.backward()
    float(loss.detach())
    return time.perf_counter() - start
