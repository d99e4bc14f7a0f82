"""The same workflow on real ImageNet networks and photographs, where they are at hand."""

from pathlib import Path

import pandas as pd
import pytest
from house import House, build

REAL = Path(__file__).parents[3] / "shared/real"
WEIGHTS = {
    "squeezenet": ("torchvision/squeezenet1_0", "squeezenet1_0-imagenet.safetensors", 50 / 60),
    "resnet18": ("torchvision/resnet18", "resnet18-imagenet.safetensors", 56 / 60),
}
PAIR = "pairs/squeezenet/translate_x+translate_y"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REAL.is_dir(), reason=f"no networks and photographs at {REAL}"),
]


def config():
    return {
        "run": "photographs",
        "dataset": {"name": "folder", "root": str(REAL / "photos"), "images": 5},
        "models": {
            name: {"network": network, "weights": str(REAL / "weights" / file)}
            for name, (network, file, _) in WEIGHTS.items()
        },
        "transforms": {
            "rotate": {"magnitudes": [-30, 0, 90]},
            "contrast": {"magnitudes": [0.25, 1, 2]},
        },
        "pairs": [],
        "thresholds": {"search": "grid"},
        "itn": {"enabled": False},
        "figures": {"formats": ["png"], "cells": ["resnet18/rotate/school bus"]},
    }


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    house = build(tmp_path_factory.mktemp("photographs"))
    house.configure(config())
    house.run()
    return house.path / "results/photographs"


def test_untransformed_accuracies_are_those_stated(photographs):
    table = pd.read_csv(photographs / "thresholds.csv").drop_duplicates(["model", "class"])
    assert len(table) == 24
    assert set(table["images"]) == {5}
    accuracy = table.groupby("model")["baseline_accuracy"].mean()
    for name, (_, _, stated) in WEIGHTS.items():
        assert round(60 * accuracy[name]) == round(60 * stated)


def test_mean_softmax_is_that_stated(photographs):
    curves = pd.read_parquet(photographs / "curves.parquet")
    own = curves[
        (curves["transform"] == "rotate")
        & (curves["magnitude"] == 0)
        & (curves["predicted_class"] == curves["class"])
    ]
    mean = own.groupby("model")["mean_softmax"].mean()
    assert mean["squeezenet"] == pytest.approx(0.666, abs=0.002)
    assert mean["resnet18"] == pytest.approx(0.746, abs=0.002)


def test_an_itn_is_trained_before_a_real_network(photographs):
    house = House(photographs.parents[1])
    changes = {
        "run": "learned",
        "dataset": config()["dataset"] | {"classes": ["school bus", "pizza", "daisy"]},
        "models": {"squeezenet": config()["models"]["squeezenet"]},
        "pairs": [{"transforms": ["translate_x", "translate_y"], "steps": 3}],
        "itn": {"steps": 2, "batch_size": 6, "points": 2},
        "figures": {"formats": ["png"]},
    }
    house.configure(config() | changes)
    figures = [f"results/learned/figures/{name}.png" for name in ("itn/squeezenet/gallery", PAIR)]
    house.run("results/learned/itn/squeezenet/evaluation.csv", *figures)
    assert all((house.path / figure).stat().st_size > 50_000 for figure in figures)
    table = pd.read_csv(house.path / "results/learned/itn/squeezenet/evaluation.csv")
    still = (table.filter(regex="^k") == 0).all(axis="columns")
    for measure in ("accuracy", "softmax"):
        assert table[measure][still].to_list() == table[f"baseline_{measure}"][still].to_list()
    for kind in ("spatial", "colour"):
        assert (table.loc[still, f"{kind}_displacement"] == 0).all()
        moved = table.loc[~still & (table["varied"] == kind), f"{kind}_displacement"]
        assert len(moved) == 3 and (moved > 0).all()


def test_every_figure_is_drawn(photographs):
    drawn = {str(path.relative_to(photographs / "figures")) for path in photographs.rglob("*.png")}
    wanted = {"overview.png", "mixed.png", "curves/resnet18/rotate/school+bus.png"}
    wanted |= {f"figure{number}.png" for number in (2, 3, 6, 7)}
    wanted |= {f"sheets/{m}/{t}.png" for m in WEIGHTS for t in ("rotate", "contrast")}
    assert wanted <= drawn
