"""Tables of layers: ratios of means, their intervals, and the trend with depth, on numbers written down."""

import numpy as np
import pandas as pd
import pytest
import torch
from measured import circular_network, layers_under, some_pictures
from scipy import stats
from torch import nn

from invariances.layers.chance import of_random_weights
from invariances.layers.table import correlation_with_depth, layer_tables, similarity
from invariances.tables import LAYER_SCORES, LAYER_TRENDS, LAYERS
from invariances.transforms import find

SHIFTS = (-0.25, 0.0, 0.25)
NAMES = ["1", "3", "4", "6"]


@pytest.fixture(scope="module")
def tables():
    """Of twelve pictures under circular shifts by four pixels, trained and not."""
    found = {
        weights: layers_under(
            circular_network(), "circular_x", SHIFTS, some_pictures(12), wanted=NAMES
        )
        for weights in ("trained", "random")
    }
    axis = find("circular_x").on(SHIFTS)
    return layer_tables(found, "net", axis, resamples=200, seed=0), found["trained"]


def test_every_layer_has_a_row_a_magnitude_and_a_row_of_scores(tables):
    (layers, scores, trends), _ = tables
    assert list(layers) == LAYERS.names
    assert list(scores) == LAYER_SCORES.names
    assert list(trends) == LAYER_TRENDS.names
    assert len(layers) == 2 * 4 * 3
    assert list(scores["layer"]) == 2 * NAMES
    assert list(scores["shape"][:4]) == ["6x16x16", "8x16x16", "8x1x1", "2"]
    assert list(trends["weights"]) == ["trained", "random"]
    # The same network twice: the same numbers.
    halves = [rows.drop(columns="weights") for _, rows in layers.groupby("weights")]
    pd.testing.assert_frame_equal(*(half.reset_index(drop=True) for half in halves))


def test_numbers_are_ratios_of_means_and_lie_in_their_intervals(tables):
    (layers, scores, _), found = tables
    layers = layers[layers["weights"] == "trained"].set_index(["layer", "magnitude"])
    for measured in found.layers:
        given, name = measured.distances, measured.layer.name
        for place, magnitude in enumerate(SHIFTS):
            row = layers.loc[(name, magnitude)]
            ratio = given.own[0, :, place].mean() / given.strangers[0].mean()
            assert row["invariance"] == pytest.approx(1 - ratio)
            assert row["invariance_low"] <= row["invariance"] <= row["invariance_high"]
            if measured.raster:
                moved = given.moved[0, :, place].mean() / given.moved_strangers[0, :, place].mean()
                assert row["equivariance"] == pytest.approx(1 - moved)
        curve = layers.loc[name]["invariance"]
        score = scores.set_index("layer").loc[name].iloc[0]
        assert score["mean_invariance"] == pytest.approx(curve[[-0.25, 0.25]].mean())
        assert score["units"] == min(measured.layer.units, 512)
    pooled = layers.loc["4"]
    assert pooled["equivariance"].isna().all()
    assert pooled["shown"].isna().all()
    assert layers["accuracy"].between(0, 1).all()
    assert layers["spread"].between(0, 1).all()
    assert scores.set_index("layer").loc["1"]["step_px"].tolist() == [1, 1]


def test_a_network_that_pools_its_map_away_becomes_more_invariant_with_depth(tables):
    (_, scores, trends), _ = tables
    means = scores[scores["weights"] == "trained"]["mean_invariance"]
    own = trends.iloc[0]
    assert own["correlation"] == pytest.approx(stats.spearmanr(np.arange(4), means).statistic)
    assert own["low"] <= own["correlation"] <= own["high"]
    assert (own["verdict"] == "supported") == (own["low"] > 0)


def test_few_pictures_have_no_interval():
    found = {"trained": layers_under(circular_network(), "circular_x", SHIFTS, some_pictures(7))}
    axis = find("circular_x").on(SHIFTS)
    layers, scores, trends = layer_tables(found, "net", axis, resamples=100, seed=0)
    assert layers["invariance"].notna().all()
    assert layers[["invariance_low", "invariance_high"]].isna().all().all()
    assert scores["mean_invariance_low"].isna().all()
    assert set(trends["verdict"]) == {"cannot be told from this run"}


def test_a_layer_that_puts_out_the_same_for_all_is_no_invariant_one():
    class Collapsed(nn.Module):
        def forward(self, pictures):
            return torch.ones(len(pictures), 3)

    network = nn.Sequential(Collapsed(), nn.Linear(3, 2))
    found = {"trained": layers_under(network, "rotate", (-90.0, 0.0, 45.0), wanted=["0"])}
    axis = find("rotate").on((-90.0, 0.0, 45.0))
    layers, scores, trends = layer_tables(found, "net", axis, resamples=100, seed=0)
    assert layers["invariance"].isna().all()
    assert (layers["spread"] == 0).all()
    assert scores["deviation_ratio"].isna().all()
    assert trends["correlation"].isna().all()


def test_similarity_counts_pictures_that_are_known_alone():
    weights = np.array([[0.5, 0.25, 0.25], [0, 1, 0]])
    apart = np.array([[1.0, np.nan], [2.0, 1.0], [3.0, 0.0]])
    strangers = np.array([[4.0], [4.0], [0.0]])
    found = similarity(weights, apart, strangers)
    expected = [[1 - 1.75 / 3, 1 - 0.25 / 1], [1 - 2 / 4, 1 - 1 / 4]]
    np.testing.assert_allclose(found, expected)
    nothing = similarity(weights, np.full((3, 2), np.nan), strangers)
    assert np.isnan(nothing).all()


def test_a_correlation_with_depth_is_spearman_s():
    values = np.random.default_rng(0).normal(size=(20, 7)).round(1)
    expected = [stats.spearmanr(np.arange(7), row).statistic for row in values]
    np.testing.assert_allclose(correlation_with_depth(values), expected)
    assert np.isnan(correlation_with_depth(np.array([[1.0, 1, 1], [1, np.nan, 2]]))).all()


# ---- random weights ------------------------------------------------------------------------------


def own_network(num_classes):
    """One's own, with weights that it loads itself."""
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.LazyLinear(num_classes)
    )
    with torch.no_grad():
        network[0].weight.fill_(7)
        network[1].running_mean.fill_(5)
    return network


def test_random_weights_are_drawn_by_the_seed_and_are_nobody_s_own(monkeypatch):
    import sys
    import types

    from invariances.classifiers import Description

    module = types.ModuleType("layered_networks")
    module.own = own_network
    monkeypatch.setitem(sys.modules, "layered_networks", module)
    description = Description("layered_networks:own", ("a", "b"), weights="own")
    before = torch.get_rng_state()
    pictures = 255 * torch.rand(9, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    first, again, other = (of_random_weights(description, pictures, seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    weights = [each.network[0].weight for each in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert weights[0].abs().max() < 1
    # Its normalisation has the pictures' own statistics, not those that it was saved with.
    inner = first.network[0]((pictures - first.mean) * first.scale)
    normalisation = first.network[1]
    expected = inner.mean(dim=(0, 2, 3)), inner.var(dim=(0, 2, 3))
    torch.testing.assert_close((normalisation.running_mean, normalisation.running_var), expected)
    assert normalisation.momentum == 0.1
    assert first(torch.zeros(2, 3, 8, 8)).shape == (2, 2)
    assert not first.training
