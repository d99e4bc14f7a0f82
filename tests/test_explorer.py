"""The explorer's data: tables as the page reads them, strips of pictures, the page itself."""

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from test_prepared import store

from invariances.explorer import pictures
from invariances.explorer.cells import run_data
from invariances.explorer.packing import packed
from invariances.explorer.page import embedded
from invariances.explorer.worst import worst_data
from invariances.figures.axes import TransformAxis
from invariances.inference import Pictures, picture_ids
from invariances.screening.thumbnails import strips
from invariances.transforms import TRANSFORMS, Setting

AXES = {
    "zoom": TransformAxis("zoom", "zoom out", "", 1.0, "log"),
    "noise": TransformAxis("noise", "noise", "fraction", 0.0, "linear"),
}


@pytest.fixture
def two_classes():
    rng = np.random.default_rng(0)
    return Pictures(
        pixels=rng.integers(0, 256, (4, 40, 40, 3), dtype=np.uint8),
        names=np.array(["a/1", "b/1", "a/2", "b/2"]),
        classes=np.array(["b", "a"]),
        labels=np.array([1, 0]),
        class_index=np.array([1, 0, 1, 0]),
    )


def made_up_tables():
    """One network, noise before zoom, class `b` before `a`; `b` turns into `c` at a zoom of 2."""
    curves, thresholds, shown, mixed = [], [], [], []
    for transform, magnitudes in (("noise", (0.0, 0.5)), ("zoom", (0.5, 1.0, 2.0))):
        for name in "ba":
            cell = {"model": "m", "transform": transform, "class": name}
            own = cell | {"direction": "up", "status": "measured", "threshold": 1.23456789}
            own |= {"censored": False, "flips_to": "c", "picture": "1"}
            shown.append(own | {"intervals": "[0.5,0.75] [1,2]"})
            end = {"direction": "down", "threshold": 0.5, "censored": True, "flips_to": np.nan}
            shown.append(own | {"intervals": "[0.5,0.75] [1,2]"} | end)
            lost = {"picture": "2", "intervals": "", "status": "wrong_at_identity"}
            shown.append(own | lost | {"threshold": 1.0})
            mark = {"direction": "up", "threshold": 2.0, "low": 1.0, "high": np.nan}
            mark |= {"censored": False, "flips_to": "c", "images": 7, "baseline_accuracy": 1.0}
            mark |= {"half_accuracy": 1.5, "half_accuracy_censored": True, "interval": "open high"}
            thresholds.append(cell | mark)
            for magnitude in magnitudes:
                for other, softmax in (("a", 0.123456789), ("b", 0.5), ("c", 0.01)):
                    numbers = {"magnitude": magnitude, "images": 7, "predicted_class": other}
                    numbers |= {"accuracy": 0.25, "accuracy_low": 0.1, "accuracy_high": 0.5}
                    numbers |= {"mean_softmax": softmax, "softmax_low": 0.0, "softmax_high": 1.0}
                    curves.append(cell | numbers)
        mixed.append(
            {
                "model": "m", "transform": transform, "direction": "up", "images": 14, "recognised": 12,
                "median_threshold": 1.5, "median_low": 1.25, "median_high": 2.0,
                "median_censored": False, "median_interval": "order statistics, far limit open",
                "half_accuracy": 1.75, "half_accuracy_censored": False,
            }
        )  # fmt: skip
    return map(pd.DataFrame, (curves, thresholds, shown, mixed))


STEP = 0.5 / 65534 + 1e-12
SHOWN = {"b": ["2", "1"], "a": ["1"]}


