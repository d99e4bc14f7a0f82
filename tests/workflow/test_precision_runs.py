"""A run in another precision says beside each sweep what that changes; a checked one, that nothing does."""

import json

import numpy as np
import pandas as pd
import pytest

from invariances.classifiers import halved


def test_the_change_is_written_beside_the_sweep(empty, small):
    small["precision"] = "bfloat16"
    empty.configure(small)
    sweep = "results/small/sweeps/one/brightness/0-of-2"
    empty.run(f"{sweep}.npz")
    found = json.loads((empty.path / f"{sweep}.precision.json").read_text())
    assert found["precision"] == "bfloat16"
    assert 0 <= found["prediction_changed"] <= 1


def test_a_checked_run_is_float32_s(finished, empty, small):
    small["precision"] = "checked"
    empty.configure(small)
    results = empty.path / "results/small"
    tables = [f"results/small/{name}" for name in ("precision.csv", "worst.csv", "provenance.html")]
    empty.run(*tables, "results/small/thresholds.csv", "results/small/pictures.parquet")
    table = pd.read_csv(results / "precision.csv")
    assert table[["model", "transform"]].drop_duplicates().shape == (4, 2)
    assert set(table["answers"]) == {4 * 3 * 5}
    if halved.missing("cpu"):
        assert table["because"].str.contains("neither").all()
    else:
        assert set(table["arithmetic"]) == {"bfloat16"} and (table["differing"] == 0).all()
        # Of these networks a pool and a linear layer are all there is, and stay float32.
        assert (table["bound"] == 0).all() and (table["asked_again"] == 0).all()
    assert "<h2>Precision</h2>" in (results / "provenance.html").read_text()
    plain = finished.path / "results/small"
    for path in sorted((plain / "sweeps").rglob("*-of-2.npz")):
        one, two = np.load(path), np.load(results / path.relative_to(plain))
        assert np.array_equal(one["prediction"], two["prediction"]), path
        # Combined transforms are float32's, worst points and all.
        if "+" in path.parent.name:
            assert np.array_equal(one["margin"], two["margin"])
    pd.testing.assert_frame_equal(
        *(pd.read_parquet(each / "pictures.parquet") for each in (plain, results)),
        rtol=1e-6,
    )
    assert (plain / "worst.csv").read_bytes() == (results / "worst.csv").read_bytes()
    # What reads accuracies is the same; means of softmax are as near as is said.
    columns = ["half_accuracy", "baseline_accuracy"]
    one, two = (pd.read_csv(each / "thresholds.csv") for each in (plain, results))
    pd.testing.assert_frame_equal(one[columns], two[columns])


@pytest.mark.parametrize("kind", ["engine", "engine_halved"])
def test_a_network_is_compiled_in_both(empty, small, kind):
    small |= {"precision": "checked", "engine": "compiled"}
    empty.configure(small)
    suffix = {"engine": "engine", "engine_halved": "engine.bfloat16"}[kind]
    empty.run(f"results/small/models/one/{suffix}.pt2")
    found = json.loads((empty.path / f"results/small/models/one/{suffix}.json").read_text())
    assert found["name"] in ("compiled", "eager") and (found["name"] == "compiled") != bool(
        found["because"]
    )
