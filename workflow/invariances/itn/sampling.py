"""What a training step draws: pictures, k, and how large a step it takes, from (seed, step) alone."""

from itertools import product

import numpy as np
import torch
from torch import Tensor

from invariances.itn.families import Kind
from invariances.itn.module import KINDS
from invariances.itn.settings import TrainingSettings


def draws(seed: int, *numbers: int) -> torch.Generator:
    """The random numbers that belong to (seed, numbers) alone."""
    state = np.random.SeedSequence([seed, *numbers]).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(state[0]) << 32 | int(state[1]))


def chosen(step: int, count: int, settings: TrainingSettings) -> Tensor:
    """Indices [batch_size] of a step's pictures: every picture once before any comes again."""
    first = step * settings.batch_size
    found: list[int] = []
    for position in range(first, first + settings.batch_size):
        if not found or position % count == 0:
            order = torch.randperm(count, generator=draws(settings.seed, 0, position // count))
        found.append(int(order[position % count]))
    return torch.tensor(found)


def draw_k(count: int, corner: float, generator: torch.Generator) -> dict[Kind, Tensor]:
    """k [count, 2] for each kind of transform: uniform in [0, 1]^2, a fraction all at (1, 1).

    Largest k moves the picture most; few uniform draws come near it.
    """
    k = torch.rand(len(KINDS), count, 2, generator=generator)
    at_corner = torch.rand(count, generator=generator) < corner
    k[:, at_corner] = 1
    return dict(zip(KINDS, k, strict=True))


def draw_corners(settings: TrainingSettings, generator: torch.Generator) -> dict[Kind, Tensor]:
    """k [batch_size, d] for each kind of transform, for the objective ``volume``.

    Uniform in the cube, except that a fraction, `settings.corner` of the pictures, has each kind at one
    of its cube's corners but 0: there the family moves pictures the most. The corner of ones comes twice
    as often as others.
    """
    shape = (len(KINDS), settings.batch_size, settings.dimensions)
    low = -1.0 if settings.signed else 0.0
    k = low + (1 - low) * torch.rand(*shape, generator=generator)
    corners = torch.tensor(list(product((low, 1.0), repeat=settings.dimensions)))
    corners = torch.cat([corners[corners.abs().sum(dim=1) > 0], torch.ones(1, settings.dimensions)])
    drawn = corners[torch.randint(len(corners), shape[:2], generator=generator)]
    at_corner = torch.rand(settings.batch_size, generator=generator) < settings.corner
    k[:, at_corner] = drawn[:, at_corner]
    return dict(zip(KINDS, k, strict=True))


def decay(step: int, steps: int) -> float:
    """The learning rate's factor: 1, then geometrically to 0.1 over the last third."""
    return float(0.1 ** max(0.0, (step + 1 - steps * 2 / 3) / (steps / 3)))
