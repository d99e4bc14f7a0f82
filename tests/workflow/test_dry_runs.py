"""Every config in config/ makes a DAG of sensible size; datasets that are not here are made small."""

import re
import subprocess
import sys

import numpy as np
import pytest
import yaml
from house import ROOT, build
from PIL import Image
from published_weights import alexnet_arrays, slim_state
from safetensors.numpy import save_file

from invariances.datasets.synsets import ImageNetTable

CONFIGS = sorted(path.name for path in (ROOT / "config").glob("*.yaml"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """One for all configs: a network is tried once."""
    return build(tmp_path_factory.mktemp("checkout"))


@pytest.mark.parametrize("name", CONFIGS)
def test_dry_run(checkout, name):
    config = yaml.safe_load((ROOT / "config" / name).read_text())
    if config["dataset"]["name"] == "imagenet":
        make_imagenet(checkout.path, config["dataset"])
    if name == "paper.yaml":
        make_weights(checkout.path, config["models"])
    checkout.configure(config)
    jobs = checkout.planned()
    transforms = config.get("transforms") or range(11)
    assert jobs["sweep"] >= len(config["models"]) * len(transforms)
    tuples = len(config["models"]) * len(config.get("tuples", []))
    assert (jobs.get("sweep_tuple", 0) >= tuples) and ("sweep_tuple" in jobs) == bool(tuples)
    assert 30 < sum(jobs.values()) < 1000


def make_weights(place, models):
    """Weights of the paper's networks, made smaller by their options, at random, in the files' layouts."""
    models["alexnet"]["options"] |= {"dense": 8}
    models["resnet101"]["options"] = {"units": [1, 1], "width": 8}
    rng = np.random.default_rng(0)
    arrays = np.array(alexnet_arrays(rng, dense=8, classes=1000), dtype=object)
    np.save(place / models["alexnet"]["weights"], arrays, allow_pickle=True)
    save_file(slim_state(rng, (1, 1), 8, 1000), place / models["resnet101"]["weights"])


def make_imagenet(place, dataset):
    """ILSVRC2012's validation folders for the config's classes, a few for `all`, with tiny pictures.

    No two classes' are alike: a network is tried in float64 as well where pictures tell nothing apart.
    """
    table = ImageNetTable.load()
    aliases = table.aliases()
    names = dataset["classes"]
    if names == "all":
        names = ["broom", "obelisk", "volcano", "orange", "daisy", "pizza"]
    rng = np.random.default_rng(0)
    for name in names:
        pixels = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        folder = place / dataset["root"] / "val" / table.ids[table.names.index(aliases[name])]
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(dataset["images"]):
            Image.fromarray(pixels).save(
                folder / f"ILSVRC2012_val_{number:08d}.JPEG", format="JPEG"
            )


def test_the_plan_counts_the_passes_of_tuples(empty, small):
    """Of two networks and twelve pictures: 3 x 3 x 2 points, and 7, 7 and 8 halvings of the axes' gaps."""
    counted = []
    for tuples in (small["tuples"], [small["tuples"][0] | {"refine": False}], []):
        empty.configure(small | {"tuples": tuples})
        said = empty.run("--dry-run", "--logger", "invariances")
        counted.append(int(re.search(r"([\d,]+) passes", said)[1].replace(",", "")))
    assert counted[1] - counted[2] == 2 * 12 * 18
    assert counted[0] - counted[1] == 2 * 12 * 2 * (7 + 7 + 8)


def test_figures_are_those_that_are_wanted(empty, small):
    small["figures"] = {"formats": ["pdf"], "draw": ["overview", "itn"], "width": 160, "dpi": 100}
    small["figures"]["draw"].append("trend")  # of series, and there is none
    empty.configure(small)
    jobs = empty.planned()
    drawn = {name for name in jobs if name.startswith("figure_")}
    assert {name for name in drawn if "itn" not in name} == {"figure_overview"}
    assert len(drawn) > 3
    said = empty.run("--dry-run", "--printshellcmds", "results/small/figures/sheets/one/rotate.pdf")
    assert "--width=160.0 --dpi=100 --output results/small/figures/sheets/one/rotate.pdf" in said
    nothing = re.findall(r"figures.draw: (\w+): this run has nothing", said)
    assert nothing == ["trend"]


def test_a_start_whose_plan_is_known_imports_no_torch(empty, small):
    """Importing it takes as long as all the rest of a start with nothing to do."""
    empty.configure(small)
    empty.planned()
    command = [sys.executable, "-X", "importtime", *empty.command("--dry-run", forked=False)]
    done = subprocess.run(command, cwd=empty.path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "invariances.configuration" in imported
    assert not {"torch", "scipy", "matplotlib", "timm"} & imported


def test_a_network_that_answers_by_chance_is_shown_equal_pictures_each(empty, small):
    """One draw for all black pictures would be taken for as many answers."""
    small["models"]["one"]["accept"] = ["random"]
    empty.configure(small)
    said = empty.run("--dry-run", "--printshellcmds")
    scripts = r"scripts/(?:sweep|sweep_tuple|sweep_checked)\.py .*"
    shown = {"one": set(), "two": set()}
    for command in re.findall(scripts, said):
        for model, own in shown.items():
            if f"/sweeps/{model}/" in command:
                own.add(" --each " in command)
    assert shown == {"one": {True}, "two": {False}}
