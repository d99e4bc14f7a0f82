"""The explorer of thirty networks: what a cell takes, and that the page shows what the tables say."""

import base64
import json

import numpy as np
import pytest
from made_up import (
    GRIDS,
    PHANTOMS,
    PHOTOS,
    TRANSFORMS,
    make_layers,
    make_ranking,
    make_tables,
    make_together,
)

from invariances.explorer.cells import run_data
from invariances.explorer.layers import layer_data
from invariances.explorer.networks import network_data
from invariances.explorer.page import embedded, library
from invariances.explorer.pictures import BUDGET
from invariances.figures.axes import read_transforms

AXES = read_transforms(json.dumps(TRANSFORMS))
CLASSES = (*PHANTOMS, *PHOTOS)[:20]
# Sixteen categories' softmax is kept, the class's own and the strongest others.
KEPT = 16
STEP = 0.5 / 65534 + 1e-12
PER_CELL = 3000  # bytes
WHOLE = 25e6


def unpacked(text, low=0.0, high=1.0):
    """What the page makes of packed numbers: sixteen bits a number, the largest of them none."""
    steps = np.frombuffer(base64.b64decode(text), dtype="<u2").astype(float)
    steps[steps == 65535] = np.nan
    return low + (high - low) * steps / 65534


@pytest.fixture(scope="module")
def tables():
    """One network of all transforms and classes, each cell with the categories that a sweep keeps."""
    curves, thresholds = make_tables(("net",), tuple(TRANSFORMS), CLASSES)
    peaks = curves.groupby(["transform", "class", "predicted_class"])["mean_softmax"].max()
    order = peaks.groupby(level=[0, 1]).rank(ascending=False, method="first")
    curves = curves.join(order.rename("order"), on=["transform", "class", "predicted_class"])
    return curves[curves["order"] <= KEPT], thresholds


@pytest.fixture(scope="module")
def pictures():
    """Every picture's own thresholds, two or three of them shown of each class."""
    mixed, each = make_together(("net",), tuple(TRANSFORMS), 3 * len(CLASSES))
    each["class"] = [CLASSES[int(name) % len(CLASSES)] for name in each["picture"]]
    return mixed, each


@pytest.fixture(scope="module")
def data(tables, pictures):
    shown = {name: [str(place), str(place + 20)] for place, name in enumerate(CLASSES)}
    mixed, each = pictures
    each = each.assign(flips_to=[name or None for name in each["flips_to"]])
    return run_data(*tables, each, mixed, AXES, CLASSES, shown)


def test_a_cell_takes_little_and_thirty_networks_fit_a_page(data, tables):
    networks = 30
    sizes = [len(embedded(cell).encode()) for row in data["cells"][0] for cell in row]
    assert len(sizes) == len(TRANSFORMS) * len(CLASSES)
    assert np.mean(sizes) <= PER_CELL
    layers = make_layers(("net",), tuple(TRANSFORMS))[0].assign(spread=0.5)
    of_layers = len(embedded({"layers": layer_data(layers, ["net"], list(GRIDS))}))
    # Twelve layers are measured at most.
    of_layers *= 12 / layers["layer"].nunique()
    together = len(embedded({"together": data["together"]}))
    # A pixel of a picture takes an eighth of a byte, and a third more in base64.
    whole = networks * (sum(sizes) + of_layers + together) + BUDGET / 8 * 4 / 3 + len(library())
    assert whole <= WHOLE
    print(f"{np.mean(sizes):.0f} bytes a cell, {max(sizes)} at most, {whole / 1e6:.1f} MB")


