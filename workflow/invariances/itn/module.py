"""The Invariant Transformer Net: a family of picture transforms steered by k (section III.D, figure 1).

The paper's figure 1, formula and results disagree on which of k1 and k2 goes with which matrix; here k1
steers the spatial and k2 the colour transform, as in its section IV.B. The colour transform comes first,
then, where there is one, the convolution (steered by k3; the paper's future work), then the spatial
transform, in one warp.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import save as serialise
from scipy.linalg import logm
from torch import Tensor, nn
from torch.nn import functional

from invariances.errors import InputError
from invariances.inference.responder import Apply
from invariances.itn.families import Chart, Family, Kind, family
from invariances.tables.arrays import read_tensors
from invariances.tables.files import atomically, damaged
from invariances.transforms import Padding, Setting, warp

KINDS: tuple[Kind, ...] = ("spatial", "colour", "convolution")

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
    """

    spatial: str | None = "affine"
    colour: str | None = "full"
    convolution: str | None = None
    hidden: int = 32
    padding: Padding = "black"
    chart: Chart = "exponential"
    bounded: bool = True
    anchored: bool = True


class Steered(nn.Module):
    """Two fully connected layers from k in [0, 1]^2 to the coordinates of one family's transform.

    With `bounded`, coordinates stay inside the ellipsoid whose half axes are the generators' bounds:
    c = reach * bounds * f / sqrt(1 + |f|^2) for the layers' output f. `reach`, in [0, 1], scales all
    of it along the transform's own path; it is learned beside the layers, in its logarithm.
    """

    generators: Tensor
    bounds: Tensor

    def __init__(self, family: Family, architecture: Architecture) -> None:
        super().__init__()
        self.family = family
        self.bounded = architecture.bounded
        self.anchored = architecture.anchored
        self.direct = architecture.chart == "direct" and family.whole
        self.hidden = nn.Linear(2, architecture.hidden)
        self.output = nn.Linear(architecture.hidden, len(family.bounds))
        self.register_buffer("generators", torch.tensor(family.generators), persistent=False)
        self.register_buffer("bounds", torch.tensor(family.bounds), persistent=False)
        self.reach = nn.Parameter(torch.tensor(1.0), requires_grad=self.bounded)
        if not self.bounded:
            # Near the identity, not on it: there the displacement has no gradient.
            with torch.no_grad():
                self.output.weight.mul_(NEAR)
                self.output.bias.mul_(NEAR)

    def coordinates(self, k: Tensor) -> Tensor:
        """Coordinates [N, g] of the transform at k [N, 2]."""
        raw = self.output(functional.relu(self.hidden(k)))
        if self.anchored:
            raw = raw - self.output(functional.relu(self.hidden(torch.zeros_like(k))))
        if self.bounded:
            raw = raw / torch.sqrt(1 + raw.square().sum(dim=1, keepdim=True))
        return cast(Tensor, raw * self.bounds * self.reach)

    def fraction(self, k: Tensor) -> Tensor:
        """How much of the bound is used at k [N, 2]: [N], 1 on the bound."""
        return cast(Tensor, (self.coordinates(k) / self.bounds).norm(dim=1))

    def forward(self, k: Tensor, power: float = 1.0) -> Tensor:
        """Homogeneous matrices (or kernels) [N, n, n] at k [N, 2], to the power `power`."""
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


