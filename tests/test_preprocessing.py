"""How networks see pictures: the libraries' own settings, and their own transforms pixel by pixel."""

import numpy as np
import pytest
import timm
from PIL import Image
from proofs import asked
from timm.data import create_transform, resolve_data_config

from invariances.classifiers.preprocessing import library_preprocessing
from invariances.errors import InputError
from invariances.pictures import Preparation, prepare
from invariances.plan import IMAGENET

ALL = bool(asked("INVARIANCES_ALL_PREPROCESSING", "", "1"))
"""Whether every preprocessing of timm's is compared: half a minute; else some of each kind."""

SIZES = [(500, 375), (333, 501), (101, 640), (97, 97)] if ALL else [(200, 151), (83, 97)]


def published():
    """One pretrained network for each (side, crop_pct, crop_mode, interpolation) that timm knows."""
    found = {}
    for name in timm.list_pretrained():
        data = resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
        side = data["input_size"][1:]
        if side[0] == side[1]:
            key = (side[0], data["crop_pct"], data["crop_mode"], data["interpolation"])
            found.setdefault(key, name)
    return found


def cases():
    """All of them, or the smaller of each mode and of each way that crop_pct rounds."""
    every = published()
    if ALL:
        return sorted(every.values())
    small = {key: name for key, name in every.items() if key[0] <= 392 or key[1] > 1}
    kinds = {
        (k[2], k[3], k[1] > 1, k[0] // 100, round(k[1], 1)): n for k, n in sorted(small.items())
    }
    return sorted(kinds.values())


@pytest.mark.parametrize("name", cases())
def test_pictures_are_prepared_as_timm_prepares_them(name):
    data = resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
    theirs = create_transform(**data, is_training=False, normalize=False)
    settings, said = library_preprocessing(f"timm/{name}", "pretrained")
    assert said == f"timm's for {name}"
    assert (settings.mean, settings.std) == (tuple(data["mean"]), tuple(data["std"]))
    # The key is all that the job which prepares pictures is told.
    preparation = Preparation.from_key(settings.prepared())
    rng = np.random.default_rng(0)
    for width, height in SIZES:
        image = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
        expected = np.asarray(theirs(image)).transpose(1, 2, 0)
        assert np.array_equal(prepare(image, preparation), expected), (width, height)


def test_every_mode_is_among_them():
    found = {(key[2], key[3]) for key in published()}
    assert {"center", "squash", "border"} == {mode for mode, _ in found}


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("timm/vit_tiny_patch16_224", (248, 224, "bicubic", 0.5)),
        ("timm/tf_efficientnet_lite2", (292, 260, "bicubic", 0.5)),
        ("timm/convnext_tiny.fb_in22k_ft_in1k_384", (384, 384, "bicubic", 0.485)),
        ("torchvision/inception_v3", (342, 299, "bilinear", 0.485)),
        ("torchvision/efficientnet_v2_l", (480, 480, "bicubic", 0.5)),
        ("torchvision/resnet50", (232, 224, "bilinear", 0.485)),
    ],
)
def test_weights_in_a_file_are_seen_as_their_architecture_is(network, expected):
    settings, said = library_preprocessing(network, "trained/best.pth", classes=7)
    found = (settings.resize, settings.crop, settings.interpolation, settings.mean[0])
    assert found == expected
    assert network.partition("/")[2].split(".")[0] in said


def test_a_tag_s_own_mode_is_taken():
    settings, _ = library_preprocessing("timm/convnext_tiny.fb_in22k_ft_in1k_384", "w.pth")
    assert settings.crop_mode == "squash"


@pytest.mark.parametrize("weights", ["train", "own"])
def test_other_networks_see_pictures_as_is_usual(weights):
    network = "my:network" if weights == "own" else "torchvision/inception_v3"
    assert library_preprocessing(network, weights) == (IMAGENET, "ImageNet's usual preprocessing")


def test_networks_of_other_shapes_are_refused():
    oblong = next(
        name
        for name in timm.list_pretrained()
        if len(set(timm.get_pretrained_cfg(name).input_size[1:])) == 2
    )
    with pytest.raises(InputError, match="screened see squares"):
        library_preprocessing(f"timm/{oblong}", "pretrained")


@pytest.mark.parametrize(
    "preparation",
    [
        Preparation(256, 224),
        Preparation(384, 384, "bicubic", "squash"),
        Preparation(392, 392, "bicubic", "border", (124, 116, 104)),
    ],
)
def test_a_preparation_is_known_by_its_key(preparation):
    assert Preparation.from_key(preparation.key) == preparation
