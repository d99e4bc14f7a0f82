"""The common axis: what a threshold changes, in grey levels and in pixels."""

import numpy as np
import pandas as pd
import pytest
import torch

from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.sizes import joined, mean_displacement, rms_grey_levels, size_table
from invariances.tables import SIZES
from invariances.transforms import TRANSFORMS, Setting

NAMES = np.array(["a/0", "a/1", "a/2", "b/0", "b/1"])


@pytest.fixture
def pixels():
    """Greys far enough from black and white that nothing is clamped."""
    return np.random.default_rng(0).integers(100, 150, (5, 12, 16, 3)).astype(np.uint8)


@pytest.fixture
def pictures(pixels):
    return Pictures(
        pixels, NAMES, np.array(["a", "b"]), np.array([0, 1]), np.array([0, 0, 0, 1, 1])
    )


def named(pixels, names=NAMES):
    """Pictures of one class."""
    count = len(pixels)
    one = np.array(["a"]), np.array([0]), np.zeros(count, dtype=int)
    behind = np.zeros((*pixels.shape[:3], 4), dtype=np.uint8)
    return Pictures(pixels, names[:count], *one, behind=behind)


def rms(name, pixels, magnitude, batch_size=64, **options):
    setting = Setting(**options)
    return rms_grey_levels(
        TRANSFORMS[name], named(pixels), magnitude, setting, batch_size=batch_size
    )


@pytest.mark.parametrize("magnitude", [-0.2, 0.0, 0.1, 0.3])
def test_brightness_changes_every_pixel_alike(pixels, magnitude):
    assert rms("brightness", pixels, magnitude) == pytest.approx(255 * abs(magnitude), rel=1e-5)


def test_contrast_changes_a_pixel_by_its_own_value(pixels):
    expected = np.sqrt(((0.2 * pixels.astype(float)) ** 2).mean())
    assert rms("contrast", pixels, 1.2) == pytest.approx(expected, rel=1e-5)


def test_noise_changes_by_its_sigma_and_by_seed(pixels):
    assert rms("noise", pixels, 0.05) == pytest.approx(255 * 0.05, rel=0.05)
    assert rms("noise", pixels, 0.05) == rms("noise", pixels, 0.05)
    assert rms("noise", pixels, 0.05) != rms("noise", pixels, 0.05, seed=1)


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_the_identity_changes_nothing(pixels, name):
    transform = TRANSFORMS[name]
    assert rms(name, pixels, transform.identity) == 0
    assert mean_displacement(transform, transform.identity, 12, 16) == 0


def test_padding_counts(pixels):
    assert rms("translate_x", pixels, 0.5) > 2 * rms("translate_x", pixels, 0.5, padding="edge")


def test_all_pictures_count_whatever_the_batches(pixels):
    whole = rms("rotate", pixels, 20.0)
    assert rms("rotate", pixels, 20.0, batch_size=2) == pytest.approx(whole, rel=1e-9)
    single = [rms("rotate", pixels[[i]], 20.0) for i in range(5)]
    assert whole == pytest.approx(np.sqrt(np.mean(np.square(single))), rel=1e-6)


def test_displacement_of_translations_is_their_length():
    assert mean_displacement(TRANSFORMS["translate_x"], -0.25, 12, 16) == pytest.approx(4)
    assert mean_displacement(TRANSFORMS["translate_y"], 0.25, 12, 16) == pytest.approx(3)


@pytest.mark.parametrize("size", [(12, 16), (16, 16), (31, 7)])
def test_displacement_of_turns_and_zooms_is_that_of_points_about_the_centre(size):
    height, width = size
    y, x = np.mgrid[:height, :width] + 0.5
    y, x = y - height / 2, x - width / 2
    radius = np.hypot(x, y).mean()
    turn = mean_displacement(TRANSFORMS["rotate"], 40.0, height, width)
    assert turn == pytest.approx(2 * np.sin(np.deg2rad(20)) * radius)
    assert mean_displacement(TRANSFORMS["zoom"], 1.5, height, width) == pytest.approx(0.5 * radius)
    across = mean_displacement(TRANSFORMS["scale_x"], 0.5, height, width)
    assert across == pytest.approx(0.5 * np.abs(x).mean())


