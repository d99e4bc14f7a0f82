"""Layers in the DAG: on request by the config or by their path, and only then."""

import re

import pandas as pd
import pytest


@pytest.fixture
def layered(small):
    """The small config with one transform that moves and one that does not."""
    small |= {"pairs": [], "tuples": [], "chunks": 2, "itn": {"enabled": False}}
    return small


def test_layers_are_measured_where_they_are_asked_for(empty, layered):
    empty.configure(layered)
    results = empty.path / "results/small"
    empty.run(
        "results/small/layers.parquet",
        "results/small/figures/layers/one.png",
        "results/small/figures/layers/two/rotate.png",
        "results/small/figures/layers/one+two.png",
    )
    table = pd.read_parquet(results / "layers.parquet")
    # Two networks, each trained and not, under two transforms: two layers at five magnitudes.
    assert len(table) == 2 * 2 * 2 * 2 * 5
    assert set(table["layer"]) == {"0", "2"}
    assert (table["images"] == 12).all()
    at_identity = table[table["magnitude"] == 0]
    assert (at_identity["invariance"] == 1).all()
    maps = table[(table["layer"] == "0") & (table["transform"] == "rotate")]
    assert (maps["equivariance"].notna() == (maps["shown"] > 0)).all()
    assert maps["equivariance"].notna().any()
    assert table[table["transform"] == "brightness"]["equivariance"].isna().all()
    scores = pd.read_csv(results / "layer_scores.csv", dtype={"layer": str})
    assert len(scores) == 2 * 2 * 2 * 2
    # Means over cells of 8 pixels: centres at 3.5, 11.5, ...
    cells = scores[(scores["model"] == "one") & (scores["layer"] == "0")]
    cells = cells[cells["transform"] == "rotate"]
    assert cells["first_px"].tolist() == [3.5, 3.5]
    assert cells["step_px"].tolist() == [8, 8]
    trends = pd.read_csv(results / "layer_trends.csv")
    assert set(trends["verdict"]) == {"cannot be told from this run"}
    for name in ("one", "two/rotate", "one+two"):
        assert (results / f"figures/layers/{name}.png").stat().st_size > 5000
    assert "Nothing to be done" in empty.run("results/small/layers.parquet")


def test_the_config_s_key_makes_them_part_of_the_run(empty, layered):
    empty.configure(layered)
    assert not {"layers", "layers_all", "figure_layers"} & set(empty.planned())
    empty.configure({**layered, "layers": "auto"})
    jobs = empty.planned()
    assert jobs["layers"] == jobs["figure_layers"] == 2 * 2
    assert jobs["layers_all"] == 1
    assert jobs["figure_layer_profiles"] == 2
    assert jobs["figure_layer_pairs"] == 1
    said = empty.run("--dry-run", "--logger", "invariances")
    with_layers = int(re.search(r"([\d,]+) passes", said)[1].replace(",", ""))
    empty.configure(layered)
    said = empty.run("--dry-run", "--logger", "invariances")
    without = int(re.search(r"([\d,]+) passes", said)[1].replace(",", ""))
    # Twelve pictures at five magnitudes and three more, of two networks, each also of random weights.
    assert with_layers - without == 12 * 8 * 2 * 2 * 2


def test_a_name_that_a_network_lacks_is_refused_with_the_nearest(empty, layered):
    del layered["models"]["two"]
    empty.configure({**layered, "layers": {"one": ["3"]}})
    done = empty.snakemake("--dry-run")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "models.one: layers: unknown '3'" in said
    assert "allowed: 0, 1, 2" in said
    empty.configure({**layered, "layers": {"on": "auto"}})
    done = empty.snakemake("--dry-run")
    assert "layers: unknown 'on'; did you mean 'one'?" in done.stdout + done.stderr
