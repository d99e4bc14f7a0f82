"""Which pictures of a folder train and which are screened, and what a split's state is."""

import numpy as np
import pytest
from folders import folder

from invariances.errors import InputError


def test_one_root_is_split(class_folders):
    dataset = folder(class_folders("a", number=20), images=5)
    parts = [dataset.pictures("a", s, 99, 0) for s in ("screening", "training", "validation")]
    assert [len(part) for part in parts] == [5, 12, 3]
    assert len(set().union(*parts)) == 20


def test_a_training_root_is_used_for_training_only(class_folders):
    root, lessons = class_folders("a"), class_folders("a", number=10, root="lessons")
    dataset = folder(root, training_root=str(lessons), images=4)
    assert len(dataset.pictures("a", "screening", 99, 0)) == 4
    training = dataset.pictures("a", "training", 99, 0)
    validation = dataset.pictures("a", "validation", 99, 0)
    assert (len(training), len(validation)) == (8, 2)
    assert not set(training) & set(validation)
    assert dataset.path(training[0]).startswith(str(lessons))
    assert dataset.read(training[0]).size == (12, 10)


def test_the_same_training_root_does_not_train_on_what_is_screened(class_folders):
    root = class_folders("a", number=10)
    dataset = folder(root, training_root=f"{root}/../pictures", images=5)
    screened = dataset.pictures("a", "screening", 99, 0)
    rest = dataset.pictures("a", "training", 99, 0) + dataset.pictures("a", "validation", 99, 0)
    assert len({dataset.path(name) for name in screened + rest}) == 10


def test_a_missing_training_folder_is_named(class_folders):
    root, lessons = class_folders("a", "b"), class_folders("a", root="lessons")
    dataset = folder(root, training_root=str(lessons))
    with pytest.raises(InputError, match="lessons/b"):
        dataset.pictures("b", "training", 1, 0)


def test_state_changes_with_a_category_s_own_files_only(class_folders, picture_file):
    root, lessons = class_folders("a", "b"), class_folders("a", "b", root="lessons")
    dataset = folder(root, training_root=str(lessons))
    states = [dataset.state(["a"])]

    def changed():
        states.append(dataset.state(["a"]))
        return states[-1] != states[-2]

    assert not changed()
    picture_file(root / "b" / "new.png")
    (root / "a" / "notes.txt").write_text("not a picture")
    assert not changed()
    picture_file(root / "a" / "new.png")
    assert changed()
    # Another picture of the same name.
    picture_file(root / "a" / "new.png", width=13)
    assert changed()
    (root / "a" / "new.png").unlink()
    assert changed()
    picture_file(lessons / "a" / "new.png")
    assert changed()
    assert dataset.state(["a", "b"]) != dataset.state(["a"])


def test_state_of_a_split_is_that_of_its_own_folder(class_folders, picture_file):
    root, lessons = class_folders("a"), class_folders("a", root="lessons")
    apart, one_pool = folder(root, training_root=str(lessons)), folder(root)
    splits = ("screening", "training", "validation")

    def states(dataset):
        return np.array([dataset.state(["a"], split) for split in splits])

    before = states(apart)
    picture_file(lessons / "a" / "new.png")
    assert (states(apart) != before).tolist() == [False, True, True]
    before, pool = states(apart), states(one_pool)
    picture_file(root / "a" / "new.png")
    assert (states(apart) != before).tolist() == [True, False, False]
    assert (states(one_pool) != pool).all()
