"""A real network on real photographs, which are everywhere: config/photographs.yaml made small."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from house import ROOT, House, build
from photographs import LITE0, packaged, packaged_photographs
from PIL import Image
from playwright.sync_api import expect
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as torchvision

from invariances.classifiers import compiled
from invariances.classifiers.preprocessing import library_preprocessing
from invariances.itn import load
from invariances.packages import file_in
from invariances.pictures import Preparation

pytestmark = pytest.mark.slow
CLASSES = {"bald eagle": 22, "dalmatian": 251, "strawberry": 949, "yurt": 915}
ANGLES = [-90, -20, 0, 20, 90]
RESULTS = "results/photographs"


def configured() -> dict:
    config = yaml.safe_load((ROOT / "config/photographs.yaml").read_text())
    config["models"] = {"lite0": config["models"]["lite0"]}
    config["dataset"]["classes"] = list(CLASSES)
    config["transforms"] = {
        "rotate": {"magnitudes": ANGLES},
        "brightness": {"magnitudes": [-1, 0, 1]},
    }
    config |= {"pairs": [{"transforms": ["rotate", "translate_x"], "steps": 3}], "borders": []}
    config["thresholds"] = {"search": "grid", "resamples": 200}
    config["figures"] = {"formats": ["png"], "cells": ["lite0/rotate/bald eagle"]}
    return config


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> House:
    house = build(tmp_path_factory.mktemp("photographs"))
    house.configure(configured())
    house.run()
    house.run("--report", "report.html")
    return house


def test_thresholds_are_of_pictures_that_are_recognised(house):
    table = pd.read_csv(house.path / RESULTS / "thresholds.csv")
    assert set(table["class"]) == set(CLASSES) and set(table["images"]) == {1}
    assert (table["baseline_accuracy"] == 1).all()
    assert (table["interval"] == "open").all()
    curves = pd.read_parquet(house.path / RESULTS / "curves.parquet")
    # Nothing is left of a picture that is white or black.
    ends = curves[(curves["transform"] == "brightness") & (curves["magnitude"] != 0)]
    assert (ends.loc[ends["class"] == ends["predicted_class"], "accuracy"] == 0).all()


@pytest.mark.skipif(compiled.compiler() is None, reason="there is no C++ compiler")
def test_compiled_it_answers_as_it_does_eagerly(house):
    """On all twenty: the same predictions, 18 of them right, softmax to 2e-5."""
    settings, _ = library_preprocessing(LITE0, "package", 1000)
    pixels, labels, _ = packaged_photographs(settings.preparation())
    shown, eager = torch.from_numpy(pixels).permute(0, 3, 1, 2).float(), packaged()
    found = compiled.load(house.path / RESULTS / "models/lite0/engine.pt2", lambda: eager)
    assert isinstance(found, compiled.Compiled)
    with torch.inference_mode():
        wanted, answers = eager(shown), found(shown)
    assert int((wanted.argmax(dim=1) == torch.from_numpy(labels)).sum()) == 18
    assert torch.equal(answers.argmax(dim=1), wanted.argmax(dim=1))
    torch.testing.assert_close(answers.softmax(dim=1), wanted.softmax(dim=1), rtol=0, atol=2e-5)


def test_softmax_is_that_of_torchvision_s_own_loop(house):
    """Prepared, turned, normalised and asked without a line of ours but the preparation's."""
    settings, _ = library_preprocessing(LITE0, "package", 1000)
    pixels, labels, _ = packaged_photographs(settings.preparation())
    curves = pd.read_parquet(house.path / RESULTS / "curves.parquet")
    curves = curves[
        (curves["transform"] == "rotate") & (curves["class"] == curves["predicted_class"])
    ]
    network = packaged().network
    for name, label in CLASSES.items():
        picture = torch.from_numpy(pixels[labels == label]).permute(0, 3, 1, 2).float()
        for angle in ANGLES:
            turned = torchvision.rotate(
                picture, angle, interpolation=InterpolationMode.BILINEAR, fill=None
            )
            shown = torchvision.normalize(turned / 255, settings.mean, settings.std)
            with torch.inference_mode():
                wanted = float(network(shown).softmax(dim=1)[0, label])
            row = curves[(curves["class"] == name) & (curves["magnitude"] == angle)]
            assert float(row["mean_softmax"].iloc[0]) == pytest.approx(wanted, abs=2e-4)


