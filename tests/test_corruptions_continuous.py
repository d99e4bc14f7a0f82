"""ImageNet-C's corruptions against its own formulas, written out with the standard library's HSV."""

import colorsys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from torch.testing import assert_close

from invariances.configuration import default
from invariances.transforms import TRANSFORMS

ROOT = Path(__file__).parents[1]
NAMES = ("contrast_about_mean", "brightness_hsv")
PARAMETERS = {
    "noise": [0.08, 0.12, 0.18, 0.26, 0.38],
    "contrast_about_mean": [0.05, 0.1, 0.2, 0.3, 0.4],
    "brightness_hsv": [0.1, 0.2, 0.3, 0.4, 0.5],
    "blur": [1, 2, 3, 4, 6],
}


def contrast_of_imagenet_c(picture: np.ndarray, factor: float) -> np.ndarray:
    """imagenet_c/corruptions.py `contrast`: picture [H, W, 3] in [0, 255]."""
    unit = picture / 255.0
    means = np.mean(unit, axis=(0, 1), keepdims=True)
    return np.clip((unit - means) * factor + means, 0, 1) * 255


def brightness_of_imagenet_c(picture: np.ndarray, shift: float) -> np.ndarray:
    """imagenet_c/corruptions.py `brightness`, pixel by pixel with colorsys for skimage's conversions."""
    out = np.empty(picture.shape)
    for place in np.ndindex(picture.shape[:2]):
        hue, saturation, value = colorsys.rgb_to_hsv(*(picture[place] / 255.0))
        out[place] = colorsys.hsv_to_rgb(hue, saturation, min(max(value + shift, 0), 1))
    return np.clip(out, 0, 1) * 255


def as_array(pictures: torch.Tensor) -> np.ndarray:
    return pictures.permute(0, 2, 3, 1).double().numpy()


@pytest.fixture
def pictures(random_pictures):
    some = random_pictures(6, 9, 13)
    some[0, :, :3] = 0  # black
    some[1, :, 3] = 255  # white
    some[2] = some[2, :1]  # grey
    some[3, 0] = 0  # saturated colours
    return some


@pytest.mark.parametrize(
    ("name", "formula", "magnitudes"),
    [
        ("contrast_about_mean", contrast_of_imagenet_c, [0.05, 0.1, 0.4, 1.0, 1.7, 16.0]),
        ("brightness_hsv", brightness_of_imagenet_c, [-1.0, -0.3, 0.0, 0.1, 0.5, 1.0]),
    ],
)
def test_agrees_with_the_original_s_formula(name, formula, magnitudes, pictures):
    changed = TRANSFORMS[name](pictures, torch.tensor(magnitudes, dtype=torch.float64))
    expected = [formula(p, v) for p, v in zip(as_array(pictures), magnitudes, strict=True)]
    assert_close(as_array(changed), np.stack(expected), atol=2e-3, rtol=0)


@pytest.mark.parametrize("name", NAMES)
def test_the_identity_is_bit_exact_and_batches_do_not_matter(name, pictures):
    transform = TRANSFORMS[name]
    home = torch.full((6,), transform.identity, dtype=torch.float64)
    assert torch.equal(transform(pictures / 1.7, home), pictures / 1.7)
    assert transform.identity in transform.magnitudes
    places = np.linspace(0, len(transform.magnitudes) - 1, 6).astype(int)
    values = torch.tensor(transform.magnitudes, dtype=torch.float64)[places]
    batch = transform(pictures, values)
    for place in range(6):
        part = slice(place, place + 1)
        assert torch.equal(transform(pictures[part], values[part]), batch[part])


def test_the_contrast_of_the_paper_is_another(pictures):
    home = torch.full((6,), 0.3, dtype=torch.float64)
    about_mean = TRANSFORMS["contrast_about_mean"](pictures, home)
    about_black = TRANSFORMS["contrast"](pictures, home)
    means = pictures.mean(dim=(2, 3))
    assert_close(about_mean.mean(dim=(2, 3)), means, atol=1e-2, rtol=0)
    assert_close(about_black.mean(dim=(2, 3)), 0.3 * means, atol=1e-2, rtol=0)


def test_the_config_has_imagenet_c_s_parameters_and_the_default_has_none_of_it():
    config = yaml.safe_load((ROOT / "config/imagenet-c.yaml").read_text())
    for name, wanted in PARAMETERS.items():
        identity = TRANSFORMS[name].identity
        assert config["transforms"][name]["magnitudes"] == sorted([identity, *wanted])
    assert not set(NAMES) & set(default("transforms"))
