"""Networks in two precisions, as tests of checked answers need them."""

import os

import torch
from torch import nn

from invariances.classifiers import halved
from invariances.inference import Pictures
from invariances.inference.checked import (
    calibrated,
)
from invariances.inference.responder import Responder
from invariances.screening import sweep
from invariances.thresholds.search import search
from invariances.transforms import Setting


def both(network: nn.Module, pictures: Pictures, transform, grid, identity: int):
    """The network checked, and sweeps by float32 and by it."""

    def responder(asked):
        return Responder(asked, transform, Setting(), batch_size=16)

    def logits(asked, rows, values):
        return torch.cat([part for _, part in responder(asked).logits(pictures, rows, values)])

    checked = calibrated(network, halved.Halved(network), pictures, grid, identity, logits)
    sweeps = [sweep(responder(asked), pictures, grid, identity) for asked in (network, checked)]
    return checked, *sweeps, responder(network)


def own_thresholds(responder, pictures, swept, axis="linear"):
    found = search(responder, pictures, swept, tolerance=1 / 64, missed=0.02, axis=axis)
    return found.responses()


def shown(leads) -> torch.Tensor:
    """Pictures of two categories' logits, the first leading by so much."""
    pictures = torch.zeros(len(leads), 3, 2, 2)
    pictures[:, 0, 0, 0] = torch.tensor(leads, dtype=torch.float32)
    return pictures


def some(name: str, otherwise: int) -> int:
    """How much is asked of a real network: all of it takes minutes a transform."""
    return int(os.environ.get(name, otherwise))
