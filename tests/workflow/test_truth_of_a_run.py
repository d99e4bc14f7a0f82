"""The embedded default: phantoms with known truth are measured as they are.

By the AlexNet under some transforms; by both networks under all with LONG_PROOFS=1, or by what TRUTH_MODELS
names, such as alexnet,resnet18. Both of any `make run` are judged alike in its truth.csv.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml
from house import ROOT, House, build
from proofs import LONG, asked

from invariances import phantoms
from invariances.screening import Sweep
from invariances.tables import read_arrays
from invariances.tables.files import read_json
from invariances.truth import truth_table

pytestmark = pytest.mark.slow
MODELS = asked("TRUTH_MODELS", "alexnet", "alexnet,resnet18").split(",")
TRANSFORMS = phantoms.TRANSFORMS if LONG else ("rotate", "grayscale", "brightness", "blur")
ROUND = ("orange", "lime", "golf_ball", "smooth_ball", "bowling_ball")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The embedded default's sweeps, without pairs and ITN, of what is proved."""
    house = build(tmp_path_factory.mktemp("truth"))
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    config["run"] = "truth"
    config["models"] = {name: config["models"][name] for name in MODELS}
    config["transforms"] = dict.fromkeys(TRANSFORMS)
    config["itn"] = {"enabled": False}
    config["pairs"] = []
    config["thresholds"] = {"search": "grid"}  # pictures' own are not asked for here
    house.configure(config)
    stem = "results/truth"
    tables = ("truth.csv", "curves.parquet", "thresholds.csv", "plan.yaml")
    house.run(*(f"{stem}/{name}" for name in tables))
    return house.path / stem


def test_networks_are_right_on_held_out_pictures(measured):
    for model in MODELS:
        validation = pd.read_csv(measured / f"models/{model}/validation.csv")
        assert validation["accuracy"].item() >= 0.95


def test_declared_truth_is_measured(measured):
    table = pd.read_csv(measured / "truth.csv")
    # Of thirteen classes.
    assert len(table) > 13 * len(TRANSFORMS)
    assert set(table["expected"]) > {"nothing", "smooth_ball", "horizontal_stripes"}
    stays = table["expected"] == table["class"]
    assert table["met"][~stays].all(), table[~stays & ~table["met"]].to_string()
    assert (table["measured"] >= table["required"])[~stays].mean() >= 0.95
    # A class exactly at the limit fails in one range of twenty.
    exceptions = table[stays & ~table["met"]]
    assert len(exceptions) <= 0.05 * stays.sum(), exceptions.to_string()


def test_the_same_networks_meet_no_transform_that_does_nothing(measured):
    """Their own answers to untransformed pictures, at every magnitude."""
    for model in MODELS:
        categories = read_json(measured / f"models/{model}/model.json")["categories"]
        for name in TRANSFORMS:
            sweeps = []
            for path in sorted((measured / f"sweeps/{model}/{name}").glob("*-of-?.npz")):
                sweep = Sweep.from_arrays(read_arrays(path))
                still = np.repeat(sweep.prediction[:, [sweep.identity]], len(sweep.magnitudes), 1)
                sweeps.append(replace(sweep, prediction=still))
            table = truth_table(sweeps, categories, model, name, size=64)
            changes = table["expected"] != table["class"]
            assert not table["met"][changes].any(), table[changes].to_string()
            assert changes.any() and table["met"][~changes].all()


def test_every_transform_spares_some_class_and_flips_some(measured):
    table = pd.read_csv(measured / "truth.csv")
    for _, cell in table.groupby("transform"):
        assert (cell["expected"] == cell["class"]).any()
        assert (cell["expected"] != cell["class"]).any()


def accuracy(measured, transform, name, magnitude):
    curves = pd.read_parquet(measured / "curves.parquet")
    rows = curves[
        (curves["transform"] == transform)
        & (curves["class"] == name)
        & ((curves["magnitude"] - magnitude).abs() < 1e-9)
    ]
    return rows.groupby("model")["accuracy"].first()


