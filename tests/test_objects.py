"""Moving the object alone: against phantoms drawn moved and a calculation on paper; masks and holes."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.testing import assert_close

from invariances import datasets, phantoms
from invariances.configuration import dataset_settings, grids
from invariances.configuration.declaration import Combination, Dataset, Pair
from invariances.datasets.objects import behind_of, check_known, filled, mask_file, read_mask
from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.inference.prepared import objects_file, read_pictures
from invariances.inference.responder import transformed
from invariances.notebook import screen
from invariances.phantoms import bodies, objects, patterns, surroundings
from invariances.pictures import Preparation, prepare
from invariances.records import to_json
from invariances.transforms import TRANSFORMS, Setting

ROOT = Path(__file__).parents[1]

NAMES = [name for name in TRANSFORMS if name.startswith("object_")]
SIDE = 96


def as_tensor(*pictures):
    return torch.stack(
        [torch.from_numpy(each.copy()).permute(2, 0, 1).float() for each in pictures]
    )


@pytest.fixture
def plain(monkeypatch):
    """Phantoms taken without blur and grain, which are the camera's and stay where an object moves."""
    still = surroundings.Photograph(blur=0, grain=0, focus=0, speckle=0)

    def photograph(scene, picture, limits):
        return surroundings.photograph(scene, picture, still)

    for module in (bodies, objects, patterns):
        monkeypatch.setattr(module, "photograph", photograph)
    monkeypatch.setattr(surroundings, "_resampled", lambda picture, between: picture)


def theta_of(name, magnitude):
    frame = TRANSFORMS[name.removeprefix("object_")]
    assert frame.theta is not None
    return frame.theta(torch.tensor([magnitude], dtype=torch.float64), SIDE, SIDE)


def drawn_moved(phantom, index, name, magnitude):
    """The phantom, its object drawn where the transform puts it, and where that comes from the frame."""
    ((a, b, c), (d, e, f)) = theta_of(name, magnitude)[0].tolist()

    def moved(x, y):  # halves of a side there, sides here
        return a * x + b * y + c / 2, d * x + e * y + f / 2

    at = (np.arange(SIDE) + 0.5) / SIDE - 0.5
    x, y = moved(*np.meshgrid(at, at))
    inside = np.maximum(abs(x), abs(y)) < 0.5 - 1 / SIDE
    return phantoms.layers(phantom, index, seed=0, size=SIDE, moved=moved)[0], inside


def by_transform(phantom, index, name, magnitude):
    picture, behind, covered = phantoms.layers(phantom, index, seed=0, size=SIDE)
    known = torch.cat([as_tensor(behind), torch.from_numpy(covered.copy()).float()[None, None]], 1)
    moved = TRANSFORMS[name](as_tensor(picture), torch.tensor([magnitude]), Setting(behind=known))
    return moved[0].permute(1, 2, 0).numpy()


@pytest.mark.parametrize("phantom", phantoms.CLASSES)
@pytest.mark.parametrize(
    ("name", "pixels"), [("object_translate_x", 13), ("object_translate_y", -22)]
)
def test_a_shift_by_whole_pixels_is_the_phantom_drawn_there(plain, phantom, name, pixels):
    for index in range(3):
        wanted, inside = drawn_moved(phantom, index, name, pixels / SIDE)
        found = by_transform(phantom, index, name, pixels / SIDE)
        behind = phantoms.layers(phantom, index, seed=0, size=SIDE)[1]
        axis = 1 if name.endswith("x") else 0
        # Light above white is cut off, and what it would have been behind an edge is not known.
        below = (behind < 255).all(axis=2)
        below &= np.roll(below, pixels, axis)
        # Three roundings to whole levels, of the picture, of what is behind it, of how much is covered.
        assert abs(found - wanted)[inside & below].max(initial=0) <= 2.5
        assert abs(found - wanted)[inside].mean() < 0.6
        # Where what comes in was not in the frame there is the background as it was.
        entered = slice(None, pixels) if pixels > 0 else slice(pixels, None)
        assert np.array_equal(*(each.take(range(SIDE)[entered], axis) for each in (found, behind)))


