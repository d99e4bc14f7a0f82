"""Other borders: real crops, what is swept, the table of changes, and what interpolation does."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch.testing import assert_close

from invariances.configuration.borders import borders
from invariances.configuration.declaration import Config
from invariances.errors import InputError
from invariances.interpolation import fine_energy, sharpness_table
from invariances.pictures import Preparation, prepare
from invariances.plan import IMAGENET, Border, Network
from invariances.tables import BORDERS
from invariances.thresholds.borders import border_table
from invariances.transforms import TRANSFORMS, Setting, cropped

GRIDS = ("translate_x", "rotate", "blur")


def found_borders(
    wanted: tuple[str, ...] = ("edge", "crop"),
    padding: str = "black",
    transforms: tuple[str, ...] = GRIDS,
    resize: int = 232,
) -> dict[str, dict[str, Border]]:
    """What is swept of network `one`, resized to 256 pixels, and `two`; both see 224."""
    config = Config.model_validate(
        {
            "run": "r",
            "dataset": {"name": "phantoms"},
            "models": {"one": {"network": "torchvision/resnet18", "weights": "train"}},
            "padding": padding,
            "borders": wanted,
        }
    )
    screened = {name: TRANSFORMS[name].on([-0.5, 0.0, 0.5]) for name in transforms}
    networks = {
        "one": Network(replace(IMAGENET, resize=256), gflops=1.0, sha256="", source="made up"),
        "two": Network(replace(IMAGENET, resize=resize), gflops=1.0, sha256="", source="made up"),
    }
    return borders(config, screened, networks)


# ---- real crops ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pixels", [-4, -1, 0, 3, 4])
def test_a_real_crop_shows_what_the_larger_picture_holds(pixels, random_pictures):
    large = random_pictures(2, 24, 24) / 1.7
    shifts = torch.full((2,), pixels / 16, dtype=torch.float64)
    across = cropped(TRANSFORMS["translate_x"], 16)(large, shifts, Setting())
    assert torch.equal(across, large[:, :, 4:20, 4 - pixels : 20 - pixels])
    down = cropped(TRANSFORMS["translate_y"], 16)(large, shifts, Setting())
    assert torch.equal(down, large[:, :, 4 - pixels : 20 - pixels, 4:20])


def test_between_pixels_it_is_the_padded_shift_away_from_the_border(random_pictures):
    large = random_pictures(1, 24, 24)
    shift = torch.tensor([0.13], dtype=torch.float64)
    crop = cropped(TRANSFORMS["translate_x"], 16)(large, shift, Setting())
    padded = TRANSFORMS["translate_x"](large[:, :, 4:20, 4:20], shift)
    assert_close(crop[..., 3:], padded[..., 3:], atol=1e-2, rtol=0)
    assert float((crop - padded)[..., :2].abs().max()) > 50
    assert float(crop[..., :2].min()) > 0


def test_a_rotation_in_a_real_crop_has_no_corners(random_pictures):
    large = random_pictures(1, 24, 24) / 2 + 100
    turned = cropped(TRANSFORMS["rotate"], 16)(large, torch.tensor([45.0]), Setting())
    assert float(turned.min()) >= 100
    quarter = cropped(TRANSFORMS["rotate"], 16)(large, torch.tensor([90.0]), Setting())
    assert torch.equal(quarter, torch.rot90(large[:, :, 4:20, 4:20], 1, (2, 3)))


def test_what_cannot_be_cropped_is_refused(random_pictures):
    with pytest.raises(ValueError, match="blur"):
        cropped(TRANSFORMS["blur"], 8)
    with pytest.raises(ValueError, match="no 8x8 window"):
        cropped(TRANSFORMS["rotate"], 8)(random_pictures(1, 6, 6), torch.zeros(1), Setting())


@pytest.mark.parametrize("size", [(300, 256), (256, 301), (255, 400), (333, 300)])
def test_the_larger_crop_is_centred_on_the_network_s_own(size):
    from PIL import Image

    rng = np.random.default_rng(size)
    image = Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), dtype=np.uint8))
    found = found_borders()["crop"]["one"]
    assert (found.window, found.side) == (224, 256)
    large = prepare(image, Preparation(256, found.side))
    assert np.array_equal(large[16:-16, 16:-16], prepare(image, Preparation(256, 224)))


# ---- what is swept -------------------------------------------------------------------------------


def test_only_what_moves_is_swept_again_and_real_crops_stay_within_the_picture():
    found = found_borders()
    assert list(found) == ["edge", "crop"]
    edge = found["edge"]["one"]
    assert {name: axis.magnitudes for name, axis in edge.transforms.items()} == {
        "translate_x": (-0.5, 0.0, 0.5),
        "rotate": (-0.5, 0.0, 0.5),
    }
    assert (edge.window, edge.side) == (224, 224)
    crop = found["crop"]
    assert list(crop["one"].transforms) == list(crop["two"].transforms) == ["translate_x"]
    for model, margin in (("one", 16), ("two", 4)):
        grid = np.array(crop[model].transforms["translate_x"].magnitudes)
        assert (np.diff(grid) > 0).all()
        assert 0.0 in grid
        assert_close(np.abs(grid[[0, -1]]) * 224, np.array([margin, margin], dtype=float))


def test_the_run_s_own_padding_is_not_swept_twice():
    with pytest.raises(InputError, match="borders: 'black' alone is the run's own"):
        found_borders(("black",))
    assert list(found_borders(("black", "mean"), padding="mean")) == ["black"]


def test_borders_that_cannot_be_are_refused():
    with pytest.raises(InputError, match=r"'crop'.*models\.two.*224 pixels.*preprocessing\.resize"):
        found_borders(resize=224)
    with pytest.raises(InputError, match="'edge' needs a geometric transform"):
        found_borders(("edge",), transforms=("blur",))
    with pytest.raises(InputError, match="'crop' needs a translation"):
        found_borders(transforms=("rotate",))


# ---- the table -----------------------------------------------------------------------------------


def thresholds(*rows):
    names = ["direction", "threshold", "low", "high", "censored"]
    table = pd.DataFrame(rows, columns=names)
    cell = {"model": "m", "transform": "translate_x", "class": "orange"}
    return table.assign(**cell, images=9, interval="Bonferroni's t")


RANGES = {
    "black": {"m": {"translate_x": [-0.8, 0.8]}},
    "edge": {"m": {"translate_x": [-0.8, 0.8]}},
    "crop": {"m": {"translate_x": [-0.1, 0.1]}},
}


def test_an_interval_that_reaches_its_range_s_end_is_open():
    """Beyond a crop of 0.1 nothing was screened: the own threshold of 0.2 may be its own too."""
    own = thresholds(("up", 0.2, 0.15, 0.25, False), ("down", -0.2, -0.25, -0.15, False))
    crop = thresholds(("up", 0.08, 0.05, 0.1, False), ("down", -0.08, -0.1, -0.05, False))
    inside = thresholds(("up", 0.08, 0.05, 0.09, False), ("down", -0.08, -0.09, -0.05, False))
    for other, apart in ((crop, False), (inside, True)):
        table = border_table(own, "black", {"crop": other}, RANGES)
        assert list(table["intervals_disjoint"]) == [False, False, apart, apart]


def test_changes_against_the_run_s_own_padding():
    own = thresholds(("up", 0.4, 0.3, 0.5, False), ("down", -0.8, -0.8, -0.6, True))
    edge = thresholds(("up", 0.6, 0.55, 0.7, False), ("down", -0.5, -0.55, -0.4, False))
    crop = thresholds(("up", 0.1, 0.1, 0.1, True), ("down", -0.05, -0.06, -0.04, False))
    other = thresholds(("up", 0.2, 0.1, 0.3, False)).assign(transform="blur")
    table = border_table(pd.concat([own, other]), "black", {"edge": edge, "crop": crop}, RANGES)
    assert list(table.columns) == BORDERS.names
    assert list(table["padding"]) == ["black"] * 2 + ["edge"] * 2 + ["crop"] * 2
    assert not (table["transform"] == "blur").any()
    assert set(table["images"]) == {9}
    assert_close(table["change"].to_numpy(), np.array([0, 0, 0.2, 0.3, 0.0, 0.75]))
    assert list(table["change_is_bound"]) == [False, False, False, True, False, True]
    assert list(table["intervals_disjoint"]) == [False, False, True, True, False, True]


def test_a_threshold_that_is_lost_within_a_shorter_range_counts():
    """Censored at 0.1 where the own one was 0.05: it has grown by 0.05 at least."""
    own = thresholds(("up", 0.05, 0.04, 0.06, False))
    crop = thresholds(("up", 0.1, 0.09, 0.1, True))
    row = border_table(own, "black", {"crop": crop}, RANGES).iloc[1]
    assert row["change"] == pytest.approx(0.05)
    assert row["change_is_bound"]
    assert row["intervals_disjoint"]


def test_a_cell_without_an_own_threshold_is_an_error():
    edge = thresholds(("up", 0.6, 0.5, 0.7, False))
    with pytest.raises(ValueError, match=r"edge.*lack"):
        border_table(edge.assign(model="another"), "black", {"edge": edge}, RANGES)


# ---- interpolation -------------------------------------------------------------------------------


def test_quarter_turns_are_as_sharp_as_the_picture_and_all_angles_between_less(random_pictures):
    table = sharpness_table(random_pictures(4, 48, 48)).set_index("angle")["sharpness"]
    quarters = table.index % 90 == 0
    assert_close(table[quarters].to_numpy(), np.ones(5))
    assert (table[~quarters] < 0.6).all()
    assert table[45] == pytest.approx(table[135], rel=0.1)


def test_fine_energy_is_the_laplacian_s(random_pictures):
    ramp = torch.arange(20.0).expand(1, 3, 20, 20)
    assert float(fine_energy(ramp)) == 0
    wave = (torch.arange(20.0) % 2).expand(1, 3, 20, 20)  # 0 1 0 1: second differences of 2
    assert float(fine_energy(wave)) == pytest.approx(4)
    flat = torch.full((1, 3, 20, 20), 9.0)
    table = sharpness_table(torch.cat([flat, random_pictures(1, 20, 20)]), [0.0])
    assert list(table["images"]) == [1]