class InvariantTransformer(nn.Module):
    """F(k1, k2), or F(k1, k2, k3): transforms pictures by matrices that it learns.

    Call with pictures [N, 3, H, W] in [0, 255] and k1, k2 (and k3) [N, 2] in [0, 1]; gives pictures of
    the same shape and range. The transforms are attributes ``spatial``, ``colour``, ``convolution``.
    """

    def __init__(self, architecture: Architecture | None = None, seed: int = 0) -> None:
        super().__init__()
        self.architecture = architecture or Architecture()
        # Initial weights come from `seed` alone; the caller's random state is left as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            for kind in KINDS:
                name = getattr(self.architecture, kind)
                part = None if name is None else Steered(family(kind, name), self.architecture)
                self.add_module(kind, part)

    def parts(self) -> dict[Kind, Steered]:
        """The transforms that there are, by kind."""
        found = {kind: getattr(self, kind) for kind in KINDS}
        return {kind: part for kind, part in found.items() if part is not None}

    def matrices(
        self, k: Mapping[Kind, Tensor], powers: Mapping[Kind, float] | None = None
    ) -> dict[Kind, Tensor]:
        """Homogeneous matrices [N, n, n] of each transform that there is, by kind.

        `k` holds, by kind, [N, 2]; `powers`, by kind, the matrix power, 1 if absent.
        """
        powers = powers or {}
        return {kind: part(k[kind], powers.get(kind, 1.0)) for kind, part in self.parts().items()}

    def forward(self, pictures: Tensor, k1: Tensor, k2: Tensor, k3: Tensor | None = None) -> Tensor:
        """Transform pictures [N, 3, H, W] in [0, 255] as k1, k2 and k3 [N, 2] say."""
        return self.apply_matrices(pictures, self.matrices(steering(k1, k2, k3)))

    def apply_matrices(self, pictures: Tensor, matrices: Mapping[Kind, Tensor]) -> Tensor:
        """Colour, then convolution, then space, each where `matrices` has one for it."""
        if "colour" in matrices:
            pictures = recolour(pictures, matrices["colour"])
        if "convolution" in matrices:
            pictures = convolve(pictures, matrices["convolution"])
        if "spatial" in matrices:
            # Means of neighbours stay in the range that the pictures have.
            pictures = warp(pictures, matrices["spatial"][:, :2], self.architecture.padding)
        return pictures


def fixed(module: InvariantTransformer, matrices: Mapping[Kind, Tensor]) -> Apply:
    """Every picture under the same matrix [n, n] of each kind; a kind without one does nothing."""

    def apply(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
        each = {
            kind: matrix.to(pictures.device).expand(len(pictures), -1, -1)
            for kind, matrix in matrices.items()
        }
        return module.apply_matrices(pictures, each)

    return apply


def steering(k1: Tensor, k2: Tensor, k3: Tensor | None = None) -> dict[Kind, Tensor]:
    """k1, k2 and k3 [N, 2] by the kind of transform that they steer."""
    return {"spatial": k1, "colour": k2, "convolution": torch.zeros_like(k1) if k3 is None else k3}


def recolour(pictures: Tensor, matrices: Tensor) -> Tensor:
    """Colours (r, g, b, 1) in [0, 1] times matrices [N, 4, 4], clamped; pictures in [0, 255]."""
    shift = 255 * matrices[:, :3, 3, None]
    turned = torch.baddbmm(shift, matrices[:, :3, :3], pictures.flatten(2))
    return turned.clamp(0, 255).view_as(pictures)


def convolve(pictures: Tensor, kernels: Tensor) -> Tensor:
    """Each picture [N, 3, H, W] under its own kernel [N, s, s], the same for each channel, clamped.

    The picture is mirrored at its border without repeating the edge, as for the screening's blur.
    """
    count, channels, height, width = pictures.shape
    margin = kernels.shape[-1] // 2
    padded = functional.pad(pictures, (margin,) * 4, mode="reflect")
    weight = kernels[:, None].repeat_interleave(channels, dim=0)
    groups = count * channels
    mixed = functional.conv2d(padded.reshape(1, groups, *padded.shape[2:]), weight, groups=groups)
    return mixed.clamp(0, 255).reshape(count, channels, height, width)


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


def save(module: InvariantTransformer, path: Path) -> None:
    """Write weights and architecture as safetensors, whole: to a temporary name, then renamed."""
    tensors = {name: value.detach().cpu() for name, value in module.state_dict().items()}
    about = {"architecture": asdict(module.architecture), "sha256": _digest(tensors)}
    # One entry: safetensors writes several in any order.
    content = serialise(tensors, {"itn": json.dumps(about, sort_keys=True)})
    atomically(path, lambda file: file.write_bytes(content))


def _digest(tensors: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 of tensors' names and values."""
    digest = sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def load(path: Path) -> InvariantTransformer:
    """Read what `save` wrote; raises InputError naming the file where it is no such file."""
    tensors, metadata = read_tensors(path)
    if "itn" not in metadata:
        raise InputError(f"{path}: no Invariant Transformer Net, its architecture is missing")
    about = json.loads(metadata["itn"])
    if about["sha256"] != _digest(tensors):
        raise damaged(path, "its weights are not those that were written")
    module = InvariantTransformer(Architecture(**about["architecture"]))
    module.load_state_dict(tensors)
    return module.eval()
