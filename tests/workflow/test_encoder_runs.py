"""Encoders from config to explorer: docs/encoders.md as printed, class embeddings, no classes at all."""

import re
import subprocess

import forks
import numpy as np
import pandas as pd
import pytest
import yaml
from house import ROOT

PAGE = (ROOT / "docs/encoders.md").read_text()


def printed(place):
    """The page's example as files in a folder that is no checkout; its config."""
    example = PAGE.partition("## Example")[2]
    for text in re.findall(r"^```(?:python|yaml)\n(.*?)^```$", example, re.MULTILINE | re.DOTALL):
        name = re.match(r"# ([\w.]+)\n", text)[1]
        (place / name).write_text(text)
    return yaml.safe_load((place / "encoders.yaml").read_text())


def run(place, config, fails=False):
    (place / "encoders.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    command = [str(forks.folder() / "snakemake"), "--snakefile", str(ROOT / "Snakefile")]
    done = subprocess.run(
        [*command, "--cores", "2", "--configfile", "encoders.yaml"],
        cwd=place, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def lighter(config):
    return config | {
        "figures": {"formats": ["png"], "dpi": 72, "draw": ["together", "mixed", "overview"]},
        "thresholds": {"resamples": 100},
    }


def test_the_page_runs_as_printed_and_so_do_texts_and_an_itn(tmp_path):
    config = lighter(printed(tmp_path))
    rows = np.random.default_rng(0).normal(size=(13, 48))
    np.save(tmp_path / "texts.npy", rows)
    texts = config["models"]["colours"] | {"head": {"kind": "text", "file": "texts.npy"}}
    config["models"]["texts"] = texts
    config["itn"] = {"steps": 3, "batch_size": 4, "images": 2, "calibration_images": 2, "points": 2}
    run(tmp_path, config)
    results = tmp_path / "results/encoders"
    table = pd.read_csv(results / "thresholds.csv")
    assert set(table["model"]) == {"colours", "resnet", "texts"}
    assert set(table["class"]) == {"orange", "barbell", "obelisk", "vertical_stripes"}
    # Nearest neighbours tell phantoms by their colours; random texts do not.
    mixed = pd.read_csv(results / "mixed.csv").groupby("model")["baseline_accuracy"].first()
    assert mixed["colours"] > 0.5 > mixed["texts"]
    assert "colours" in (results / "explorer.html").read_text()
    assert (results / "itn/resnet/evaluation.csv").is_file()
    # Another file of texts of the same name is another model.
    np.save(tmp_path / "texts.npy", -rows)
    assert "rule classifier" in run(tmp_path, config)


@pytest.mark.slow
def test_without_any_labels(tmp_path):
    config = lighter(printed(tmp_path))
    for model in config["models"].values():
        model["head"] = "identity"
    config["itn"] = {"enabled": False}
    run(tmp_path, config)
    results = tmp_path / "results/encoders"
    table = pd.read_csv(results / "thresholds.csv")
    assert table["class"].nunique() == 16
    assert set(table["baseline_accuracy"]) == {1.0}
    assert set(table["flips_to"]) <= set(table["class"])
    mixed = pd.read_csv(results / "mixed.csv")
    assert (mixed["images"] == 16).all()
    assert (results / "explorer.html").is_file()
    assert (results / "figures/together.png").is_file()
    for absent in ("claims.csv", "truth.csv", "calibration.csv", "figures/overview.png"):
        assert not (results / absent).exists()
