"""Which layers of a network are measured, and where their units look."""

import pytest
import timm
import torch
from measured import classifier_of
from torch import nn
from torchvision import models

from invariances.errors import InputError
from invariances.layers.choice import MOST, as_map, chosen, layout_of
from invariances.layers.fields import rasters
from invariances.networks import narrow_alexnet

RESNET = ["maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "fc"]
ALEXNET = ["features.2", "features.5", "features.7", "features.9", "features.12"]


@pytest.fixture(scope="module")
def networks():
    torch.manual_seed(0)
    vit = {"image_size": 32, "patch_size": 8, "num_layers": 12, "num_heads": 2}
    return {
        "resnet18": models.resnet18(num_classes=5).eval(),
        "alexnet": models.alexnet(num_classes=5).eval(),
        "vit": models.VisionTransformer(**vit, hidden_dim=16, mlp_dim=32, num_classes=5).eval(),
        "timm": timm.create_model(
            "vit_tiny_patch16_224", img_size=32, patch_size=8, embed_dim=24, num_classes=5
        ).eval(),
        "efficientnet": timm.create_model("efficientnet_lite0", num_classes=5).eval(),
        "small": narrow_alexnet(5, width=8).eval(),
    }


def noise(side):
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(1))


def test_stages_are_what_a_reader_of_the_paper_would_call_them(networks):
    names = {
        key: [layer.name for layer in chosen(networks[key], noise(side))]
        for key, side in (("resnet18", 64), ("alexnet", 224), ("small", 64))
    }
    assert names["resnet18"] == RESNET
    # At 224 pixels the adaptive pool changes nothing.
    assert names["alexnet"] == [*ALEXNET, "classifier.2", "classifier.5", "classifier.6"]
    assert names["small"] == [
        *(ALEXNET[:-1]), "features.11", "features.12", "avgpool", "classifier.2", "classifier.4",
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "blocks"), [("vit", "encoder.layers"), ("timm", "blocks")])
def test_of_a_transformer_blocks_are_stages_and_twelve_are_taken(networks, key, blocks):
    layers = chosen(networks[key], noise(32))
    assert len(layers) == MOST
    assert [layer.depth for layer in layers] == list(range(1, MOST + 1))
    assert sum(layer.name.startswith(blocks) for layer in layers) >= 9
    assert layers[-1].shape == (5,)
    inner = next(layer for layer in layers if layer.name.startswith(blocks))
    # Sixteen patches and the token of the class; what follows a block is its sum, no activation.
    assert inner.shape == (17, 16 if key == "vit" else 24)
    assert inner.nonlinearity == "before"


def test_every_layer_says_whether_it_stands_after_the_nonlinearity(networks):
    kinds = {layer.name: layer.nonlinearity for layer in chosen(networks["resnet18"], noise(64))}
    assert kinds.pop("fc") == "before"
    assert set(kinds.values()) == {"after"}
    names = ["layer1.0.conv1", "layer1.0.bn2", "layer1.0"]
    layers = chosen(networks["resnet18"], noise(64), names)
    assert [layer.nonlinearity for layer in layers] == ["before", "before", "after"]


def test_names_are_checked_against_what_is_called(networks):
    network = networks["resnet18"]
    assert [layer.name for layer in chosen(network, noise(64), ["fc", "layer1"])] == [
        "layer1",
        "fc",
    ]
    with pytest.raises(InputError, match=r"layers: unknown 'layr4'; did you mean 'layer4'"):
        chosen(network, noise(64), ["layr4"])
    with pytest.raises(InputError, match="called 2 times"):
        chosen(network, noise(64), ["layer1.0.relu"])

    class Pair(nn.Module):
        def forward(self, pictures):
            return pictures, pictures.mean(dim=(2, 3))

    class Picked(nn.Module):
        def __init__(self):
            super().__init__()
            self.pair = Pair()

        def forward(self, pictures):
            return self.pair(pictures)[1]

    with pytest.raises(InputError, match="something else than one tensor"):
        chosen(Picked(), noise(8), ["pair"])


def test_a_network_without_modules_within_is_one_layer():
    class Alone(nn.Module):
        def forward(self, pictures):
            return pictures.mean(dim=(2, 3))

    (layer,) = chosen(Alone(), noise(8))
    assert (layer.name, layer.shape, layer.depth) == ("", (3,), 1)


def test_layouts_hold_places_in_the_order_of_the_picture():
    maps = torch.arange(2 * 3 * 4 * 4.0).reshape(2, 3, 4, 4)
    last = maps.permute(0, 2, 3, 1)
    tokens = torch.cat([torch.full((2, 1, 3), -1.0), maps.flatten(2).transpose(1, 2)], dim=1)
    for output, layout in ((maps, "channels first"), (last, "channels last"), (tokens, "tokens")):
        assert layout_of(tuple(output.shape[1:])) == layout
        assert torch.equal(as_map(output, layout), maps)
    assert [layout_of(shape) for shape in ((5,), (8, 1, 1), (3, 4, 6), (2, 7))] == [None] * 4


# ---- receptive fields ----------------------------------------------------------------------------


def places(network, side, wanted=None):
    classifier = classifier_of(network)
    found = rasters(classifier, chosen(network, noise(side), wanted), side)
    return {name: (raster.side, raster.first, raster.step) for name, raster in found.items()}


def even(side, first, step):
    return side, (first, first), (step, step)


def test_resnet_s_maps_stand_half_a_unit_off_the_middle(networks):
    """Centres by kernels, strides and paddings: 2j, 4j, ... as each pads by half its kernel."""
    assert places(networks["resnet18"], 64) == {
        "maxpool": even(16, 0, 4), "layer1": even(16, 0, 4), "layer2": even(8, 0, 8),
        "layer3": even(4, 0, 16), "layer4": even(2, 0, 32),
    }  # fmt: skip


def test_alexnet_s_first_layer_spans_220_of_224_pixels(networks):
    """4j + 3 up to 219: 11 pixels, a stride of 4, padded by 2; then pools that are not padded."""
    found = places(
        networks["alexnet"], 224, ["features.0", "features.2", "features.5", "features.12"]
    )
    assert found == {
        "features.0": even(55, 3, 4), "features.2": even(27, 7, 8), "features.5": even(13, 15, 16),
        "features.12": even(6, 31, 32),
    }  # fmt: skip


def test_units_that_look_at_one_place_are_no_map(networks):
    """Of 64 pixels AlexNet's last pool leaves one unit, of which the adaptive pool makes 36."""
    assert "avgpool" not in places(networks["small"], 64)


@pytest.mark.parametrize("key", ["vit", "timm"])
def test_a_transformer_s_tokens_stand_in_the_middle_of_their_patches(networks, key):
    """Of patches of 8 pixels: 3.5, 11.5, ...; through attention each token sees the whole picture."""
    found = places(networks[key], 32)
    inner = [name for name in found if "layers" in name or "blocks" in name]
    assert len(inner) >= 9
    for name in inner[:3]:
        side, first, step = found[name]
        assert side == 4
        assert step == pytest.approx((8, 8), abs=1.5)
        assert first == pytest.approx((3.5, 3.5), abs=1.5)


def test_asymmetric_padding_moves_the_centres():
    """Padded on the right alone, a unit looks to the right of where it stands."""
    network = nn.Sequential(
        nn.ZeroPad2d((0, 2, 0, 2)), nn.Conv2d(3, 4, 3), nn.AvgPool2d(2), nn.Flatten()
    )
    assert places(network.eval(), 12, ["1", "2"]) == {"1": even(12, 1, 1), "2": even(6, 1.5, 2)}
