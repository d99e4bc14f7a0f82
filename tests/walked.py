"""Searches of pictures whose margins can be written down."""

import numpy as np

from invariances.inference import Answers
from invariances.thresholds import Bisection


def search(
    truth: list[list[float]],
    grid: np.ndarray,
    identity: int,
    tolerance: float,
    missed: float = np.inf,
) -> Bisection:
    """Pictures of label 7 that answer 7 except beyond each of their crossings: then the count.

    The margin is the distance to the nearest crossing, below zero where the answer is wrong.
    """

    def answer(pictures: np.ndarray, magnitudes: np.ndarray) -> Answers:
        said, margin = [], []
        for place, magnitude in zip(pictures, magnitudes, strict=True):
            passed = sum((c - grid[identity]) * (magnitude - c) > 0 for c in truth[place])
            said.append(7 if passed % 2 == 0 else passed)
            nearest = min((abs(magnitude - c) for c in truth[place]), default=1.0)
            margin.append(nearest if passed % 2 == 0 else -nearest)
        return Answers(np.array(said), np.array(margin))

    size, points = len(truth), len(grid)
    known = answer(np.repeat(np.arange(size), points), np.tile(grid, size))
    found = Bisection.start(
        Answers(*(part.reshape(size, points) for part in known)),
        np.full(size, 7),
        grid,
        identity,
        tolerance=tolerance,
        missed=missed,
    )
    while not found.done:
        found.accept(answer(*found.propose()))
    return found
