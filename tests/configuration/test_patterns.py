"""Patterns of networks, and which of many are compared."""

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from invariances.configuration import check, compared
from invariances.configuration.cached import of_timm, torch_folder
from invariances.configuration.patterns import pairs_of
from invariances.errors import InputError


def config(**models):
    return {"run": "r", "dataset": {"name": "digits"}, "models": models}


def files(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def own(weights, **more):
    return {"network": "m:n", "weights": weights, **more}


def test_files_become_networks_in_the_order_of_their_numbers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files(tmp_path, *(f"runs/{run}/epoch_{e}.pth" for run in "ab" for e in (10, 2, 1)))
    files(tmp_path, "runs/a/last.pth", "runs/notes.txt")
    options = {"width": 3}
    found = check(config(net=own("runs/*/epoch_*.pth", options=options), other=own("own"))).models
    assert list(found) == [f"net-{r}-{e}" for r in "ab" for e in (1, 2, 10)] + ["other"]
    model = found["net-b-10"]
    assert (model.weights, model.options) == ("runs/b/epoch_10.pth", options)
    assert (model.series.name, model.series.at) == ("net-b", 10.0)
    assert found["other"].series is None


def test_what_is_written_out_is_a_config_that_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files(tmp_path, "e1.pth", "e2.pth")
    checked = check(config(net=own("./e*.pth", label="{model}.{1}")))
    assert list(checked.models) == ["net.1", "net.2"]
    assert check(json.loads(checked.model_dump_json())) == checked


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (["start", "middle", "end"], [1.0, 2.0, 3.0]),
        (["0.5", "0.25", "10"], [0.25, 0.5, 10.0]),
        (["run1-seed3", "run1-seed4"], [1.0, 2.0]),
        (["007"], [7.0]),
        (["1e-3", "2e-4", "3e-5"], [3e-5, 2e-4, 1e-3]),
        (["-5", "3", "10"], [-5.0, 3.0, 10.0]),
        ([".25", "0.5"], [0.25, 0.5]),
        (["step-5", "step-10"], [5.0, 10.0]),
    ],
)
def test_places_in_a_series(tmp_path, names, places):
    files(tmp_path, *(f"w_{name}.pth" for name in names))
    found = check(config(net=own(f"{tmp_path}/w_*.pth"))).models
    assert [model.series.at for model in found.values()] == places


def test_a_question_mark_and_a_bracket_are_parts_of_names(tmp_path):
    files(tmp_path, "[a]?1.pth", "a?1.pth", "[a]b1.pth")
    found = check(config(net=own(f"{tmp_path}/[a]?*.pth"))).models
    assert [model.weights for model in found.values()] == [f"{tmp_path}/[a]?1.pth"]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (own("no/*.pth"), r"'no/\*\.pth': no file matches"),
        (own("**/*.pth"), "a \\* for each folder"),
        (own("x*.pth", label="{2}"), r"it may hold \{model\} and \{1\}"),
        (own("x*.pth", label="all"), "two networks are called 'all'"),
        (own("x*.pth", label="a/{1}"), "cannot be a folder's name"),
        (own("x*.pth", series={"name": "s", "at": 1}), "makes a series"),
        (own("own", label="x"), "there is none"),
        ({"network": "torch/res*", "weights": "DEFAULT"}, "only timm's and torchvision's"),
        ({"network": "torchvision/res*", "weights": "train"}, "have `DEFAULT`"),
        ({"network": "torchvision/res*", "weights": "a/*/*.pth"}, "write one \\*"),
        ({"network": "torchvision/res*", "weights": "one.pth"}, "write one \\*"),
        ({"network": "torchvision/res*", "weights": "x*.pth"}, "no file there has the name"),
        ({"network": "timm/res*", "weights": "train"}, "have `pretrained`"),
    ],
)
def test_patterns_that_mean_nothing_are_refused(tmp_path, monkeypatch, model, words):
    monkeypatch.chdir(tmp_path)
    files(tmp_path, "x1.pth", "x2.pth")
    with pytest.raises(InputError, match=words):
        check(config(net=model))


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A cache of the hub with two ResNets, one that was not downloaded to its end, and a ViT."""
    for variable in ("HF_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    for name in ("resnet50.a1_in1k", "resnet18.a1_in1k", "vit_tiny_patch16_224.augreg_in21k"):
        files(tmp_path, f"hub/models--timm--{name}/snapshots/abc/model.safetensors")
    files(tmp_path, "hub/models--timm--resnet34.a1_in1k/refs/main")
    files(tmp_path, "hub/models--other--resnet18/snapshots/abc/model.safetensors")
    return tmp_path / "hub"


def test_networks_whose_weights_are_in_the_cache(hub):
    pattern = {"network": "timm/resnet*", "weights": "pretrained", "preprocessing": {"crop": 64}}
    found = check(config(all=pattern)).models
    assert list(found) == ["resnet18.a1_in1k", "resnet50.a1_in1k"]
    assert found["resnet18.a1_in1k"].network == "timm/resnet18.a1_in1k"
    assert found["resnet50.a1_in1k"].preprocessing.crop == 64
    found = check(config(all=pattern | {"network": "timm/resnet*.*", "label": "r{1}"})).models
    assert list(found) == ["r18", "r50"]
    with pytest.raises(InputError, match=r"none of that name has its weights \(pretrained\) in"):
        check(config(all=pattern | {"network": "timm/convnext*"}))


def test_the_cache_is_where_the_hub_s_library_looks(hub):
    from huggingface_hub import scan_cache_dir

    repositories = {each.repo_id for each in scan_cache_dir(hub).repos}
    assert {f"timm/{name}" for name in of_timm()} <= repositories
    os.environ["HF_HUB_CACHE"] = str(hub / "elsewhere")
    try:
        assert of_timm() == []
    finally:
        del os.environ["HF_HUB_CACHE"]


@pytest.fixture
def torch_hub(tmp_path, monkeypatch):
    """A cache of torch.hub: two ResNets' default weights, older ones of one, AlexNet's of another name."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    hashes = ("resnet50-11ad3fa6", "resnet18-f37072fd", "resnet50-0676ba61", "alexnet-owt-7be5be79")
    files(
        tmp_path,
        *(f"hub/checkpoints/{name}.pth" for name in hashes),
        "hub/checkpoints/resnet34.pth",
    )
    return tmp_path / "hub"


