"""Encoders from config to explorer: docs/encoders.md as printed, class embeddings, no classes at all."""

import re
import subprocess

import forks
import numpy as np
import pandas as pd
import pytest
import timm
import torch
import yaml
from house import ROOT
from safetensors.torch import save_file

PAGE = (ROOT / "docs/encoders.md").read_text()


def printed(place):
    """The page's example as files in a folder that is no checkout; its config."""
    example = PAGE.partition("## Example")[2]
    for text in re.findall(r"^```(?:python|yaml)\n(.*?)^```$", example, re.MULTILINE | re.DOTALL):
        name = re.match(r"# ([\w.]+)\n", text)[1]
        (place / name).write_text(text)
    return yaml.safe_load((place / "encoders.yaml").read_text())


def run(place, config, *targets):
    (place / "encoders.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    command = [str(forks.folder() / "snakemake"), *targets, "--snakefile", str(ROOT / "Snakefile")]
    done = subprocess.run(
        [*command, "--cores", "2", "--configfile", "encoders.yaml"],
        cwd=place, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def lighter(config):
    return config | {
        "figures": {"formats": ["png"], "dpi": 72, "draw": ["together"]},
        "thresholds": {"resamples": 100},
    }


def test_the_page_runs_as_printed_with_an_itn(tmp_path):
    config = lighter(printed(tmp_path))
    config["itn"] = {"steps": 3, "batch_size": 4, "images": 2, "calibration_images": 2, "points": 2}
    run(tmp_path, config)
    results = tmp_path / "results/encoders"
    table = pd.read_csv(results / "thresholds.csv")
    assert set(table["model"]) == {"edges", "resnet"}
    assert set(table["class"]) == {"orange", "barbell", "obelisk", "vertical_stripes"}
    # Neighbours' edges tell phantoms; a network that nobody trained guesses, one of thirteen.
    mixed = pd.read_csv(results / "mixed.csv").groupby("model")["baseline_accuracy"].first()
    assert mixed["edges"] > 0.4
    assert mixed["edges"] > mixed["resnet"]
    assert "edges" in (results / "explorer.html").read_text()
    assert (results / "itn/edges/evaluation.csv").is_file()
    # Layers within the encoder, and of the same encoder with random weights.
    run(tmp_path, config, "results/encoders/layers/resnet/rotate.parquet")
    layers = pd.read_parquet(results / "layers/resnet/rotate.parquet")
    assert set(layers["weights"]) == {"trained", "random"}
    assert layers["layer"].str.startswith("embedding.encoder").any()


@pytest.mark.slow
def test_another_file_of_texts_is_another_model(tmp_path):
    config = lighter(printed(tmp_path))
    rows = np.random.default_rng(0).normal(size=(13, 64))
    np.save(tmp_path / "texts.npy", rows)
    config["models"] = {"texts": config["models"]["edges"]}
    config["models"]["texts"]["head"] = {"kind": "text", "file": "texts.npy"}
    target = "results/encoders/thresholds/texts/rotate.csv"
    run(tmp_path, config, target)
    table = pd.read_csv(tmp_path / target)
    assert len(table) == 8
    assert "Nothing to be done" in run(tmp_path, config, target)
    np.save(tmp_path / "texts.npy", -rows)
    assert "rule classifier" in run(tmp_path, config, target)


VIT = {"img_size": 32, "patch_size": 8, "depth": 2}


@pytest.mark.slow
def test_without_any_labels(tmp_path):
    """A vision transformer beside convolutions, its weights in a file with those of its classifier."""
    config = lighter(printed(tmp_path))
    torch.manual_seed(0)
    state = timm.create_model("vit_tiny_patch16_224", **VIT).state_dict()
    save_file(state, tmp_path / "vit.safetensors")
    config["models"]["vit"] = config["models"]["edges"] | {
        "network": "timm/vit_tiny_patch16_224", "weights": "vit.safetensors", "options": VIT,
    }  # fmt: skip
    for model in config["models"].values():
        model["head"] = "identity"
    config["figures"]["draw"] = ["together", "overview", "tradeoff"]
    config["itn"] = {"steps": 3, "batch_size": 4, "points": 2}
    run(tmp_path, config)
    results = tmp_path / "results/encoders"
    for model in config["models"]:
        evaluation = pd.read_csv(results / f"itn/{model}/evaluation.csv")
        certificate = pd.read_csv(results / f"itn/{model}/certificate.csv")
        # Of 16 pictures two fifths evaluate, and a half of the others certifies; each is itself at first.
        assert set(evaluation["pictures"]) == {6}
        assert set(evaluation["baseline_accuracy"]) == {1.0}
        assert set(certificate["pictures"]) == {5}
    table = pd.read_csv(results / "thresholds.csv")
    assert table["class"].nunique() == 16
    assert set(table["baseline_accuracy"]) == {1.0}
    assert set(table["flips_to"].dropna()) <= set(table["class"])
    mixed = pd.read_csv(results / "mixed.csv")
    assert (mixed["images"] == 16).all()
    assert (results / "explorer.html").is_file()
    assert (results / "figures/together.png").is_file()
    assert (results / "figures/tradeoff/parameters.png").is_file()
    by_class = [f"figures/{name}.png" for name in ("overview", "tradeoff/accuracy")]
    for absent in ("claims.csv", "truth.csv", "calibration.csv", *by_class):
        assert not (results / absent).exists()
