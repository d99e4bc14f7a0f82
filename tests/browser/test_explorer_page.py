"""The explorer in a browser: what it shows is what the tables say."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from seen import CURVE, MINUS, drawn, settled, shown_pixels, strip

from invariances.tables import (
    CURVES,
    EVALUATION,
    MANIFEST,
    read_arrays,
)
from invariances.tables.frames import read

VIEWS = ("thresholds", "curve", "worst", "learned")
PHONE = {"viewport": {"width": 360, "height": 780}}


def curve_rows(results, **cell):
    table = read(results / "curves.parquet", CURVES)
    for column, value in cell.items():
        table = table[table[column.strip("_")] == value]
    return table


@pytest.mark.parametrize(("view", "charts"), [("thresholds", 0), ("curve", 4), ("learned", 2)])
def test_every_view_is_drawn(explore, view, charts):
    page = explore(f"#view={view}&network=one&beside=two")
    drawn(page, charts)
    assert page.locator("section:not([hidden])").get_attribute("id") == view


def test_the_page_is_small(results):
    assert (results / "explorer.html").stat().st_size < 4e6


def test_the_slider_shows_what_the_table_says(explore, results):
    page = explore(CURVE)
    drawn(page, 2)
    rows = curve_rows(results, model="one", transform="rotate", class_="barbell")
    magnitudes = sorted(rows["magnitude"].unique())
    pictures = strip(page, 0, 1, len(magnitudes))
    page.get_by_text("Numbers at this magnitude").click()
    slider = page.get_by_role("slider")
    slider.press("Home")
    for index, magnitude in enumerate(magnitudes):
        here = rows[rows["magnitude"] == magnitude]
        expect(page.locator("#readout")).to_contain_text(f"{magnitude:g}°".replace("-", MINUS))
        expect(page.locator("#picture")).to_have_attribute("data-shown", str(index))
        assert np.abs(shown_pixels(page) - pictures[index]).max() <= 3
        assert float(page.locator(".accuracy").inner_text()) == pytest.approx(
            here["accuracy"].iloc[0], abs=5.6e-4
        )
        softmax = here.set_index("predicted_class")["mean_softmax"]
        strongest = softmax.drop("barbell").sort_values(ascending=False).index[:5]
        assert list(numbers(page)) == ["barbell", *strongest]
        for name, value in numbers(page).items():
            assert value == pytest.approx(softmax[name], abs=5.6e-4)
        assert bars(page) == pytest.approx(list(numbers(page).values()), abs=1e-9)
        slider.press("ArrowRight")


def numbers(page):
    """Softmax by class from the page's table of numbers."""
    found = {}
    for row in page.locator(".numbers tbody tr").all():
        head, value = row.locator("th").inner_text(), row.locator("td").first.inner_text()
        if head.startswith("softmax, "):
            found[head.removeprefix("softmax, ").replace(" ", "_")] = float(value)
    return found


def bars(page):
    """The bars' labels, from the top down."""
    settled(page)
    labels = page.locator(".bars svg .role-mark.mark-text text").all()
    labels = sorted((label.bounding_box()["y"], label.text_content()) for label in labels)
    return [float(text) for _, text in labels if text.replace(".", "").isdigit()]


def test_the_picture_is_the_transformed_one(explore, results):
    page = explore(CURVE + "&at=90")
    expect(page.locator("#picture")).to_have_attribute("data-shown", "3")
    for manifest in (results / "images").glob("*/*-of-*.csv"):
        table = read(manifest, MANIFEST)
        own = np.flatnonzero(table["class"] == "barbell")
        if len(own):
            stored = np.load(manifest.with_suffix(".npy"))[own[0]].astype(int)
    # A quarter turn, counter-clockwise, is exact; AVIF keeps the picture but not each of its pixels.
    shown = shown_pixels(page)
    away = [np.abs(shown - np.rot90(stored, turns)).mean() for turns in range(4)]
    assert away[1] < 8 and away[1] < 0.5 * min(away[0], away[2], away[3])


def test_the_cursor_moves_along_the_curve(explore):
    page = explore(CURVE + "&at=-180")
    drawn(page, 2)
    cursor = page.locator(
        ".curve svg [aria-roledescription='rule mark'], .curve svg .mark-rule line"
    )
    places = []
    for _ in range(5):
        settled(page)
        boxes = [line.bounding_box() for line in cursor.all()]
        places.append(max(boxes, key=lambda box: box["height"])["x"])
        page.get_by_role("slider").press("ArrowRight")
    steps = np.diff(places)
    assert (steps > 0).all() and steps == pytest.approx(steps[0], rel=0.02)


