"""Networks that recognise no more than guessing would are told of, by name and with the usual causes."""

import csv

import numpy as np
import pytest
from scipy import stats

from invariances.baseline import baseline_rows, first_line, warnings
from invariances.plan import IMAGENET
from invariances.screening import Sweep
from invariances.tables import BASELINE
from invariances.tables.frames import frame, read, write


def sweep(right: dict[str, list[bool]], first: int = 0) -> Sweep:
    """Pictures of some classes, each recognised at the identity, magnitude 0, or not; all are at 1."""
    classes = list(right)
    index = np.repeat(np.arange(len(classes)), [len(flags) for flags in right.values()])
    labels = np.arange(first, first + len(classes))
    flags = np.concatenate([np.array(flags, dtype=bool) for flags in right.values()])
    wrong = labels[index] + 1
    softmax = np.zeros((len(index), 2), dtype=np.float32)
    return Sweep(
        classes=np.array(classes),
        labels=labels,
        magnitudes=np.array([0.0, 1.0]),
        identity=0,
        picture=np.array([f"p{number}" for number in range(len(index))]),
        class_index=index,
        prediction=np.stack([np.where(flags, labels[index], wrong), labels[index]], axis=1),
        true_softmax=softmax,
        margin=softmax,
        mean_softmax=np.zeros((len(classes), 2, 10), dtype=np.float32),
        candidates=np.zeros((len(classes), 1), dtype=np.int32),
        candidate_softmax=softmax[..., None],
    )


def test_each_class_and_all_of_them_are_counted():
    chunks = [sweep({"a": [True] * 4 + [False]}), sweep({"b": [True, False]}, first=1)]
    rows = baseline_rows(chunks, "net", categories=10)
    assert [(row["class"], row["images"], row["recognised"]) for row in rows] == [
        ("a", 5, 4),
        ("b", 2, 1),
        (None, 7, 5),
    ]
    assert [row["doubtful"] for row in rows] == [False] * 3
    assert rows[2]["accuracy"] == pytest.approx(5 / 7)
    assert warnings(rows) == []


@pytest.mark.parametrize(("images", "categories"), [(20, 1000), (200, 10), (12, 4)])
def test_a_network_is_doubted_up_to_the_limit_of_guessing_and_not_beyond(images, categories):
    limit = int(stats.binom.isf(0.01, images, 1 / categories))
    for recognised, doubtful in ((0, True), (limit, True), (limit + 1, False)):
        flags = [True] * recognised + [False] * (images - recognised)
        rows = baseline_rows([sweep({"a": flags})], "net", categories)
        assert rows[-1]["doubtful"] is doubtful


def test_what_is_said_is_the_same_of_rows_and_of_the_file(tmp_path):
    rows = baseline_rows([sweep({"a": [False] * 6, "b": [False]})], "net", categories=1000)
    path = tmp_path / "baseline.csv"
    write(frame(BASELINE, rows), path, BASELINE)
    with path.open(newline="") as file:
        said = warnings(csv.DictReader(file))
    assert said == warnings(rows) == warnings(read(path, BASELINE).to_dict("records"))
    assert len(said) == 1
    assert "network net recognises 0 of 7 untransformed pictures" in said[0]
    assert "order of labels" in said[0]


def test_a_class_of_any_name_is_no_row_of_all():
    rows = baseline_rows([sweep({"a": [True] * 40, "(all)": [False] * 5})], "net", 1000)
    (said,) = warnings(rows)
    assert "no untransformed picture of (all):" in said


def test_a_class_that_is_never_recognised_is_named():
    lost = {f"c{number}": [False] * 5 for number in range(6)}
    rows = baseline_rows([sweep({"a": [True] * 40, "few": [False] * 4} | lost)], "net", 1000)
    (said,) = warnings(rows)
    assert "no untransformed picture of c0, c1, c2, c3, c4 (6 classes)" in said
    assert "few" not in said


@pytest.mark.parametrize(
    ("right", "begins"), [(18, "resnet50: 224 px"), (1, "warning: resnet50: 224 px")]
)
def test_a_first_trial_is_one_line(right, begins):
    said = first_line("resnet50", IMAGENET, right, 20, 1000)
    assert said.startswith(begins)
    line = f"right on {right} of 20 untransformed pictures (chance 0.001)"
    assert f"bilinear, ImageNet mean; {line}" in said
    assert ("the usual causes are the order of labels" in said) == (right == 1)
