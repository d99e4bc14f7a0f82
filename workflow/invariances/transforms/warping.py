"""The one way to warp pictures: by affine maps, or by the places from which pixels come."""

from itertools import product
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from invariances.transforms.antialiasing import (
    Beyond,
    footprints,
    missing_covariance,
    prefiltered,
    samples_a_side,
)
from invariances.transforms.devices import onto, onto_device_of

Padding = Literal["black", "edge", "reflect", "mean"]
PADDINGS: tuple[Padding, ...] = ("black", "edge", "reflect", "mean")
Border = Literal[Padding, "circular"]
"""What a transform may find outside the picture: a padding, or the picture's own other side."""

Resampling = Literal["bilinear", "antialiased", "bicubic"]
RESAMPLINGS: tuple[Resampling, ...] = ("bilinear", "antialiased", "bicubic")


def warp(
    pictures: Tensor,
    maps: Tensor,
    padding: Border = "black",
    resampling: Resampling = "bilinear",
) -> Tensor:
    """Sample each picture at mapped coordinates (Jaderberg et al. 2015, section 3.3).

    Parameters
    ----------
    pictures : [N, 3, H, W] in [0, 255].
    maps : affine ones [N, 2, 3] from output to input coordinates, or the places [N, H, W, 2], x and y, that
        the pixels' centres are mapped to; +-1 are the picture's edges, the origin its centre, x to the
        right, y downwards. Differentiable in both where maps require a gradient.
    padding : what lies outside, see ``Setting``; ``circular``: the picture again, on each side of itself.
    resampling : how a value between pixels is found. ``bilinear``; ``antialiased``, what is finer than the
        output's pixels is taken out first where a map shrinks the picture (see ``antialiasing``), then
        bilinear; ``bicubic``, Keys' kernel with a = -0.75 (Keys 1981, whose own is -0.5; torch's and
        OpenCV's), which may leave [0, 255].

    Maps that send every pixel's centre to a pixel's centre (the identity, whole-pixel shifts, quarter
    turns, mirrors) are copied, not interpolated, and hence exact, unless they shrink and ``antialiased`` is
    asked for. Raises ValueError for a padding or resampling that there is not, for a circular one that is
    not bilinear, and for antialiased maps that require a gradient.
    """
    if padding not in (*PADDINGS, "circular"):
        raise ValueError(f"padding {padding!r}: must be one of {', '.join(PADDINGS)}")
    allowed = RESAMPLINGS[:1] if padding == "circular" else RESAMPLINGS
    if resampling not in allowed:
        raise ValueError(f"resampling {resampling!r}: must be one of {', '.join(allowed)}")
    if padding != "circular" and resampling == "antialiased":
        if maps.requires_grad:
            raise ValueError("antialiased: what is filtered has no gradient in the map")
        return (_low_passed if maps.ndim == 3 else _supersampled)(pictures, maps, padding)
    exact = None if maps.requires_grad else _whole_pixels(maps, *pictures.shape[-2:])
    grid = onto_device_of(pictures, maps)
    if maps.ndim == 3:
        grid = _places(grid, pictures)
    if exact is None or (exact.device.type == "cpu" and not exact.any()):
        return _sample(pictures, grid, padding, resampling)
    if exact.device.type == "cuda":
        # Which they are is not waited for.
        copied, between = (_sample(pictures, grid, padding, how) for how in ("nearest", resampling))
        return torch.where(exact[:, None, None, None], copied, between)
    if exact.all():
        return _sample(pictures, grid, padding, "nearest")
    sampled = _sample(pictures, grid, padding, resampling)
    rows = onto(exact.nonzero().squeeze(1), pictures.device)
    sampled[rows] = _sample(pictures[rows], grid[rows], padding, "nearest")
    return sampled


def _low_passed(pictures: Tensor, theta: Tensor, padding: Padding) -> Tensor:
    """Bilinear samples of pictures that were low-passed as far as affine maps shrink them."""
    sampled = torch.empty_like(pictures)
    missing = missing_covariance(theta, *pictures.shape[-2:])
    # Pictures whose maps shrink alike are filtered together, which changes none of them.
    filters, kinds = torch.unique(missing, dim=0, return_inverse=True)
    for number, covariance in enumerate(filters):
        rows = (kinds == number).nonzero().squeeze(1)
        here = onto(rows, pictures.device)
        some, maps = pictures[here], theta[rows.to(theta.device)]
        if covariance.any():
            maps = onto_device_of(some, maps)
            grid = _places(maps, some)
            # Where the mean colour lies outside, what differs from it lies on black.
            colour = some.mean(dim=(2, 3), keepdim=True) * (padding == "mean")
            beyond: Beyond = "black" if padding == "mean" else padding
            filtered = prefiltered(some - colour, grid, covariance, beyond)
            result = _sample(*filtered, "bilinear") + colour
        else:
            result = warp(some, maps, padding)
        sampled[here] = result
    return sampled