@pytest.mark.parametrize("phantom", phantoms.CLASSES)
@pytest.mark.parametrize(
    ("name", "magnitude"),
    [
        ("object_rotate", 25.0),
        ("object_zoom", 1.4),
        ("object_scale_x", 0.8),
        ("object_scale_y", 1.3),
    ],
)
def test_other_moves_are_the_phantom_drawn_so_but_for_interpolation(
    plain, phantom, name, magnitude
):
    opposite = -magnitude if name == "object_rotate" else 1 / magnitude
    for index in range(2):
        wanted, inside = drawn_moved(phantom, index, name, magnitude)
        off = abs(by_transform(phantom, index, name, magnitude) - wanted)[inside].mean()
        wrong = abs(by_transform(phantom, index, name, opposite) - wanted)[inside].mean()
        assert off < 1.5 or off < 0.2 * wrong
        assert off < 0.35 * wrong


def test_what_is_told_of_a_phantom_is_the_picture_it_is_drawn_as():
    for phantom, index in product(phantoms.CLASSES, range(4)):
        picture, behind, covered = phantoms.layers(phantom, index, seed=0, size=48)
        assert np.array_equal(picture, phantoms.render(phantom, index, seed=0, size=48))
        assert covered.max() > 200
        # Grain and exposure are the same in both; less than half a level of 255 is covered there.
        beside = covered == 0
        assert abs(picture[beside].astype(int) - behind[beside]).max(initial=0) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_identity_is_exact_and_a_frame_without_known_object_moves_before_black(
    random_pictures, name
):
    transform = TRANSFORMS[name]
    frame = TRANSFORMS[name.removeprefix("object_")]
    for part in ("magnitudes", "unit", "identity", "axis"):
        assert getattr(transform, part) == getattr(frame, part)
    # It has no border: what pads a frame is not asked of it again.
    assert not transform.geometric and not transform.composable
    pictures, known = random_pictures(2, 12, 12) / 1.7, random_pictures(2, 12, 12, seed=1)
    known = torch.cat([known, known[:, :1]], dim=1)
    still = torch.full((2,), transform.identity)
    assert torch.equal(transform(pictures, still, Setting(behind=known)), pictures)
    ends = torch.tensor([transform.magnitudes[1], transform.magnitudes[-2]])
    assert_close(transform(pictures, ends), frame(pictures, ends), atol=1e-3, rtol=0)


def test_edges_of_a_mask_on_paper():
    """A row of five pixels, behind it 10 a pixel more; the object is 200, of pixel 1 it has a half."""
    behind = torch.tensor([0.0, 10, 20, 30, 40])
    covered = torch.tensor([0.0, 0.5, 1, 0, 0])
    row = covered * 200 + (1 - covered) * behind
    assert row.tolist() == [0, 105, 200, 30, 40]
    pictures = row.expand(1, 3, 5, 5)
    known = torch.cat([behind.expand(1, 3, 5, 5), 255 * covered.expand(1, 1, 5, 5)], dim=1)

    def shifted(pixels):
        at = torch.tensor([pixels / 5], dtype=torch.float64)
        return TRANSFORMS["object_translate_x"](pictures, at, Setting(behind=known))[0, 0, 2]

    assert_close(shifted(1), torch.tensor([0.0, 10, 110, 200, 40]))
    assert_close(shifted(-2), torch.tensor([200.0, 10, 20, 30, 40]))
    # By half a pixel: each is half of its own and half of its left neighbour's.
    assert_close(shifted(0.5), torch.tensor([0.0, 50 + 7.5, 150 + 5, 100 + 15, 40]))