def test_torchvision_s_networks_whose_weights_are_in_torch_hub_s_cache(torch_hub):
    pattern = {"network": "torchvision/*net*", "weights": "DEFAULT"}
    found = check(config(all=pattern)).models
    assert list(found) == ["alexnet", "resnet18", "resnet50"]
    assert found["resnet18"].network == "torchvision/resnet18"
    assert {model.weights for model in found.values()} == {"DEFAULT"}
    # Of ResNet-50 the older weights are here too; ResNet-18 has no others.
    first = pattern | {
        "network": "torchvision/resnet*",
        "weights": "IMAGENET1K_V1",
        "label": "r{1}",
    }
    assert list(check(config(all=first)).models) == ["r18", "r50"]
    second = first | {"weights": "IMAGENET1K_V2"}
    assert list(check(config(all=second)).models) == ["r50"]
    with pytest.raises(
        InputError, match=r"'torchvision/vgg\*': none of that name has its weights \(DEF"
    ):
        check(config(all=pattern | {"network": "torchvision/vgg*"}))


def test_that_cache_is_where_torch_looks(torch_hub, monkeypatch):
    assert Path(torch.hub.get_dir()) / "checkpoints" == torch_folder()
    monkeypatch.delenv("TORCH_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(torch_hub))
    assert Path(torch.hub.get_dir()) / "checkpoints" == torch_folder()


@pytest.mark.parametrize("library", ["timm", "torchvision"])
def test_files_may_bear_the_names_of_networks(tmp_path, library):
    files(tmp_path, "w/resnet34.pth", "w/resnet101.pth", "w/alexnet.pth", "w/resnet18.bin")
    pattern = {"network": f"{library}/resnet*", "weights": f"{tmp_path}/w/*.pth"}
    found = check(config(all=pattern)).models
    assert list(found) == ["resnet34", "resnet101"]
    assert found["resnet34"].network == f"{library}/resnet34"
    assert found["resnet34"].weights == f"{tmp_path}/w/resnet34.pth"
    assert found["resnet34"].series is None


# ---- comparisons ---------------------------------------------------------------------------------


def test_thirty_networks_are_not_compared_in_435_pairs():
    names = [f"n{place}" for place in range(30)]
    assert len(pairs_of(names, "all")) == 435
    adjacent = list(pairwise(names))
    assert pairs_of(names, "auto") == pairs_of(names, "adjacent") == adjacent
    assert pairs_of(names, "none") == []
    assert len(pairs_of(names[:6], "auto")) == 15
    assert pairs_of(names[:2], "auto") == pairs_of(names[:2], "adjacent") == [("n0", "n1")]
    assert pairs_of(names[:1], "all") == []


def test_a_config_says_which_are_compared():
    models = {name: own("own") for name in "abc"}
    assert compared(check(config(**models))) == [("a", "b"), ("a", "c"), ("b", "c")]
    adjacent = check(config(**models) | {"comparisons": "adjacent"})
    assert compared(adjacent) == [("a", "b"), ("b", "c")]
