"""Masks of photographs, what is put behind their objects, and runs that lack them."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from invariances import datasets
from invariances.configuration import dataset_settings
from invariances.configuration.declaration import Dataset
from invariances.datasets.objects import behind_of, check_known, filled, mask_file, read_mask
from invariances.errors import InputError
from invariances.inference.prepared import objects_file, read_pictures
from invariances.notebook import screen
from invariances.pictures import Preparation, prepare
from invariances.records import to_json

ROOT = Path(__file__).parents[2]


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
    file.write_bytes(file.read_bytes()[:150])
    with pytest.raises(InputError, match=r"all\.objects\.npy"):
        read_pictures([pixels], objects=True)


def run_script(name, arguments):
    command = [sys.executable, ROOT / f"scripts/{name}.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_masks_that_are_no_masks_of_their_own_are_refused(class_folders, picture_file, tmp_path):
    root = class_folders("a", "b")
    picture_file(root / "a/0.jpg")
    dataset = datasets.open_dataset(dataset_settings(Dataset(name="folder", root=str(root))))
    one = next(name for name in dataset.pictures("a", "screening", 9, 0) if name.endswith(".png"))
    with pytest.raises(InputError, match="would be the picture itself"):
        check_known(dataset, root, ["object_rotate"], [one])
    with pytest.raises(InputError, match=r"'\.\./x\.png' leads out of"):
        check_known(dataset, tmp_path / "masks", ["object_rotate"], ["../x.png"])
    both = [one, one.replace(".png", ".jpg")]
    with pytest.raises(InputError, match="would have one mask"):
        check_known(dataset, tmp_path / "masks", ["object_rotate"], both)
