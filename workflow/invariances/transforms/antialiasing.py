"""What is taken out of a picture before a warp shrinks it: what the coarser pixels cannot hold.

Sampled between its pixels a picture is a sum of triangles that reach one pixel to each side, of variance
1/6 in both axes. In a shrink without aliases (Pillow's, and torchvision's ``antialias``) they reach as far
as the output's pixels lie apart in the input: their covariance is J J^T / 6, J the Jacobian of the map in
pixels. A Gaussian before the warp adds what is missing, (J J^T - 1) / 6, in those directions in which the
map shrinks; where there are none the picture is left as it is. A map that is not affine has another
Jacobian at each pixel: there each pixel is the mean of several samples instead.
"""

from math import ceil
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from invariances.transforms.devices import onto_device_of

Beyond = Literal["black", "edge", "reflect"]
"""What lies outside a picture, as its pixels say."""
TRIANGLE = 1 / 6
"""Variance of bilinear interpolation's kernel, in square pixels."""
MOST = 16
"""Samples a side of a pixel at most."""
REACH = 4.0
"""Filters reach this many standard deviations, as ``blur``: 6e-5 of a Gaussian's mass lies beyond."""
ROUNDING = 1e-5
"""Squares of scales, and covariances, that are less than this are none: a rotation shrinks nothing."""


def missing_covariance(theta: Tensor, height: int, width: int) -> Tensor:
    """How much wider than bilinear interpolation a sample should be: (J J^T - 1)+ / 6 in square pixels.

    Parameters
    ----------
    theta : [N, 2, 3], from output to input coordinates, see ``warp``; height, width : the pictures'.

    Returns
    -------
    float64 [N, 2, 2] on the CPU, axes x and y; eigenvalues below zero, where the map enlarges, are zero.
    Exactly zero for maps that shrink in no direction.
    """
    size = torch.tensor([width, height], dtype=torch.float64)
    jacobian = theta.detach().double().cpu()[:, :, :2] * size[:, None] / size
    excess = jacobian @ jacobian.transpose(1, 2) - torch.eye(2, dtype=torch.float64)
    values, vectors = torch.linalg.eigh(excess)
    values = torch.where(values > ROUNDING, values, torch.zeros_like(values))
    covariance = vectors * values[:, None] @ vectors.transpose(1, 2) * TRIANGLE
    return torch.where(covariance.abs() > ROUNDING, covariance, torch.zeros_like(covariance))


def footprints(places: Tensor) -> tuple[Tensor, Tensor]:
    """By how much places [N, H, W, 2] change from a pixel to the next on the right, and to that below.

    Between both neighbours, at the edge from the only one.
    """
    down, right = torch.gradient(places, dim=(1, 2))
    return right, down


