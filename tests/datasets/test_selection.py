"""Choosing classes and pictures, whatever the dataset."""

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sections import opened

from invariances.configuration import dataset_settings
from invariances.configuration.declaration import Dataset
from invariances.datasets import DATASETS, drawn, files_state, open_dataset, select
from invariances.errors import InputError

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=40, unique=True).map(
    lambda names: [name.encode("utf-8", "replace").decode() for name in names]
)
SPLITS = ("screening", "training", "validation")


@given(
    names=NAMES.map(lambda n: sorted(set(n))), screened=st.integers(1, 20), seed=st.integers(0, 9)
)
def test_splits_are_disjoint_and_use_everything(names, screened, seed):
    parts = {split: drawn(names, split, screened, 10**6, seed) for split in SPLITS}
    everything = [name for part in parts.values() for name in part]
    assert sorted(everything) == sorted(names)
    assert len(parts["screening"]) == min(screened, len(names))
    assert drawn(list(reversed(names)), "training", screened, 10**6, seed) == parts["training"]


@given(count=st.integers(0, 12), seed=st.integers(0, 9))
def test_fewer_pictures_are_the_first_of_more(count, seed):
    names = [str(number) for number in range(30)]
    for split in SPLITS:
        assert drawn(names, split, 10, count, seed) == drawn(names, split, 10, 30, seed)[:count]


@given(extra=st.text(min_size=3, max_size=5), seed=st.integers(0, 50))
def test_one_more_picture_displaces_at_most_one(extra, seed):
    extra = extra.encode("utf-8", "replace").decode()
    names = [str(number) for number in range(40)]
    before = drawn(names, "screening", 10, 10, seed)
    after = drawn([*names, extra], "screening", 10, 10, seed)
    assert len(set(before) - set(after)) <= 1
    kept = [name for name in after if name != extra]
    assert kept == before[: len(kept)]


def test_the_seed_decides():
    names = [str(number) for number in range(100)]
    assert drawn(names, "screening", 10, 10, 0) != drawn(names, "screening", 10, 10, 1)


def test_files_state_sees_content_names_and_broken_links(tmp_path):
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_text("a")
    two.symlink_to(tmp_path / "gone")
    states = [files_state([one, two])]
    assert files_state([two, one]) == states[0]
    (tmp_path / "gone").write_text("there")
    states.append(files_state([one, two]))
    one.write_text("ab")
    states.append(files_state([one, two]))
    os.utime(one, ns=(1, 1))
    states.append(files_state([one, two]))
    states.append(files_state([one]))
    assert len(set(states)) == len(states)


def test_every_dataset_is_registered_under_its_name():
    opened(name="digits")
    names = {"phantoms", "folder", "table", "imagenet", "imagenette", "photographs", "digits"}
    assert set(DATASETS) == names
    with pytest.raises(InputError, match=r"dataset\.name.*did you mean 'digits'"):
        open_dataset(replace(dataset_settings(Dataset(name="digits")), name="digit"))


@pytest.mark.parametrize("name", ["folder", "imagenet", "imagenette"])
def test_datasets_of_files_need_a_root(name):
    with pytest.raises(InputError, match=r"dataset\.root"):
        opened(name=name, root=None)


def test_classes_are_selected_by_any_name_once():
    digits = opened(name="digits")
    assert select(digits, "all") == list(digits.categories)
    assert select(digits, [3, "1"]) == ["3", "1"]
    for wanted, words in (
        (["3", 3], "3 names '3' a second time"),
        (["33"], "unknown '33'"),
        ("3", "give `all` or a list"),
    ):
        with pytest.raises(InputError, match=words):
            select(digits, wanted)


def test_digits_are_real_and_split():
    digits = opened(name="digits", images=15)
    parts = {split: digits.pictures("7", split, 500, 0) for split in SPLITS}
    assert len(parts["screening"]) == 15
    assert sum(map(len, parts.values())) == 179
    image = digits.read(parts["screening"][0])
    assert (image.mode, image.size) == ("RGB", (8, 8))
    assert image.getextrema()[0] == (0, 255)
    assert digits.path(parts["screening"][0])
    assert digits.state(["7"]) == digits.state(["1"])


def test_phantoms_are_rendered_and_split():
    phantoms = opened(name="phantoms", size=32)
    name = phantoms.categories[0]
    parts = {split: phantoms.pictures(name, split, 30, 5) for split in SPLITS}
    assert all(len(part) == 30 for part in parts.values())
    assert len(set().union(*parts.values())) == 90
    image = phantoms.read(parts["training"][3])
    assert (image.mode, image.size) == ("RGB", (32, 32))
    assert image.tobytes() == phantoms.read(parts["training"][3]).tobytes()
    assert image.tobytes() != phantoms.read(parts["training"][4]).tobytes()
    assert phantoms.pictures(name, "screening", 1, 6) != phantoms.pictures(name, "screening", 1, 5)
    assert select(phantoms, [0]) == select(phantoms, [name]) == [name]
    assert phantoms.state([name]) != opened(name="phantoms", size=64).state([name])