def test_dragging_on_the_curve_moves_the_slider(explore):
    page = explore(CURVE)
    drawn(page, 2)
    box = page.locator(".curve svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + 100, steps=4)
    page.mouse.up()
    expect(page.locator("#readout")).to_have_text(f"{MINUS}180°")


def test_a_cell_is_a_door_to_its_curve(explore):
    page = explore()
    page.locator(".door[data-row='2'][data-column='1']").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Vertical stripes under brightness")
    drawn(page, 2)
    assert "transform=brightness&class=vertical_stripes&at=0" in page.url
    page.go_back()
    expect(page.locator("#thresholds")).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
def test_a_link_reopens_the_view(explore, view):
    page = explore(f"#view={view}")
    page.locator("#beside").select_option("two")
    if view == "curve":
        page.locator("#transform").select_option("Brightness")
        page.locator("#class").select_option("obelisk")
        page.get_by_role("slider").press("End")
    if view == "learned":
        page.locator("#steered").select_option(index=1)
        page.locator(".pad").first.press("ArrowRight")
    settled(page)
    there = explore("#" + page.url.split("#")[1])
    settled(there)
    assert there.locator("main").inner_text() == page.locator("main").inner_text()
    assert there.url == page.url


def test_an_unknown_name_is_said(explore):
    page = explore("#view=curve&class=unheard_of&network=one")
    expect(page.locator("#notice")).to_have_text("This run has no class “unheard_of”.")
    drawn(page, 2)


def test_the_square_shows_what_the_net_does_there(explore, results):
    page = explore("#view=learned&network=one&steered=spatial&picture=barbell&k=0,0")
    drawn(page, 1)
    square = read_arrays(results / "itn/one/square.npz")
    column = square["classes"].tolist().index("barbell")
    page.locator(".pad").focus()
    for wanted in ((0, 0), (0.125, 0), (0.125, 0.125)):
        k = np.zeros((len(square["kinds"]), 2))
        k[square["kinds"].tolist().index("spatial")] = wanted
        instance = int(np.flatnonzero((square["k"] == k).all(axis=(1, 2)))[0])
        answer = page.locator(".answer")
        expect(answer).to_contain_text(f"({wanted[0]:g}, {wanted[1]:g})")
        expect(answer).to_contain_text(
            str(square["prediction"][instance, column]).replace("_", " ")
        )
        settled(page)
        difference = shown_pixels(page, ".outcome canvas") - square["pictures"][instance, column]
        assert np.abs(difference).mean() < 12
        page.keyboard.press("ArrowRight" if wanted == (0, 0) else "ArrowUp")


def test_the_pointer_steers_the_square(explore, results):
    page = explore("#view=learned&network=two&steered=colour&k=0,0")
    drawn(page, 1)
    box = page.locator(".pad svg [class*='mark-rect']").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 4)
    expect(page.locator(".answer")).to_contain_text("(1, 1)")
    table = read(results / "itn/two/evaluation.csv", EVALUATION)
    row = table[(table["varied"] == "colour") & (table["k2_0"] == 1) & (table["k2_1"] == 1)].iloc[0]
    expect(page.locator(".evaluated")).to_contain_text(f"Accuracy here: {row['accuracy']:.3f}")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("options", [PHONE, {"viewport": {"width": 768, "height": 1000}}])
def test_nothing_reaches_beyond_a_narrow_screen(explore, view, options):
    page = explore(f"#view={view}&network=one&beside=two&transform=brightness", **options)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for chart in page.locator("section:not([hidden]) svg").all():
        box = chart.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= options["viewport"]["width"]


def test_dark_and_light(explore):
    def brightness(page, selector, what):
        colour = page.eval_on_selector(selector, f"e => getComputedStyle(e).{what}")
        return np.mean([float(c) for c in re.findall(r"[\d.]+", colour)[:3]])

    for scheme, dark in (("dark", True), ("light", False)):
        page = explore(CURVE, color_scheme=scheme)
        drawn(page, 2)
        assert (brightness(page, "body", "backgroundColor") < 128) == dark
        assert (brightness(page, ".curve svg .role-axis-label text", "fill") > 128) == dark
    page.emulate_media(color_scheme="dark")
    settled(page)
    assert brightness(page, ".curve svg .role-axis-label text", "fill") > 128


def test_everything_is_reached_by_keyboard(explore):
    page = explore()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "door":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("Barbell under brightness")
    assert page.evaluate("document.activeElement.id") == "magnitude"
    page.keyboard.press("ArrowRight")
    expect(page.locator("#readout")).to_have_text("0.5")


def test_controls_have_names(explore):
    page = explore("#view=curve&beside=two")
    drawn(page, 4)
    for control in page.locator("select:visible, input:visible, canvas:visible").all():
        assert control.evaluate("e => e.getAttribute('aria-label') || e.labels[0].innerText")
    for chart in page.locator("section:not([hidden]) .vega-embed").all():
        assert chart.get_attribute("aria-label")


def test_two_networks_stand_beside_each_other(explore, results):
    page = explore(CURVE + "&beside=two&at=90")
    drawn(page, 4)
    boxes = [article.bounding_box() for article in page.locator("article").all()]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    for model in ("one", "two"):
        rows = curve_rows(results, model=model, transform="rotate", class_="barbell", magnitude=90)
        own = page.locator(f"article[data-network={model}] .accuracy").inner_text()
        assert float(own) == pytest.approx(rows["accuracy"].iloc[0], abs=5.6e-4)
