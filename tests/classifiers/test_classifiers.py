"""Networks by name, and classifiers saved and loaded again."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close
from torchvision import models

from invariances.classifiers import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Classifier,
    build,
    options_of,
)
from invariances.errors import InputError

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
