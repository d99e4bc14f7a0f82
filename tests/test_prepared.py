"""Prepared pictures are read in one way, whole, and held against their manifests."""

from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from whole import write_whole

from invariances.errors import InputError
from invariances.inference import Pictures, picture_ids, read_pictures
from invariances.tables import MANIFEST

NAMES = ["a/0", "a/1", "c/0", "b/0", "b/1", "b/2"]
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)


def store(path, pixels, names, skipped=()):
    """An array and, beside it, its manifest; skipped pictures stand in the manifest alone."""
    np.save(path, pixels)
    digests = [sha256(picture.tobytes()).hexdigest() for picture in pixels]
    rows = [{"picture": n, "sha256": digest} for n, digest in zip(names, digests, strict=True)]
    rows[1:1] = [{"picture": n, "skipped": "torn"} for n in skipped]
    rows = [row | {"class": row["picture"].split("/")[0]} for row in rows]
    write_whole(pd.DataFrame(rows), path.with_suffix(".csv"), MANIFEST)
    return path


@pytest.fixture
def chunks(tmp_path):
    """Two chunks; a stem may hold dots, and a class may be in both."""
    first = store(tmp_path / "0.of.2.npy", PIXELS[:3], NAMES[:3], skipped=["a/torn"])
    return [first, store(tmp_path / "1.of.2.npy", PIXELS[3:], NAMES[3:])]


def test_chunks_are_one(chunks):
    pictures = read_pictures(chunks)
    assert len(pictures) == 6 and pictures.pixels.shape == PIXELS.shape
    assert pictures.names.tolist() == NAMES
    assert pictures.classes.tolist() == ["a", "c", "b"]
    assert pictures.class_index.tolist() == [0, 0, 1, 2, 2, 2]
    assert pictures.first_of_classes.tolist() == [0, 2, 3]
    order = np.array([5, 0, 3, 2, 2])
    assert np.array_equal(pictures.pixels[order], PIXELS[order])
    assert np.array_equal(pictures.take(order).pixels, PIXELS[order])
    assert pictures.take(order).names.tolist() == [NAMES[row] for row in order]
    assert np.array_equal(pictures.ids, picture_ids(NAMES))


def test_labels_are_places_among_the_network_s_categories(chunks):
    pictures = read_pictures(chunks, ("x", "b", "y", "c", "a"))
    assert pictures.labels.tolist() == [4, 3, 1]
    assert pictures.categories.tolist() == [4, 4, 3, 1, 1, 1]
    with pytest.raises(
        InputError, match=r"1\.of\.2\.csv: the network does not know the class.*'b'"
    ):
        read_pictures(chunks, ("a", "c", "bb"))


def test_a_part_is_class_after_class_in_each_one_s_order(chunks):
    pictures = read_pictures(chunks)
    part = pictures.part(["b", "a"], count=2)
    assert part.names.tolist() == ["b/0", "b/1", "a/0", "a/1"]
    assert np.array_equal(part.pixels, PIXELS[[3, 4, 0, 1]])
    assert part.categories.tolist() == [2, 2, 0, 0]
    assert pictures.part(["b"], 9, start=0.4).names.tolist() == ["b/1", "b/2"]
    halves = [pictures.part(["a", "b"], 9, *share).names.tolist() for share in ((0, 0.5), (0.5, 1))]
    assert sorted(halves[0] + halves[1]) == sorted(set(NAMES) - {"c/0"})
    with pytest.raises(InputError, match="no prepared pictures of d"):
        pictures.part(["d"], 2)


def test_an_array_and_a_manifest_that_do_not_fit_are_refused(chunks):
    np.save(chunks[1], PIXELS[3:5])
    with pytest.raises(InputError, match=r"1\.of\.2\.npy: .* for 3 pictures of its manifest"):
        read_pictures(chunks)


def test_pictures_of_another_size_are_refused(chunks, tmp_path):
    other = store(tmp_path / "other.npy", np.zeros((1, 9, 5, 3), np.uint8), ["d/0"])
    with pytest.raises(InputError, match=r"other\.npy: pictures of \(9, 5\), but .* has \(4, 5\)"):
        read_pictures([*chunks, other])


def test_pictures_stay_on_disk(tmp_path):
    file = store(tmp_path / "p.npy", PIXELS, NAMES)
    assert isinstance(read_pictures([file]).pixels, np.memmap)
    assert isinstance(Pictures.take(read_pictures([file]), np.arange(2)).pixels, np.ndarray)


def test_picture_ids_are_stable_and_apart():
    names = np.array([f"n/{place}" for place in range(2000)] + ["é", "a\nb", ""])
    ids = picture_ids(names)
    assert ids.dtype == np.int64
    assert len(set(ids.tolist())) == len(names)
    assert ids.min() >= 0
    # Written down: noise drawn today must be drawn again in a year.
    assert picture_ids(["orange/0007"]).tolist() == [34552765033745577]
    assert np.array_equal(picture_ids(list(names)), ids)
