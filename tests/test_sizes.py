"""The common axis: what a threshold changes, in grey levels and in pixels."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sizes as script
from invariances.errors import InputError
from invariances.screening import Pictures, picture_ids
from invariances.sizes import mean_displacement, rms_grey_levels, size_table
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


def rms(name, pixels, magnitude, **options):
    return rms_grey_levels(
        TRANSFORMS[name], pixels, picture_ids(NAMES[: len(pixels)]), magnitude, Setting(**options)
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


def test_all_pictures_count_whatever_the_batches(pixels, monkeypatch):
    whole = rms("rotate", pixels, 20.0)
    monkeypatch.setattr("invariances.sizes.BATCH", 2)
    assert rms("rotate", pixels, 20.0) == pytest.approx(whole, rel=1e-9)
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


def thresholds(*cells):
    columns = ["transform", "class", "direction", "threshold", "low", "high", "censored"]
    return pd.DataFrame([dict(zip(columns, cell, strict=True), model="m") for cell in cells])


def test_the_table_keeps_the_thresholds_order(pictures):
    table = size_table(
        thresholds(
            ("brightness", "b", "up", 0.1, 0.05, 0.2, False),
            ("rotate", "a", "down", -180.0, -180.0, -90.0, True),
            ("brightness", "a", "down", -0.1, -0.2, -0.1, False),
        ),
        pictures,
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
    own = rms_grey_levels(turned, pictures.pixels[:3], picture_ids(NAMES[:3]), -180, Setting())
    assert table["rms_grey_levels"].iloc[1] == pytest.approx(own)
    assert not table.isna().any().any()


def test_limits_enclose_a_change_that_does_not_grow_with_its_magnitude():
    stripes = np.zeros((1, 16, 16, 3), dtype=np.uint8)
    stripes[:, :, ::2] = 200
    pictures = Pictures(stripes, NAMES[:1], np.array(["a"]), np.array([0]), np.array([0]))
    table = size_table(
        thresholds(("rotate", "a", "up", 170.0, 90.0, 180.0, False)), pictures, Setting()
    )
    row = table.iloc[0]
    assert row["rms_low"] <= row["rms_grey_levels"] <= row["rms_high"]


def test_a_class_without_pictures_is_named(pictures):
    with pytest.raises(ValueError, match="class c"):
        size_table(thresholds(("rotate", "c", "up", 9.0, 8.0, 10.0, False)), pictures, Setting())


@pytest.fixture
def stored(tmp_path, pixels):
    """Two chunks of prepared pictures and a table of thresholds."""
    for name, rows in (("0", slice(0, 3)), ("1", slice(3, 5))):
        np.save(tmp_path / f"{name}.npy", pixels[rows])
        classes = [picture.split("/")[0] for picture in NAMES[rows]]
        manifest = pd.DataFrame({"picture": NAMES[rows], "class": classes})
        manifest.to_csv(tmp_path / f"{name}.csv", index=False)
    cells = [("brightness", name, "up", 0.1, 0.05, 0.2, False) for name in "ba"]
    thresholds(*cells).to_csv(tmp_path / "thresholds.csv", index=False)
    return tmp_path


def arguments(folder, *pictures):
    return SimpleNamespace(
        thresholds=folder / "thresholds.csv", pictures=list(pictures), padding="black", seed=0,
        device="cpu", threads=1, output=folder / "sizes.csv",
    )  # fmt: skip


def test_the_script_joins_chunks(stored):
    script.main(arguments(stored, f"m={stored / '1.npy'}", f"m={stored / '0.npy'}"))
    table = pd.read_csv(stored / "sizes.csv")
    assert list(table["class"]) == ["b", "a"]
    assert np.allclose(table["rms_grey_levels"], 25.5)


def test_the_script_names_what_has_no_pictures(stored):
    with pytest.raises(InputError, match="m/a"):
        script.main(arguments(stored, f"m={stored / '1.npy'}"))
    with pytest.raises(InputError, match="MODEL=FILE"):
        script.main(arguments(stored, str(stored / "1.npy")))
