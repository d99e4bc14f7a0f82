"""Families learned before networks whose invariances can be written down."""

import numpy as np
import pandas as pd
import pytest
import torch
from conftest import Constant, MeanColour, Sides, disc, halves, lattice
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor, nn

from invariances.itn import (
    Asked,
    InvariantTransformer,
    TrainingSettings,
    certify,
    directions,
    evaluate,
    train,
)
from invariances.itn.families import family
from invariances.itn.volume import metric

Set = tuple[NDArray[np.uint8], NDArray[np.int64]]
SIDE = 32
PERIODS = (0.42, 0.5)
"""Of the rings, in half sides, by class: a zoom by a sixth turns one into the other."""


def radius(size: int) -> Tensor:
    """The distance of each pixel from the centre, 1 at the edge: [H, W]."""
    axis = (torch.arange(size) + 0.5) * 2 / size - 1
    return (axis[:, None] ** 2 + axis[None, :] ** 2).sqrt()


def rings(count: int, seed: int) -> Set:
    """Concentric rings about the centre [N, 32, 32, 3] of two periods, with noise, and labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    period = np.array(PERIODS)[labels][:, None, None]
    wave = np.cos(2 * np.pi * radius(SIDE).numpy() / period)
    grey = 127 + 90 * wave + rng.normal(0, 8, (count, SIDE, SIDE))
    return np.repeat(np.clip(grey, 0, 255)[..., None], 3, axis=3).astype(np.uint8), labels


def stripes(count: int, seed: int) -> Set:
    """Vertical stripes [N, 32, 32, 3] of two periods, in phase at the centre, and labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    x = (np.arange(SIDE) + 0.5) * 2 / SIDE - 1
    wave = np.cos(2 * np.pi * x / np.array(PERIODS)[labels][:, None])[:, None]
    grey = 127 + 90 * wave + rng.normal(0, 8, (count, SIDE, SIDE))
    return np.repeat(np.clip(grey, 0, 255)[..., None], 3, axis=3).astype(np.uint8), labels


class Template(nn.Module):
    """Which of some waves about the centre a picture's grey correlates with more, within a disc.

    `across`: waves of x alone, vertical stripes; else of the radius, rings. What moves a wave's crests off
    the template's loses it its lead over a third class, which leads where neither correlates.
    """

    def __init__(self, across: bool) -> None:
        super().__init__()
        axis = (torch.arange(SIDE) + 0.5) * 2 / SIDE - 1
        place = axis.expand(SIDE, SIDE) if across else radius(SIDE)
        waves = torch.stack([torch.cos(2 * torch.pi * place / period) for period in PERIODS])
        inside = disc(torch.zeros(1, 1, SIDE, SIDE), 0.7)
        self.register_buffer("waves", waves * inside / inside.sum())

    def forward(self, pictures: Tensor) -> Tensor:
        grey = (pictures.mean(dim=1) - 127) / 45
        found = torch.einsum("nhw,chw->nc", grey, self.get_buffer("waves"))
        return 8 * torch.cat([found, torch.full_like(found[:, :1], 0.6)], dim=1)


def learned(
    classifier: nn.Module, seen: Set, fresh: Set, **changes: object
) -> tuple[InvariantTransformer, pd.DataFrame, pd.DataFrame]:
    """A certified family, its directions and its certificate."""
    chosen = {"steps": 160, "batch_size": 20, "learning_rate": 0.02} | changes
    module, _ = train(classifier, *seen, TrainingSettings(**chosen))  # type: ignore[arg-type]
    table = certify(module, classifier, *fresh, Asked())
    return module, directions(module, fresh[0]), table


