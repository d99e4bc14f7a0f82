"""Rotations with shifts against Foolbox's SpatialAttack (Engstrom et al. 2019), whose warp is its own.

Foolbox puts -1 and 1 at the centres of the outermost pixels and divides a shift by half of the side: n
pixels are n - 1 of its units, and it is handed n / (n - 1) times the shift. Three photographs on 7 x 3 x 3
points are compared; FOOLBOX=20 in the environment compares all twenty on 31 x 5 x 5, with two networks.
"""

from functools import cache

import numpy as np
import pytest
import torch
from eagerpy import astensor
from foolbox import PyTorchModel
from foolbox.attacks import SpatialAttack
from foolbox.attacks.spatial_attack_transformations import rotate_and_shift
from photographs import LITE0, packaged, packaged_photographs
from proofs import asked

from invariances.classifiers.preprocessing import library_preprocessing
from invariances.inference import Pictures
from invariances.inference.responder import Responder, margins
from invariances.inference.tensors import as_tensor
from invariances.screening.grid import expanded, transform_of
from invariances.screening.tuples import Points, answered
from invariances.transforms import Setting

MANY = int(asked("FOOLBOX", "0", "20"))
NETWORKS = (LITE0, "timm/tf_efficientnet_lite1") if MANY else (LITE0,)
ANGLES, SHIFTS = (31, 5) if MANY else (7, 3)
CHOSEN = slice(MANY) if MANY else [0, 3, 9]
NAMES = ("translate_x", "translate_y", "rotate")
SHIFT, ANGLE = 24, 30  # of 224 pixels, degrees
SURE = 1e-4  # nats


@cache
def case(name: str) -> tuple[torch.nn.Module, Pictures, Points]:
    """A network, photographs as it sees them, and their answers at every point."""
    settings, _ = library_preprocessing(name, "package", 1000)
    pixels, labels, _ = packaged_photographs(settings.preparation())
    pictures = Pictures.numbered(pixels[CHOSEN], labels[CHOSEN])
    side = pixels.shape[1]
    shifts = np.linspace(-SHIFT, SHIFT, SHIFTS) / side
    grids = [(shifts, 0.0), (shifts, 0.0), (np.linspace(-ANGLE, ANGLE, ANGLES), 0.0)]
    network = packaged(name)
    responder = Responder(network, transform_of(NAMES), batch_size=21)
    return network, pictures, answered(responder, pictures, *expanded(grids))


def theirs(pictures: torch.Tensor, point: np.ndarray) -> torch.Tensor:
    """Pictures [N, 3, H, W] under Foolbox's warp: its shift points to where a pixel comes from."""
    side = pictures.shape[-1]
    right, down, angle = point
    shift = -right * side * side / (side - 1), -down * side * side / (side - 1)
    return rotate_and_shift(astensor(pictures), translation=shift, rotation=angle).raw


@pytest.mark.parametrize("name", NETWORKS)
def test_pixels_and_answers_agree_at_every_point(name):
    network, pictures, points = case(name)
    rows = np.arange(len(pictures))
    shown, own = as_tensor(pictures.pixels[rows]), torch.from_numpy(pictures.categories)
    apply, compared = transform_of(NAMES), 0
    for place, point in enumerate(points.magnitudes):
        moved = theirs(shown, point)
        # In double precision: both in single are up to 0.007 grey levels from it, at worst to either side.
        ours = apply(shown.double(), torch.from_numpy(np.tile(point, (len(rows), 1))), Setting())
        assert float((moved - ours).abs().max()) < 0.01, point
        with torch.inference_mode():
            softmax = torch.softmax(network(moved), dim=1)
        sure = (margins(softmax, own).abs() > SURE).numpy()
        right = (softmax.argmax(dim=1) == own).numpy()
        assert (right == points.right[:, place])[sure].all(), point
        compared += int(sure.sum())
    assert compared > 0.99 * points.right.size


@pytest.mark.parametrize("name", NETWORKS)
def test_its_grid_attack_finds_whom_the_grid_loses(name):
    """The attack itself, over the same grid, in its own order."""
    network, pictures, points = case(name)
    sure = (np.abs(points.margin) > SURE).all(axis=1)
    shown = as_tensor(pictures.pixels[np.arange(len(pictures))])
    side = shown.shape[-1]
    attack = SpatialAttack(
        max_translation=SHIFT * side / (side - 1),
        max_rotation=ANGLE,
        num_translations=SHIFTS,
        num_rotations=ANGLES,
    )
    model = PyTorchModel(network, bounds=(0, 255), device="cpu")
    with torch.inference_mode():
        _, _, lost = attack(model, shown, torch.from_numpy(pictures.categories))
    survives = points.right.all(axis=1)
    assert (~lost.numpy() == survives)[sure].all()
    assert 0 < survives[sure].sum() < len(survives)