def test_the_responder_hands_each_row_what_is_behind_its_own_picture():
    parts = [phantoms.layers(name, 0, seed=0, size=32) for name in ("broom", "orange", "lime")]
    behind = np.stack([np.concatenate([b, c[..., None]], axis=2) for _, b, c in parts])
    pictures = Pictures.numbered(np.stack([picture for picture, _, _ in parts]), np.arange(3))
    pictures = type(pictures)(**{**vars(pictures), "behind": behind}).take(np.array([2, 0, 1]))
    rows, magnitudes = np.array([2, 0, 1, 0]), np.array([0.25, 0.25, 0.25, 0.0])
    apply = TRANSFORMS["object_translate_x"]
    found = torch.cat(
        [each for _, each in transformed(pictures, rows, magnitudes, apply, batch_size=3)]
    )
    for place, (row, magnitude) in enumerate(zip(rows, magnitudes, strict=True)):
        own = as_tensor(pictures.behind[np.array([row])][0])
        alone = apply(
            as_tensor(pictures.pixels[np.array([row])][0]),
            torch.tensor([magnitude]),
            Setting(behind=own),
        )
        assert torch.equal(found[place], alone[0])


# ---- masks and holes -----------------------------------------------------------------------------


def test_a_hole_in_a_slope_is_filled_by_the_slope():
    across, down = np.meshgrid(np.arange(20), np.arange(16))
    slope = np.stack([3 * across + 2 * down, 200 - 5 * across, np.full_like(across, 7)], axis=2)
    slope = slope.astype(np.uint8)
    hole = np.hypot(across - 9, down - 8) < 5
    spoilt = np.where(hole[..., None], np.uint8(255), slope)
    assert np.array_equal(filled(spoilt, hole, "smooth"), slope)
    mean = filled(spoilt, hole, "mean")
    assert np.array_equal(mean[~hole], slope[~hole])
    assert np.unique(mean[hole], axis=0).tolist() == [
        np.rint(slope[~hole].mean(axis=0)).astype(int).tolist()
    ]


