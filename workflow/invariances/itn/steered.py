"""From k to one family's transform: the paper's two fully connected layers, or none.

k lies in [0, 1]^d, or [-1, 1]^d. Both ways have the same face: coordinates at k, their derivative in k,
matrices, and the order of k's components.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, cast

import numpy as np
import torch
from scipy.linalg import logm
from torch import Tensor, nn
from torch.nn import functional

from invariances.itn.families import Chart, Family
from invariances.transforms import Padding

Layers = Literal["paper", "none"]

NEAR = 0.01
"""Factor on an unbounded transform's last layer at the start; a bounded one starts with a small reach."""


@dataclass(frozen=True)
class Architecture:
    """What is needed to build the module again before its weights are loaded.

    Attributes
    ----------
    spatial, colour, convolution : names of the families, see ``families.FAMILIES``; None leaves the
        transform out.
    hidden : units of the first of each transform's two fully connected layers.
    padding : what lies outside the picture, see ``invariances.transforms.Setting``.
    chart : ``exponential``, or ``direct``: the layers put out the matrix itself, as in the paper.
    bounded : whether the generators' bounds hold.
    anchored : whether k = (0, 0) is the identity.
    layers : ``paper``, two fully connected layers with ReLU; or ``none``, A(k) = exp(sum_j k_j G_j).
    dimensions : components of each k.
    signed : whether k lies in [-1, 1]^d instead of [0, 1]^d.
    """

    spatial: str | None = "affine"
    colour: str | None = "full"
    convolution: str | None = None
    hidden: int = 32
    padding: Padding = "black"
    chart: Chart = "exponential"
    bounded: bool = True
    anchored: bool = True
    layers: Layers = "paper"
    dimensions: int = 2
    signed: bool = False


