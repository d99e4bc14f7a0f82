"""Weights that libraries publish: fetched once, checked, retried; what lies in the cache is checked too."""

import functools
import http.server
import re
import shutil
import threading
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from torchvision.models import SqueezeNet1_1_Weights
from weight_files import Trap, cache, equal  # noqa: F401

from invariances.classifiers import (
    build,
    fetch_state,
    fit_state,
    torchvision_weights,
    weights,
)
from invariances.errors import InputError


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


def test_published_weights_are_fetched_once_and_fit(cache, published):  # noqa: F811
    publish, requests = published
    file = publish()
    state = fetched()
    assert equal(state, torch.load(file, weights_only=True))
    fit_state(build("torchvision/squeezenet1_1", classes=1000), state, "weights")
    assert equal(fetched(), state)
    assert len(requests) == 1
    assert (cache[0] / file.name).is_file()
    assert cache[1] == []


def test_a_wrong_hash_is_an_error_and_deletes_nothing_else(cache, published):  # noqa: F811
    publish, _ = published
    publish(said="01234567")
    with pytest.raises(InputError, match=r"torchvision/squeezenet1_1.*hash"):
        fetched()
    assert [path.name for path in cache[0].iterdir()] == ["someone-else-s.pth"]
    assert (cache[0] / "someone-else-s.pth").read_bytes() == b"keep me"


@pytest.mark.parametrize("failures", [1, 2])
def test_a_server_that_fails_and_recovers_is_asked_again(cache, published, failures):  # noqa: F811
    publish, requests = published
    publish(failures=failures)
    assert len(fetched()) == 52
    assert len(requests) == failures + 1
    assert len(cache[1]) == failures
    assert all(wait > 0 for wait in cache[1])


def test_a_server_that_fails_for_good_is_an_error(cache, published):  # noqa: F811
    publish, requests = published
    publish(failures=99)
    with pytest.raises(InputError, match=r"torchvision/squeezenet1_1: download failed: .*503"):
        fetched()
    assert len(requests) == weights.DOWNLOAD_TRIES


def test_a_cache_that_vanishes_is_filled_again(cache, published):  # noqa: F811
    publish, requests = published
    publish()
    fetched()
    shutil.rmtree(cache[0].parent)
    assert len(fetched()) == 52
    assert len(requests) == 2


def test_a_cache_that_cannot_be_is_named(cache, published):  # noqa: F811
    publish, _ = published
    publish()
    shutil.rmtree(cache[0].parent)
    cache[0].parent.write_text("a file where the cache should be")
    with pytest.raises(InputError, match=re.escape(str(cache[0].parent))):
        fetched()


def test_a_file_in_the_cache_is_used_without_a_network(cache, published):  # noqa: F811
    publish, requests = published
    file = publish()
    (cache[0] / file.name).write_bytes(file.read_bytes())
    assert len(fetched()) == 52
    assert requests == []


@pytest.mark.parametrize("content", [b"", b"garbage", "truncated", "other weights"])
def test_a_file_in_the_cache_that_is_not_what_it_says_is_an_error(cache, published, content):  # noqa: F811
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


def test_a_pickle_in_the_cache_does_not_run(cache, tmp_path, monkeypatch):  # noqa: F811
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


def test_timm_s_weights_without_a_network_are_an_error(cache, monkeypatch, tmp_path):  # noqa: F811
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(InputError, match="timm/resnet10t"):
        fetch_state("timm/resnet10t", "pretrained")