def test_a_hole_at_the_frame_is_filled_from_within(random_pictures):
    pixels = random_pictures(1, 14, 14)[0].permute(1, 2, 0).numpy().astype(np.uint8)
    hole = np.zeros((14, 14), dtype=bool)
    hole[:6, :9] = True
    found = filled(pixels, hole, "smooth").astype(float)
    assert np.array_equal(found[~hole], pixels[~hole])
    padded = np.pad(found, ((1, 1), (1, 1), (0, 0)), constant_values=np.nan)
    around = np.stack([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    assert abs(np.nanmean(around, axis=0) - found)[hole].max() <= 1


def write_mask(file, side=(12, 10), white=255):
    file.parent.mkdir(parents=True, exist_ok=True)
    mask = np.zeros(side[::-1], dtype=np.uint8)
    mask[3:7, 4:9] = white
    Image.fromarray(mask).save(file)


@pytest.fixture
def masked(class_folders, tmp_path):
    """Two classes of two pictures of 12 x 10 pixels, and a mask of each."""
    root = class_folders("a", "b", number=2)
    for name, place in product("ab", range(2)):
        write_mask(tmp_path / "masks" / name / f"{place}.png")
    return {"name": "folder", "root": str(root), "masks": str(tmp_path / "masks"), "images": 2}


def test_a_mask_is_prepared_as_its_picture(masked, tmp_path):
    dataset = datasets.open_dataset(dataset_settings(Dataset(**masked)))
    preparation = Preparation(10, 8)
    pixels = prepare(dataset.read("a/0.png"), preparation)
    found = behind_of(dataset, "a/0.png", pixels, preparation, tmp_path / "masks", "smooth")
    # Of 12 columns the middle eight, of ten rows likewise.
    assert found[..., 3].tolist()[1:3] == [[0] * 8, [0, 0, 255, 255, 255, 255, 255, 0]]
    assert np.array_equal(found[..., :3][found[..., 3] == 0], pixels[found[..., 3] == 0])


def test_masks_that_are_none_are_refused(masked, tmp_path):
    file = mask_file(tmp_path / "masks", "a/0.jpg")
    assert file == tmp_path / "masks/a/0.png"
    with pytest.raises(InputError, match=r"the mask is 12x10, its picture 10x12"):
        read_mask(file, (10, 12))
    write_mask(file, white=1)
    with pytest.raises(InputError, match=r"nothing in it is white.*largest level is 1\)"):
        read_mask(file, (12, 10))
    with pytest.raises(InputError, match="there is no mask"):
        read_mask(tmp_path / "masks/none.png", (12, 10))
    dataset = datasets.open_dataset(dataset_settings(Dataset(**masked)))
    Image.new("L", (12, 10), 255).save(file)
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    with pytest.raises(InputError, match="nothing beside the object"):
        behind_of(dataset, "a/0.png", pixels, Preparation(10, 8), tmp_path / "masks", "mean")


def test_a_run_without_masks_is_refused_in_a_sentence(masked, tmp_path):
    dataset = datasets.open_dataset(dataset_settings(Dataset(**masked)))
    pictures = ["a/0.png", "b/1.png"]
    check_known(dataset, tmp_path / "masks", ["object_rotate"], pictures)
    check_known(dataset, None, [], pictures)
    with pytest.raises(InputError, match=r"transforms: 'object_rotate' moves.*give dataset.masks"):
        check_known(dataset, None, ["object_rotate"], pictures)
    (tmp_path / "masks/b/1.png").unlink()
    with pytest.raises(InputError, match=r"no mask '.*b/1.png' of the picture 'b/1.png'"):
        check_known(dataset, tmp_path / "masks", ["object_rotate"], pictures)
    own = datasets.open_dataset(dataset_settings(Dataset(name="phantoms")))
    check_known(own, None, ["object_rotate"], [])
    with pytest.raises(InputError, match="known without"):
        check_known(own, tmp_path, [], [])
    with pytest.raises(InputError, match="'object_zoom' needs masks"):
        screen(torch.nn.Identity(), masked["root"], "object_zoom")


@pytest.mark.parametrize(
    ("key", "names", "wrong"),
    [
        ("pairs", ["object_rotate", "blur"], False),
        ("pairs", ["blur", "object_rotate"], True),
        ("pairs", ["object_translate_x", "object_translate_y"], True),
        ("tuples", ["object_rotate", "blur", "zoom"], False),
        ("tuples", ["rotate", "object_zoom"], True),
    ],
)
def test_an_object_is_moved_before_anything_else(key, names, wrong):
    screened = grids.transforms({"blur": None})
    paired = grids.pairs([Pair(transforms=names)] if key == "pairs" else [], screened)
    given = [Combination(transforms=dict.fromkeys(names))] if key == "tuples" else []
    worst = grids.tuples(given, paired)
    if not wrong:
        assert grids.of_objects(screened, paired, worst) == (names[0],)
        return
    with pytest.raises(InputError, match=f"{key}: '.*name it first"):
        grids.of_objects(screened, paired, worst)


def test_the_job_s_file_is_read_beside_the_pictures(masked, tmp_path):
    settings = to_json(dataset_settings(Dataset(**masked)))
    pixels = tmp_path / "all.npy"
    given = ["--dataset", settings, "--preparation", "10-8-bilinear"]
    wanted = ["--classes", json.dumps(["a", "b"]), "--split", "screening", "--count", "2"]
    run_script("images", [*given, *wanted, "--pixels", pixels, "--manifest", tmp_path / "all.csv"])
    file = objects_file(pixels)
    given += ["--pixels", pixels, "--masks", masked["masks"], "--hole", "mean"]
    run_script("objects", [*given, "--output", file])
    assert read_pictures([pixels]).behind is None
    found = read_pictures([pixels], objects=True)
    dataset = datasets.open_dataset(dataset_settings(Dataset(**masked)))
    for row, name in enumerate(found.names):
        own = found.pixels[np.array([row])][0]
        masks = tmp_path / "masks"
        beside = behind_of(dataset, name, own, Preparation(10, 8), masks, "mean")
        assert np.array_equal(found.behind[np.array([row])][0], beside)
    np.save(file, np.zeros((1, 8, 8, 4), dtype=np.uint8))
    with pytest.raises(InputError, match="is not of the pictures"):
        read_pictures([pixels], objects=True)


def run_script(name, arguments):
    command = [sys.executable, ROOT / f"scripts/{name}.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
