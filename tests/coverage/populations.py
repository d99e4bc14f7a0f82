"""Populations of softmax curves in which intervals were found wanting.

Each is a function draw(generator, n) -> [n, 11, 1 + rivals], the true class first, on the grid
linspace(0, 1, 11).
"""

from collections.abc import Callable

import numpy as np

GRID = np.linspace(0, 1, 11)


def softmax(logits):
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def rivals(count, spread):
    """Each picture falls at a threshold of its own; its loss goes to `count` rivals, unevenly."""

    def draw(g, n):
        threshold = 0.45 * np.exp(g.normal(0, 0.35, (n, 1)))
        own = 1 / (1 + np.exp(-12 * (threshold - GRID)))
        share = softmax(g.normal(0, spread, (n, count)))
        return np.concatenate([own[..., None], (1 - own)[..., None] * share[:, None]], -1)

    return draw


def weak(baseline, count=2):
    """A share 1 - baseline of the pictures is wrong from the start."""
    falling = rivals(count, 2.0)

    def draw(g, n):
        curves, wrong = falling(g, n).copy(), g.random(n) > baseline
        share = softmax(g.normal(0, 2.0, (n, count)))
        low = np.concatenate(
            [np.full((n, len(GRID), 1), 0.1), np.repeat(0.9 * share[:, None], len(GRID), 1)], -1
        )
        curves[wrong] = low[wrong]
        return curves

    return draw


def returning(g, n):
    """Falls to about the rival, comes back, falls again at 0.8."""
    phase, offset = g.normal(0, 0.05, (n, 1)), g.normal(0, 1.5, (n, 1))
    own = (
        1.5
        + 2 * np.cos(2 * np.pi * (GRID + phase) / 0.6)
        - 8 * np.clip(GRID - 0.5, 0, None)
        + offset
    )
    return softmax(
        np.stack([own, np.zeros_like(own), np.full_like(own, -2)], -1) + g.normal(0, 0.7, (n, 1, 3))
    )


POPULATIONS: dict[str, Callable] = {
    "1 rival": rivals(1, 2.0),
    "2 rivals": rivals(2, 2.0),
    "5 rivals": rivals(5, 2.0),
    "15 rivals": rivals(15, 2.0),
    "15 rivals, each picture its own": rivals(15, 6.0),
    "baseline .8": weak(0.8),
    "baseline .6": weak(0.6),
    "baseline .45": weak(0.45),
    "baseline .6, 8 rivals": weak(0.6, 8),
    "non-monotone": returning,
}
