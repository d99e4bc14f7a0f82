"""Weights that libraries publish: fetched once, checked, retried; what lies in the cache is checked too."""

import functools
import http.server
import os
import re
import shutil
import threading
import time
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from torchvision.models import SqueezeNet1_1_Weights

from invariances.classifiers import (
    Description,
    build,
    fetch_state,
    fit_state,
    load,
    options_of,
    save,
    torchvision_weights,
    weights,
)
from invariances.errors import InputError


class Trap:
    """A pickle that, if it is let, leaves a file behind."""

    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return (os.mkdir, (self.file,))


def equal(one, two):
    return set(one) == set(two) and all(torch.equal(one[name], two[name]) for name in one)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """torch's cache, empty, and no waiting between attempts."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("TORCH_MODEL_ZOO", raising=False)
    waits = []
    monkeypatch.setattr(weights.time, "sleep", waits.append)
    checkpoints = tmp_path / "torch/hub/checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "someone-else-s.pth").write_bytes(b"keep me")
    return checkpoints, waits


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The bytes of SqueezeNet's weights, served on loopback; `failures` requests fail before."""
    folder = tmp_path / "server"
    folder.mkdir()
    torch.save(build("torchvision/squeezenet1_1", classes=1000).state_dict(), folder / "w.pth")
    requests, state = [], {"failures": 0}

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            if len(requests) <= state["failures"]:
                self.send_error(503)
            else:
                super().do_GET()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = sha256((folder / "w.pth").read_bytes()).hexdigest()[:8]

    def publish(said=found, failures=0) -> Path:
        (folder / "w.pth").rename(folder / f"squeezenet-{said}.pth")
        state["failures"] = failures
        entry = SqueezeNet1_1_Weights.IMAGENET1K_V1
        url = f"http://127.0.0.1:{server.server_port}/squeezenet-{said}.pth"
        weights_entry = type(entry.value)(url, entry.transforms, entry.meta)
        monkeypatch.setattr(entry, "_value_", weights_entry)
        assert entry.url == url
        return folder / f"squeezenet-{said}.pth"

    yield publish, requests
    server.shutdown()
    server.server_close()


def fetched():
    return fetch_state("torchvision/squeezenet1_1", "IMAGENET1K_V1")


def test_published_weights_are_fetched_once_and_fit(cache, published):
    publish, requests = published
    file = publish()
    state = fetched()
    assert equal(state, torch.load(file, weights_only=True))
    fit_state(build("torchvision/squeezenet1_1", classes=1000), state, "weights")
    assert equal(fetched(), state)
    assert len(requests) == 1
    assert (cache[0] / file.name).is_file()
    assert cache[1] == []


def test_a_wrong_hash_is_an_error_and_deletes_nothing_else(cache, published):
    publish, _ = published
    publish(said="01234567")
    with pytest.raises(InputError, match=r"torchvision/squeezenet1_1.*hash"):
        fetched()
    assert [path.name for path in cache[0].iterdir()] == ["someone-else-s.pth"]
    assert (cache[0] / "someone-else-s.pth").read_bytes() == b"keep me"


@pytest.mark.parametrize("failures", [1, 2])
def test_a_server_that_fails_and_recovers_is_asked_again(cache, published, failures):
    publish, requests = published
    publish(failures=failures)
    assert len(fetched()) == 52
    assert len(requests) == failures + 1
    assert len(cache[1]) == failures
    assert all(wait > 0 for wait in cache[1])


def test_a_server_that_fails_for_good_is_an_error(cache, published):
    publish, requests = published
    publish(failures=99)
    with pytest.raises(InputError, match=r"torchvision/squeezenet1_1: download failed: .*503"):
        fetched()
    assert len(requests) == weights.DOWNLOAD_TRIES


def test_a_cache_that_vanishes_is_filled_again(cache, published):
    publish, requests = published
    publish()
    fetched()
    shutil.rmtree(cache[0].parent)
    assert len(fetched()) == 52
    assert len(requests) == 2


def test_a_cache_that_cannot_be_is_named(cache, published):
    publish, _ = published
    publish()
    shutil.rmtree(cache[0].parent)
    cache[0].parent.write_text("a file where the cache should be")
    with pytest.raises(InputError, match=re.escape(str(cache[0].parent))):
        fetched()


def test_a_file_in_the_cache_is_used_without_a_network(cache, published):
    publish, requests = published
    file = publish()
    (cache[0] / file.name).write_bytes(file.read_bytes())
    assert len(fetched()) == 52
    assert requests == []


@pytest.mark.parametrize("content", [b"", b"garbage", "truncated", "other weights"])
def test_a_file_in_the_cache_that_is_not_what_it_says_is_an_error(cache, published, content):
    publish, _ = published
    file = publish()
    cached = cache[0] / file.name
    if content == "truncated":
        content = file.read_bytes()[:-100]
    if content == "other weights":
        torch.save({"weight": torch.ones(3)}, cached)
        content = cached.read_bytes()
    cached.write_bytes(content)
    with pytest.raises(InputError, match=f"{file.name}.*remove it"):
        fetched()
    assert cached.read_bytes() == content


