"""Sweeps that cannot be are stopped, and the cell is named."""

import dataclasses

import numpy as np
import pytest

from invariances.checks import check_sweep
from invariances.screening import Sweep
from invariances.tables.checking import CellError


@pytest.fixture
def sweep() -> Sweep:
    softmax = np.float32([[[0.7, 0.3], [0.2, 0.8]]] * 2)
    return Sweep(
        classes=np.array(["a"]),
        labels=np.array([0]),
        magnitudes=np.array([0.0, 1.0]),
        identity=0,
        picture=np.array(["a/1", "a/2"]),
        class_index=np.array([0, 0]),
        prediction=softmax.argmax(axis=2).astype(np.int32),
        true_softmax=softmax[..., 0],
        margin=np.log(softmax[..., 0]) - np.log(softmax[..., 1]),
        mean_softmax=softmax[:1],
        candidates=np.array([[0, 1]], dtype=np.int32),
        candidate_softmax=softmax,
    )


def test_a_sweep_of_distributions_passes(sweep):
    assert check_sweep(sweep, "s.npz") is sweep


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("mean_softmax", np.float32([[[0.7, 0.3], [0.2, 0.7]]]), "class=a magnitude=1.0.*sums to 0.9"),
        ("mean_softmax", np.float32([[[1.2, -0.2], [0.2, 0.8]]]), "class=a magnitude=0.0"),
        ("mean_softmax", np.float32([[[np.nan, 1], [0, 1]]]), "class=a magnitude=0.0.*nan"),
        ("true_softmax", np.float32([[0, 1], [1, 1.1]]), "class=a picture=a/2 magnitude=1.0: the softmax"),
        ("candidate_softmax", np.float32([[[0, 1]], [[np.nan, 1]]]), "class=a picture=a/2 .*candidate"),
        ("margin", np.float32([[0, -1], [1, np.inf]]), "class=a picture=a/2 magnitude=1.0: the margin"),
        ("picture", np.array(["a/1", "a/1"]), "picture=a/1: it is there twice"),
    ],
)  # fmt: skip
def test_a_sweep_that_cannot_be_is_named(sweep, field, value, words):
    with pytest.raises(CellError, match=rf"s\.npz: {words}"):
        check_sweep(dataclasses.replace(sweep, **{field: value}), "s.npz")
