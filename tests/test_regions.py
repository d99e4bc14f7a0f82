"""The invariant region of two transforms, on sweeps whose region is written down beforehand."""

import numpy as np
import pytest
from sweeps import CATEGORIES, constant, make_sweep

from invariances.tables import PAIRS
from invariances.thresholds import (
    pair_table,
    region_table,
)


def test_region_of_two_transforms() -> None:
    axis = np.linspace(-1, 1, 41)
    pairs = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    # The class leads while x + 0.2 |y| < 0.75: a wedge, nearest at its two faces' normals.
    margin = 0.75 - pairs[:, 0] - 0.2 * np.abs(pairs[:, 1])
    own = (1 + margin / 4) / 2
    curves = np.stack([own, 1 - own, np.zeros_like(own)], axis=-1)[None, None].repeat(3, axis=1)
    identity = int(np.flatnonzero((np.abs(pairs) < 1e-9).all(axis=1))[0])
    sweep = make_sweep(curves, pairs, identity)
    (row,) = region_table(sweep, "net", "translate_x+translate_y").to_dict("records")
    assert row["area"] == pytest.approx(0.5 + 0.65 / 2, abs=0.02)
    assert row["connected_area"] == row["area"]
    # Pictures that are all alike leave nothing to be unsure of; a single one leaves everything.
    assert [row["area_low"], row["area_high"]] == pytest.approx([row["area"]] * 2)
    (alone,) = region_table(make_sweep(curves[:, :1], pairs, identity), "n", "t").to_dict("records")
    assert (alone["area_low"], alone["area_high"]) == (0, 1)
    assert min(row["worst_direction"], 360 - row["worst_direction"]) == pytest.approx(11.31, abs=2)
    assert row["reach"] == pytest.approx(0.75 / np.hypot(1, 0.2) / 2, abs=0.01)
    assert not row["censored"]
    table = pair_table(sweep, CATEGORIES, "net", "translate_x+translate_y")
    assert list(table.columns) == PAIRS.names
    np.testing.assert_array_equal(table["predicted_class"] == "zero", own >= 0.5)
    np.testing.assert_array_equal(table["accuracy"] == 1, own >= 0.5)
    assert (table["accuracy_low"] <= table["accuracy"]).all()
    assert (table["accuracy_high"] >= table["accuracy"]).all()
    assert (table["accuracy_high"] - table["accuracy_low"]).between(0.3, 1).all()  # three pictures
    np.testing.assert_allclose(table["mean_softmax"], own, atol=1e-6)
    # The weight that three pictures keep against an extreme fourth is distributed as Beta(3, 1).
    kept = 0.025 ** (1 / 3)
    np.testing.assert_allclose(table["softmax_low"], kept * own, atol=0.02)
    np.testing.assert_allclose(table["softmax_high"], 1 - kept * (1 - own), atol=0.02)


def test_region_that_nothing_leaves_and_one_that_is_elsewhere() -> None:
    axis = np.array([0.0, 1, 2])
    pairs = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)[::-1]
    always = constant([[0.9, 0.1, 0]] * 9)
    (row,) = region_table(make_sweep(always, pairs, 8), "n", "t").to_dict("records")
    assert (row["area"], row["censored"], row["reach"]) == (1, True, 1)
    away = constant([[0.9, 0.1, 0]] + [[0.1, 0.9, 0]] * 8)
    (row,) = region_table(make_sweep(away, pairs, 8), "n", "t").to_dict("records")
    assert (row["area"], row["connected_area"], row["reach"]) == (1 / 16, 0, 0)


@pytest.mark.parametrize("pairs", [np.zeros((4, 2)), np.arange(4.0), np.eye(2)])
def test_pairs_must_fill_a_rectangle(pairs: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pair"):
        region_table(make_sweep(constant([[1, 0, 0]] * len(pairs)), pairs, 0), "n", "t")