def test_every_figure_is_drawn_and_in_a_light_report(house):
    folder = house.path / RESULTS / "figures"
    drawn = {str(path.relative_to(folder)) for path in folder.rglob("*.png")}
    wanted = {"overview.png", "together.png", "mixed.png", "curves/lite0/rotate/bald+eagle.png"}
    wanted |= {"figure2.png", "figure6.png", "pairs/lite0/rotate+translate_x.png"}
    wanted |= {f"sheets/lite0/{name}.png" for name in ("rotate", "brightness")}
    assert wanted <= drawn
    page = (house.path / "report.html").read_text()
    large = [path for path in folder.rglob("*.png") if path.stat().st_size > 100_000]
    assert page.count("data:image/avif") >= len(large) > 3
    light = [len(text) for text in re.findall(r"data:image/avif;base64,([A-Za-z0-9+/=]+)", page)]
    assert sum(light) < 0.4 * sum(path.stat().st_size for path in large)


def test_all_pictures_together_have_what_no_class_has(house):
    mixed = pd.read_csv(house.path / RESULTS / "mixed.csv")
    assert set(mixed["images"]) == {4} and set(mixed["recognised"]) == {4}
    dark = mixed[mixed["transform"] == "brightness"]
    assert (dark["flipped"] == 4).all() and not dark["median_censored"].any()


def test_the_page_leads_with_all_pictures(house, visit):
    page = visit(house.path / RESULTS / "explorer.html")
    expect(page.locator(".matrix tbody tr").first).to_contain_text("all 4 pictures")
    expect(page.locator("#thresholds p").first).to_contain_text(
        "few pictures a class, read that row"
    )
    page.locator(".door").first.click()
    page.get_by_role("slider").press("End")
    expect(page.locator("#readout")).to_have_text("90°")
    pictures = pd.read_parquet(house.path / RESULTS / "pictures.parquet")
    first = pictures[
        (pictures["transform"] == "rotate") & (pictures["class"] == next(iter(CLASSES)))
    ].iloc[0]
    right = any(low <= 90 <= high for low, high in first["intervals"])
    expect(page.locator("#recognised")).to_contain_text("\u2713" if right else "\u2717")
    page.locator("#transform").select_option("Brightness")
    expect(page.locator(".switches")).to_contain_text("one picture, no interval")
    expect(page.locator(".switches")).not_to_contain_text("95 %")


def test_an_itn_is_trained_before_a_real_network(house):
    """Three crops of each of three photographs, as folders."""
    _, labels, names = packaged_photographs(Preparation(32, 32))
    folder = file_in("foolbox", "data", "the photographs")
    for name in list(CLASSES)[:3]:
        whole = Image.open(folder / names[list(labels).index(CLASSES[name])])
        for place, margin in enumerate((0, 20, 40)):
            target = house.path / "crops" / name / f"{place}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            width, height = whole.size
            whole.crop((margin, margin, width - margin, height - margin)).save(target)
    changes = {
        "run": "learned",
        "dataset": {"name": "folder", "root": "crops", "images": 3, "categories": "imagenet"},
        "pairs": [],
        "itn": {"steps": 2, "batch_size": 6, "points": 2},
        "figures": {"formats": ["png"]},
    }
    house.configure(configured() | changes)
    figure = "results/learned/figures/itn/lite0/gallery.png"
    house.run("results/learned/itn/lite0/evaluation.csv", figure)
    assert (house.path / figure).stat().st_size > 50_000
    table = pd.read_csv(house.path / "results/learned/itn/lite0/evaluation.csv")
    still = (table.filter(regex=r"^k\d_") == 0).all(axis="columns")
    for measure in ("accuracy", "softmax"):
        assert table[measure][still].to_list() == table[f"baseline_{measure}"][still].to_list()
    for kind in ("spatial", "colour"):
        assert np.allclose(table.loc[still, f"{kind}_displacement"], 0)
        assert (table.loc[~still & (table["varied"] == kind), f"{kind}_displacement"] >= 0).all()
    trained = house.path / "results/learned/itn/lite0/trained.safetensors"
    corner = torch.ones(1, 2)
    assert all(
        float(part(corner).sub(torch.eye(part.family.dimension)).abs().max()) > 0
        for part in load(trained).parts().values()
    )
