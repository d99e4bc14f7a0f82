"""Pictures are told by their content."""

import json
import os

import pytest

from invariances.datasets import contents

OF_A_FILE = [
    f'{{"PATH": {entry}}}'
    for entry in ("3", "null", "[]", "[[1, 2, 3, 4]]", "[[], null]", '[3, "a"]')
]
"""Damage to what is kept of a file that is asked for."""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(contents, "FRESH", -1e9)
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) * 100)
    return paths


def test_a_touched_file_is_the_same_and_a_replaced_one_is_not(files):
    before = contents.contents(files)
    assert contents.contents(files[::-1]) == before
    files[0].touch()
    assert contents.contents(files) == before
    stat = files[1].stat()
    files[1].unlink()
    files[1].write_bytes(bytes([9]) * 100)
    os.utime(files[1], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    replaced = contents.contents(files)
    assert replaced != before
    files[1].write_bytes(bytes([1]) * 100)
    assert contents.contents(files) == before
    files[2].rename(files[2].with_name("other.png"))
    assert contents.contents([*files[:2], files[2].with_name("other.png")]) != before


def test_what_is_missing_or_no_file_is_told(files, tmp_path):
    states = {contents.contents(files)}
    files[0].unlink()
    states.add(contents.contents(files))
    files[0].symlink_to(files[0])
    states.add(contents.contents(files))
    files[0].unlink()
    files[0].mkdir()
    states.add(contents.contents(files))
    assert len(states) == 3  # a link to itself is missing


def test_files_are_read_once(files, monkeypatch):
    first = contents.contents(files)
    read = []
    plain = contents._hash
    monkeypatch.setattr(contents, "_hash", lambda name: read.append(name) or plain(name))
    assert contents.contents(files) == first and not read
    files[1].touch()
    assert contents.contents(files) == first
    assert read == [str(files[1])]


def test_a_file_that_may_still_change_is_read_again(files, monkeypatch):
    monkeypatch.setattr(contents, "FRESH", 3600.0)
    contents.contents(files)
    assert not contents.KEPT.exists()


@pytest.mark.parametrize("damage", ["", "[1]", '{"a": 3}', "\xff", *OF_A_FILE])
def test_a_damaged_cache_is_no_harm(files, damage):
    first = contents.contents(files)
    assert len(json.loads(contents.KEPT.read_text())) == 3
    contents.KEPT.write_text(damage.replace("PATH", str(files[0])), encoding="latin1")
    assert contents.contents(files) == first
