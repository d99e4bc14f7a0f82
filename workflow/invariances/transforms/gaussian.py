"""Gaussian blur and Gaussian noise (section III.C viii, ix)."""

from math import ceil

import torch
from torch import Tensor

from invariances.transforms.colour import per_picture
from invariances.transforms.devices import onto
from invariances.transforms.draws import Drawn, normal
from invariances.transforms.registry import Setting, linear, photometric, powers_of_two

TRUNCATION = 4.0
"""Kernels reach this many sigmas: 6e-5 of a Gaussian's mass lies beyond."""
BLOCK = 32
"""Columns of a picture that are blurred together."""


@photometric(
    label="Gaussian blur",
    unit="pixels",
    identity=0.0,
    grid=(0.0, *powers_of_two(-1, 4, 11)),
    axis="linear",
)
def blur(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I * K_sigma, sigma = v pixels (section III.C viii), the picture mirrored at its border.

    The edge is not repeated, as torchvision's ``gaussian_blur`` has it. A Gaussian is separable and
    mirroring is linear, so that blurring is one matrix product from each side. Raises ValueError for
    a sigma below zero.
    """
    if bool((magnitudes < 0).any()):
        raise ValueError(f"blur: sigma must be 0 or more, not {float(magnitudes.min()):g}")
    height, width = pictures.shape[-2:]
    if pictures.device.type == "cuda":
        return _from_both_sides(pictures, magnitudes)
    columns = _gaussian_matrix(magnitudes, width, pictures)
    rows = columns if height == width else _gaussian_matrix(magnitudes, height, pictures)
    blurred = []
    reaches = _reach(magnitudes)
    for picture, row, column, reach in zip(pictures, rows, columns, reaches, strict=True):
        turned = _banded(picture, column, int(reach)).transpose(1, 2).contiguous()
        blurred.append(_banded(turned, row, int(reach)).transpose(1, 2))
    return torch.stack(blurred)


def _reach(sigmas: Tensor) -> Tensor:
    return (TRUNCATION * sigmas.double()).ceil()


def _from_both_sides(pictures: Tensor, magnitudes: Tensor) -> Tensor:
    """Blurred by products with whole matrices, as a GPU likes them."""
    sigmas, place = torch.unique(magnitudes, return_inverse=True)
    whose = onto(place, pictures.device)
    height, width = pictures.shape[-2:]
    columns = _gaussian_matrix(sigmas, width, pictures)
    rows = columns if height == width else _gaussian_matrix(sigmas, height, pictures)
    stored = pictures.permute(0, 2, 3, 1).reshape(-1, height, width * 3)
    down = (rows[whose] @ stored).reshape(-1, height, width, 3).permute(0, 3, 1, 2)
    # The channels' rows one below the other: one product a picture, as before one for all columns.
    return (down.reshape(-1, 3 * height, width) @ columns[whose].transpose(1, 2)).reshape(
        pictures.shape
    )


def _banded(picture: Tensor, matrix: Tensor, reach: int) -> Tensor:
    """`picture` [3, H, W] @ `matrix` [W, W] transposed, without its zeros, `reach` from the diagonal."""
    parts = []
    for start in range(0, len(matrix), BLOCK):
        low, high = max(0, start - reach), start + BLOCK + reach
        parts.append(picture[..., low:high] @ matrix[start : start + BLOCK, low:high].T)
    return torch.cat(parts, dim=2)


def _gaussian_matrix(magnitudes: Tensor, size: int, pictures: Tensor) -> Tensor:
    """[N, size, size]: row i holds the weight of each pixel in the blurred pixel i; rows sum to one.

    The mirrored picture repeats itself, and so does the kernel K wrapped around that period: pixel j
    counts K(j - i), and its mirror image at -j, unless it is its own, K(i + j).
    """
    if size == 1:
        return pictures.new_ones(magnitudes.shape[0], 1, 1)
    period, furthest = 2 * (size - 1), float(_reach(magnitudes).max())
    sigmas = onto(magnitudes, pictures.device)
    reach = _reach(sigmas)[:, None]
    # A width of zero keeps only the pixel itself: any positive sigma does, as the reach is zero.
    scale = torch.where(sigmas > 0, sigmas, torch.ones_like(sigmas)).double()[:, None]
    offset = torch.arange(period + 1, device=sigmas.device, dtype=torch.float64)
    wrapped = sigmas.new_zeros(sigmas.shape[0], period + 1, dtype=torch.float64)
    copies = ceil(furthest / period)
    for copy in range(-copies - 1, copies + 1):
        distance = (offset + copy * period).abs()
        wrapped += torch.exp(-0.5 * (distance / scale) ** 2) * (distance <= reach)
    wrapped = (wrapped / wrapped[:, :-1].sum(dim=1, keepdim=True)).to(pictures.dtype)
    inner = pictures.new_ones(size)
    inner[0] = inner[-1] = 0
    # Row i is the kernel i places further: windows on it, not copies.
    mirrored = wrapped.unfold(1, size, 1)
    both_ways = torch.cat([wrapped[:, 1:size].flip(1), wrapped[:, :size]], dim=1)
    return torch.addcmul(both_ways.unfold(1, size, 1).flip(1), mirrored, inner)


@photometric(
    label="Gaussian noise",
    unit="standard deviation, fraction of full scale",
    identity=0.0,
    grid=linear(0, 1, 21),
    axis="linear",
)
def noise(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """I + 255 v z, z standard normal (section III.C ix), with common random numbers.

    The draw z belongs to the picture, not to the magnitude or the batch: curves over v are smooth and
    no result depends on how pictures are put together.
    """
    draws = NOISE(pictures, setting, tuple(pictures.shape[1:])).to(pictures.dtype)
    return torch.addcmul(pictures, draws, 255 * per_picture(magnitudes, pictures))


NOISE = Drawn("noise", normal)
