"""Transforms, datasets and networks of a user's own, by name; and names that are taken."""

import importlib
import sys

import pytest
import torch
from sections import opened

from invariances.datasets import DATASETS, dataset, select
from invariances.errors import InputError
from invariances.extension import Registry, load
from invariances.transforms import TRANSFORMS, find, linear, photometric

TRANSFORM = '''
from invariances.transforms import linear, photometric


@photometric(label="fog", unit="", identity=0.0, grid=linear(0, 1, 5), axis="linear")
def {name}(pictures, magnitudes, setting):
    """I + v (255 - I)."""
    return pictures + magnitudes.view(-1, 1, 1, 1).to(pictures) * (255 - pictures)


def plain(pictures):
    return pictures
'''
DATASET = """
from PIL import Image


class Greys:
    categories = ("dark", "light")
    present = categories

    def __init__(self, settings):
        self.size = settings.size

    def pictures(self, category, split, count, seed):
        return [f"{category}/{place}" for place in range(count)]

    def read(self, picture):
        level = 40 if picture.startswith("dark") else 200
        return Image.new("RGB", (self.size, self.size), (level, level, level))

    def path(self, picture):
        return "made up"

    def state(self, categories, split=None):
        return str(self.size)

    def aliases(self):
        return {"0": "dark", "1": "light", "dark": "dark", "light": "light"}


class Half:
    categories = ("dark",)

    def __init__(self, settings):
        pass
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """(text) -> the name of a module in the working directory, which is forgotten after the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before, registered = set(sys.modules), dict(TRANSFORMS)

    def write(text: str, name: str = "my_own") -> str:
        (tmp_path / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        return name

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("my_own"):
            del sys.modules[name]
    for name in set(TRANSFORMS) - set(registered):
        del TRANSFORMS[name], TRANSFORMS._places[name]


def test_a_transform_of_one_s_own(module):
    found = find(f"{module(TRANSFORM.format(name='fog'))}:fog")
    assert (found.name, found.label) == ("my_own.fog", "fog")
    pictures = torch.full((2, 3, 4, 4), 55.0)
    changed = found(pictures, torch.tensor([0.0, 0.5]))
    assert torch.equal(changed[0], pictures[0])
    assert torch.allclose(changed[1], torch.tensor(155.0))
    # As it stands in tables and paths.
    assert find("my_own.fog") is found
    importlib.reload(sys.modules["my_own"])
    assert find("my_own:fog").name == "my_own.fog"


def test_our_transforms_are_found_by_name():
    assert find("rotate") is TRANSFORMS["rotate"]
    with pytest.raises(InputError, match=r"transforms: unknown 'rotat'; did you mean 'rotate'"):
        find("rotat", "transforms")


def test_a_transform_s_name_that_is_taken_is_refused(module):
    before = TRANSFORMS["rotate"]
    name = module(TRANSFORM.format(name="rotate"))
    with pytest.raises(InputError, match=r"'my_own:rotate'.*taken by invariances\.transforms"):
        find(f"{name}:rotate")
    assert TRANSFORMS["rotate"] is before


def test_two_modules_cannot_give_one_name(module):
    for name in ("my_own", "my_own_too"):
        module(TRANSFORM.format(name="fog"), name)
    find("my_own:fog")
    with pytest.raises(InputError, match=r"taken by my_own \(line 5\)"):
        find("my_own_too:fog")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my_own:fogg", "did you mean 'fog'"),
        ("my_own:plain", "under @geometric, @sampled or @photometric"),
        ("my_other:fog", "'my_other' cannot be imported"),
        (":fog", "cannot be imported"),
    ],
)
def test_what_is_no_transform_is_said(module, name, said):
    module(TRANSFORM.format(name="fog"))
    with pytest.raises(InputError, match=f"^transforms '{name}'.*{said}"):
        find(name, "transforms")


def test_a_module_that_fails_is_said_with_its_reason(module):
    module("1 / 0")
    with pytest.raises(InputError, match=r"'my_own' cannot be imported: ZeroDivisionError"):
        load("network", "my_own:build")


def test_a_dataset_of_one_s_own(module):
    module(DATASET)
    greys = opened(name="my_own:Greys", size=24)
    assert select(greys, [1, "dark"]) == ["light", "dark"]
    assert greys.read("light/0").size == (24, 24)
    with pytest.raises(InputError, match=r"dataset\.name 'my_own:Half'.*no present, pictures"):
        opened(name="my_own:Half")


def test_names_of_registered_things_are_taken():
    opened(name="digits")
    before = DATASETS["digits"]
    with pytest.raises(
        InputError, match=r"dataset 'digits'.*taken by invariances\.datasets\.digits"
    ):
        dataset("digits")(lambda settings: before(settings))
    assert DATASETS["digits"] is before
    registered = TRANSFORMS["blur"]
    with pytest.raises(InputError, match=r"transform 'blur'.*taken by invariances\.transforms"):

        @photometric(label="", unit="", identity=0, grid=linear(0, 1, 2), axis="linear")
        def blur(pictures, magnitudes, setting):
            return pictures

    assert TRANSFORMS["blur"] is registered


def test_a_notebook_s_cell_may_be_run_again():
    registry: Registry[int] = Registry("thing")
    for number in (1, 2):
        scope = {"__name__": "__main__"}
        exec("\n" * number + "def thing(): pass", scope)
        registry.add("thing", number, scope["thing"])
    assert registry == {"thing": 2}


def test_a_notebook_s_cell_takes_no_name_of_ours():
    scope = {"__name__": "__main__"}
    exec("def rotate(): pass", scope)
    with pytest.raises(InputError, match=r"'rotate' of __main__.*taken by invariances"):
        TRANSFORMS.add("rotate", TRANSFORMS["rotate"], scope["rotate"])
