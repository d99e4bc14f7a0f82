"""Classifiers whose invariances follow from how they are built, and pictures for them."""

import itertools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


def balls(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Shaded balls [N, 24, 24, 3], reddish (class 0) or greenish, lit from anywhere, and labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    x, y = np.meshgrid(*2 * [(np.arange(24) + 0.5) / 12 - 1])
    light = rng.uniform(0, 2 * np.pi, count)[:, None, None]
    shade = 170 + 40 * (x * np.cos(light) + y * np.sin(light))
    inside = (x**2 + y**2 < rng.uniform(0.3, 0.6, count)[:, None, None])[..., None]
    hues = np.array([[1.0, 0.7, 0.3], [0.7, 1.0, 0.3]])[labels][:, None, None]
    pictures = np.where(inside, shade[..., None] * hues, rng.uniform(60, 200, (count, 1, 1, 1)))
    return np.clip(pictures, 0, 255).astype(np.uint8), labels


def gratings(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Vertical (class 0) and horizontal stripes [N, 24, 24, 3], tilted by up to 10 degrees."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    angle = np.deg2rad(rng.uniform(-10, 10, count) + 90 * labels)[:, None, None]
    x, y = np.meshgrid(np.arange(24), np.arange(24))
    period, phase = rng.uniform(6, 9, (count, 1, 1)), rng.uniform(0, 2 * np.pi, (count, 1, 1))
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period + phase)
    return np.repeat((127 + 100 * wave)[..., None], 3, axis=3).astype(np.uint8), labels


def lattice(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures [N, 16, 16, 3] about eight colours far apart on `MeanColour`'s lattice, and labels."""
    rng = np.random.default_rng(seed)
    levels = np.arange(8, 256, 24)
    position = np.array(list(itertools.product((2, 8), repeat=3)))
    chosen = np.arange(count) % len(position)
    texture = rng.normal(0, 8, (count, 16, 16, 3))
    pictures = levels[position[chosen]][:, None, None] + texture
    labels = position[chosen] @ np.array([len(levels) ** 2, len(levels), 1])
    return np.clip(pictures, 0, 255).astype(np.uint8), labels


def disc(pictures: Tensor, radius: float) -> Tensor:
    """One within `radius` of the centre (1 is the edge), zero outside: [H, W]."""
    size = pictures.shape[-1]
    axis = (torch.arange(size, dtype=pictures.dtype) + 0.5) * 2 / size - 1
    return (axis[:, None] ** 2 + axis[None, :] ** 2 < radius**2).to(pictures)


def halves(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures [N, 16, 16, 3] one half of which is brighter, mildly coloured, and which half."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    grey = np.where((np.arange(16) < 8)[None] == (labels == 0)[:, None], 150, 100)
    colours = rng.normal(0, 10, (count, 1, 1, 3))
    return np.clip(grey[:, None, :, None] + colours, 0, 255).repeat(16, 1).astype(np.uint8), labels


class Round(nn.Module):
    """Reads whether the middle of the picture is rather red (class 0) or green (class 1).

    Only means over discs about the centre: blind to rotation by construction.
    """

    def forward(self, pictures: Tensor) -> Tensor:
        lead = ((pictures[:, 0] - pictures[:, 1]) * disc(pictures, 0.5)).mean(dim=(1, 2))
        return torch.stack([lead, -lead], dim=1) / 4


class Sides(nn.Module):
    """Reads whether the left (class 0) or the right half is brighter, by the channels' mean.

    A turn of hue leaves the mean of the channels as it is: blind to hue by construction.
    """

    def forward(self, pictures: Tensor) -> Tensor:
        left, right = pictures.mean(dim=(1, 2)).chunk(2, dim=1)
        lead = left.mean(dim=1) - right.mean(dim=1)
        return torch.stack([lead, -lead], dim=1) / 4


class Stripes(nn.Module):
    """Vertical stripes (class 0), horizontal ones (class 1), or oblique ones (class 2).

    Compares how much brightness changes along x and along y, within a disc, so that a picture's
    corners, black after a turn, tell nothing. Stripes at an angle a change as cos a and sin a: they
    are oblique from arctan(1 / 1.5) = 34 degrees on, a picture's own tilt included.
    """

    def forward(self, pictures: Tensor) -> Tensor:
        middle = disc(pictures, 0.8)
        grey = pictures.mean(dim=1)
        across = ((grey[:, :, 1:] - grey[:, :, :-1]).square() * middle[:, 1:]).mean((1, 2)).sqrt()
        down = ((grey[:, 1:] - grey[:, :-1]).square() * middle[1:]).mean((1, 2)).sqrt()
        oblique = torch.zeros_like(across)
        return torch.stack([across - 1.5 * down, down - 1.5 * across, oblique], dim=1) / 4


class MeanColour(nn.Module):
    """The nearest to the picture's mean colour of a lattice of colours, 24 grey levels apart.

    A class is a cube of colours: any mean that moves by more than 12 levels is another class.
    """

    def __init__(self) -> None:
        super().__init__()
        levels = torch.arange(8, 256, 24).float()
        self.values = nn.Parameter(torch.cartesian_prod(levels, levels, levels))

    def forward(self, pictures: Tensor) -> Tensor:
        distance = pictures.mean(dim=(2, 3))[:, None] - self.values[None]
        return -distance.square().sum(dim=2) / 100


class Constant(nn.Module):
    """Ignores the picture: always class 0."""

    def forward(self, pictures: Tensor) -> Tensor:
        lead = pictures.sum(dim=(1, 2, 3)) * 0 + 5
        return torch.stack([lead, -lead], dim=1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The order of a sum must not depend on how many threads the machine has."""
    torch.set_num_threads(1)
