"""Names come from files: whatever they hold, the page shows them as text. And what a run may lack."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from invariances.explorer.cells import run_data
from invariances.explorer.page import page as page_of
from invariances.explorer.pictures import sheet
from invariances.figures.axes import TransformAxis

NAMES = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    "a\"b'c&amp;{{data}}\\u003c<!--",
    "brûlée, 图\u2028",
)
MAGNITUDES = (-1.0, 0.0, 1.0)
# A second picture of each class, which no table has.
SHOWN = {name: [name, f"{name} 2"] for name in NAMES}


def tables(model):
    """Made-up tables of one network and transform in which the first two classes are confused."""
    curves = pd.DataFrame(
        [
            {"model": model, "transform": "shift", "class": name, "magnitude": magnitude}
            | {"images": 4, "accuracy": 0.5, "accuracy_low": 0.2, "accuracy_high": 0.8}
            | {"predicted_class": other, "mean_softmax": 0.7 if name == other else 0.1}
            | {"softmax_low": 0.05, "softmax_high": 0.9}
            for name in NAMES
            for magnitude in MAGNITUDES
            for other in NAMES
        ]
    )
    thresholds = pd.DataFrame(
        [
            {"model": model, "transform": "shift", "class": name, "direction": direction}
            | {"threshold": end / 2, "low": end / 4, "high": end, "censored": False}
            | {"flips_to": NAMES[0], "images": 4, "baseline_accuracy": 1.0}
            | {"half_accuracy": end, "half_accuracy_censored": True, "interval": "open"}
            for name in NAMES
            for direction, end in (("up", 1.0), ("down", -1.0))
        ]
    )
    pictures = pd.DataFrame(
        [
            {"model": model, "transform": "shift", "class": name, "picture": name}
            | {"intervals": "[-0.5,0.5]", "status": "measured", "direction": "up"}
            | {"threshold": 0.5, "censored": False, "flips_to": NAMES[0]}
            for name in NAMES
        ]
    )
    mixed = pd.DataFrame(
        [
            {"model": model, "transform": "shift", "direction": direction, "images": 8}
            | {
                "recognised": 8,
                "median_threshold": end / 2,
                "median_low": end / 4,
                "median_high": end,
            }
            | {"median_interval": "order statistics", "median_censored": False}
            | {"half_accuracy": end, "half_accuracy_censored": True}
            for direction, end in (("up", 1.0), ("down", -1.0))
        ]
    )
    return curves, thresholds, pictures, mixed


@pytest.fixture
def strange(tmp_path):
    """An explorer of one network without an ITN, all of whose names are strange."""
    axis = TransformAxis("shift", "<b>shift</b>", "<i>of width</i>", 0.0, "linear")
    data = run_data(*tables("<u>one</u>"), {"shift": axis}, NAMES, SHOWN)
    strip = sheet(np.zeros((3, 40, 40, 3), dtype=np.uint8))
    data |= {"pictures": [{"side": 40, "columns": 24, "sheets": [[[strip] * 2] * len(NAMES)]}]}
    data |= {"preparations": [0], "itn": {}, "combined": [], "worst": []}
    path = tmp_path / "explorer.html"
    path.write_text(page_of("<s>run</s>", data), encoding="utf-8")
    return path


def test_names_are_text(visit, strange):
    page = visit(strange)
    expect(page.locator(".door")).to_have_count(len(NAMES))
    for index, name in enumerate(NAMES):
        page.locator("nav").get_by_text("Thresholds").click()
        assert page.locator("tbody th").nth(index + 1).inner_text() == " ".join(name.split())
        page.locator(".door").nth(index).click()
        expect(page.locator("section:not([hidden]) svg")).to_have_count(2)
        page.reload()
        expect(page.locator("#class")).to_have_value(str(index))
        expect(page.locator("#example option")).to_have_text(
            [name, f"{name} 2"], use_inner_text=False
        )
    assert page.evaluate("window.harmed") is None
    assert page.locator("b, i, s, u, img").count() == 0


def test_one_network_without_an_itn(visit, strange):
    page = visit(strange, "#view=learned&beside=none")
    expect(page.locator("#thresholds")).to_be_visible()
    expect(page.get_by_text("Learned transforms")).to_be_hidden()
    expect(page.locator("#beside")).to_be_hidden()
