"""JPEG, pixelation, posterization and inversion against torchvision and Pillow."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from scipy import ndimage
from torch.testing import assert_close
from torchvision.transforms.v2 import functional as torchvision

from invariances.transforms import TRANSFORMS

SIZES = [(32, 32), (33, 17), (20, 41)]


def at(name, pictures, magnitude):
    magnitudes = torch.full((len(pictures),), magnitude, dtype=torch.float64)
    return TRANSFORMS[name](pictures, magnitudes)


def as_image(picture):
    return Image.fromarray(picture.permute(1, 2, 0).numpy().astype(np.uint8))


@pytest.fixture
def smooth(random_pictures):
    """(size) -> pictures as smooth as photographs, of whole grey levels."""

    def make(size):
        rough = random_pictures(2, *size).numpy() - 127.5
        soft = 127.5 + 4 * ndimage.gaussian_filter(rough, (0, 0, 2, 2))
        return torch.from_numpy(soft).clamp(0, 255).round()

    return make


@pytest.mark.filterwarnings("ignore:The image decoding")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("quality", [99, 90, 75, 40, 10, 1])
def test_jpeg_is_torchvision_s(quality, size, smooth):
    """Which links another libjpeg: both subsample colour 4:2:0."""
    pictures = smooth(size)
    theirs = torchvision.jpeg(pictures.to(torch.uint8), quality).float()
    off = (at("jpeg", pictures, 100.0 - quality) - theirs).abs()
    assert float((off <= 2).float().mean()) > 0.99


def test_jpeg_loses_more_at_every_tenth_of_quality_and_colour_before_light(smooth):
    pictures = smooth((64, 64))
    lost = [float((at("jpeg", pictures, v) - pictures).square().mean()) for v in range(1, 100, 14)]
    assert lost == sorted(lost) and lost[0] > 0
    # Stripes a pixel wide: of colour, of one luma, they are gone; of light, they stay.
    stripes = torch.zeros(2, 3, 32, 32)
    stripes[0, 0, :, ::2], stripes[0, 1, :, 1::2] = 200, 200 * 0.299 / 0.587
    stripes[1, :, :, ::2] = 200
    after = at("jpeg", stripes, 1.0)
    assert float(after[0, 0].diff(dim=1).abs().mean()) < 40
    assert float(after[1, 0].diff(dim=1).abs().mean()) > 190


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [2, 3, 8, 16, 30, 64])
def test_pixelation_is_pillow_s_reduction_enlarged(side, size, random_pictures):
    picture = random_pictures(1, *size)
    for channel, blocks in zip(picture[0], at("pixelate", picture, float(side))[0], strict=True):
        reduced = np.asarray(Image.fromarray(channel.numpy(), mode="F").reduce(side))
        enlarged = np.repeat(np.repeat(reduced, side, axis=0), side, axis=1)
        assert_close(blocks.numpy(), enlarged[: size[0], : size[1]], atol=1e-3, rtol=0)


def test_blocks_are_counted_from_the_upper_left_and_the_last_are_smaller():
    picture = torch.tensor([0.0, 10, 20, 30, 100]).expand(1, 3, 2, 5)
    assert at("pixelate", picture, 2.0)[0, 0, 0].tolist() == [5, 5, 25, 25, 100]
    assert at("pixelate", picture, 4.0)[0, 0, 1].tolist() == [15, 15, 15, 15, 100]
    assert at("pixelate", picture, 64.0)[0, 0, 0].tolist() == [32] * 5


@pytest.mark.parametrize("bits", range(1, 9))
def test_posterization_is_pillow_s(bits, random_pictures):
    pictures = random_pictures(2, 20, 31)
    for picture, changed in zip(pictures, at("posterize", pictures, float(bits)), strict=True):
        theirs = np.asarray(ImageOps.posterize(as_image(picture), bits))
        assert np.array_equal(changed.permute(1, 2, 0).numpy(), theirs)


def test_inversion_is_pillow_s(random_pictures):
    pictures = random_pictures(2, 20, 31)
    for picture, changed in zip(pictures, at("inversion", pictures, 1.0), strict=True):
        theirs = np.asarray(ImageOps.invert(as_image(picture)))
        assert np.array_equal(changed.permute(1, 2, 0).numpy(), theirs)
    assert torch.equal(at("inversion", at("inversion", pictures, 1.0), 1.0), pictures)
    assert torch.equal(at("solarize", pictures, 1.0), at("inversion", pictures, 1.0))


@pytest.mark.parametrize(
    ("name", "magnitude"),
    [
        *(("jpeg", 2.5), ("jpeg", 100), ("jpeg", -1), ("pixelate", 0), ("pixelate", 1.5)),
        *(("posterize", 0), ("posterize", 9), ("inversion", 0.5), ("inversion", 2)),
    ],
)
def test_what_lies_between_the_points_is_refused(name, magnitude, random_pictures):
    with pytest.raises(ValueError, match=rf"{name}.*{magnitude:g}"):
        at(name, random_pictures(1, 8, 8), float(magnitude))


@pytest.mark.parametrize("name", ["jpeg", "pixelate", "posterize", "inversion"])
def test_nothing_lies_between_their_points(name):
    transform = TRANSFORMS[name]
    assert transform.ordinal
    assert set(transform.magnitudes) <= set(transform.declared)
