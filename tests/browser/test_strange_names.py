"""Names come from files: whatever they hold, the page shows them as text. And what a run may lack."""

import pytest
from page_tables import page_data, tables
from playwright.sync_api import expect

from invariances.explorer.networks import network_data
from invariances.explorer.page import page as page_of
from invariances.figures.axes import TransformAxis

NAMES = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    "a\"b'c&amp;{{data}}\\u003c<!--",
    "brûlée, 图\u2028",
)
# A second picture of each class, which no table has.
SHOWN = {name: [name, f"{name} 2"] for name in NAMES}


@pytest.fixture
def strange(tmp_path):
    """An explorer of one network without an ITN, all of whose names are strange."""
    axis = TransformAxis("shift", "<b>shift</b>", "<i>of width</i>", 0.0, "linear")
    found = tables(["<u>one</u>"], ["shift"], NAMES)
    data = page_data(found, {"shift": axis}, NAMES, SHOWN)
    data |= network_data(data["models"], found[-1])
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
    for absent in ("Networks", "Layers"):
        expect(page.locator("nav").get_by_text(absent)).to_be_hidden()
    expect(page.locator("#beside")).to_be_hidden()