def test_the_page_decodes_what_the_tables_say(data, tables):
    curves, thresholds = tables
    names = [entry["name"] for entry in data["categories"]]
    for transform, row in zip(data["transforms"], data["cells"][0], strict=True):
        count = len(transform["magnitudes"])
        for name, cell in zip(CLASSES, row, strict=True):
            own = curves[(curves["transform"] == transform["name"]) & (curves["class"] == name)]
            lines = unpacked(cell["numbers"]).reshape(-1, count)
            accuracy = own.drop_duplicates("magnitude").sort_values("magnitude")
            columns = ["accuracy", "accuracy_low", "accuracy_high"]
            np.testing.assert_allclose(lines[:3], accuracy[columns].to_numpy().T, atol=STEP)
            shown = {}
            columns = ["mean_softmax", "softmax_low", "softmax_high"]
            wide = {
                category: rows.sort_values("magnitude")[columns].to_numpy().T
                for category, rows in own.groupby("predicted_class")
            }
            for place, (category, _) in enumerate(cell["lines"]):
                found = lines[3 + 3 * place : 6 + 3 * place]
                np.testing.assert_allclose(found, wide[names[category]], atol=STEP)
                shown[names[category]] = np.ones(count, dtype=bool)
            rest, start = unpacked(cell["rest_numbers"]), 0
            for category, at in zip(cell["rest"], cell["at"], strict=True):
                found = rest[start : start + 3 * len(at)].reshape(3, len(at))
                np.testing.assert_allclose(found, wide[names[category]][:, at], atol=STEP)
                shown[names[category]] = np.isin(np.arange(count), at)
                start += 3 * len(at)
            assert start == len(rest)
            # The bars are there: of every magnitude the five strongest beside the class itself.
            others = {category: values[0] for category, values in wide.items() if category != name}
            for at in range(count):
                strongest = sorted(others, key=lambda each: -others[each][at])[:5]
                assert all(shown[each][at] for each in strongest)
            undrawn = set(wide) - {names[category] for category, _ in cell["lines"]}
            largest = np.max([wide[category][0] for category in undrawn], axis=0)
            np.testing.assert_allclose(lines[-1], largest, atol=STEP)
            marks = thresholds[
                (thresholds["transform"] == transform["name"]) & (thresholds["class"] == name)
            ]
            for mark, expected in zip(cell["marks"], marks.to_dict("records"), strict=True):
                mark = dict(zip(data["fields"], mark, strict=True))
                assert mark["threshold"] == pytest.approx(expected["threshold"], rel=1e-6)
                assert mark["censored"] == expected["censored"]
                if not mark["censored"]:
                    assert names[mark["to"]] == expected["flips_to"]


def test_layers_decode_to_their_table():
    models, transforms = ["alexnet", "resnet18"], ["rotate", "noise"]
    table, _ = make_layers(models, transforms)
    table = table.assign(spread=np.linspace(0, 1, len(table)))
    found = layer_data(table, models, transforms)
    for model, row in zip(models, found, strict=True):
        for name, cell in zip(transforms, row, strict=True):
            rows = table[(table["model"] == model) & (table["transform"] == name)]
            assert cell["magnitudes"] == pytest.approx(GRIDS[name].tolist(), rel=1e-6)
            for kind, own in cell["weights"].items():
                each = rows[rows["weights"] == kind].sort_values(["depth", "magnitude"])
                assert cell["names"] == list(dict.fromkeys(each["layer"]))
                np.testing.assert_allclose(unpacked(own["spread"]), each["spread"], atol=STEP)
                first = each[each["depth"] == 1]
                np.testing.assert_allclose(unpacked(own["accuracy"]), first["accuracy"], atol=STEP)
                for measure in ("invariance", "equivariance"):
                    if each[measure].isna().all():
                        assert own[measure] is None
                        continue
                    low, high = own[measure]["low"], own[measure]["high"]
                    decoded = unpacked(own[measure]["numbers"], low, high)
                    np.testing.assert_allclose(decoded, each[measure], atol=STEP * (high - low))


def test_networks_have_what_is_known_of_them():
    models = [f"net_{place}" for place in range(5)]
    ranking = make_ranking(models, ("rotate",), 20)
    mixed, _ = make_together(models, ("rotate",), 20)
    sizes = ranking.drop_duplicates("model")[["model"]].assign(
        parameters=range(5), multiply_adds=[np.nan, 1, 2, 3, 4]
    )
    data = network_data(models, mixed, sizes, ranking)
    assert data["listed"]
    assert [row["parameters"] for row in data["networks"]] == [0, 1, 2, 3, 4]
    assert [row["multiply_adds"] for row in data["networks"]] == [None, 1, 2, 3, 4]
    assert [row["rank"] for row in data["networks"]] == [
        [5, 4, 5], [4, 3, 4], [3, 2, 3], [2, 1, 2], [1, 1, 1],
    ]  # fmt: skip
    assert (data["networks"][0]["accuracy"], data["networks"][0]["low"]) == (1.0, 0.9)
    bare = network_data(models[:2], mixed)
    assert not bare["listed"]
    assert bare["networks"][0]["rank"] is bare["networks"][0]["parameters"] is None
