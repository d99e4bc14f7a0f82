"""What an Invariant Transformer Net is trained for: the paper's losses and two objectives.

The paper's loss of a matrix (section III.D) is minus its displacement, the mean of ||A x - x||^2 over
random unit vectors x, A extended to a square. Its expectation is ||A - I||_F^2 / n: it grows without
limit where a picture shrinks and to no more than 2/3 where it is magnified, so that "it only zooms
out" is in part the loss's own preference.
"""

from collections.abc import Mapping
from math import exp
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from invariances.itn.families import Kind

Branch = Literal["classifier", "transform", "both"]

FLOOR = 1e-12
"""Added to a displacement before its logarithm, for k at which the transform is the identity."""


def unit_vectors(count: int, dimension: int, generator: torch.Generator) -> Tensor:
    """`count` random directions, evenly over the sphere: [count, dimension], on the CPU."""
    vectors = torch.randn(count, dimension, generator=generator)
    return functional.normalize(vectors, dim=1)


def deviation(kind: Kind, matrices: Tensor) -> Tensor:
    """A - I as [N, rows, n] for matrices [N, n, n]; kernels [N, s, s] become one row, n = s * s."""
    if kind == "convolution":
        side = matrices.shape[-1]
        identity = torch.zeros_like(matrices[:1])
        identity[:, side // 2, side // 2] = 1
        return (matrices - identity).flatten(1)[:, None]
    return matrices - torch.eye(matrices.shape[-1], dtype=matrices.dtype, device=matrices.device)


def displacement(kind: Kind, matrices: Tensor, vectors: Tensor) -> Tensor:
    """Mean of ||A x - x||^2 over vectors [S, n], for each of matrices [N, n, n]: [N]."""
    moved = deviation(kind, matrices) @ vectors.T
    return moved.square().sum(dim=1).mean(dim=1)


def expected_displacement(kind: Kind, matrices: Tensor) -> Tensor:
    """The same over all unit vectors, ||A - I||_F^2 / n: [N]."""
    moved = deviation(kind, matrices)
    return moved.square().sum(dim=(1, 2)) / moved.shape[-1]


def steered_loss(kind: Kind, k: Tensor, matrices: Tensor, vectors: Tensor) -> Tensor:
    """The paper's L_k(A) = -sum_j k_j mean ||A x - x||^2, averaged over k [N, d]: a number.

    Of a k with signs, their sizes count.
    """
    return -(k.abs().sum(dim=1) * displacement(kind, matrices, vectors)).mean()


def gated(
    classifier_loss: Tensor,
    accuracy: float,
    accuracy_wanted: float,
    transform_losses: Mapping[Kind, Tensor],
    weights: Mapping[Kind, float],
) -> tuple[Tensor, Branch]:
    """The paper's L_final of one batch, and which of its two branches it is.

    The classifier's loss where the batch's accuracy is below `accuracy_wanted`, otherwise
    c_theta L_k2(colour) + L_k1(spatial); `weights` holds c_theta under ``colour``, 1 where absent.
    """
    if accuracy < accuracy_wanted:
        return classifier_loss, "classifier"
    total = torch.zeros((), device=classifier_loss.device)
    for kind, loss in transform_losses.items():
        total = total + weights.get(kind, 1.0) * loss
    return total, "transform"


def margins(logits: Tensor, labels: Tensor) -> Tensor:
    """By how much the true class leads: its logit minus the best other's, [N] from logits [N, K]."""
    true = logits.gather(1, labels[:, None])
    others = logits.scatter(1, labels[:, None], -torch.inf)
    return true.squeeze(1) - others.amax(dim=1)


def risk(logits: Tensor, labels: Tensor, counted: Tensor, margin: float) -> Tensor:
    """Mean over the counted pictures of how far the true class's lead falls short of `margin`.

    Shapes: logits [N, K], labels [N], counted bool [N]: those that are right untransformed; a picture
    that never was right cannot be kept right. The differentiable stand-in for the accuracy lost.
    """
    short = functional.relu(margin - margins(logits, labels)) * counted
    return short.sum() / counted.sum().clamp(min=1)


def utility(kind: Kind, k: Tensor, matrices: Tensor) -> Tensor:
    """sum_j k_j log(displacement), averaged over k [N, 2]: what ``constrained`` maximises.

    The logarithm of the paper's measure: it orders the transforms at a k just as the paper's does,
    but its gradient neither vanishes near the identity nor runs away far from it, and a factor
    between the scales of colour and space, the paper's c_theta, drops out.
    """
    return (k.sum(dim=1) * torch.log(expected_displacement(kind, matrices) + FLOOR)).mean()


def lagrangian(
    utilities: Mapping[Kind, Tensor], risk: Tensor, multiplier: float, weights: Mapping[Kind, float]
) -> Tensor:
    """-sum of the weighted utilities + multiplier * risk, to be minimised over the module's weights."""
    total = multiplier * risk
    for kind, value in utilities.items():
        total = total - weights.get(kind, 1.0) * value
    return total


def updated_multiplier(
    multiplier: float, lost: float, allowed: float, rate: float, limits: tuple[float, float]
) -> float:
    """The multiplier after a batch that lost the fraction `lost` of its accuracy.

    Ascent on the constraint itself while the module descends on its differentiable stand-in: the
    two-player form of Cotter, Jiang and Sridharan (2019), "Two-player games for efficient non-convex
    constrained optimization". Multiplicative, hence free of the multiplier's scale; a step falls by
    at most `rate` and rises by at most three times that, so that one bad batch does not wind it up.
    """
    violation = min(max(lost / allowed - 1, -1.0), 3.0)
    return min(max(multiplier * exp(rate * violation), limits[0]), limits[1])


def widened(reach: float, gradient: float, gain: float, rate: float, slower: float) -> float:
    """The reach, in (0, 1], after a step against `gradient`, the objective's in the reach's logarithm.

    `gain` is the utility's own gradient in it. Without risk the reach grows by exp(rate * slower),
    geometrically, as a scale is searched; it falls by at most exp(rate) where the risk outweighs
    that, which the end of a training, with `slower` near zero, must not slow down.
    """
    wanted = min(max(-gradient / gain, -1.0), 1.0)
    return min(reach * exp(rate * wanted * (slower if wanted > 0 else 1.0)), 1.0)
