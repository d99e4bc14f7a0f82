"""Files that name a network's classes."""

import pytest

from invariances.configuration import dataset_settings, model_categories
from invariances.configuration.declaration import Dataset
from invariances.datasets import open_dataset
from invariances.errors import InputError


@pytest.fixture
def dataset():
    return open_dataset(dataset_settings(Dataset(name="digits")))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_names_are_read_a_line_each(tmp_path, dataset, mark, end):
    file = tmp_path / "categories.txt"
    file.write_bytes(mark + end.join([b"tabby cat", "caf\u00e9".encode(), b"", b"cup "]) + end)
    assert model_categories("models.m", str(file), dataset) == ("tabby cat", "caf\u00e9", "cup")


def test_decomposed_names_are_the_composed_ones(tmp_path, dataset):
    file = tmp_path / "categories.txt"
    file.write_text("cafe\u0301\n", encoding="utf-8")
    assert model_categories("models.m", str(file), dataset) == ("caf\u00e9",)


def test_another_encoding_is_named(tmp_path, dataset):
    file = tmp_path / "categories.txt"
    file.write_bytes("caf\u00e9".encode("latin-1"))
    with pytest.raises(InputError, match=r"models\.m\.categories: .* is not a text file in UTF-8"):
        model_categories("models.m", str(file), dataset)


def test_the_dataset_s_own_names(dataset):
    assert model_categories("models.m", "dataset", dataset) == dataset.categories
