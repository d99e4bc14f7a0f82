"""The list of networks and the layers, of a page of thirty networks built from made-up tables."""

import numpy as np
import pandas as pd
import pytest
from page_tables import MAGNITUDES, page_data, tables
from playwright.sync_api import expect

from invariances.explorer.layers import layer_data
from invariances.explorer.networks import network_data
from invariances.explorer.page import page as page_of
from invariances.figures.axes import TransformAxis

MODELS = [f"net_{place:02d}" for place in range(30)]
NAMES = ["orange", "barbell"]
AXES = {
    "shift": TransformAxis("shift", "shift", "of the width", 0.0, "linear"),
    "fade": TransformAxis("fade", "fading", "", 0.0, "linear"),
}
LAYERS = ("conv1", "layer1", "fc")
PHONE = {"viewport": {"width": 390, "height": 800}}


def sizes(models):
    """Parameters that neither rise nor fall with the place; of the first nothing could be counted."""
    parameters = [1000 * (7 * place % 30) ** 3 + 500 for place in range(len(models))]
    operations = [np.nan, *(0.5 * place for place in range(1, len(models)))]
    return pd.DataFrame({"model": models, "parameters": parameters, "multiply_adds": operations})


def ranking(models):
    count = len(models)
    ranks = [count - place for place in range(count)]
    return pd.DataFrame(
        {"model": models, "transform": "(all)", "rank": ranks, "rank_high": ranks}
        | {"rank_low": [max(1, rank - 3) for rank in ranks]}
    )


