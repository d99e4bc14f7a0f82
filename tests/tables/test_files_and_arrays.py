"""Files of results: whole or absent, and read back as they were."""

from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from torch import nn

from invariances import classifiers, itn
from invariances.errors import InputError, unknown
from invariances.tables import (
    atomically,
    read_arrays,
    write_arrays,
)
from invariances.tables.arrays import read_pixels

AWKWARD = [
    "007", "1.50", "1e5", "NA", "nan", "null", "True", "a,b", 'a"b', "it's", "a\nb", "a\r\nb", " a ",
    "brûlée 图", "0x10", "-", "2024-01-01", "=1+1",
]  # fmt: skip


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {"classes": np.array(AWKWARD), "identity": 3, "x": np.float32([[1, 2]])}
    write_arrays(arrays, tmp_path / "deep" / "a.npz")
    back = read_arrays(tmp_path / "deep" / "a.npz")
    assert back["classes"].tolist() == AWKWARD
    assert int(back["identity"]) == 3
    assert back["x"].dtype == np.float32
    write_arrays({}, tmp_path / "empty.npz")
    assert read_arrays(tmp_path / "empty.npz") == {}


def test_pickles_are_neither_written_nor_read(tmp_path):
    with pytest.raises(ValueError, match=r"[Oo]bject arrays"):
        write_arrays({"x": np.array([object()])}, tmp_path / "a.npz")
    assert list(tmp_path.iterdir()) == []
    np.savez(tmp_path / "b.npz", x=np.array([{}]))
    with pytest.raises(InputError, match=r"b\.npz"):
        read_arrays(tmp_path / "b.npz")


@pytest.mark.parametrize("length", [0, 1, 30, 150, 400])
def test_damaged_results_are_refused_by_name(tmp_path, length):
    path = tmp_path / "a.npz"
    write_arrays({"x": np.arange(40), "y": np.arange(40)}, path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match=r"a\.npz"):
        read_arrays(path)


def test_a_flipped_byte_is_noticed(tmp_path):
    path = tmp_path / "a.npz"
    write_arrays({"x": np.arange(400)}, path)
    content = bytearray(path.read_bytes())
    content[1000] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.npz"):
        read_arrays(path)


def test_a_failed_write_leaves_nothing_and_the_old_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("old")

    def fail(file):
        file.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        atomically(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "t.csv"
    seen = []

    def write(file):
        file.write_text("half")
        seen.append(path.exists())
        file.write_text("whole")

    atomically(path, write)
    assert seen == [False]
    assert path.read_text() == "whole"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "results").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="results"):
        write_arrays({"x": 1}, tmp_path / "results" / "deep" / "t.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_unknown_names_come_with_the_nearest():
    message = str(unknown("key", "rotat", ["rotate", "zoom"]))
    assert message == "key: unknown 'rotat'; did you mean 'rotate'? allowed: rotate, zoom"
    assert "did you mean" not in str(unknown("key", "qqq", ["rotate", "zoom"]))
    assert "(50 in all)" in str(unknown("key", "x", map(str, range(50))))


# ---- damaged results of every kind -------------------------------------------------------------------


def damages(content):
    """The same content emptied, cut, and with a byte changed in its second half."""
    changed = bytearray(content)
    changed[len(changed) * 3 // 4] ^= 0x55
    return [b"", content[: len(content) // 2], bytes(changed)]


def test_damaged_pixels_are_refused_by_name(tmp_path):
    pixels = np.arange(2 * 8 * 8 * 3, dtype=np.uint8).reshape(2, 8, 8, 3)
    digests = [sha256(picture.tobytes()).hexdigest() for picture in pixels]
    manifest = pd.DataFrame({"picture": ["a", "b"], "sha256": digests})
    path = tmp_path / "p.npy"
    np.save(path, pixels)
    np.testing.assert_array_equal(read_pixels(path, manifest), pixels)
    with pytest.raises(InputError, match=r"p\.npy: it is damaged \(uint8 2x8x8x3 for 1 pictures"):
        read_pixels(path, manifest[:1])
    for content in damages(path.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"p\.npy: it is damaged .*remove it and run again"):
            read_pixels(path, manifest)


def test_damaged_classifiers_are_refused_by_name(tmp_path):
    network = nn.Linear(4, 2)
    description = classifiers.Description("torchvision/alexnet", ("a", "b"))
    classifiers.save(network, description, tmp_path)
    for name in ("weights.safetensors", "model.json"):
        whole = (tmp_path / name).read_bytes()
        for content in damages(whole)[: 3 if name.startswith("weights") else 2]:
            (tmp_path / name).write_bytes(content)
            with pytest.raises(
                InputError, match=f"{name}: it is damaged .*remove it and run again"
            ):
                classifiers.load(tmp_path)
        (tmp_path / name).write_bytes(whole)
    (tmp_path / "model.json").write_text('{"network": "torchvision/alexnet"}')
    with pytest.raises(InputError, match=r"model\.json: it is damaged"):
        classifiers.load(tmp_path)


def test_a_damaged_itn_is_refused_by_name(tmp_path):
    path = tmp_path / "itn.safetensors"
    itn.save(itn.InvariantTransformer(itn.Architecture()), path)
    itn.load(path)
    for content in damages(path.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"itn\.safetensors: it is damaged .*run again"):
            itn.load(path)
