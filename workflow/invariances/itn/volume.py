"""How large a family of transforms is: the volume that its generators span, in mean squared displacement.

A transform exp(t G) moves the point (or colour) v by t G v + O(t^2). The metric of two generators is the
mean of (G v)^T (H v) over v, the matrix M of all pairs of a family's generators the metric of its
coordinates. d generators with coordinates J [d, g] span the volume sqrt(det(J M J^T)), the Gram
determinant of d vectors: the product of their lengths if they are orthogonal, 0 if one of them is a
combination of the others. Its logarithm is what the objective ``volume`` maximises: it is indifferent to
the units of either family, grows without limit as a direction shrinks to none, and has the same optimum
whatever basis the family is written in.
"""

from collections.abc import Mapping
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from invariances.itn.families import Family, Kind

FLOOR = 1e-12
"""Added to the Gram matrix's diagonal before its logarithm: a displacement of 10^-6."""

SAMPLE = 200
"""Training pictures, at most, from which the metric of kernels is estimated."""

Metric = NDArray[np.float64]


def moments(kind: Kind) -> Metric:
    """E[v v^T] of what a kind's matrices act on.

    spatial : v = (x, y, 1), (x, y) even over the square [-1, 1]^2: diag(1/3, 1/3, 1).
    colour : v = (r, g, b, 1), (r, g, b) even over the cube [0, 1]^3:
        E[r^2] = 1/3, E[r g] = 1/4, E[r] = 1/2.
    """
    if kind == "spatial":
        return np.diag([1 / 3, 1 / 3, 1.0])
    if kind == "colour":
        found = np.full((4, 4), 1 / 4) + np.diag([1 / 12, 1 / 12, 1 / 12, 0])
        found[3, :3] = found[:3, 3] = 1 / 2
        found[3, 3] = 1
        return found
    raise ValueError(f"kind {kind!r}: the metric of kernels is the pictures'")


def metric(family: Family, pictures: NDArray[np.uint8] | None = None) -> Metric:
    """The metric M [g, g] of a family's coordinates: mean squared displacement is c^T M c for small c.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3], over which the metric of kernels is the mean; others need none.

    Units: spatial in squares of half the picture's side, colours and kernels of full scale.
    Raises ValueError for kernels without pictures.
    """
    if family.kind == "convolution":
        if pictures is None or not len(pictures):
            raise ValueError("the metric of kernels needs pictures")
        return _kernel_metric(family, pictures)
    generators = np.array(family.generators)
    moved = moments(family.kind)
    return cast(Metric, np.einsum("aij,jk,bik->ab", generators, moved, generators))


def _kernel_metric(family: Family, pictures: NDArray[np.uint8]) -> Metric:
    taps = torch.tensor(family.generators, dtype=torch.float64)
    margin = family.dimension // 2
    total = torch.zeros(len(taps), len(taps), dtype=torch.float64)
    chosen = pictures[np.linspace(0, len(pictures) - 1, min(SAMPLE, len(pictures))).astype(int)]
    for picture in chosen:
        values = torch.from_numpy(picture).permute(2, 0, 1)[:, None].double() / 255
        padded = functional.pad(values, (margin,) * 4, mode="reflect")
        changes = functional.conv2d(padded, taps[:, None])
        # Three channels: a displacement is a colour's.
        total += 3 * torch.einsum("cahw,cbhw->ab", changes, changes) / changes[:, 0].numel()
    return np.asarray(total / len(chosen))


def gram(derivative: Tensor, metric: Tensor) -> Tensor:
    """J M J^T [N, d, d] of derivatives J [N, d, g] and a metric M [g, g]."""
    return derivative @ metric @ derivative.transpose(1, 2)


def log_volume(derivative: Tensor, metric: Tensor, used: int | None = None) -> Tensor:
    """Mean over k of 1/2 log det(J M J^T): a number, from derivatives J [N, d, g].

    used : how many of k's components lead anywhere, the first of them; all by default.
    """
    found = gram(derivative[:, :used], metric)
    floor = FLOOR * torch.eye(found.shape[-1], dtype=found.dtype, device=found.device)
    return 0.5 * torch.logdet(found + floor).mean()


def log_sines(derivative: Tensor, metric: Tensor, used: int | None = None) -> Tensor:
    """Mean over k of 1/2 log det of the fields' cosines: a number, 0 where they are orthogonal.

    The logarithm of the volume that the same directions would span if each were of size 1; of two
    directions that of the sine between them. Shapes as for `log_volume`.
    """
    found = gram(derivative[:, :used], metric)
    squares = torch.diagonal(found, dim1=1, dim2=2) + FLOOR
    return log_volume(derivative, metric, used) - 0.5 * squares.log().sum(dim=1).mean()


def sizes(derivative: Metric, metric: Metric) -> NDArray[np.float64]:
    """The root mean squared displacement [d] of generators J [d, g]."""
    return cast(Metric, np.sqrt(np.maximum(np.diag(derivative @ metric @ derivative.T), 0)))


def angles(derivative: Metric, metric: Metric) -> NDArray[np.float64]:
    """Degrees [d, d] between the fields of displacement of generators J [d, g], in [0, 90].

    The sign of a generator is k's, and does not count; NaN beside one that moves nothing.
    """
    found = derivative @ metric @ derivative.T
    size = np.sqrt(np.maximum(np.diag(found), 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.abs(found / np.outer(size, size))
    return cast(Metric, np.degrees(np.arccos(np.clip(cosine, 0, 1))))


def metrics(
    families: Mapping[Kind, Family], pictures: NDArray[np.uint8] | None = None
) -> dict[Kind, Metric]:
    """`metric` of each family, by kind."""
    return {kind: metric(family, pictures) for kind, family in families.items()}