def layers(models):
    """Of the fading no equivariance, and nowhere one of the last layer."""
    rows = []
    for place, model in enumerate(models):
        for weights in ("trained", "random"):
            for transform in AXES:
                for depth, layer in enumerate(LAYERS, start=1):
                    for magnitude in MAGNITUDES:
                        value = 1 - abs(magnitude) * (1.5 - 0.3 * depth + (weights == "random"))
                        moved = transform == "shift" and depth < 3
                        rows.append(
                            {"model": model, "weights": weights, "transform": transform}
                            | {"layer": layer, "depth": depth, "shape": "8x4x4", "images": 20}
                            | {"magnitude": magnitude, "accuracy": 1 - 0.25 * abs(magnitude)}
                            | {"spread": 0.1 * depth + 0.001 * place, "invariance": value}
                            | {"equivariance": 0.875 if moved else np.nan}
                        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """(networks) -> the page of as many."""
    folder = tmp_path_factory.mktemp("many")

    def build(count):
        path = folder / f"{count}.html"
        if not path.exists():
            models = MODELS[:count]
            found = tables(models, list(AXES), NAMES)
            data = page_data(found, AXES, NAMES, {name: [name] for name in NAMES})
            data |= network_data(models, found[-1], sizes(models), ranking(models))
            data["layers"] = layer_data(layers(models), models, list(AXES))
            path.write_text(page_of("many", data), encoding="utf-8")
        return path

    return build


@pytest.fixture
def many(visit, built):
    """(fragment, context's options) -> the page of thirty networks there."""
    return lambda fragment="", **options: visit(built(30), fragment, **options)


def listed(page):
    return page.locator("#networks .network").all_inner_texts()


def test_it_opens_with_the_networks_and_what_the_tables_say(many):
    page = many()
    expect(page.locator("#networks")).to_be_visible()
    expect(page.locator("#choices")).to_be_hidden()
    assert listed(page) == MODELS
    row = page.locator("#networks tbody tr").nth(4)
    cells = row.locator("td")
    assert cells.nth(0).inner_text() == "0.92"
    assert cells.nth(0).get_attribute("title") == "95 % interval 0.820 to 0.920"
    assert cells.nth(1).inner_text() == "22 M"
    assert cells.nth(2).inner_text() == "2 G"
    assert cells.nth(3).inner_text().split() == ["26", "23", "to", "26"]
    said = cells.nth(4).locator(".unseen").inner_text()
    assert "8 of 8 pictures recognised untransformed" in said
    # 5 / 31 of the range.
    assert "half of these have changed their prediction at 0.161" in said
    first = page.locator("#networks tbody tr").first.locator("td")
    assert first.nth(1).inner_text() == "500"
    assert first.nth(2).inner_text() == "\N{EN DASH}"


def test_every_column_sorts_both_ways(many):
    page = many()
    wanted = {
        "Network": sorted(MODELS),
        "Accuracy": MODELS,
        "Parameters": list(sizes(MODELS).sort_values("parameters")["model"]),
        "Multiply-adds": [*MODELS[1:], MODELS[0]],
        "Rank": MODELS[::-1],
        "Shift": MODELS[::-1],
    }
    for title, order in wanted.items():
        head = page.get_by_role("button", name=title)
        for turn in (order, order[::-1]):
            head.click()
            if title == "Multiply-adds" and turn is not order:
                # What is not known comes last all the same.
                turn = [*turn[1:], turn[0]]
            assert listed(page) == turn
        assert page.locator("th[aria-sort]").count() == 1
        expect(head).to_be_focused()
    again = many("#" + page.url.split("#")[1])
    assert listed(again) == listed(page)


def test_networks_are_found_by_their_names(many):
    page = many()
    page.get_by_label("Find").fill("NET 2")
    assert listed(page) == ["net_02", "net_12", *MODELS[20:]]
    expect(page.locator("#networks [role=status]")).to_have_text("12 of 30 networks")
    expect(page.get_by_label("Find")).to_be_focused()
    page.wait_for_function("window.location.hash.includes('find=NET')")
    again = many("#" + page.url.split("#")[1])
    assert listed(again) == listed(page)
    again.get_by_label("Find").fill("none such")
    assert listed(again) == []


def test_a_row_opens_its_network(many):
    page = many()
    page.locator("#networks tbody tr").nth(7).locator("td").first.click()
    expect(page.locator("#thresholds")).to_be_visible()
    expect(page.locator("#network")).to_have_value("7")
    assert "view=thresholds&network=net_07" in page.url
    page.go_back()
    expect(page.locator("#networks")).to_be_visible()


def test_the_list_is_reached_by_keyboard(many):
    page = many()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "network":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#network")).to_have_value("1")
    assert page.evaluate("document.activeElement.className") == "door"


def test_three_networks_open_with_one_s_thresholds(visit, built):
    page = visit(built(3), "#view=networks")
    expect(page.locator("#thresholds")).to_be_visible()
    expect(page.locator("nav").get_by_text("Networks")).to_be_hidden()


@pytest.mark.parametrize("fragment", ["", "#view=layers&network=net_03&beside=net_05"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_reaches_beyond_a_narrow_screen(many, fragment, scheme):
    page = many(fragment, color_scheme=scheme, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def fields(page, number=0):
    """A map's fields as a reader of a screen has them, by row's name."""
    table = page.locator("table.layers").nth(number)
    return {
        row.locator("th").inner_text(): row.locator("td .unseen").all_inner_texts()
        for row in table.locator("tbody tr").all()
    }


def test_layers_are_the_table_s(many):
    page = many("#view=layers&network=net_03&transform=shift&measure=invariance")
    expect(page.locator("#layers h2")).to_have_text("Invariance of layers under shift")
    table = layers(MODELS)
    captions = page.locator("table.layers caption").all_inner_texts()
    assert [text.split(" 20")[0] for text in captions] == ["Trained", "Random weights"]
    for number, weights in enumerate(("trained", "random")):
        found = fields(page, number)
        assert list(found) == ["accuracy", *LAYERS]
        assert found["accuracy"][0] == "accuracy at \N{MINUS SIGN}1 (of the width): 0.750"
        rows = table[
            (table["model"] == "net_03")
            & (table["transform"] == "shift")
            & (table["weights"] == weights)
        ].set_index(["layer", "magnitude"])
        for layer in LAYERS:
            for said, magnitude in zip(found[layer], MAGNITUDES, strict=True):
                row = rows.loc[(layer, magnitude)]
                value = f"{row['invariance']:.3f}".replace("-", "\N{MINUS SIGN}")
                assert said.endswith(
                    f"invariance {value}, spread {row['spread']:.3f}, accuracy {row['accuracy']:.3f}"
                )
    ground = "e => getComputedStyle(e).backgroundColor"
    cells = page.locator("table.layers").first.locator("tbody tr").nth(1).locator("td")
    # Cividis from its dark end, 0 and below, to its bright one, 1.
    assert cells.nth(0).evaluate(ground) == "rgb(0, 34, 78)"
    assert cells.nth(1).evaluate(ground) == "rgb(254, 232, 56)"


def test_equivariance_is_a_switch_and_says_where_there_is_none(many):
    page = many("#view=layers&transform=shift")
    page.locator("#measure").select_option("Equivariance")
    expect(page.locator("#layers h2")).to_have_text("Equivariance of layers under shift")
    found = fields(page)
    assert all("equivariance 0.875" in said for said in found["conv1"])
    assert all("equivariance none" in said for said in found["fc"])
    page.locator("#transform").select_option("Fading")
    expect(page.locator("#layers article")).to_contain_text(
        "No layer has an equivariance under fading"
    )
    again = many("#" + page.url.split("#")[1])
    expect(again.locator("#measure")).to_have_value("1")
    expect(again.locator("#transform")).to_have_value("1")


def test_two_networks_layers_and_the_keyboard(many):
    page = many("#view=layers&network=net_01&beside=net_02")
    expect(page.locator("#layers article")).to_have_count(2)
    expect(page.locator("table.layers")).to_have_count(4)
    page.locator("table.layers").first.locator("tbody td").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    reading = page.locator(".reading").first
    expect(reading).to_contain_text("conv1 at 0 (of the width): invariance 1.000, spread 0.101")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(reading).to_contain_text("conv1 at 1 (of the width)")
