"""The geometric transforms of section III.C: translation, rotation, scale, zoom."""

import torch
from torch import Tensor

from invariances.transforms.registry import geometric, linear, powers_of_two


def theta_from(rows: list[list[Tensor]]) -> Tensor:
    """Maps [N, 2, 3] from their entries [N], row by row."""
    return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)


@geometric(
    label="horizontal translation",
    unit="fraction of the width",
    identity=0.0,
    grid=linear(-0.8, 0.8, 17),
    axis="linear",
)
def translate_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x - v W, y): v > 0 moves the content to the right (section III.C i)."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[one, zero, -2 * magnitudes], [zero, one, zero]])


@geometric(
    label="vertical translation",
    unit="fraction of the height",
    identity=0.0,
    grid=linear(-0.8, 0.8, 17),
    axis="linear",
)
def translate_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x, y - v H): v > 0 moves the content down (section III.C i)."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[one, zero, zero], [zero, one, -2 * magnitudes]])


@geometric(
    label="rotation", unit="degrees", identity=0.0, grid=linear(-180, 180, 37), axis="linear"
)
def rotate(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(rot((x, y), -v)): v > 0 turns counter-clockwise as seen (section III.C ii)."""
    cos, sin = torch.cos(torch.deg2rad(magnitudes)), torch.sin(torch.deg2rad(magnitudes))
    zero = torch.zeros_like(magnitudes)
    # Pixels are square, normalised coordinates are not: the angle is kept by the sides' ratio.
    return theta_from([[cos, -sin * (height / width), zero], [sin * (width / height), cos, zero]])


@geometric(
    label="horizontal scale", unit="", identity=1.0, grid=powers_of_two(-2, 2, 17), axis="log"
)
def scale_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(v x - (v - 1) W / 2, y): v > 1 narrows the content (section III.C iii)."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[magnitudes, zero, zero], [zero, one, zero]])


@geometric(label="vertical scale", unit="", identity=1.0, grid=powers_of_two(-2, 2, 17), axis="log")
def scale_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """I(x, v y - (v - 1) H / 2): v > 1 flattens the content (section III.C iii)."""
    one, zero = torch.ones_like(magnitudes), torch.zeros_like(magnitudes)
    return theta_from([[one, zero, zero], [zero, magnitudes, zero]])


@geometric(label="zoom out", unit="", identity=1.0, grid=powers_of_two(-2, 2, 17), axis="log")
def zoom(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """scale_y after scale_x: v > 1 zooms out (section III.C iv)."""
    zero = torch.zeros_like(magnitudes)
    return theta_from([[magnitudes, zero, zero], [zero, magnitudes, zero]])
