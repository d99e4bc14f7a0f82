"""Transforms of the object in the DAG: what is behind it is made for those sweeps alone that need it."""

import shutil

import pandas as pd
import pytest
from house import SMALL
from PIL import Image, ImageDraw


@pytest.fixture
def moved(empty):
    """Two classes of two pictures of 40 x 32 pixels, each with a mask, and one transform of the object."""
    for name, colour in (("disc", "red"), ("square", "blue")):
        for place in range(2):
            picture, mask = Image.new("RGB", (40, 32), "grey"), Image.new("L", (40, 32))
            box = (10 + 2 * place, 8, 24 + 2 * place, 22)
            shape = "ellipse" if name == "disc" else "rectangle"
            getattr(ImageDraw.Draw(picture), shape)(box, colour)
            getattr(ImageDraw.Draw(mask), shape)(box, 255)
            for folder, image in (("set", picture), ("masks", mask)):
                (empty.path / folder / name).mkdir(parents=True, exist_ok=True)
                image.save(empty.path / folder / name / f"{place}.png")
    return SMALL | {
        "dataset": {"name": "folder", "root": "set", "masks": "masks", "images": 2},
        "models": {"one": SMALL["models"]["one"]},
        "transforms": {"rotate": {"steps": 3}, "object_rotate": {"steps": 3}},
        "pairs": [],
        "tuples": [],
        "thresholds": {"search": "grid", "resamples": 100},
        "itn": {"enabled": False},
        "chunks": 1,
    }


def test_objects_are_made_for_the_sweeps_that_move_them(empty, moved):
    empty.configure(moved)
    sweep = "results/small/sweeps/one/{}/0-of-1.npz"
    assert empty.planned(sweep.format("rotate")).get("objects", 0) == 0
    jobs = empty.planned(sweep.format("object_rotate"))
    assert jobs["objects"] == jobs["sweep"] == jobs["images"] == 1
    text = empty.run("--dry-run", "--printshellcmds", sweep.format("object_rotate"))
    assert "--masks masks --hole smooth" in text
    empty.run(sweep.format("object_rotate"))
    table = pd.read_parquet(
        empty.path / "results/small/sweeps/one/object_rotate/0-of-1.pictures.parquet"
    )
    assert len(table) == 2 * 2 * 2
    # Another mask is another object; the pictures are as they were.
    shutil.copy(empty.path / "masks/square/0.png", empty.path / "masks/disc/0.png")
    jobs = empty.planned(sweep.format("object_rotate"))
    assert jobs["objects"] == jobs["sweep"] == 1 and "images" not in jobs


def test_layers_see_the_object_moved_and_not_the_frame(empty, moved):
    aslant = {"range": [-45, 45], "steps": 3}
    empty.configure(moved | {"transforms": {"rotate": aslant, "object_rotate": aslant}})
    paths = [f"results/small/layers/one/{name}.parquet" for name in ("rotate", "object_rotate")]
    empty.run(*paths)
    frame, alone = (pd.read_parquet(empty.path / path) for path in paths)
    turned = (frame["magnitude"] != 0) & (frame["weights"] == "trained")
    # The frame brings black corners in; the object's background stays.
    assert (frame["invariance"] < alone["invariance"])[turned].mean() > 0.5
    assert not (frame["invariance"] == alone["invariance"])[turned].any()


def test_a_run_without_its_masks_is_refused(empty, moved):
    moved["dataset"] = {"name": "folder", "root": "set", "images": 2}
    empty.configure(moved)
    done = empty.snakemake("--dry-run")
    assert done.returncode
    assert "'object_rotate' moves the object alone" in done.stdout + done.stderr
