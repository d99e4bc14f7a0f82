"""config/photographs.yaml, made small: a real network on four real photographs, which are everywhere."""

import pandas as pd
import pytest
import yaml
from house import ROOT

pytestmark = pytest.mark.slow
CLASSES = ["bald eagle", "dalmatian", "strawberry", "yurt"]


def test_a_real_network_is_screened_on_real_photographs(empty):
    config = yaml.safe_load((ROOT / "config/photographs.yaml").read_text())
    config["models"] = {"lite0": config["models"]["lite0"]}
    config["dataset"]["classes"] = CLASSES
    config["transforms"] = {
        "rotate": {"magnitudes": [-90, 0, 90]},
        "brightness": {"magnitudes": [-1, 0, 1]},
    }
    config |= {"pairs": [], "borders": []}
    config["thresholds"] = {"search": "grid"}
    empty.configure(config)
    results = empty.path / "results/photographs"
    empty.run(*(f"results/photographs/{name}" for name in ("thresholds.csv", "explorer.html")))
    table = pd.read_csv(results / "thresholds.csv")
    assert set(table["class"]) == set(CLASSES) and set(table["images"]) == {1}
    assert (table["baseline_accuracy"] == 1).all()
    curves = pd.read_parquet(results / "curves.parquet")
    # Nothing is left of a picture that is white or black.
    ends = curves[(curves["transform"] == "brightness") & (curves["magnitude"] != 0)]
    assert (ends.loc[ends["class"] == ends["predicted_class"], "accuracy"] == 0).all()
    assert (results / "explorer.html").stat().st_size > 100_000
