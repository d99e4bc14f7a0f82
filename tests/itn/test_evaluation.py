"""Evaluation, decomposition, tightness and the comparison with the screening."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
import torch
from conftest import Sides, halves
from torch import Tensor, nn

from invariances.itn import Architecture, InvariantTransformer, comparison, evaluate, tightness
from invariances.itn.decomposition import (
    Colour,
    Spatial,
    colour,
    columns,
    compose_colour,
    compose_spatial,
    spatial,
)
from invariances.itn.families import family
from invariances.itn.nearest import nearest
from invariances.itn.tightness import edge
from invariances.transforms import TRANSFORMS


class Level(nn.Module):
    """Class 0 up to a mean grey level of 128, class 1 above."""

    def forward(self, pictures: Tensor) -> Tensor:
        lead = 128 - pictures.mean(dim=(1, 2, 3))
        return torch.stack([lead, -lead], dim=1)


def brightening(at_one: float) -> InvariantTransformer:
    """A net that brightens by `at_one` (of full scale) at k2 = (1, 1), in proportion to k's sum."""
    module = InvariantTransformer(Architecture(None, "brightness", bounded=False))
    part = module.parts()["colour"]
    with torch.no_grad():
        part.hidden.weight.fill_(0.5)
        part.hidden.bias.zero_()
        part.output.weight.fill_(at_one / part.hidden.out_features)
    return module


@pytest.mark.parametrize(
    ("transform", "magnitude", "field"),
    [
        ("rotate", 25.0, "rotation_degrees"),
        ("rotate", -170.0, "rotation_degrees"),
        ("scale_x", 1.8, "scale_x"),
        ("scale_y", 0.6, "scale_y"),
        ("zoom", 2.5, "zoom"),
        ("translate_x", 0.3, "translation_x_fraction"),
        ("translate_y", -0.2, "translation_y_fraction"),
    ],
)
def test_decomposition_speaks_the_screenings_language(
    transform: str, magnitude: float, field: str
) -> None:
    theta = TRANSFORMS[transform].theta
    assert theta is not None
    matrix = theta(torch.tensor([magnitude], dtype=torch.float64), 10, 10)[0].numpy()
    assert getattr(spatial(matrix), field) == pytest.approx(magnitude)
    found = nearest("spatial", matrix)
    assert found is not None
    assert (found.transform, found.magnitude) == (transform, pytest.approx(magnitude))
    assert found.explained_fraction == pytest.approx(1)


def test_spatial_decomposition_recomposes() -> None:
    parts = Spatial(33.0, 1.4, 0.8, 0.2, -0.15, 0.3)
    again = spatial(compose_spatial(parts))
    assert astuple(again) == pytest.approx(astuple(parts))
    assert again.zoom == pytest.approx((1.4 * 0.8 - 0.04) ** 0.5)
    mirror = spatial(np.array([[-1.0, 0, 0], [0, 1.0, 0]]))
    assert mirror.zoom == pytest.approx(-1)


def test_translation_is_where_the_centre_goes() -> None:
    """Whatever the rotation and zoom: a map that sends output (0.5, 0) to the input's centre."""
    parts = spatial(np.array([[0.0, -2.0, 0.0], [2.0, 0.0, -1.0]]))
    assert (parts.translation_x_fraction, parts.translation_y_fraction) == pytest.approx((0.25, 0))


def test_colour_decomposition_recomposes_and_names_the_rest() -> None:
    parts = Colour(0.1, 1.3, 0.6, -40.0, 0.0)
    assert astuple(colour(compose_colour(parts))) == pytest.approx(astuple(parts), abs=1e-12)
    assert astuple(colour(np.eye(4))) == pytest.approx((0, 1, 1, 0, 0))
    red_only = np.eye(4)
    red_only[0, 3] = 0.3
    found = colour(red_only)
    assert found.brightness_fraction == pytest.approx(0.1)
    assert found.residual_fraction == pytest.approx((2 / 3) ** 0.5)


