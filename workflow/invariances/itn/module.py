"""The Invariant Transformer Net: a family of picture transforms steered by k (section III.D, figure 1).

The paper's figure 1, formula and results disagree on which of k1 and k2 goes with which matrix; here k1
steers the spatial and k2 the colour transform, as in its section IV.B. The colour transform comes first,
then, where there is one, the convolution (steered by k3; the paper's future work), then the spatial
transform, in one warp.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as serialise
from torch import Tensor, nn
from torch.nn import functional

from invariances.errors import InputError
from invariances.inference.responder import Apply
from invariances.itn.families import Kind, family
from invariances.itn.steered import Architecture, Steered, steered
from invariances.tables.arrays import read_tensors
from invariances.tables.files import atomically, damaged
from invariances.transforms import Setting, warp

KINDS: tuple[Kind, ...] = ("spatial", "colour", "convolution")


class InvariantTransformer(nn.Module):
    """F(k1, k2), or F(k1, k2, k3): transforms pictures by matrices that it learns.

    Call with pictures [N, 3, H, W] in [0, 255] and k1, k2 (and k3) [N, d] in [0, 1], or in [-1, 1]; gives
    pictures of the same shape and range. The transforms are attributes ``spatial``, ``colour`` and
    ``convolution``; `certificate` holds what `certificate.certify` found, None where it was not asked.
    """

    certificate: dict[str, Any] | None = None

    def __init__(self, architecture: Architecture | None = None, seed: int = 0) -> None:
        super().__init__()
        self.architecture = architecture or Architecture()
        # Initial weights come from `seed` alone; the caller's random state is left as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            for kind in KINDS:
                name = getattr(self.architecture, kind)
                part = None if name is None else steered(family(kind, name), self.architecture)
                self.add_module(kind, part)

    def parts(self) -> dict[Kind, Steered]:
        """The transforms that there are, by kind."""
        found = {kind: getattr(self, kind) for kind in KINDS}
        return {kind: part for kind, part in found.items() if part is not None}

    def matrices(
        self, k: Mapping[Kind, Tensor], powers: Mapping[Kind, float] | None = None
    ) -> dict[Kind, Tensor]:
        """Homogeneous matrices [N, n, n] of each transform that there is, by kind.

        `k` holds, by kind, [N, d]; `powers`, by kind, the matrix power, 1 if absent.
        """
        powers = powers or {}
        return {kind: part(k[kind], powers.get(kind, 1.0)) for kind, part in self.parts().items()}

    def forward(self, pictures: Tensor, k1: Tensor, k2: Tensor, k3: Tensor | None = None) -> Tensor:
        """Transform pictures [N, 3, H, W] in [0, 255] as k1, k2 and k3 [N, d] say."""
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
    """k1, k2 and k3 [N, d] by the kind of transform that they steer."""
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


# Fields that older files lack, and the values that they stood for.
_LATER = {"layers": "paper", "dimensions": 2, "signed": False}


def save(module: InvariantTransformer, path: Path) -> None:
    """Write weights, architecture and certificate as safetensors, whole: renamed from a temporary name."""
    tensors = {name: value.detach().cpu() for name, value in module.state_dict().items()}
    architecture = {
        name: value
        for name, value in asdict(module.architecture).items()
        if name not in _LATER or value != _LATER[name]
    }
    about: dict[str, Any] = {"architecture": architecture, "sha256": _digest(tensors)}
    if module.certificate is not None:
        about["certificate"] = module.certificate
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
    strange = sorted(set(about["architecture"]) - {field.name for field in fields(Architecture)})
    if strange:
        raise InputError(
            f"{path}: a net of a newer version, which has {', '.join(strange)}; update, or delete it to "
            "train it again"
        )
    module = InvariantTransformer(Architecture(**about["architecture"]))
    module.load_state_dict(tensors)
    module.certificate = about.get("certificate")
    return module.eval()
