"""Published weights of every family of torchvision, and names that its loaders rename."""

import re
import time
from hashlib import sha256

import pytest
import torch
from weight_files import cache, equal  # noqa: F401

from invariances.classifiers import (
    Description,
    build,
    fetch_state,
    fit_state,
    load,
    options_of,
    save,
    weights,
)
from invariances.errors import InputError

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
def test_published_weights_of_every_family_load(cache, monkeypatch, name):  # noqa: F811
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
