"""Classifiers on disk: as they were, by the same bytes, refused where weights do not fit."""

import json

import pytest
import torch
from torch import nn

from invariances.classifiers import (
    Classifier,
    Description,
    build,
    describe,
    load,
    save,
)
from invariances.classifiers.networks import own_digest
from invariances.errors import InputError

# ---- on disk -------------------------------------------------------------------------------------


def stirred(network):
    """`network` in which every tensor of the state is unlike a new one's."""
    generator = torch.Generator().manual_seed(5)
    for value in network.state_dict().values():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=generator) / 4 + 0.1)
        else:
            value.fill_(3)
    return network.eval()


@pytest.mark.parametrize(
    ("network", "side", "options"),
    [
        ("torchvision/squeezenet1_1", 64, {}),
        ("torchvision/resnet18", 32, {"zero_init_residual": True}),
        ("torchvision/regnet_y_400mf", 32, {}),  # cannot be made without weights
        ("timm/resnet10t", 32, {}),
        ("timm/vit_tiny_patch16_224", 224, {"depth": 1}),
        ("invariances.networks:narrow_alexnet", 64, {"width": 8}),
        ("my_networks:plain", 8, {"width": 3}),
        ("my_networks:Wrapped", 8, {}),
        ("my_networks:Keeps", 8, {}),
        ("my_networks:Reads", 8, {}),
        ("my_networks:tied", 8, {}),
    ],
)
def test_a_saved_classifier_is_loaded_as_it_was(
    own, tmp_path, network, side, options, random_pictures
):
    classes = 192 if network.endswith("tied") else 4
    categories = tuple(f"class {place}" for place in range(classes))
    description = Description(network, categories, options=options, weights="mine")
    before = stirred(build(network, classes=classes, options=options))
    pictures = random_pictures(2, side, side)
    with torch.inference_mode():
        expected = Classifier(before)(pictures)
        save(before, description, tmp_path / "out")
        loaded = load(tmp_path / "out")
        assert torch.equal(loaded(pictures), expected)
    assert not any(weight.requires_grad for weight in loaded.parameters())
    assert not any(module.training for module in loaded.modules())
    state = loaded.network.state_dict()
    assert set(state) == set(before.state_dict())
    assert all(torch.equal(value, state[name]) for name, value in before.state_dict().items())


def test_a_library_s_network_may_keep_tensors_beside_its_state(tmp_path, monkeypatch):
    class Keeps(nn.Linear):
        def __init__(self, num_classes):
            super().__init__(3, num_classes)
            self.shift = torch.tensor([0.5])

        def forward(self, pictures):
            return super().forward(pictures.mean(dim=(2, 3))) + self.shift

    monkeypatch.setattr("invariances.classifiers.networks.constructor", lambda _: Keeps)
    before = stirred(build("torchvision/keeps", classes=2))
    save(before, Description("torchvision/keeps", ("a", "b")), tmp_path)
    pictures = torch.full((1, 3, 2, 2), 99.0)
    assert torch.equal(load(tmp_path)(pictures), Classifier(before)(pictures))


def test_the_description_comes_back(own, tmp_path):
    description = Description(
        "my_networks:plain", ("é", "b"), {"width": 2}, (0.1, 0.2, 0.3), (1.0, 1.0, 1.0), "train"
    )
    save(build("my_networks:plain", classes=2), description, tmp_path)
    back = describe(tmp_path)
    assert len(back.sha256) == 64
    assert back == Description(**{**vars(description), "sha256": back.sha256})
    assert sorted(path.name for path in tmp_path.glob("*.*") if path.suffix != ".py") == [
        "model.json",
        "weights.safetensors",
    ]


def test_what_an_own_callable_returns_is_told_by_its_weights(own):
    first = own_digest("my_networks:plain", classes=7)
    assert own_digest("my_networks:plain", classes=7) == first
    assert own_digest("my_networks:plain", classes=7, options={"width": 3}) != first
    before = torch.random.get_rng_state()
    own_digest("my_networks:plain", classes=7)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_same_weights_are_the_same_bytes(own, tmp_path):
    network = build("my_networks:plain", classes=2)
    for name in ("a", "b"):
        save(network, Description("my_networks:plain", ("x", "y")), tmp_path / name)
    for file in ("weights.safetensors", "model.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_weights_that_do_not_fit_the_description_are_refused(own, tmp_path):
    description = Description("my_networks:plain", ("x", "y"))
    save(build("my_networks:plain", classes=2), description, tmp_path)
    entry = json.loads((tmp_path / "model.json").read_text())
    for changed in ({"categories": ["x"]}, {"network": "torchvision/resnet18"}):
        (tmp_path / "model.json").write_text(json.dumps(entry | changed))
        with pytest.raises(InputError, match=r"network of 2 classes, but there are 1|do not fit"):
            load(tmp_path)
