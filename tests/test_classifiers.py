"""Networks by name, and classifiers saved and loaded again."""

import json
import sys
from textwrap import dedent

import pytest
import torch
from torch import nn
from torch.testing import assert_close
from torchvision import models

from invariances.classifiers import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Classifier,
    Description,
    build,
    describe,
    load,
    options_of,
    save,
)
from invariances.classifiers.networks import own_digest
from invariances.errors import InputError

OWN = '''
import torch
from torch import nn

def plain(num_classes, width=2):
    return nn.Sequential(nn.Flatten(), nn.Linear(192, width), nn.Linear(width, num_classes))

def fixed():
    return nn.Sequential(nn.Flatten(), nn.Linear(192, 7))

def anything(**options):
    return nn.Linear(3, options["num_classes"])

def no_module(num_classes):
    return [1, 2]

def fails():
    raise ValueError("no licence found")

class Wrapped(nn.Module):
    """All of its weights are under `module`, and it keeps tensors that its state does not have."""

    def __init__(self, num_classes):
        super().__init__()
        self.module = nn.Sequential(nn.Flatten(), nn.Linear(192, num_classes), nn.BatchNorm1d(num_classes))
        self.register_buffer("shift", torch.full((1,), 0.25), persistent=False)
        self.scale = torch.tensor([2.0])

    def forward(self, pictures):
        return self.module(pictures + self.shift) * self.scale.item()

class Keeps(nn.Module):
    """It keeps a tensor that only its own code knows of."""

    def __init__(self, num_classes):
        super().__init__()
        self.layer = nn.Linear(192, num_classes)
        self.shifts = [torch.tensor([0.5])]

    def forward(self, pictures):
        return self.layer(pictures.flatten(1)) + self.shifts[0]

class Reads(nn.Module):
    """Looks at its weights while it is made."""

    def __init__(self, num_classes):
        super().__init__()
        self.layer = nn.Linear(192, num_classes)
        self.rates = [value.item() for value in torch.linspace(0, 1, 3)]

    def forward(self, pictures):
        return self.layer(pictures.flatten(1)) + self.rates[-1]

tied_layer = None
def tied(num_classes):
    first = nn.Linear(192, 192)
    second = nn.Linear(192, 192)
    second.weight = first.weight
    return nn.Sequential(nn.Flatten(), first, second)
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A user's module in the working directory, found although it is not on the path."""
    (tmp_path / "my_networks.py").write_text(dedent(OWN))
    (tmp_path / "broken_networks.py").write_text("def f(:\n")
    (tmp_path / "raising_networks.py").write_text("raise OSError('no such driver')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "my_networks"
    for name in ("my_networks", "broken_networks", "raising_networks"):
        sys.modules.pop(name, None)


# ---- build ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("torchvision/squeezenet1_1", {}),
        ("torchvision/shufflenet_v2_x0_5", None),
        ("timm/resnet10t", {}),
        ("timm/resnet10t.c3_in1k", {}),
        ("invariances.networks:narrow_alexnet", {"width": 8}),
    ],
)
def test_networks_are_built_with_as_many_logits_as_classes(network, options):
    built = build(network, classes=7, options=options).eval()
    assert built(torch.zeros(1, 3, 64, 64)).shape == (1, 7)


def test_the_narrow_alexnet_has_torchvision_s_features():
    ours, theirs = build("invariances.networks:narrow_alexnet", classes=7), models.alexnet()
    ours.features.load_state_dict(theirs.features.state_dict())
    pictures = torch.rand(2, 3, 64, 64)
    assert torch.equal(ours.features(pictures), theirs.features(pictures))


def test_own_callables_with_and_without_num_classes(own):
    assert build(f"{own}:plain", classes=5, options={"width": 3})[1].out_features == 3
    assert build(f"{own}:plain", classes=5)[2].out_features == 5
    assert build(f"{own}:plain", classes=5, options={"num_classes": 6})[2].out_features == 6
    assert build(f"{own}:fixed", classes=5)[1].out_features == 7
    assert build(f"{own}:anything", classes=5).out_features == 5


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("torchvision/resnt18", "unknown 'resnt18'; did you mean 'resnet18'"),
        ("torchvision/fasterrcnn_resnet50_fpn", "unknown 'fasterrcnn"),
        ("timm/resnet10tt", "did you mean 'resnet10t'"),
        ("timm/resnet10t.nonsense", "nonsense"),
        ("resnet18", "write torchvision/<model>, timm/<model> or <module>:<callable>"),
        ("resnet18", "<module>:<callable>; there is torchvision/resnet18 and timm/resnet18"),
        ("tf_efficientnet_lite0", "<module>:<callable>; there is timm/tf_efficientnet_lite0"),
        ("torchvision/", "write torchvision"),
        ("keras/resnet18", "write torchvision"),
        ("", "write torchvision"),
        (":plain", "cannot be imported"),
        ("no_such_module:f", "'no_such_module' cannot be imported"),
        (".relative:f", "cannot be imported"),
        ("broken_networks:f", "cannot be imported: SyntaxError"),
        ("raising_networks:f", "no such driver"),
        ("my_networks:plian", "unknown 'plian'; did you mean 'plain'"),
        ("my_networks:tied_layer", "unknown 'tied_layer'"),
        ("my_networks:", "unknown ''"),
        ("my_networks:no_module", "returned list, not a torch module"),
        ("my_networks:fails", "no licence found"),
        ("sys:nothing", "unknown 'nothing'"),
    ],
)
def test_networks_that_cannot_be_are_refused(own, network, words):
    with pytest.raises(InputError, match=r"network") as error:
        build(network, classes=5)
    assert words in str(error.value)


@pytest.mark.parametrize("network", ["torchvision/resnet18", "my_networks:plain"])
def test_options_that_a_network_does_not_take_are_refused(own, network):
    with pytest.raises(InputError, match=f"{network}.*colour"):
        build(network, classes=5, options={"colour": "blue"})


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
@pytest.mark.parametrize("weights", ["IMAGENET1K_V1", "w.pth", "folder/w", "train"])
def test_input_is_transformed_for_torchvision_s_own_weights_alone(name, weights):
    """Theirs are wrong without it, weights trained from the constructor's defaults are wrong with it."""

    def transforms_input(options):
        chosen = options_of(f"torchvision/{name}", weights, {"init_weights": False} | options)
        with torch.device("meta"):
            return build(f"torchvision/{name}", classes=3, options=chosen).transform_input

    assert transforms_input({}) == (weights == "IMAGENET1K_V1")
    assert transforms_input({"transform_input": True})
    assert not transforms_input({"transform_input": False})


def test_other_networks_get_no_options():
    assert options_of("torchvision/resnet18", "DEFAULT", {"a": 1}) == {"a": 1}
    assert options_of("timm/inception_v3", "DEFAULT") == {}
    assert options_of("own:inception_v3", "own") == {}


# ---- the classifier ------------------------------------------------------------------------------


def test_normalisation_is_torchvision_s(random_pictures):
    from torchvision.transforms.v2.functional import normalize

    pictures = random_pictures(2, 5, 6)
    expected = normalize(pictures / 255, list(IMAGENET_MEAN), list(IMAGENET_STD))
    assert_close(Classifier(nn.Identity())(pictures), expected)
    other = Classifier(nn.Identity(), mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    assert_close(other(pictures), pictures / 127.5 - 1)


def test_a_frozen_classifier_stays_frozen():
    classifier = Classifier(nn.Sequential(nn.Dropout(), nn.BatchNorm2d(3))).freeze()
    assert not classifier.training
    assert not any(module.training for module in classifier.modules())
    assert not any(weight.requires_grad for weight in classifier.parameters())


def test_normalisation_is_not_among_the_weights():
    assert set(Classifier(nn.Linear(1, 1)).state_dict()) == {"network.weight", "network.bias"}


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