@pytest.mark.parametrize(
    ("name", "coordinate", "field", "value"),
    [("hue", np.pi / 3, "hue_degrees", 60.0), ("gain", np.log(2), "gain", 2.0),
     ("saturation", np.log(0.5), "saturation", 0.5), ("brightness", -0.4, "brightness_fraction", -0.4)],
)  # fmt: skip
def test_colour_generators_come_apart(
    name: str, coordinate: float, field: str, value: float
) -> None:
    generator = torch.tensor(family("colour", name).generators, dtype=torch.float64)[0]
    matrix = torch.linalg.matrix_exp(coordinate * generator).numpy()
    assert getattr(colour(matrix), field) == pytest.approx(value)
    found = nearest("colour", matrix[:3])
    expected = {"gain": "contrast", "saturation": "grayscale", "brightness": "brightness"}
    if name in expected:
        assert found is not None
        assert found.transform == expected[name]
        assert found.explained_fraction == pytest.approx(1)


def test_columns_hold_the_entries() -> None:
    matrices = {"spatial": np.arange(9.0).reshape(3, 3), "colour": np.arange(16.0).reshape(4, 4)}
    row = columns(matrices)  # type: ignore[arg-type]
    assert (row["theta_00"], row["theta_12"], row["phi_23"]) == (0, 5, 11)
    assert "theta_20" not in row


def test_evaluation_by_hand() -> None:
    """Greys 20, 70 and 110 of 255, brightened by up to 100: 128 is passed by none, one, two."""
    greys = np.array([20, 70, 110], dtype=np.uint8)
    pictures = np.broadcast_to(greys[:, None, None, None], (3, 4, 4, 3)).copy()
    table = evaluate(
        brightening(100 / 255), Level(), pictures, np.zeros(3, dtype=np.int64), points=3
    )
    assert list(table["varied"]) == ["colour"] * 9
    at = table.set_index(["k2_0", "k2_1"])
    for k, right in {(0, 0): 3, (0.5, 0): 2, (0.5, 0.5): 2, (1, 1): 1}.items():
        assert at.loc[k, "accuracy"] == pytest.approx(right / 3)
        assert at.loc[k, "brightness_fraction"] == pytest.approx(sum(k) * 50 / 255, abs=1e-6)
        low, high = at.loc[k, "accuracy_low"], at.loc[k, "accuracy_high"]
        assert low < right / 3 <= high
    # Three channels shift: ||A - I||^2 / 4.
    assert at.loc[(1, 1), "colour_displacement"] == pytest.approx(
        3 * (100 / 255) ** 2 / 4, rel=1e-5
    )
    assert (table["baseline_accuracy"] == 1).all()
    assert (table["pictures"] == 3).all()


def test_evaluation_varies_one_at_a_time_then_all() -> None:
    pictures, labels = halves(6, 0)
    module = InvariantTransformer(Architecture(convolution="kernel3"), seed=1)
    table = evaluate(module, Sides(), pictures, labels, points=2)
    assert table["varied"].value_counts().to_dict() == {
        "spatial": 4, "colour": 4, "convolution": 4, "all": 2,
    }  # fmt: skip
    still = table[table["varied"] == "spatial"]
    assert (still[["k2_0", "k2_1", "k3_0", "k3_1"]] == 0).all(axis=None)
    assert (still["colour_displacement"] == 0).all()
    assert not table.isna().any(axis=None)
    batched = evaluate(module, Sides(), pictures, labels, points=2, batch_size=1)
    pd.testing.assert_frame_equal(table, batched, rtol=1e-4)


def test_tightness_is_where_the_accuracy_falls() -> None:
    """Pictures at 28: 100 levels are left of the 50 that the net takes, and the edge is at 2."""
    pictures = np.full((20, 4, 4, 3), 28, dtype=np.uint8)
    truth = np.zeros(20, dtype=np.int64)
    table = tightness(
        brightening(50 / 255),
        Level(),
        pictures,
        truth,
        powers=(1.0, 1.9, 2.1),
        places=((1, 1), (0.5, 0.5)),
    )
    one, half = table.to_dict("records")
    assert 1.9 <= one["tightness"] <= 2.1
    assert one["low"] == one["high"] == pytest.approx(one["tightness"])
    assert (one["accuracy_at_one"], one["censored"]) == (1, False)
    assert one["displacement_at_edge"] == pytest.approx(
        one["displacement_at_one"] * one["tightness"] ** 2, rel=1e-4
    )
    # Half as far at k = (0.5, 0.5): no edge up to 2.1.
    assert (half["tightness"], half["censored"]) == (2.1, True)


