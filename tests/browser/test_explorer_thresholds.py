"""Thresholds, curves and worst cases in the explorer are those of the tables."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect
from seen import CURVE, MINUS, drawn, settled, shown_pixels, strip

from invariances.tables import (
    MIXED,
    PICTURES,
    THRESHOLDS,
    WORST_PICTURES,
)
from invariances.tables.checking import intervals_of
from invariances.tables.frames import read


def test_thresholds_are_the_tables(explore, results):
    page = explore("#view=thresholds&network=two")
    doors = page.locator(".door")
    expect(doors).to_have_count(4 * 2)
    table = read(results / "thresholds.csv", THRESHOLDS)
    table = table[table["model"] == "two"]
    for door in doors.all():
        said = door.get_attribute("aria-label")
        name = said.split(",")[0].replace(" ", "_")
        transform = "rotate" if "Rotation" in said else "brightness"
        cell = table[(table["class"] == name) & (table["transform"] == transform)]
        for row in cell.to_dict("records"):
            way = row["direction"].capitalize()
            sentence = re.search(rf"{way}: (.*?)\.(?= |$)", said)[1]
            if row["censored"]:
                assert sentence.startswith("no switch")
            elif row["threshold"] != 0:
                to, value = re.search(r"switches to (.*) at (\S+) \(", sentence).groups()
                assert to.replace(" ", "_") == row["flips_to"]
                assert number(value) == pytest.approx(row["threshold"], rel=6e-3)
            half = re.search(
                rf"{way}: .*?(Half|More than half) of the accuracy is (.*?)\.( |$)", said
            )
            if row["half_accuracy"] != 0:
                assert (half[1] == "More than half") == row["half_accuracy_censored"]
            if row["half_accuracy"] != 0 and not row["half_accuracy_censored"]:
                assert number(half[2].removeprefix("lost at ")) == pytest.approx(
                    row["half_accuracy"], rel=6e-3
                )


def test_all_pictures_together_are_the_first_row(explore, results):
    page = explore("#view=thresholds&network=two")
    table = read(results / "mixed.csv", MIXED)
    first = page.locator(".matrix tbody tr").first
    count = table["images"].iloc[0]
    expect(first.get_by_role("rowheader")).to_have_text(f"all {count} pictures")
    for place, transform in enumerate(("rotate", "brightness")):
        said = first.locator(".together").nth(place).get_attribute("title")
        for row in table[(table["model"] == "two") & (table["transform"] == transform)].to_dict(
            "records"
        ):
            assert f"{row['recognised']} of {count} pictures recognised untransformed" in said
            sentence = re.search(
                rf"{row['direction'].capitalize()}: ([^.]*(?:\.\d[^.]*)*)\.( |$)", said
            )[1]
            assert sentence.startswith("half of these keep") == row["median_censored"]
            value = re.search(r"(?: to | at )(\S+?)(?:,| \(|$)", sentence)[1]
            assert number(value) == pytest.approx(row["median_threshold"], rel=6e-3)


def test_each_picture_can_be_chosen(explore, results):
    page = explore(CURVE + "&at=180")
    drawn(page, 2)
    names = page.locator("#example option").all_inner_texts()
    table = read(results / "pictures.parquet", PICTURES)
    own = table[
        (table["model"] == "one") & (table["transform"] == "rotate") & (table["class"] == "barbell")
    ]
    assert names == own.drop_duplicates("picture")["picture"].tolist() and len(names) > 1
    for place, name in enumerate(names):
        page.locator("#example").select_option(name)
        last = strip(page, 0, 1, 5, example=place)[-1]
        expect(page.locator("#recognised")).to_contain_text(name)
        settled(page)
        assert np.abs(shown_pixels(page) - last).max() <= 3
        spans = intervals_of(own.loc[own["picture"] == name, "intervals"].iloc[0])
        right = any(low <= 180 <= high for low, high in spans)
        expect(page.locator("#recognised")).to_contain_text("✓" if right else "✗")
    page.locator("nav").get_by_text("Thresholds").click()
    assert "example" not in page.locator(".door").first.get_attribute("href")
    page.go_back()
    again = explore("#" + page.url.split("#")[1])
    expect(again.locator("#recognised")).to_contain_text(names[-1])
    again.locator("#class").select_option("obelisk")
    assert again.locator("#example").input_value() == "0"


def test_each_picture_has_its_own_thresholds(explore, results):
    page = explore(CURVE + "&beside=two")
    drawn(page, 4)
    table = read(results / "pictures.parquet", PICTURES)
    table = table[(table["transform"] == "rotate") & (table["class"] == "barbell")]
    for name in page.locator("#example option").all_inner_texts():
        page.locator("#example").select_option(name)
        settled(page)
        for place, model in enumerate(("one", "two")):
            said = page.locator("#own li").nth(place).inner_text()
            own = table[(table["model"] == model) & (table["picture"] == name)]
            assert said.startswith(f"Own thresholds, {model}: ")
            if (own["status"] == "wrong_at_identity").all():
                assert said.endswith("none, not recognised untransformed.")
                continue
            parts = said.removesuffix(".").split(": ", 1)[1].split("; ")
            for part, row in zip(parts, own.to_dict("records"), strict=True):
                assert part.startswith("no change") == row["censored"]
                value = re.search(r"(?: to | at )(\S+?)(?:,|$)", part)[1]
                assert number(value) == pytest.approx(row["threshold"], rel=6e-3)
                if not row["censored"]:
                    assert part.endswith(f", to {row['flips_to'].replace('_', ' ')}")


def test_the_worst_of_each_picture_is_the_table_s(explore, results):
    table = read(results / "worst_pictures.parquet", WORST_PICTURES)
    table = table[(table["model"] == "two") & (table["class"] == "obelisk")]
    combined = table["transform"].unique()
    page = explore("#view=worst&network=two&class=obelisk")
    assert len(combined) == 2
    for place, name in enumerate(combined):
        page.locator("#combined").select_option(str(place))
        rows = table[table["transform"] == name]
        for row in rows.to_dict("records"):
            page.locator("#example").select_option(row["picture"])
            settled(page)
            expect(page.locator("article small")).to_contain_text(
                f"{row['right']} of {row['points']}"
            )
            shown = page.locator(".worst figure")
            refined = np.isfinite(row["refined_margin"])
            expect(shown).to_have_count(3 if refined else 2)
            for number_, prefix in enumerate(("", "worst_", "refined_")[: 3 if refined else 2]):
                said = shown.nth(number_).inner_text()
                margin = re.search(r"margin (\S+) ", said)[1]
                assert number(margin) == pytest.approx(row[f"{prefix}margin"], rel=6e-3, abs=1e-6)
                if not prefix:
                    assert ("✓" in said) == row["recognised"]
                    continue
                prediction = row[f"{prefix}prediction"]
                wanted = "✓" if prediction == "obelisk" else f"✗ {prediction.replace('_', ' ')}"
                assert wanted in said
                where = shown.nth(number_).locator(".where").inner_text()
                parts = [re.sub(r" \(.*\)$", "", part) for part in where.split(", ")]
                values = [number(part.split(" ")[-1]) for part in parts]
                order = ("first", "second", "third")[: name.count("+") + 1]
                at = [row[f"{prefix}{each}"] for each in order]
                assert values == pytest.approx(at, rel=6e-3, abs=1e-6)
                mistaken = "mistaken" in (
                    shown.nth(number_).locator("canvas").get_attribute("class") or ""
                )
                assert mistaken == (prediction != "obelisk")
    again = explore("#" + page.url.split("#")[1])
    expect(again.locator("#combined")).to_have_value("1")
    expect(again.locator("h2").locator("visible=true")).to_have_text("Obelisk at its worst")


def test_of_few_pictures_the_class_and_accuracy_alone_have_bands(explore):
    page = explore(CURVE)
    drawn(page, 2)
    heights = []
    for band in page.locator(".curve svg .mark-area path").all():
        # The upper edge from left to right, then the lower one back.
        path = re.findall(r"[-\d.e]+,([-\d.e]+)", band.get_attribute("d"))
        y = np.array(path, dtype=float)
        heights.append(abs(y - y[::-1]).max())
    assert len(heights) > 2
    assert sum(height > 10 for height in heights) == 2
    assert sum(height == 0 for height in heights) == len(heights) - 2


def number(text):
    """A magnitude as the page has it; fractions are 1/2."""
    upper, _, lower = text.strip("°").replace(MINUS, "-").partition("/")
    return float(upper) / float(lower or 1)


def test_half_accuracy_is_marked_in_the_curve(explore, results):
    table = read(results / "thresholds.csv", THRESHOLDS)
    lost = table[~table["half_accuracy_censored"] & (table["half_accuracy"] != 0)]
    cell = lost.groupby(["model", "transform", "class"]).size()
    (model, transform, name), count = cell.idxmax(), cell.max()
    page = explore(f"#view=curve&network={model}&transform={transform}&class={name}")
    drawn(page, 2)
    crosses = page.locator(".curve svg [aria-label='half of the accuracy is lost']")
    expect(crosses).to_have_count(int(count))


def test_tables_and_page_hold_the_same_cells(explore, results):
    data = explore().evaluate("() => JSON.parse(document.getElementById('data').textContent)")
    curves = pd.read_parquet(results / "curves.parquet")
    assert data["models"] == list(curves["model"].unique())
    assert [entry["name"] for entry in data["transforms"]] == list(curves["transform"].unique())
    assert len(data["cells"]) == 2 and len(data["cells"][0][0]) == 4
