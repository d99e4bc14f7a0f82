"""Networks held against each other, from tables to tables."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from whole import write_whole

import comparison as script
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis
from invariances.records import to_json
from invariances.tables import PICTURES, THRESHOLDS

AXES = {
    "rotate": TransformAxis("rotate", "", "", 0.0, "linear", (0.0, 50.0, 100.0)),
    "zoom": TransformAxis("zoom", "", "", 1.0, "log", (1.0, 1.5, 2.0)),
}
CLASSES = [f"class{number}" for number in range(8)]


def tables(factors, models=("one", "two")):
    """Thresholds and pictures; the second network goes `factors` [8] times as far as the first."""
    cells, rows = [], []
    for model in models:
        for transform in AXES:
            for place, name in enumerate(CLASSES):
                reach = 0.1 * (1 + place)
                reach *= factors[place] if model != models[0] else 1.0
                threshold = 100 * reach if transform == "rotate" else 2.0**reach
                cell = {"model": model, "transform": transform, "class": name, "direction": "up"}
                cells.append({**cell, "threshold": threshold, "censored": False})
                rows += [
                    {**cell, "picture": f"{name}/{number}", "status": "measured",
                     "threshold": threshold * (1 + 0.01 * number), "censored": False}
                    for number in range(10)
                ]  # fmt: skip
    return pd.DataFrame(cells), pd.DataFrame(rows)


def run(folder, thresholds, pictures):
    write_whole(thresholds, folder / "thresholds.csv", THRESHOLDS)
    write_whole(pictures, folder / "pictures.parquet", PICTURES)
    output = [folder / f"{name}.csv" for name in ("differences", "mixed", "correlations")]
    script.main(
        SimpleNamespace(
            thresholds=folder / "thresholds.csv", pictures=folder / "pictures.parquet",
            transforms=to_json(AXES), pairs=None, resamples=200, seed=0, output=output,
        )
    )  # fmt: skip
    return [pd.read_csv(path) for path in output]


def test_networks_that_keep_the_same_classes_correlate(tmp_path):
    differences, _, correlations = run(tmp_path, *tables(np.full(8, 1.2)))
    assert list(correlations["transform"]) == ["all", "all", "rotate", "zoom"]
    assert list(correlations["statistic"][1:]) == ["within transforms"] * 3
    within = correlations.iloc[1:]
    assert np.allclose(within["correlation"], 1)
    assert list(within["cells"]) == [16, 8, 8]
    assert len(differences) == 16
    assert (differences["difference"] < 0).all()
    assert not differences.isna().any().any()
    assert not correlations.isna().any().any()


def test_networks_that_lose_what_the_other_keeps_anticorrelate(tmp_path):
    reversed_reach = (9 - np.arange(1, 9)) / np.arange(1, 9)
    *_, correlations = run(tmp_path, *tables(reversed_reach))
    assert np.allclose(correlations["correlation"][1:], -1)


def test_a_transform_whose_classes_tie_has_no_row(tmp_path):
    thresholds, pictures = tables(np.full(8, 1.2))
    thresholds.loc[thresholds["transform"] == "zoom", "threshold"] = 2.0
    *_, correlations = run(tmp_path, thresholds, pictures)
    assert list(correlations["transform"]) == ["all", "all", "rotate"]


def test_pairs_of_three_networks_come_one_after_the_other(tmp_path):
    *_, correlations = run(tmp_path, *tables(np.full(8, 1.2), models=("b", "c", "a")))
    pairs = list(dict.fromkeys(zip(correlations["first"], correlations["second"], strict=True)))
    assert pairs == [("b", "c"), ("b", "a"), ("c", "a")]
    assert len(correlations) == 12


def test_one_network_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"thresholds\.csv.*two networks"):
        run(tmp_path, *tables(np.full(8, 1.2), models=("one",)))


def test_a_run_that_can_find_no_difference_says_so(tmp_path, capsys):
    thresholds, pictures = tables(np.full(8, 1.2))
    run(tmp_path, thresholds, pictures)
    assert "no difference can be significant" not in capsys.readouterr().err
    few = pictures[pictures["picture"].str[-1] < "3"]
    differences, *_ = run(tmp_path, thresholds, few)
    assert "no difference can be significant" in capsys.readouterr().err
    assert differences["p_least"].min() >= 2 / 2**3