def test_cells_hold_what_the_tables_say():
    ordered = {name: AXES[name] for name in ("noise", "zoom")}
    data = run_data(*made_up_tables(), ordered, ["b", "a"], SHOWN)
    names = [entry["name"] for entry in data["categories"]]
    assert names == ["b", "a", "c"]
    assert [entry["name"] for entry in data["transforms"]] == ["noise", "zoom"]
    assert data["transforms"][1]["magnitudes"] == [0.5, 1.0, 2.0]
    cell = data["cells"][0][1][0]
    # Accuracy, then each line, as value, low and high at three magnitudes.
    numbers = unpacked(cell["numbers"]).reshape(4, 3, 3)
    np.testing.assert_allclose(numbers[0], np.repeat([[0.25], [0.1], [0.5]], 3, axis=1), atol=STEP)
    # The category to which it switches has a line although its softmax hardly shows.
    assert [names[place] for place, _ in cell["lines"]] == ["b", "a", "c"]
    assert names[cell["own"]] == "b"
    np.testing.assert_allclose(
        numbers[1:, 0], np.outer([0.5, 0.123456789, 0.01], [1] * 3), atol=STEP
    )
    assert cell["rest"] == cell["at"] == [] and cell["rest_numbers"] == ""
    assert data["shown"] == [["2", "1"], ["1"]]
    assert cell["examples"] == [[], [[0.5, 0.75], [1.0, 2.0]]]
    assert data["own_fields"] == ("direction", "threshold", "censored", "to")
    assert cell["own_marks"] == [[], [["up", 1.234568, False, 2], ["down", 0.5, True, None]]]
    assert data["together"][0][1] == {
        "images": 14,
        "recognised": 12,
        "marks": [
            {"direction": "up", "threshold": 1.5, "low": 1.25, "high": 2.0, "open": True}
            | {"censored": False, "half": 1.75, "half_censored": False}
        ],
    }
    assert [dict(zip(data["fields"], row, strict=True)) for row in cell["marks"]] == [
        {"direction": "up", "threshold": 2.0, "low": 1.0, "high": None, "open": True}
        | {"censored": False, "to": 2, "half": 1.5, "half_censored": True}
    ]
    json.dumps(data, allow_nan=False)


def unpacked(text, low=0.0, high=1.0):
    """What the page makes of packed numbers, by numpy: sixteen bits a number, the last of them none."""
    steps = np.frombuffer(base64.b64decode(text), dtype="<u2").astype(float)
    steps[steps == 65535] = np.nan
    return low + (high - low) * steps / 65534


def test_packed_numbers_are_the_nearest_of_65535():
    values = np.array([0.0, 1.0, 0.5, 1 / 3, np.nan, 1e-9])
    found = unpacked(packed(values))
    assert found[:3].tolist() == [0.0, 1.0, 0.5]
    np.testing.assert_allclose(found, values, atol=STEP)
    np.testing.assert_allclose(
        unpacked(packed([-2.5, 0, 1], -2.5, 1), -2.5, 1), [-2.5, 0, 1], atol=3.5 * STEP
    )
    assert packed([]) == ""
    with pytest.raises(ValueError, match="outside"):
        packed([1.01])


def test_data_cannot_end_its_element():
    text = embedded({"name": "</script><!--\u2028"})
    assert "<" not in text and "\u2028" not in text
    assert json.loads(text) == {"name": "</script><!--\u2028"}


def test_pictures_are_those_of_the_screening(two_classes):
    noise = TRANSFORMS["noise"]
    found = strips(
        two_classes, two_classes.first_of_classes, np.array([0.0, 0.25]), noise, Setting(seed=3), 40
    )
    first = two_classes.pixels[1]
    assert (found[0, 0] == first).all()
    batch = torch.from_numpy(first.copy()).permute(2, 0, 1)[None].float()
    ids = torch.from_numpy(picture_ids(["b/1"]))
    wanted = TRANSFORMS["noise"](batch, torch.tensor([0.25]), Setting(seed=3, ids=ids))
    assert (found[0, 1] == wanted[0].round().permute(1, 2, 0).numpy()).all()


def test_large_pictures_are_shown_small(two_classes):
    zoom = TRANSFORMS["zoom"]
    found = strips(two_classes, np.arange(2), np.array([0.5, 1.0, 2.0]), zoom, Setting(), 33)
    assert found.shape == (2, 3, 33, 33, 3)


def test_networks_that_see_their_pictures_alike_share_the_strips(two_classes):
    alike, other = two_classes, two_classes.take(np.arange(4))
    grids, classes = {"zoom": [1.0]}, ["a", "b"]
    shown = {"one": alike, "two": other, "three": alike}
    names = {"a": ["a/1"], "b": ["b/1", "b/2"]}
    found = pictures.shared_sheets(shown, grids, classes, names, Setting())
    assert found["preparations"] == [0, 1, 0]
    assert found["pictures"] == [pictures.sheets(two_classes, grids, classes, names, Setting())] * 2


@pytest.mark.parametrize(
    ("count", "side", "shown"),
    [(100, 64, 64), (100, 224, 96), (8000, 224, 44), (10**6, 224, 32), (10**6, 8, 8)],
)
def test_many_pictures_are_smaller(count, side, shown):
    assert pictures.side_within(count, side) == shown