def test_tightness_under_one_is_a_violation_and_has_an_interval() -> None:
    greys = np.linspace(30, 120, 60).astype(np.uint8)
    pictures = np.broadcast_to(greys[:, None, None, None], (60, 4, 4, 3)).copy()
    (row,) = tightness(
        brightening(80 / 255), Level(), pictures, np.zeros(60, dtype=np.int64),
        accuracy_loss=0.1, places=((1, 1),),
    ).to_dict("records")  # fmt: skip
    # The tenth part of the greys lies within 9 levels of 120, so that 17 levels take a tenth away.
    assert row["tightness"] == pytest.approx(17 / 80, abs=0.05)
    assert row["low"] < row["tightness"] < row["high"] < 0.5
    assert row["accuracy_at_one"] < 0.5


def test_a_net_that_stays_at_the_identity_has_no_path() -> None:
    pictures, labels = halves(6, 0)
    table = tightness(brightening(0.0), Sides(), pictures, labels, places=((1, 1),))
    assert table[["tightness", "low", "high"]].isna().all(axis=None)


def test_edge_is_interpolated() -> None:
    accuracy = np.array([[1.0, 1.0, 0.8], [1.0, 0.9, 1.0], [0.5, 0.5, 0.5], [1.0, 0.98, 0.97]])
    floor = accuracy[:, 0] - 0.05
    found = edge(accuracy, np.array([0.0, 1.0, 2.0]), floor)
    assert found[:2] == pytest.approx([1.25, 0.5])
    assert np.isnan(found[2:]).all()


def test_two_strategies_side_by_side() -> None:
    pictures, labels = halves(6, 0)
    table = evaluate(brightening(0.2), Sides(), pictures, labels, points=2)
    thresholds = pd.DataFrame(
        [
            ("brightness", "orange", "up", 0.4, 0.3, 0.5, False),
            ("brightness", "orange", "down", -0.1, -0.2, 0.0, False),
            ("brightness", "lime", "up", 1.0, 0.9, 1.0, True),
            ("contrast", "orange", "up", 2.0, 1.5, 2.5, False),
        ],
        columns=["transform", "class", "direction", "threshold", "low", "high", "censored"],
    )
    found = comparison(table, thresholds)
    at_one = found[(found["k_0"] == 1) & (found["k_1"] == 1)].set_index("class")
    assert list(at_one.index) == ["orange", "lime"]
    assert (at_one["transform"] == "brightness").all()
    assert at_one.loc["orange", "magnitude"] == pytest.approx(0.2)
    assert at_one["reached_fraction"].to_dict() == pytest.approx({"orange": 0.5, "lime": 0.2})
    assert at_one["explained_fraction"].to_numpy() == pytest.approx(1)
    assert not ((found["k_0"] == 0) & (found["k_1"] == 0)).any()
    # Nothing of that name in the screening: the learned side stands alone.
    alone = comparison(table, thresholds[thresholds["transform"] == "contrast"])
    assert alone["class"].isna().all()
    assert len(alone) == 3


def test_zoom_is_held_against_its_threshold_in_logarithms() -> None:
    row = {"varied": "spatial", "k1_0": 1.0, "k1_1": 1.0, "accuracy": 0.9, "baseline_accuracy": 0.9}
    zoom = {f"theta_{i}{j}": float(2 * (i == j)) for i in (0, 1) for j in (0, 1, 2)}
    thresholds = pd.DataFrame(
        [("zoom", "obelisk", "up", 4.0, 3.0, 4.0, True), ("zoom", "obelisk", "down", 0.5, 0.4, 0.6, False)],
        columns=["transform", "class", "direction", "threshold", "low", "high", "censored"],
    )  # fmt: skip
    (found,) = comparison(pd.DataFrame([row | zoom]), thresholds).to_dict("records")
    assert (found["transform"], found["direction"]) == ("zoom", "up")
    assert found["magnitude"] == pytest.approx(2)
    assert found["reached_fraction"] == pytest.approx(0.5)
