"""Retraction: a net that goes too far is drawn back to where the accuracy is kept, and no further."""

import numpy as np
import pytest
import torch
from conftest import halves
from torch import Tensor, nn

from invariances.itn import Architecture, InvariantTransformer, TrainingSettings
from invariances.itn.retraction import retract


def test_retraction_stops_as_soon_as_the_accuracy_is_back() -> None:
    """A brightness shift on a classifier that sees class 0 up to a known level."""

    class Level(nn.Module):
        def forward(self, pictures: Tensor) -> Tensor:
            lead = 128 - pictures.mean(dim=(1, 2, 3))
            return torch.stack([lead, -lead], dim=1)

    settings = TrainingSettings("constrained", spatial=None, colour="brightness")
    module = InvariantTransformer(settings.architecture, seed=0)
    part = module.parts()["colour"]
    with torch.no_grad():
        part.output.weight.abs_()
        part.output.weight.mul_(3)
    full = part.coordinates(torch.ones(1, 2)).item()
    assert full > 0.5
    pictures = np.full((10, 4, 4, 3), 64, np.uint8)
    labels, right = torch.zeros(10, dtype=torch.int64), torch.ones(10, dtype=torch.bool)
    factors = retract(module, Level(), pictures, labels, right, 0.0, 4)
    limit, reached = 64 / 255, part.coordinates(torch.ones(1, 2)).item()
    assert limit * 0.94 <= reached <= limit
    assert reached == pytest.approx(full * factors["colour",], rel=1e-5)


def test_retraction_widens_to_the_edge_or_the_bound() -> None:
    """The same, from far inside: two levels that lie within and beyond the bound."""

    class Level(nn.Module):
        def __init__(self, level: float) -> None:
            super().__init__()
            self.level = level

        def forward(self, pictures: Tensor) -> Tensor:
            lead = self.level - pictures.mean(dim=(1, 2, 3))
            return torch.stack([lead, -lead], dim=1)

    pictures = np.full((10, 4, 4, 3), 64, np.uint8)
    labels, right = torch.zeros(10, dtype=torch.int64), torch.ones(10, dtype=torch.bool)
    for beyond, inside in ((1.5, True), (1e9, False)):
        module = InvariantTransformer(
            TrainingSettings("constrained", spatial=None, colour="brightness").architecture, 0
        )
        part = module.parts()["colour"]
        with torch.no_grad():
            part.output.weight.abs_()
            part.reach.fill_(0.5)
        start = part.coordinates(torch.ones(1, 2)).item()
        classifier = Level(64 + 255 * start * beyond)
        factors = retract(module, classifier, pictures, labels, right, 0.0, 4)
        reached = part.coordinates(torch.ones(1, 2)).item()
        assert part.reach.item() == pytest.approx(0.5 * factors["colour",])
        if inside:
            assert start * 1.5 / 1.15 <= reached <= start * 1.5
        else:
            assert part.reach.item() == pytest.approx(1)


def test_retraction_sees_pictures_that_seemed_safe() -> None:
    """Bright pictures lead by far, until all at once they are lost; dark ones lead by little, always."""

    class Cliff(nn.Module):
        def forward(self, pictures: Tensor) -> Tensor:
            mean = pictures.mean(dim=(1, 2, 3))
            lead = torch.where(mean < 100, 1.0, torch.where(mean < 140, 50.0, -1.0))
            return torch.stack([lead, -lead], dim=1)

    module = InvariantTransformer(
        TrainingSettings("constrained", spatial=None, colour="brightness").architecture, 0
    )
    part = module.parts()["colour"]
    with torch.no_grad():
        part.output.weight.abs_()
        part.reach.mul_(0.04 / part.coordinates(torch.ones(1, 2)).item())
    pictures = np.zeros((12, 4, 4, 3), np.uint8)
    pictures[8:] = 120
    labels, right = torch.zeros(12, dtype=torch.int64), torch.ones(12, dtype=torch.bool)
    start = part.coordinates(torch.ones(1, 2)).item()
    assert 0 < start < 20 / 255
    factors = retract(module, Cliff(), pictures, labels, right, 0.0, 4)
    reached = part.coordinates(torch.ones(1, 2)).item()
    assert factors["colour",] > 1
    assert 20 / 255 / 1.16 <= reached <= 20 / 255


def test_retraction_gives_up_where_magnitude_is_not_the_matter() -> None:
    class Fragile(nn.Module):
        """Wrong on any picture that was touched."""

        def forward(self, pictures: Tensor) -> Tensor:
            touched = (pictures != pictures.round()).any(dim=(1, 2, 3)).float()
            return torch.stack([1 - touched, touched], dim=1)

    module = InvariantTransformer(Architecture("rotation", None), seed=0)
    pictures = halves(10, 0)[0]
    labels, right = torch.zeros(10, dtype=torch.int64), torch.ones(10, dtype=torch.bool)
    assert retract(module, Fragile(), pictures, labels, right, 0.0, 4) == {("spatial",): 1.0}
    assert module.parts()["spatial"].reach.item() == 1