def test_a_pickle_in_the_cache_does_not_run(cache, tmp_path, monkeypatch):
    torch.save(Trap(tmp_path / "sprung"), tmp_path / "trap.pth")
    said = sha256((tmp_path / "trap.pth").read_bytes()).hexdigest()[:8]
    (tmp_path / "trap.pth").rename(cache[0] / f"trap-{said}.pth")
    entry = SqueezeNet1_1_Weights.IMAGENET1K_V1
    value = type(entry.value)(f"http://127.0.0.1:9/trap-{said}.pth", entry.transforms, entry.meta)
    monkeypatch.setattr(entry, "_value_", value)
    with pytest.raises(InputError, match=r"Unpickling|weights_only|Weights only"):
        fetched()
    assert not (tmp_path / "sprung").exists()


def test_names_of_published_weights():
    assert torchvision_weights("alexnet", "DEFAULT").name == "IMAGENET1K_V1"
    assert torchvision_weights("resnet101", "IMAGENET1K_V2").name == "IMAGENET1K_V2"
    for name, wanted, words in (
        ("resnet18", "IMAGNET1K_V1", "did you mean 'IMAGENET1K_V1'"),
        ("resnt18", "DEFAULT", "did you mean 'resnet18'"),
    ):
        with pytest.raises(InputError, match=words):
            torchvision_weights(name, wanted)


def test_own_networks_have_no_published_weights():
    with pytest.raises(InputError, match=r"'DEFAULT'.*no named weights; give a file"):
        fetch_state("module:network", "DEFAULT")


def test_timm_s_weights_without_a_network_are_an_error(cache, monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(InputError, match="timm/resnet10t"):
        fetch_state("timm/resnet10t", "pretrained")


# ---- every family of torchvision -----------------------------------------------------------------

FAMILIES = [
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet",
    "inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_y_400mf",
    "resnet18", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "swin_v2_t", "vgg11", "vit_b_32",
]  # fmt: skip
"""The smallest of each; ResNeXt and wide ResNet are resnet's, EfficientNetV2 another constructor."""


def stored_under(name, key):
    """A name as torchvision's published file has it, where its loader renames."""
    return (
        re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", key)
        if "dense" in name
        else key
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_published_weights_of_every_family_load(cache, monkeypatch, name):
    """A made-up file of the published layout lies in the cache; torchvision's own loading is the truth."""
    from torchvision import models

    network, entry = f"torchvision/{name}", models.get_model_weights(name).DEFAULT
    heads = (
        {"aux_logits": True, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
    )
    # Most are described without the time that making their weights takes.
    device = "cpu" if name in ("maxvit_t", "regnet_y_400mf") else "meta"
    with torch.device(device):
        described = models.get_model(name, weights=None, **heads)
    state = type(described.state_dict())(
        (key, value)
        for key, value in described.state_dict().items()
        if "dense" not in name or "num_batches" not in key  # of before those were counted
    )
    state._metadata = described.state_dict()._metadata
    made = type(state)(
        # A view of one number costs no memory, and no time to write.
        (
            stored_under(name, key),
            torch.full((), (place % 7 + 1) / 8).to(value.dtype).expand(value.shape),
        )
        for place, (key, value) in enumerate(state.items())
    )
    if "dense" not in name:
        made._metadata = state._metadata
    torch.save(made, cache[0] / "made.pth")
    said = sha256((cache[0] / "made.pth").read_bytes()).hexdigest()[:8]
    (cache[0] / "made.pth").rename(cache[0] / f"made-{said}.pth")
    value = type(entry.value)(f"http://127.0.0.1:9/made-{said}.pth", entry.transforms, entry.meta)
    monkeypatch.setattr(entry, "_value_", value)

    found = fetch_state(network, "DEFAULT", options_of(network, "DEFAULT"))
    with torch.device(device):
        ours = build(network, classes=1000, options=options_of(network, "DEFAULT"))
    assert set(ours.state_dict()) == set(found)
    for key, tensor in found.items():
        if key not in state:
            continue
        assert torch.equal(tensor.flatten()[:1], made[stored_under(name, key)].flatten()[:1])
    truth = models.get_model(name, weights=entry)
    assert getattr(truth, "transform_input", None) == getattr(ours, "transform_input", None)


@pytest.mark.parametrize("name", ["densenet121", "mnasnet0_5"])
def test_such_networks_are_saved_and_loaded(tmp_path, name):
    network = build(f"torchvision/{name}", classes=3)
    save(network, Description(f"torchvision/{name}", ("a", "b", "c")), tmp_path)
    assert equal(load(tmp_path).network.state_dict(), network.state_dict())


def test_a_published_densenet_given_as_a_file_fits():
    source = build("torchvision/densenet121", classes=3)
    own = source.state_dict()
    state = {stored_under("densenet121", k): v for k, v in own.items() if "num_batches" not in k}
    assert not set(state) <= set(source.state_dict())
    target = fit_state(build("torchvision/densenet121", classes=3), state, "weights")
    assert equal(target.state_dict(), source.state_dict())


def test_without_a_network_it_is_one_sentence_at_once(monkeypatch):
    def nowhere() -> dict[str, torch.Tensor]:
        raise OSError("<urlopen error [Errno -2] Name or service not known>")

    start = time.monotonic()
    with pytest.raises(
        InputError, match=r"timm/x would be downloaded, and no network .*weights: FILE"
    ):
        weights._retried(nowhere, "timm/x")
    assert time.monotonic() - start < 1