class Steered(nn.Module):
    """Two fully connected layers from k in [0, 1]^d to the coordinates of one family's transform.

    With `bounded`, coordinates stay inside the ellipsoid whose half axes are the generators' bounds:
    c = reach * bounds * f / sqrt(1 + |f|^2) for the layers' output f. `reach`, in [0, 1], scales all
    of it along the transform's own path; ``constrained`` learns it beside the layers, in its logarithm,
    for ``volume`` it is the certified scale.
    """

    generators: Tensor
    bounds: Tensor
    reach: nn.Parameter

    def __init__(self, family: Family, architecture: Architecture) -> None:
        super().__init__()
        self.family = family
        self.bounded = architecture.bounded
        self.anchored = architecture.anchored
        self.direct = architecture.chart == "direct" and family.whole
        self.dimensions = architecture.dimensions
        self.used = min(architecture.dimensions, len(family.bounds))
        self._build(architecture)
        self.register_buffer("generators", torch.tensor(family.generators), persistent=False)
        self.register_buffer("bounds", torch.tensor(family.bounds), persistent=False)
        self.reach = nn.Parameter(torch.tensor(1.0), requires_grad=self.bounded)
        if not self.bounded:
            # Near the identity, not on it: there the displacement has no gradient.
            self.start_near()

    def _build(self, architecture: Architecture) -> None:
        self.hidden = nn.Linear(architecture.dimensions, architecture.hidden)
        self.output = nn.Linear(architecture.hidden, len(self.family.bounds))

    @torch.no_grad()
    def start_near(self) -> None:
        """Bring fresh weights near the identity."""
        self.output.weight.mul_(NEAR)
        self.output.bias.mul_(NEAR)

    def _raw(self, k: Tensor) -> Tensor:
        raw = self.output(functional.relu(self.hidden(k)))
        if self.anchored:
            raw = raw - self.output(functional.relu(self.hidden(torch.zeros_like(k))))
        return cast(Tensor, raw)

    def coordinates(self, k: Tensor) -> Tensor:
        """Coordinates [N, g] of the transform at k [N, d]."""
        raw = self._raw(k)
        if self.bounded:
            raw = raw / torch.sqrt(1 + raw.square().sum(dim=1, keepdim=True))
        return raw * self.bounds * self.reach

    def derivative(self, k: Tensor) -> Tensor:
        """How the coordinates change with each component of k [N, d]: [N, d, g]."""
        active = (self.hidden(k) > 0).to(k.dtype)
        slopes = torch.einsum("gh,nh,hd->ndg", self.output.weight, active, self.hidden.weight)
        if self.bounded:
            raw = self._raw(k)[:, None]
            size = torch.sqrt(1 + raw.square().sum(dim=2, keepdim=True))
            along = (slopes * raw).sum(dim=2, keepdim=True)
            slopes = slopes / size - raw * along / size**3
        return slopes * self.bounds * self.reach

    @torch.no_grad()
    def reorder(self, order: Sequence[int]) -> None:
        """Let component j of k do what component order[j] did."""
        self.hidden.weight.copy_(self.hidden.weight[:, list(order)].clone())

    def fraction(self, k: Tensor) -> Tensor:
        """How much of the bound is used at k [N, d]: [N], 1 on the bound."""
        return cast(Tensor, (self.coordinates(k) / self.bounds).norm(dim=1))

    def forward(self, k: Tensor, power: float = 1.0) -> Tensor:
        """Homogeneous matrices (or kernels) [N, n, n] at k [N, d], to the power `power`."""
        coordinates = self.coordinates(k)
        algebra = torch.einsum("ng,gij->nij", coordinates, self.generators)
        if self.family.kind == "convolution":
            side = self.family.dimension
            identity = torch.zeros_like(algebra)
            identity[:, side // 2, side // 2] = 1
            return identity + power * algebra
        identity = torch.eye(self.family.dimension, dtype=algebra.dtype, device=algebra.device)
        if not self.direct:
            return cast(Tensor, torch.linalg.matrix_exp(power * algebra))
        if power == 1:
            return identity + algebra
        return matrix_power(identity + algebra, power)


class Straight(Steered):
    """No layers: coordinates c = reach * bounds * W k, and A(k) = exp(sum_j k_j G_j).

    W [g, d] holds the generators G_j in units of the family's bounds. Where the largest |W k| over the
    corners of k's cube exceeds 1 all of W is divided by it, so that the whole family stays inside the
    ellipsoid of the bounds, and is still straight in k. A family with fewer generators than k has
    components is steered by the first of them; the others do nothing.
    """

    corners: Tensor

    def _build(self, architecture: Architecture) -> None:
        if not architecture.anchored or architecture.chart != "exponential":
            raise ValueError("layers 'none': needs the exponential chart, anchored at the identity")
        self.weight = nn.Parameter(NEAR * torch.randn(len(self.family.bounds), self.used))
        low = -1.0 if architecture.signed else 0.0
        corners = torch.tensor(list(product((low, 1.0), repeat=self.used)))
        self.register_buffer("corners", corners, persistent=False)

    def start_near(self) -> None:
        """Fresh weights are near the identity."""

    def _straight(self) -> Tensor:
        if not self.bounded:
            return self.weight
        largest = (self.corners @ self.weight.T).norm(dim=1).max()
        return cast(Tensor, self.weight / largest.clamp(min=1))

    def coordinates(self, k: Tensor) -> Tensor:
        """Coordinates [N, g] of the transform at k [N, d]."""
        return k[:, : self.used] @ self._straight().T * self.bounds * self.reach

    def derivative(self, k: Tensor) -> Tensor:
        """The generators' coordinates, the same at every k [N, d]: [N, d, g]."""
        slopes = self._straight().T * self.bounds * self.reach
        idle = slopes.new_zeros(self.dimensions - self.used, slopes.shape[1])
        return torch.cat([slopes, idle]).expand(len(k), -1, -1)

    @torch.no_grad()
    def reorder(self, order: Sequence[int]) -> None:
        """Let component j of k do what component order[j] did."""
        self.weight.copy_(self.weight[:, list(order)[: self.used]].clone())


def steered(family: Family, architecture: Architecture) -> Steered:
    """The way from k to this family's transform that the architecture names."""
    return (Straight if architecture.layers == "none" else Steered)(family, architecture)


def matrix_power(matrices: Tensor, power: float) -> Tensor:
    """A^power for matrices [N, n, n]: exp(power log A), without a gradient.

    A matrix that reflects has no real logarithm; its path is the straight line I + power (A - I).
    """
    found = []
    for matrix in matrices.detach().cpu().double().numpy():
        identity = np.eye(len(matrix))
        path = identity + power * (matrix - identity)
        values = np.linalg.eigvals(matrix)
        if not np.any((np.abs(values.imag) < 1e-12) & (values.real <= 0)):
            logarithm = np.asarray(logm(matrix))
            if np.abs(np.imag(logarithm)).max() < 1e-8:
                path = torch.linalg.matrix_exp(torch.from_numpy(power * logarithm.real)).numpy()
        found.append(path)
    return torch.from_numpy(np.stack(found)).to(matrices.device, matrices.dtype)
