"""Numbers that cannot be are stopped, and the cell is named."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from invariances.checks import CellError, check_cells, check_numbers, check_sweep
from invariances.screening import Sweep

TABLE = pd.DataFrame(
    {
        "model": ["m"] * 4,
        "transform": ["rotate"] * 4,
        "class": ["a", "a", "b", "b"],
        "direction": ["up", "down"] * 2,
        "accuracy": [0.0, 1.0, 0.5, 0.25],
        "threshold": [1.0, -2.0, 3.0, 4.0],
        "flips_to": ["", "b", None, "a"],
    }
)
CELLS = {"model": ["m"], "transform": ["rotate"], "class": ["a", "b"]}


def test_what_is_right_passes_as_it_is():
    assert check_numbers(TABLE, "t.csv") is TABLE
    check_cells(TABLE, "t.csv", CELLS)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("accuracy", 1.01, "accuracy is 1.01, not a number in [0, 1]"),
        ("accuracy", -0.2, "accuracy is -0.2"),
        ("accuracy", np.nan, "accuracy is nan"),
        ("threshold", np.nan, "threshold is nan, not a finite number"),
        ("threshold", np.inf, "threshold is inf"),
    ],
)
def test_a_number_that_cannot_be_is_named_with_its_cell(column, value, words):
    table = TABLE.copy()
    table.loc[2, column] = value
    with pytest.raises(CellError) as error:
        check_numbers(table, "t.csv")
    assert "t.csv: model=m transform=rotate class=b direction=up" in str(error.value)
    assert words in str(error.value)


def test_missing_numbers_that_mean_something_pass_and_infinite_ones_do_not():
    table = TABLE.assign(threshold=[np.nan, 1.0, 1.0, 1.0])
    check_numbers(table, "t.csv", empty=["threshold"])
    with pytest.raises(CellError):
        check_numbers(table.replace(1.0, np.inf), "t.csv", empty=["threshold"])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE.iloc[:2], "a cell is missing: model=m transform=rotate class=b"),
        (TABLE.iloc[[0, 1, 2, 3, 2]], "there twice: model=m transform=rotate class=b direction=up"),
        (TABLE.replace("b", "c"), "a cell is missing"),
        (pd.concat([TABLE, TABLE.assign(model="n")]), "no such cell: model=n"),
    ],
)
def test_every_cell_is_there_once(table, words):
    with pytest.raises(CellError, match=words):
        check_cells(table, "t.csv", CELLS)


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
        ("true_softmax", np.float32([[0, 1], [1, 1.1]]), "picture=a/2: the softmax of its class"),
        ("candidate_softmax", np.float32([[[0, 1]], [[np.nan, 1]]]), "picture=a/2.*candidate"),
        ("margin", np.float32([[0, -1], [1, np.inf]]), "picture=a/2: the margin.*not finite"),
        ("picture", np.array(["a/1", "a/1"]), "picture=a/1: it is there twice"),
    ],
)  # fmt: skip
def test_a_sweep_that_cannot_be_is_named(sweep, field, value, words):
    with pytest.raises(CellError, match=rf"s\.npz: {words}"):
        check_sweep(dataclasses.replace(sweep, **{field: value}), "s.npz")