@pytest.mark.parametrize("side", [8, 40])
def test_a_sheet_holds_its_pictures_in_rows(side):
    flat = np.arange(30, dtype=np.uint8)[:, None, None, None] * 8
    strip = np.broadcast_to(flat, (30, side, side, 3))
    uri = pictures.sheet(strip)
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))).convert("RGB"))
    assert image.shape == (2 * side, pictures.COLUMNS * side, 3)
    for index in range(30):
        row, column = divmod(index, pictures.COLUMNS)
        middle = image[row * side + side // 2, column * side + side // 2]
        assert abs(int(middle[1]) - 8 * index) <= (0 if side < 32 else 3)


def test_a_class_without_pictures_has_no_sheet(two_classes):
    names = {"a": ["a/1"], "b": ["b/1", "b/2"]}
    found = pictures.sheets(two_classes, {"zoom": [1.0]}, ["a", "c", "b"], names, Setting())
    assert [len(sheets) for sheets in found["sheets"][0]] == [1, 0, 2]


@pytest.mark.parametrize(("magnitudes", "each"), [(100, [2, 2]), (2500, [2, 2]), (2501, [1, 1])])
def test_as_many_pictures_of_a_class_are_shown_as_the_page_has_room_for(
    two_classes, magnitudes, each
):
    grids = {"zoom": [1.0] * magnitudes}
    found = pictures.shown_of([two_classes], grids, ["a", "b"])
    assert [len(names) for names in found.values()] == each
    assert found["b"][0] == "b/1"
    # For each preparation a strip of its own.
    assert sum(map(len, pictures.shown_of([two_classes] * 9, grids, ["a", "b"]).values())) <= sum(
        each
    )


def test_the_worst_view_is_the_picture_at_its_point(two_classes):
    """Shifted by whole pixels, then darker; of the second network there is a point between the grid's."""
    place = {"worst_first": 0.25, "worst_second": -0.1, "worst_margin": -1.5}
    row = {
        "transform": "translate_x+brightness",
        "class": "b",
        "picture": "b/1",
        "right": 3,
        "points": 9,
    }
    row |= {"recognised": True, "margin": 0.75, "worst_prediction": "a", **place}
    refined = {"refined_first": 0.5, "refined_second": 0.0, "refined_margin": -2.0}
    refined |= {"refined_prediction": "c"}
    unrefined = dict.fromkeys(refined, np.nan)
    rows = [row | {"model": "m"} | unrefined, row | {"model": "n"} | refined]
    axes = {
        "translate_x": TransformAxis("translate_x", "shift", "of the width", 0.0, "linear"),
        "brightness": TransformAxis("brightness", "light", "", 0.0, "linear"),
    }
    prepared = {"m": two_classes, "n": two_classes}
    shown = {"b": ["b/1"], "a": []}
    data = worst_data(pd.DataFrame(rows), prepared, axes, ["a", "b"], shown, Setting())
    (combined,) = data["combined"]
    assert combined["label"] == "Shift + Light"
    assert [each["name"] for each in combined["transforms"]] == ["translate_x", "brightness"]
    assert data["worst"][0][0][0] == []
    (case,), (other,) = data["worst"][0][0][1], data["worst"][1][0][1]
    assert (case["margin"], case["recognised"], case["right"]) == (0.75, True, [3, 9])
    assert case["points"] == [{"at": [0.25, -0.1], "margin": -1.5, "prediction": "a"}]
    assert other["points"][1] == {"at": [0.5, 0.0], "margin": -2.0, "prediction": "c"}
    picture = two_classes.pixels[1].astype(int)
    for found, views in ((case, 2), (other, 3)):
        side = data["worst_side"]
        uri = found["sheet"].split(",")[1]
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri))).convert("RGB"), dtype=int)
        assert image.shape == (side, views * side, 3)
        wanted = [picture, np.zeros_like(picture), np.zeros_like(picture)][:views]
        wanted[1][:, 10:] = np.clip(picture[:, :-10] - 25.5, 0, 255)
        if views == 3:
            wanted[2][:, 20:] = picture[:, :-20]
        # Of noise a codec keeps the mean best.
        for number, each in enumerate(wanted):
            part = image[:, number * side : (number + 1) * side]
            for half in (slice(None, 20), slice(20, None)):
                assert abs(part[:, half].mean() - each[:, half].mean()) < 4
    json.dumps(data, allow_nan=False)


def test_networks_that_see_pictures_alike_share_what_is_read(tmp_path):
    pixels = np.zeros((2, 8, 8, 3), dtype=np.uint8)
    files = {}
    for name in ("one", "other"):
        files[name] = [tmp_path / f"{name}.npy"]
        store(files[name][0], pixels, ["a/0", "a/1"])
    files["like one"] = list(files["one"])
    found = pictures.prepared_of(files, objects=False)
    assert list(found) == ["one", "other", "like one"]
    assert found["like one"] is found["one"] and found["other"] is not found["one"]
