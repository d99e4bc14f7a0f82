"""Affine transforms beyond the paper's: shears, and mirrors."""

import torch
from torch import Tensor

from invariances.transforms.geometry import theta_from
from invariances.transforms.registry import geometric, linear


@geometric(label="horizontal shear", unit="", identity=0.0, grid=linear(-1, 1, 21), axis="linear")
def shear_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x - v y, y): v > 0 moves what lies below the centre to the right, by v pixels a pixel."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    # Pixels are square, normalised coordinates are not.
    return theta_from([[one, -magnitudes * (height / width), zero], [zero, one, zero]])


@geometric(label="vertical shear", unit="", identity=0.0, grid=linear(-1, 1, 21), axis="linear")
def shear_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x, y - v x): v > 0 moves what lies right of the centre down, by v pixels a pixel."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[one, zero, zero], [-magnitudes * (width / height), one, zero]])


@geometric(label="horizontal flip", unit="", identity=0.0, grid=(0.0, 1.0), axis="ordinal")
def flip_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(-x, y) where v is 1: left and right change places."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[1 - 2 * magnitudes, zero, zero], [zero, one, zero]])


@geometric(label="vertical flip", unit="", identity=0.0, grid=(0.0, 1.0), axis="ordinal")
def flip_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x, -y) where v is 1: top and bottom change places."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[one, zero, zero], [zero, 1 - 2 * magnitudes, zero]])
