"""Pictures by a table, and classes that have fewer than are wanted."""

from pathlib import Path

import numpy as np
import pytest

from invariances.configuration import dataset_settings
from invariances.configuration.declaration import Dataset
from invariances.datasets import open_dataset, select
from invariances.datasets.amounts import amounts, told_of_few
from invariances.errors import InputError

GOOD = "path,label,taken\na/1.png,daisy,2020\na/2.png,pizza,2021\nb.png,daisy,\n"


@pytest.fixture
def table(tmp_path, picture_file):
    for name in ("a/1.png", "a/2.png", "b.png"):
        picture_file(tmp_path / "set" / name)
    (tmp_path / "set/notes.txt").touch()

    def write(text: str = GOOD, **options):
        file = tmp_path / "set/pictures.csv"
        file.write_text(text, encoding="utf-8")
        return open_dataset(dataset_settings(Dataset(name="table", file=str(file), **options)))

    return write


def test_rows_are_pictures_of_their_labels(table, tmp_path):
    found = table()
    assert found.categories == found.present == ("daisy", "pizza")
    assert sorted(found.pictures("daisy", "screening", 9, 0)) == ["a/1.png", "b.png"]
    assert found.path("a/2.png") == str(tmp_path / "set/a/2.png")
    assert np.asarray(found.read("b.png")).shape == (10, 12, 3)
    assert select(found, ["pizza", 0]) == ["pizza", "daisy"]


def test_labels_are_imagenet_s_where_that_is_said(table):
    found = table(categories="imagenet")
    assert len(found.categories) == 1000 and found.present == ("pizza", "daisy")
    assert select(found, ["daisy", 963]) == ["daisy", "pizza"]
    ids = table(GOOD.replace("daisy", "n11939491").replace("pizza", "963"))
    assert ids.present == ("963", "n11939491")
    assert table(GOOD.replace("daisy", "n11939491").replace("pizza", "n07873807")).present == (
        "pizza",
        "daisy",
    )


def test_another_row_or_another_picture_is_another_state(table, tmp_path):
    first = table()
    state = first.state(["pizza"])
    assert first.state(["pizza"]) == state
    (tmp_path / "set/a/2.png").write_bytes(b"other")
    assert first.state(["pizza"]) != state


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,label\n", "pictures.csv: lacks the column 'path'; its columns are: file, label"),
        ("path,label\n", "pictures.csv: has no rows"),
        ("", "its columns are: none"),
        (GOOD + "c.png,daisy,\n", "line 5: no picture"),
        (GOOD + "b.png,pizza,\n", "line 5: 'b.png' stands there a second time"),
        (GOOD + "notes.txt,pizza,\n", "line 5: 'notes.txt' is not named as a picture"),
        (GOOD + ",pizza,\n", "line 5: the path is empty"),
        (GOOD + "b.png,,\n", "line 5: the label is empty"),
        (GOOD.replace("daisy,\n", "daisy,1,2\n"), "line 4: has more fields"),
    ],
)
def test_each_row_is_checked(table, text, said):
    with pytest.raises(InputError) as refused:
        table(text)
    assert said in str(refused.value)


def test_a_table_that_is_not_there(tmp_path):
    for file, said in ((None, "dataset.file"), (str(tmp_path / "no.csv"), "no.csv: No such file")):
        with pytest.raises(InputError, match=said):
            open_dataset(dataset_settings(Dataset(name="table", file=file)))


def test_fewer_than_asked_for_are_taken_or_refused(table):
    found = table()
    classes = ["daisy", "pizza"]
    assert amounts(found, classes, 1, "fail", 0) == {"daisy": 1, "pizza": 1}
    assert amounts(found, classes, 5, "take", 0) == {"daisy": 2, "pizza": 1}
    with pytest.raises(InputError, match="5 pictures a class are wanted, but 'daisy' has 2"):
        amounts(found, classes, 5, "fail", 0)
    assert told_of_few({"daisy": 2, "pizza": 1}, 2).startswith(
        "dataset.images: up to 2 a class; all pictures are taken, 1 of pizza"
    )
    assert told_of_few({"daisy": 2, "pizza": 1}, "all") == ""


def test_all_are_all(table):
    found = table(images="all")
    every = amounts(found, ["daisy", "pizza"], "all", "fail", 0)
    assert every == {"daisy": 2, "pizza": 1}
    assert found.pictures("daisy", "training", 5, 0) == []
    assert Path(found.path("b.png")).is_file()
