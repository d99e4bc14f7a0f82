"""Patterns of networks, and which of many are compared."""

import json
import os
from itertools import pairwise

import pytest

from invariances.configuration import check, compared
from invariances.configuration.patterns import cached, pairs_of
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
        (own("x*.pth", label="a/{1}"), "fit for no folder"),
        (own("x*.pth", series={"name": "s", "at": 1}), "makes a series"),
        (own("own", label="x"), "there is none"),
        ({"network": "torchvision/res*", "weights": "DEFAULT"}, "only timm's"),
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
    with pytest.raises(InputError, match="none of that name has its weights in"):
        check(config(all=pattern | {"network": "timm/convnext*"}))


def test_the_cache_is_where_the_hub_s_library_looks(hub):
    from huggingface_hub import scan_cache_dir

    repositories = {each.repo_id for each in scan_cache_dir(hub).repos}
    assert {f"timm/{name}" for name in cached()} <= repositories
    os.environ["HF_HUB_CACHE"] = str(hub / "elsewhere")
    try:
        assert cached() == []
    finally:
        del os.environ["HF_HUB_CACHE"]


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