def samples_a_side(places: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """How many samples a side of a pixel needs to be no further apart than the input's pixels: int64 [N].

    The largest singular value of the map's Jacobian in pixels, rounded up, over all pixels in which the
    picture itself is seen; 1 where nothing shrinks, `MOST` at most. Arguments are as of `footprints`.
    """
    height, width = places.shape[1:3]
    halves = places.new_tensor([width / 2, height / 2])
    (a, c), (b, d) = ((step * halves).unbind(-1) for step in (right, down))
    # The larger eigenvalue of J^T J, by its trace and its determinant's root.
    trace, product = a * a + b * b + c * c + d * d, a * d - b * c
    largest = ((trace + (trace**2 - 4 * product**2).clamp_min(0).sqrt()) / 2).sqrt()
    seen = (places.abs() - (right.abs() + down.abs()) / 2 <= 1).all(dim=-1)
    scale = torch.where(seen, largest, torch.zeros_like(largest)).amax(dim=(1, 2))
    # A hundredth is what single precision and neighbours' differences make of a map that shrinks nothing.
    return (scale - 0.01).ceil().clamp(1, MOST).long()


def prefiltered(
    pictures: Tensor, grid: Tensor, covariance: Tensor, padding: Beyond
) -> tuple[Tensor, Tensor, Beyond]:
    """Pictures filtered together with what lies outside them, and where to sample them.

    Parameters
    ----------
    pictures : [N, 3, H, W]; grid : [N, H, W, 2], where they would be sampled, +-1 being their edges.
    covariance : [2, 2] in square pixels, axes x and y, of the Gaussian for all of them.
    padding : what lies outside.

    Returns
    -------
    What takes the place of pictures, grid and padding: the filtered padded picture reaches over the edge of
    the picture, and so do these.
    """
    height, width = pictures.shape[-2:]
    diagonal = float(covariance[0, 1]) == 0
    if padding == "reflect" and not diagonal:
        return _mirrored(pictures, grid, covariance)
    across, down = (ceil(REACH * float(covariance[axis, axis]) ** 0.5) for axis in (0, 1))
    # A filter along the axes leaves a mirrored picture mirrored: nothing of it need reach further.
    margin = (0, 0) if padding == "reflect" else (across, down)
    if diagonal:
        extended = _extended(pictures, across + margin[0], down + margin[1], padding)
        filtered = _along(3, extended, float(covariance[0, 0]), across)
        filtered = _along(2, filtered, float(covariance[1, 1]), down)
    else:
        # Half of what is added keeps what comes round from the other side away. Opposite edges that meet
        # would ring, unless both are black.
        extended = _extended(pictures, 2 * across, 2 * down, padding)
        repeated = extended if padding == "black" else _doubled(extended)
        filtered = _in_frequency(repeated, covariance)
        filtered = filtered[..., down : height + 3 * down, across : width + 3 * across]
    larger = [width / (width + 2 * margin[0]), height / (height + 2 * margin[1])]
    return filtered, grid * onto_device_of(grid, larger), padding


def _along(axis: int, pictures: Tensor, variance: float, reach: int) -> Tensor:
    """Filter along an axis, which loses `reach` pixels at each end.

    The banded matrix of a sampled Gaussian, diagonal by diagonal: no picture's sum depends on the others. A
    Gaussian much narrower than a pixel, of a scale below 1.1, leaves the picture as it is.
    """
    if reach == 0:
        return pictures
    offsets = torch.arange(-reach, reach + 1, dtype=torch.float64)
    kernel = torch.exp(-0.5 * offsets.square() / variance)
    size = pictures.shape[axis] - 2 * reach
    filtered = torch.zeros_like(pictures.narrow(axis, 0, size))
    for place, weight in enumerate((kernel / kernel.sum()).tolist()):
        filtered.add_(pictures.narrow(axis, place, size), alpha=weight)
    return filtered


def _in_frequency(pictures: Tensor, covariance: Tensor) -> Tensor:
    """Filter pictures that repeat themselves, each frequency w by exp(-w^T covariance w / 2)."""
    height, width = pictures.shape[-2:]
    x = 2 * torch.pi * torch.fft.rfftfreq(width, dtype=torch.float64)
    y = 2 * torch.pi * torch.fft.fftfreq(height, dtype=torch.float64)[:, None]
    (across, both), (_, down) = covariance.tolist()
    left = torch.exp(-0.5 * (across * x * x + 2 * both * x * y + down * y * y))
    left = onto_device_of(pictures, left)
    # One by one on a CPU, where a picture's rounding would depend on the others.
    parts = [pictures] if pictures.device.type == "cuda" else torch.split(pictures, 1)
    return torch.cat(
        [torch.fft.irfft2(torch.fft.rfft2(part) * left, s=(height, width)) for part in parts]
    )


def _extended(pictures: Tensor, across: int, down: int, padding: Beyond) -> Tensor:
    """Pictures with so many more pixels on each side, of what lies outside."""
    if padding == "black":
        return functional.pad(pictures, (across, across, down, down))
    height, width = pictures.shape[-2:]
    columns, rows = (
        _inside(torch.arange(-more, size + more, device=pictures.device), size, padding)
        for more, size in ((across, width), (down, height))
    )
    return pictures[..., rows, :][..., columns]


def _inside(places: Tensor, size: int, padding: Beyond) -> Tensor:
    """The pixels of a side that are seen at places on it and beyond."""
    if padding == "edge":
        return places.clamp(0, size - 1)
    places = places.remainder(2 * size)
    return torch.minimum(places, 2 * size - 1 - places)


def _doubled(pictures: Tensor) -> Tensor:
    """Pictures with their mirror images to the right and below, [N, 3, 2 H, 2 W]: no edges meet."""
    whole = torch.cat([pictures, pictures.flip(2)], dim=2)
    return torch.cat([whole, whole.flip(3)], dim=3)


def _mirrored(pictures: Tensor, grid: Tensor, covariance: Tensor) -> tuple[Tensor, Tensor, Beyond]:
    """As ``prefiltered``, mirrored pictures under a filter aslant.

    In the mirror the filter's slant is not mirrored: the whole of what repeats itself, picture and mirror
    images, is filtered and sampled.
    """
    height, width = pictures.shape[-2:]
    filtered = _in_frequency(_doubled(pictures), covariance)
    # The first row and column once more: between the last and these lie samples too.
    filtered = torch.cat([filtered, filtered[..., :1]], dim=3)
    filtered = torch.cat([filtered, filtered[..., :1, :]], dim=2)
    sides = grid.new_tensor([width, height])
    places = (((grid + 1) * sides - 1) / 2).remainder(2 * sides)
    return filtered, (2 * places + 1) / (2 * sides + 1) - 1, "edge"