@pytest.mark.parametrize("seed", [0, 1])
def test_of_all_affine_transforms_rings_leave_the_turn(seed: int) -> None:
    """One signed direction: the turn, to half a turn either way; nothing else is free at all."""
    module, found, table = learned(
        Template(across=False), rings(60, 1), rings(200, 2),
        colour=None, dimensions=1, signed=True, seed=seed,
    )  # fmt: skip
    row = found.iloc[0]
    assert table["kept"].any()
    # The angle between its field of displacement and a turn's.
    assert np.degrees(np.arccos(np.sqrt(row["rotation_fraction"]))) <= 15
    assert abs(row["rotation"]) >= 0.5 * 180
    at_ends = evaluate(module, Template(across=False), *rings(100, 3), points=2)
    assert (at_ends["accuracy"] == 1).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_vertical_stripes_bound_what_moves_them(seed: int) -> None:
    """x is read, y is not: rows may be moved along themselves, and x must not depend on y."""
    _, found, table = learned(
        Template(across=True), stripes(60, 1), stripes(200, 2), colour=None, seed=seed
    )
    assert table["kept"].any()
    # The generator that moves x by y is rotation and shear together, entry (0, 1).
    by_y = np.deg2rad(found["rotation"]) * -1 + found["shear"]
    assert (by_y**2 / 3 / found["size"] ** 2 <= 0.05).all()
    assert (found["angle_degrees"] >= 45).all()
    assert (found["pixels"] >= SIDE / 64).all()


def test_a_random_plane_does_not_pass_for_that_of_stripes() -> None:
    """How often two random directions would both have at most .05 on the generator that moves x by y."""
    chosen = family("spatial", "affine")
    root = np.linalg.cholesky(metric(chosen))
    entry = np.zeros(6)
    entry[[0, 3]] = -0.5, 0.5  # half of it a turn, half a shear
    along = entry @ root / np.linalg.norm(entry @ root)
    drawn = np.random.default_rng(0).normal(size=(20_000, 2, 6))
    drawn /= np.linalg.norm(drawn, axis=2, keepdims=True)
    assert (((drawn @ along) ** 2) <= 0.05).all(axis=1).mean() < 0.2


def test_a_network_blind_to_pictures_is_free_to_the_bounds() -> None:
    (seen, truth), (fresh, _) = halves(40, 1), halves(80, 2)
    nothing = np.zeros_like(truth)
    module, found, _ = learned(
        Constant(), (seen, nothing), (fresh, np.zeros(80, dtype=np.int64)), colour=None
    )
    assert module.parts()["spatial"].fraction(torch.tensor([[1.0, 1.0]])).item() > 0.6
    assert (found["angle_degrees"] >= 45).all()


def test_hue_that_is_not_read_is_turned_to_its_bound() -> None:
    """`Sides` reads the channels' mean, which a turn of hue leaves; in both senses."""
    settings = {"spatial": None, "colour": "hue", "dimensions": 1, "signed": True, "steps": 400}
    _, found, _ = learned(Sides(), halves(40, 1), halves(100, 2), **settings)
    assert found["name"][0].startswith("hue")
    assert abs(found["hue"][0]) > 0.85 * 180


def test_colour_that_decides_is_pinned_in_every_direction() -> None:
    """A class of `MeanColour` is a cube of 24 grey levels: no direction moves colours by more than 12."""
    module, found, table = learned(
        MeanColour(), lattice(120, 1), lattice(200, 2), spatial=None, signed=True
    )
    assert table["kept"].any()
    assert (found["size"] < 12 / 255 * np.sqrt(3) * 2).all()
    held = evaluate(module, MeanColour(), *lattice(200, 3), points=3)
    assert (held["accuracy"] >= held["baseline_accuracy"] - 0.05).all()


@pytest.mark.parametrize(
    "family_of",
    [{"dimensions": 1}, {"dimensions": 3}, {"spatial": "rotation"},
     {"spatial": None, "colour": "brightness"}],
)  # fmt: skip
@pytest.mark.parametrize("signed", [False, True])
def test_more_of_k_is_more_of_its_transform(family_of: dict[str, object], signed: bool) -> None:
    """Displacement grows along each component of k, about half way at one half; families of any kind."""
    chosen = {"colour": None} | family_of
    module, found, _ = learned(
        MeanColour(), lattice(60, 1), lattice(120, 2), signed=signed, steps=60, **chosen
    )
    for kind, part in module.parts().items():
        for component in range(part.used):
            steps = torch.linspace(0, 1, 5)
            k = torch.zeros(5, part.dimensions)
            k[:, component] = steps
            moved = part.coordinates(k).detach().double().numpy()
            size = np.sqrt(np.einsum("ng,gh,nh->n", moved, metric(part.family), moved))
            assert stats.spearmanr(steps, size).statistic >= 0.9
            assert size[2] <= 0.6 * size[4]
        assert (np.diff(found[found["kind"] == kind]["size"]) <= 1e-12).all()
