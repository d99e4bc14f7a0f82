"""Statistics of single units against the package tmeasures, and on numbers written down."""

import numpy as np
import pytest
import tmeasures
import torch
from measured import circular_network, classifier_of, layers_under, some_pictures
from tmeasures.pytorch import (
    ActivationsModule,
    GoodfellowInvariance,
    NormalizedVarianceInvariance,
    PyTorchMeasureOptions,
)
from tmeasures.pytorch.goodfellow import PercentActivationThreshold

from invariances.layers.units import UNITS, Units, drawn, thresholds
from invariances.transforms import Setting, find

pytestmark = pytest.mark.filterwarnings("ignore:.*pin_memory")

NAMES = ["1", "4", "6"]
TURNS = (-40.0, -10.0, 0.0, 25.0)


class Activations(ActivationsModule):
    """The same layers for tmeasures, each by a pass of its own, in float64 as far as it goes."""

    def __init__(self, classifier):
        super().__init__()
        self.classifier = classifier

    def activation_names(self):
        return NAMES

    def forward_activations(self, pictures):
        classifier = self.classifier
        values = (pictures - classifier.mean) * classifier.scale
        return [classifier.network[: int(name) + 1](values) for name in NAMES]


class Turn:
    def __init__(self, angle):
        self.angle = angle

    def __call__(self, picture):
        several = picture if picture.ndim == 4 else picture[None]
        turned = find("rotate")(several, torch.full((len(several),), self.angle), Setting())
        return turned if picture.ndim == 4 else turned[0]

    def parameters(self):
        return torch.tensor([self.angle])


@pytest.fixture(scope="module")
def both():
    """What is found here, and what tmeasures asks for."""
    pictures = some_pictures(20)
    found = layers_under(circular_network(), "rotate", TURNS, pictures, wanted=NAMES)
    shown = torch.from_numpy(pictures.pixels).permute(0, 3, 1, 2).float()
    asked = (
        list(shown),
        tmeasures.TransformationSet([Turn(angle) for angle in TURNS]),
        Activations(classifier_of(circular_network())),
        PyTorchMeasureOptions(batch_size=20, verbose=False),
    )
    return found, asked


def test_ratios_of_deviations_are_tmeasures_normalised_variance(both):
    found, asked = both
    theirs = NormalizedVarianceInvariance().eval(*asked)
    for measured, other in zip(found.layers, theirs.layers, strict=True):
        ours = measured.scores.deviation_ratio
        assert np.isfinite(ours).any()
        known = np.isfinite(ours)
        expected = other.numpy().ravel()[drawn(other.numel()).numpy()]
        assert ours[known] == pytest.approx(expected[known], rel=1e-4)


def test_firing_rates_are_tmeasures_goodfellow(both):
    """With its threshold by rank: of 20 pictures the place of the second largest is 18."""
    found, asked = both
    limit = PercentActivationThreshold(percent=0.91)
    theirs = GoodfellowInvariance(threshold_algorithm=limit).eval(*asked)
    firing = theirs.extra_values[GoodfellowInvariance.g_key].layers
    for measured, ratio, rate in zip(found.layers, theirs.layers, firing, strict=True):
        scores = measured.scores
        places = drawn(ratio.numel()).numpy()
        np.testing.assert_allclose(scores.firing, rate.numpy().ravel()[places], atol=1e-6)
        fires = scores.firing > 0
        assert fires.mean() > 0.4
        ours = scores.firing_transformed[fires] / scores.firing[fires]
        # Rounding decides single comparisons with a threshold.
        close = np.isclose(ours, ratio.numpy().ravel()[places][fires], atol=1e-6)
        assert close.mean() > 0.995


def test_a_score_is_how_often_the_best_fifth_of_units_go_on_firing():
    """Five units over four pictures and two magnitudes, by hand."""
    first = torch.tensor([[1.0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]])
    changed = torch.tensor([[1.0, 0, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 1, 0, 0], [0, 1, 0, 0, 0]])
    units = Units(torch.full((5,), 0.5), 2)
    for one, other in zip(first, changed, strict=True):
        units.begin(one)
        units.add(torch.stack([one, other]), torch.tensor([0, 1]))
    scores = units.scores()
    assert scores.firing.tolist() == [0.25, 0.25, 0.25, 0, 0]
    assert scores.firing_transformed.tolist() == [2 / 8, 2 / 8, 3 / 8, 1 / 8, 0]
    np.testing.assert_array_equal(scores.firing_kept, [1, 0.5, 1, np.nan, np.nan])
    # Of three that fire a fifth is one.
    assert scores.goodfellow == 4
    power = torch.stack([first, changed]).square().mean(dim=1).sum(dim=1)
    between = torch.stack([first, changed]).var(dim=1, correction=0).sum(dim=1)
    assert scores.spread == pytest.approx((between / power).sqrt().numpy())


def test_units_that_are_the_same_for_all_pictures_have_no_ratio_and_no_spread():
    units = Units(torch.zeros(2), 2)
    for _ in range(3):
        units.begin(torch.tensor([1.0, 2.0]))
        units.add(torch.tensor([[1.0, 2.0], [3.0, 2.0]]), torch.tensor([0, 1]))
    scores = units.scores()
    assert np.isnan(scores.deviation_ratio).all()
    assert scores.spread.tolist() == [0, 0]


def test_at_one_picture_in_a_hundred_a_unit_fires():
    answers = torch.arange(300.0)[:, None] * torch.tensor([1.0, -1.0, 0.0])
    fired = (answers > thresholds(answers)).sum(dim=0)
    assert fired.tolist() == [3, 3, 0]
    assert (answers[:2] > thresholds(answers[:2])).sum(dim=0).tolist() == [1, 1, 0]


def test_of_large_layers_a_fixed_draw_of_units_is_looked_at():
    assert drawn(7).tolist() == list(range(7))
    assert torch.equal(drawn(10**6), drawn(10**6))
    assert len(drawn(10**6).unique()) == UNITS
