"""Layers as they are drawn: each value in its cell, each profile at its layers, nothing over anything."""

from collections.abc import Mapping

import numpy as np
import pytest
from looked_at import clashes
from made_up import GRIDS, LAYERS, make_layers
from matplotlib.collections import LineCollection

from invariances.errors import InputError
from invariances.figures.axes import TransformAxis
from invariances.figures.layer_pairs import layer_pairs
from invariances.figures.layer_profiles import layer_profiles
from invariances.figures.layers import layers

Axes = Mapping[str, TransformAxis]


@pytest.fixture(scope="module")
def made():
    return make_layers(("alexnet", "resnet18"), ("rotate", "zoom", "noise"))


def meshes(figure, gid):
    return [each for axes in figure.axes for each in axes.collections if each.get_gid() == gid]


@pytest.mark.parametrize("name", ["rotate", "zoom"])
def test_layers_go_down_and_magnitudes_across(made, transforms: Axes, name) -> None:
    table, _ = made
    figure = layers(table, "resnet18", name, transforms)
    assert clashes(figure) == []
    rows = table[(table["model"] == "resnet18") & (table["transform"] == name)]
    for measure in ("invariance", "equivariance"):
        trained, random = meshes(figure, measure)
        for mesh, weights in ((trained, "trained"), (random, "random")):
            own = rows[rows["weights"] == weights]
            expected = own[measure].to_numpy().reshape(len(LAYERS), -1)
            found = np.ma.filled(mesh.get_array(), np.nan)
            np.testing.assert_array_equal(found, expected)
            low, high = mesh.axes.get_ylim()
            assert low > high  # the first layer at the top
            assert mesh.get_clim() == (0, 1)
    words = [label.get_text() for label in meshes(figure, "invariance")[0].axes.get_yticklabels()]
    assert words == list(LAYERS)
    curves = [line for axes in figure.axes for line in axes.lines if line.get_gid() == "accuracy"]
    assert len(curves) == 4
    np.testing.assert_array_equal(curves[0].get_xdata(), GRIDS[name])


def test_what_moves_nothing_has_no_column_of_equivariance(made, transforms: Axes) -> None:
    figure = layers(made[0], "alexnet", "noise", transforms)
    assert meshes(figure, "equivariance") == []
    assert len(meshes(figure, "invariance")) == 2
    assert clashes(figure) == []


def test_profiles_stand_at_their_layers_with_their_intervals(made, transforms: Axes) -> None:
    _, scores = made
    figure = layer_profiles(scores, "alexnet", transforms)
    assert clashes(figure) == []
    assert len(figure.axes) == 3
    rows = scores[(scores["model"] == "alexnet") & (scores["transform"] == "rotate")]
    titles = [text.get_text() for text in figure.texts]
    place = [each for each in titles if each in ("Rotation", "Zoom out", "Gaussian noise")]
    axes = figure.axes[place.index("Rotation")]
    lines = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert len(lines) == 4
    for gid, line in lines.items():
        measure, weights = gid.split(":")
        own = rows[rows["weights"] == weights]
        own = own[own[measure].notna()]
        np.testing.assert_array_equal(line.get_xdata(), own["depth"] - 1)
        np.testing.assert_array_equal(line.get_ydata(), own[measure])
    bars = [each for each in axes.collections if isinstance(each, LineCollection)]
    assert [len(bar.get_segments()) for bar in bars] == [5, 5, 3, 3]


@pytest.mark.parametrize("names", [("rotate",), ("rotate", "zoom"), ("rotate", "zoom", "noise")])
def test_two_networks_profiles_stand_beside_each_other(made, transforms: Axes, names) -> None:
    _, scores = made
    # The second network has other layers, and one fewer.
    second = (scores["model"] == "resnet18") & (scores["depth"] > 1)
    scores = scores[(scores["model"] == "alexnet") | second].copy()
    other = scores["model"] == "resnet18"
    scores.loc[other, "layer"] = "layer" + scores.loc[other, "depth"].astype(str)
    figure = layer_pairs(scores, "alexnet", "resnet18", {name: transforms[name] for name in names})
    assert clashes(figure) == []
    assert len(figure.axes) == 2 * len(names)
    for place, name in enumerate(names):
        pair = figure.axes[2 * place : 2 * place + 2]
        left, right = (axes.get_position() for axes in pair)
        assert left.y0 == right.y0 and left.x1 < right.x0
        for axes, model in zip(pair, ("alexnet", "resnet18"), strict=True):
            rows = scores[(scores["model"] == model) & (scores["transform"] == name)]
            (line,) = [one for one in axes.lines if one.get_gid() == "mean_invariance:trained"]
            own = rows[rows["weights"] == "trained"]
            np.testing.assert_array_equal(line.get_ydata(), own["mean_invariance"])
            assert len(line.get_xdata()) == (5 if model == "alexnet" else 4)
    words = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    assert words == ["layer2", "layer3", "layer4", "layer5"]
    assert figure.get_figwidth() * 25.4 <= 180.01


def test_a_network_that_was_not_measured_is_refused(made, transforms: Axes) -> None:
    with pytest.raises(InputError, match="resnet18"):
        layers(made[0], "resnet", "rotate", transforms)
    with pytest.raises(InputError, match="alexnet"):
        layer_profiles(made[1], "alxnet", transforms)
    with pytest.raises(InputError, match="alexnet"):
        layer_pairs(made[1], "resnet18", "alxnet", transforms)