def under_rotation(measured):
    """Mean accuracy of round bodies over all angles, by network and class."""
    curves = pd.read_parquet(measured / "curves.parquet")
    rows = curves[(curves["transform"] == "rotate") & curves["class"].isin(ROUND)]
    return rows.groupby(["model", "class"])["accuracy"].mean()


@pytest.mark.parametrize("name", ROUND)
def test_round_bodies_lose_nothing_to_rotation(measured, name):
    turned = under_rotation(measured).xs(name, level="class")
    assert (turned >= 0.9 * accuracy(measured, "rotate", name, 0)).all()


def test_round_bodies_keep_nine_tenths_over_all_angles(measured):
    assert under_rotation(measured).mean() >= 0.9


def test_the_barbell_is_lost_at_a_quarter_turn_and_back_at_a_half(measured):
    assert accuracy(measured, "rotate", "barbell", 90).max() <= 0.5
    # Of 12 pictures: what is demanded of it over the whole range stands in truth.csv.
    assert accuracy(measured, "rotate", "barbell", 180).min() >= 0.7


def test_stripes_swap_at_a_quarter_turn(measured):
    for name in ("vertical_stripes", "horizontal_stripes"):
        assert accuracy(measured, "rotate", name, 90).max() <= 0.2
        assert accuracy(measured, "rotate", name, 180).min() >= 0.7


def test_orange_and_lime_are_confused_in_grey(measured):
    both = accuracy(measured, "grayscale", "orange", 1) + accuracy(measured, "grayscale", "lime", 1)
    assert both.max() <= 1.25
    assert accuracy(measured, "grayscale", "orange", 0).min() >= 0.9


def test_the_golf_ball_becomes_the_smooth_ball_under_blur(measured):
    thresholds = pd.read_csv(measured / "thresholds.csv")
    cell = thresholds[(thresholds["transform"] == "blur") & (thresholds["class"] == "golf_ball")]
    assert set(cell["flips_to"]) == {"smooth_ball"}


@pytest.mark.parametrize(
    ("run", "names", "least", "most"),
    [
        ("round", ROUND, 90, 180),
        ("stripes", ("vertical_stripes", "horizontal_stripes"), 3, 30),
    ],
)
def test_the_itn_turns_round_bodies_and_hardly_stripes(measured, run, names, least, most):
    """Before the AlexNet that was trained on all classes, with pictures of these alone."""
    house = House(measured.parents[1])
    truth = yaml.safe_load((house.path / "small.yaml").read_text())
    classes = yaml.safe_load((measured / "plan.yaml").read_text())["classes"]
    (house.path / "categories.txt").write_text("\n".join(classes) + "\n")
    alexnet = truth["models"]["alexnet"]
    trained = {"weights": str(measured / "models/alexnet/weights.safetensors")}
    config = {
        "run": run,
        "dataset": truth["dataset"] | {"classes": list(names)},
        "models": {"alexnet": alexnet | trained | {"categories": "categories.txt"}},
        "transforms": {"rotate": None},
        "pairs": [],
        # By the constrained net: the AlexNet flips too many round bodies at some angle for a certificate.
        "itn": {
            "objective": "constrained",
            "spatial": "rotation",
            "colour": None,
            "points": 3,
            "pictures": "validation",
        },
    }
    del config["models"]["alexnet"]["training"]
    house.configure(config)
    house.run(f"results/{run}/itn/alexnet/evaluation.csv")
    house.configure(truth)
    found = pd.read_csv(house.path / f"results/{run}/itn/alexnet/evaluation.csv")
    assert least <= found["rotation_degrees"].abs().max() <= most
    # At most one picture more is wrong than untransformed.
    lost = (found["baseline_accuracy"] - found["accuracy"]) * found["pictures"]
    assert lost.max() <= max(1.01, 0.02 * found["pictures"].max())