def _supersampled(pictures: Tensor, places: Tensor, padding: Padding) -> Tensor:
    """The mean of n x n bilinear samples in each pixel, n as many as the map shrinks a picture anywhere.

    Maps that are not affine have no filter that is right everywhere. They take n^2 times a warp.
    """
    sampled = torch.empty_like(pictures)
    places = onto_device_of(pictures, places)
    right, down = footprints(places)
    numbers = samples_a_side(places, right, down)
    for number in sorted(set(numbers.tolist())):
        rows = (numbers == number).nonzero().squeeze(1)
        if number == 1:
            sampled[rows] = warp(pictures[rows], places[rows], padding)
            continue
        some, here, across, below = (part[rows] for part in (pictures, places, right, down))
        total = torch.zeros_like(some)
        offsets = [(place + 0.5) / number - 0.5 for place in range(number)]
        for x, y in product(offsets, offsets):
            finer = torch.add(here, across, alpha=x).add_(below, alpha=y)
            total += _sample(some, finer, padding, "bilinear")
        sampled[rows] = total / number**2
    return sampled


def _places(theta: Tensor, pictures: Tensor) -> Tensor:
    """Where affine maps [N, 2, 3] send the centres of the pictures' pixels, [N, H, W, 2].

    Sums of what a pixel's row and column say: a product of matrices for each pixel takes a GPU six times
    as long, a CPU eighteen times. A map that is learned on a CPU has torch's own, and its gradient.
    """
    on_cpu = theta.device.type == "cpu"
    if on_cpu and theta.requires_grad:
        return functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    if on_cpu and theta.dtype not in (torch.float32, torch.float64):
        # Numbers of 16 bits, rounded once.
        return _places(theta.float(), pictures).to(theta.dtype)
    height, width = pictures.shape[-2:]
    x, y = (
        (2 * torch.arange(size, device=theta.device, dtype=theta.dtype) + 1) / size - 1
        for size in (width, height)
    )
    columns = theta[:, None, :, 0] * x[:, None]
    rows = theta[:, None, :, 1] * y[:, None] + theta[:, None, :, 2]
    if not on_cpu:
        return rows[:, :, None] + columns[:, None]
    # Pairs as complex numbers: sums along an axis of two would not be vectorised. Cloned, since sums lie in
    # memory as the maps do, whose pairs may lie apart.
    columns, rows = (
        torch.view_as_complex(own.clone(memory_format=torch.contiguous_format))
        for own in (columns, rows)
    )
    return torch.view_as_real(rows[:, :, None] + columns[:, None])


def centres(pictures: Tensor) -> Tensor:
    """The places [N, H, W, 2] of the pixels' centres themselves."""
    identity = torch.eye(2, 3, dtype=pictures.dtype, device=pictures.device)
    shape = list(pictures.shape)
    return functional.affine_grid(identity.expand(shape[0], 2, 3), shape, align_corners=False)


def _whole_pixels(maps: Tensor, height: int, width: int) -> Tensor:
    """Which maps, as for `warp`, send pixel centres to pixel centres: bool [N], where the maps are."""
    if maps.ndim == 4:
        size = maps.new_tensor([width, height])
        pixel = ((maps.detach() + 1) * size - 1) / 2
        whole: Tensor = (pixel - pixel.round()).abs().amax(dim=(1, 2, 3)) < 1e-3
        return whole
    theta = maps.detach().double()
    size = theta.new_tensor([width, height])
    # An affine map is known by three points: the first pixel, its right and its lower neighbour.
    pixels = theta.new_tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    points = torch.cat([(2 * pixels + 1) / size - 1, theta.new_ones(3, 1)], dim=1)
    source = ((points @ theta.transpose(1, 2) + 1) * size - 1) / 2
    steps = source[:, 1:] - source[:, :1]
    off = (source[:, 0] - source[:, 0].round()).abs().amax(dim=1)
    drift = (steps - steps.round()).abs().amax(dim=(1, 2)) * max(height, width)
    return (off < 1e-3) & (drift < 1e-3)


def _sample(pictures: Tensor, grid: Tensor, padding: Border, mode: str) -> Tensor:
    if padding == "circular":
        # One more pixel on each side, for what lies between the last one and the first.
        size = onto_device_of(grid, list(pictures.shape[:1:-1]))
        grid = (torch.remainder(grid + 1, 2) - 1) * (size / (size + 2))
        pictures, padding = functional.pad(pictures, (1, 1, 1, 1), mode="circular"), "edge"
    names = {"black": "zeros", "mean": "zeros", "edge": "border", "reflect": "reflection"}
    out = functional.grid_sample(pictures, grid, mode, names[padding], align_corners=False)
    if padding == "mean":
        inside = torch.ones_like(pictures[:, :1])
        covered = functional.grid_sample(inside, grid, mode, "zeros", align_corners=False)
        out = out + pictures.mean(dim=(2, 3), keepdim=True) * (1 - covered)
    return out
