"""A class that a network does not recognise untransformed, on the page: no threshold, and none bounded."""

import pytest
from page_tables import page_data, tables

from invariances.explorer.networks import network_data
from invariances.explorer.page import page as page_of
from invariances.figures.axes import TransformAxis

AXES = {"shift": TransformAxis("shift", "shift", "of the width", 0.0, "linear")}
NAMES = ["orange", "barbell"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two networks, the second of which takes barbells for oranges; intervals are closed."""
    curves, thresholds, pictures, mixed = tables(["one", "two"], list(AXES), NAMES)
    thresholds["interval"] = "bootstrap"
    lost = (thresholds["model"] == "two") & (thresholds["class"] == "barbell")
    thresholds.loc[lost, "threshold"] = 0.0
    shown = {name: [name] for name in NAMES}
    data = page_data((curves, thresholds, pictures, mixed), AXES, NAMES, shown)
    data |= network_data(data["models"], mixed, None, None)
    path = tmp_path_factory.mktemp("lost") / "explorer.html"
    path.write_text(page_of("lost", data), encoding="utf-8")
    return path


def test_no_interval_is_shaded(made, visit):
    widths = {}
    for name in NAMES:
        page = visit(made, f"#view=curve&network=two&transform=shift&class={name}&at=0")
        band = page.locator(".curve svg [aria-label='interval of the threshold']")
        widths[name] = [band.nth(place).bounding_box()["width"] for place in range(2)]
    assert min(widths["orange"]) > 20
    assert max(widths["barbell"]) < 2


def test_beside_another_network_its_half_of_the_cell_is_as_wide(made, visit):
    page = visit(made, "#view=thresholds&network=one&beside=two")
    halves = page.locator(".door[data-row='1'] .half")
    assert halves.nth(1).inner_text() == "\u2013"
    one, two = (halves.nth(place).bounding_box()["width"] for place in range(2))
    assert one == pytest.approx(two, abs=1)
    said = page.locator(".door[data-row='1']").get_attribute("aria-label")
    assert "two: Up: not in the lead even untransformed" in said