def test_displacement_of_maps_of_places_is_measured_pixel_by_pixel():
    # Elastic: the field's length, averaged over pictures; its root mean square is what is stated.
    setting = Setting(seed=3, ids=torch.arange(20))
    mean = mean_displacement(TRANSFORMS["elastic"], 0.05, 40, 60, setting)
    alone = [
        mean_displacement(
            TRANSFORMS["elastic"], 0.05, 40, 60, Setting(seed=3, ids=torch.tensor([n]))
        )
        for n in range(20)
    ]
    assert mean == pytest.approx(np.mean(alone))
    assert 0.75 * 0.05 * 40 < mean < 0.05 * 40
    # A small swing moves a pixel at (x, y) by (x, y) x sin v / f: to first order.
    y, x = np.mgrid[:30, :30] - 14.5
    f, small = 30 * 50 / 36, np.radians(0.5)
    expected = (np.hypot(x, y) * np.abs(x)).mean() * small / f
    found = mean_displacement(TRANSFORMS["swing"], 0.5, 30, 30)
    assert found == pytest.approx(expected, rel=0.03)
    assert mean_displacement(TRANSFORMS["circular_x"], 0.25, 12, 16) == pytest.approx(4)
    assert mean_displacement(TRANSFORMS["flip_x"], 1.0, 2, 4) == pytest.approx(2)


def thresholds(*cells):
    """Half of the accuracy is lost half way to the threshold, where there is one."""
    columns = ["transform", "class", "direction", "threshold", "low", "high", "censored"]
    table = pd.DataFrame([dict(zip(columns, cell, strict=True), model="m") for cell in cells])
    half = table["threshold"].where(table["censored"], table["threshold"] / 2)
    return table.assign(half_accuracy=half, half_accuracy_censored=table["censored"])


def test_the_table_keeps_the_thresholds_order(pictures):
    table = size_table(
        thresholds(
            ("brightness", "b", "up", 0.1, 0.05, 0.2, False),
            ("rotate", "a", "down", -180.0, -180.0, -90.0, True),
            ("brightness", "a", "down", -0.1, -0.2, -0.1, False),
        ),
        {"m": pictures},
        Setting(),
    )
    assert list(table.columns) == SIZES.names
    assert list(table["class"]) == ["b", "a", "a"]
    assert list(table["censored"]) == [False, True, False]
    assert np.allclose(table["rms_grey_levels"].iloc[[0, 2]], 25.5)
    assert np.allclose(table["rms_low"].iloc[[0, 2]], [12.75, 25.5])
    assert np.allclose(table["rms_high"].iloc[[0, 2]], 51)
    assert table["mean_displacement_px"].iloc[0] == 0
    assert table["mean_displacement_px"].iloc[1] > 5
    # Each class has its own pictures.
    turned = TRANSFORMS["rotate"]
    own = rms_grey_levels(turned, named(pictures.pixels[:3]), -180, Setting())
    assert table["rms_grey_levels"].iloc[1] == pytest.approx(own)
    assert np.allclose(table["rms_half_accuracy"], [12.75, np.nan, 12.75], equal_nan=True)
    assert not table.drop(columns="rms_half_accuracy").isna().any().any()


def test_chunks_of_classes_are_joined_in_the_thresholds_order(pictures):
    cells = thresholds(
        ("brightness", "b", "up", 0.1, 0.05, 0.2, False),
        ("rotate", "a", "down", -180.0, -180.0, -90.0, True),
        ("brightness", "a", "down", -0.1, -0.2, -0.1, False),
    )
    chunks = [cells[cells["class"] == name] for name in ("a", "b")]
    parts = [size_table(chunk, {"m": pictures}, Setting()) for chunk in chunks]
    whole = size_table(cells, {"m": pictures}, Setting())
    together = pd.concat(parts, ignore_index=True)
    pd.testing.assert_frame_equal(joined(cells, together), whole)
    with pytest.raises(InputError, match=r"a cell is missing: .*transform=rotate class=a"):
        joined(cells, together.drop(index=0))


def test_limits_enclose_a_change_that_does_not_grow_with_its_magnitude():
    stripes = np.zeros((1, 16, 16, 3), dtype=np.uint8)
    stripes[:, :, ::2] = 200
    cell = thresholds(("rotate", "a", "up", 170.0, 90.0, 180.0, False))
    table = size_table(cell, {"m": named(stripes)}, Setting())
    row = table.iloc[0]
    assert row["rms_low"] <= row["rms_grey_levels"] <= row["rms_high"]


def test_a_class_without_pictures_is_named(pictures):
    cell = thresholds(("rotate", "c", "up", 9.0, 8.0, 10.0, False))
    for known in ({"m": pictures}, {"other": pictures}):
        with pytest.raises(InputError, match=r"model m: .* class 'c'"):
            size_table(cell, known, Setting())


def test_each_model_has_its_own_pictures(pixels):
    darker = {"m": named(pixels), "n": named(pixels // 2)}
    cells = thresholds(("contrast", "a", "up", 1.2, 1.1, 1.3, False))
    both = pd.concat([cells.assign(model=model) for model in darker], ignore_index=True)
    table = size_table(both, darker, Setting())
    for model, shown in zip(table["model"], (pixels, pixels // 2), strict=True):
        expected = np.sqrt(((0.2 * shown.astype(float)) ** 2).mean())
        row = table[table["model"] == model].iloc[0]
        assert row["rms_grey_levels"] == pytest.approx(expected, rel=1e-5)
