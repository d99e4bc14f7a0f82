"""The one way to warp pictures by affine maps."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Padding = Literal["black", "edge", "reflect", "mean"]
PADDINGS: tuple[Padding, ...] = ("black", "edge", "reflect", "mean")


def warp(pictures: Tensor, theta: Tensor, padding: Padding = "black") -> Tensor:
    """Sample each picture at affinely mapped coordinates, bilinearly (Jaderberg et al. 2015, section 3.3).

    Parameters
    ----------
    pictures : [N, 3, H, W] in [0, 255].
    theta : [N, 2, 3], from output to input coordinates; +-1 are the picture's edges, the origin its
        centre, x to the right, y downwards. Differentiable in both where theta requires a gradient.
    padding : what lies outside, see ``Setting``.

    Maps that send every pixel's centre to a pixel's centre (the identity, whole-pixel shifts, quarter
    turns, mirrors) are copied, not interpolated, and hence exact.
    """
    if padding not in PADDINGS:
        raise ValueError(f"padding {padding!r}: must be one of {', '.join(PADDINGS)}")
    exact = None if theta.requires_grad else _whole_pixels(theta, *pictures.shape[-2:])
    theta = theta.to(pictures.device, pictures.dtype)
    grid = functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    if exact is None or not exact.any():
        return _sample(pictures, grid, padding, "bilinear")
    if exact.all():
        return _sample(pictures, grid, padding, "nearest")
    sampled = _sample(pictures, grid, padding, "bilinear")
    rows = exact.nonzero().squeeze(1).to(pictures.device)
    sampled[rows] = _sample(pictures[rows], grid[rows], padding, "nearest")
    return sampled


def _whole_pixels(theta: Tensor, height: int, width: int) -> Tensor:
    """Which maps [N, 2, 3] send pixel centres to pixel centres: bool [N], on the CPU."""
    theta = theta.detach().double().cpu()
    size = torch.tensor([width, height], dtype=torch.float64)
    # An affine map is known by three points: the first pixel, its right and its lower neighbour.
    pixels = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    points = torch.cat([(2 * pixels + 1) / size - 1, torch.ones(3, 1, dtype=torch.float64)], dim=1)
    source = ((points @ theta.transpose(1, 2) + 1) * size - 1) / 2
    steps = source[:, 1:] - source[:, :1]
    off = (source[:, 0] - source[:, 0].round()).abs().amax(dim=1)
    drift = (steps - steps.round()).abs().amax(dim=(1, 2)) * max(height, width)
    return (off < 1e-3) & (drift < 1e-3)


def _sample(pictures: Tensor, grid: Tensor, padding: Padding, mode: str) -> Tensor:
    names = {"black": "zeros", "mean": "zeros", "edge": "border", "reflect": "reflection"}
    out = functional.grid_sample(pictures, grid, mode, names[padding], align_corners=False)
    if padding == "mean":
        inside = torch.ones_like(pictures[:, :1])
        covered = functional.grid_sample(inside, grid, mode, "zeros", align_corners=False)
        out = out + pictures.mean(dim=(2, 3), keepdim=True) * (1 - covered)
    return out
