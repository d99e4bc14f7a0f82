"""Reading picture files, bad ones among them, and preparing them as torchvision does."""

import io
import struct
import zlib

import numpy as np
import pytest
from encoded import RGB, RNG, encoded, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms

from invariances.pictures import INTERPOLATIONS, Preparation, decode, prepare

GREY = RNG.integers(0, 256, (10, 14), dtype=np.uint8)


def read(content):
    return np.asarray(decode(content, "it"))


# ---- read correctly ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM", "TIFF"])
def test_colour_is_read_to_the_level(kind):
    assert np.array_equal(read(encoded(Image.fromarray(RGB), kind)), RGB)


def test_a_wrong_extension_does_not_matter(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(Image.fromarray(RGB), "PNG"))
    assert np.array_equal(np.asarray(decode(path, "a")), RGB)


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P"])
def test_grey_fills_all_channels(mode):
    grey = Image.fromarray(GREY)
    content = encoded(grey.convert(mode), "PNG")
    expected = np.asarray(grey.convert(mode).convert("L"))
    assert np.array_equal(read(content), np.repeat(expected[..., None], 3, axis=2))


def test_sixteen_bit_grey_is_scaled_from_its_full_range():
    values = np.array([[0, 255, 257, 32896, 65535]], dtype=np.uint16)
    assert read(encoded(Image.fromarray(values), "PNG"))[0, :, 0].tolist() == [0, 1, 1, 128, 255]


def test_a_dark_sixteen_bit_picture_stays_dark():
    values = np.array([[0, 1, 200, 255]], dtype=np.uint16)
    assert read(encoded(Image.fromarray(values), "PNG"))[0, :, 0].tolist() == [0, 0, 1, 1]


def test_sixteen_bit_colour_keeps_its_high_bytes():
    deep = RGB.astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in deep)

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 14, 10, 16, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    content += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert np.array_equal(read(content), RGB)


def tiff(data, bits, kind=1, photometric=1):
    """A grey TIFF of 12 x 8 pixels, by its specification; `kind` 1 unsigned, 2 signed, 3 float."""
    tags = [
        (256, 4, 12), (257, 4, 8), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, 134),
        (277, 3, 1), (278, 4, 8), (279, 4, len(data)), (339, 3, kind),
    ]  # fmt: skip
    short = {3: "<HHIHH", 4: "<HHII"}
    entries = [
        struct.pack(short[size], tag, size, 1, *([v, 0] if size == 3 else [v]))
        for tag, size, v in tags
    ]
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(entries) + bytes(4) + data


RAMP = np.tile(np.linspace(0, 255, 12).round().astype(np.uint8), (8, 1))


def packed(values):
    """Twelve bits each, two in three bytes."""
    pairs = values.reshape(-1, 2).astype(int)
    return b"".join(bytes([a >> 4, (a & 15) << 4 | b >> 8, b & 255]) for a, b in pairs)


@pytest.mark.parametrize(
    "content",
    [
        tiff(RAMP.tobytes(), 8),
        tiff((255 - RAMP).tobytes(), 8, photometric=0),
        tiff(packed(np.rint(RAMP * (4095 / 255))), 12),
        tiff((RAMP.astype("<u2") * 257).tobytes(), 16),
        tiff((65535 - RAMP.astype("<u2") * 257).tobytes(), 16, photometric=0),
        tiff(RAMP.astype("<f4").tobytes(), 32, kind=3),
        tiff((RAMP / 255).astype("<f4").tobytes(), 32, kind=3),
        tiff((1 - RAMP / 255).astype("<f4").tobytes(), 32, kind=3, photometric=0),
    ],
)
def test_grey_tiffs_are_read_as_their_tags_say(content):
    assert np.array_equal(read(content), np.repeat(RAMP[..., None], 3, axis=2))


@pytest.mark.parametrize(
    ("kind", "bits", "dtype"), [(2, 32, "<i4"), (2, 16, "<i2"), (1, 32, "<u4")]
)
def test_integers_of_which_nothing_says_what_is_white_are_refused(kind, bits, dtype):
    sign = "unsigned" if kind == 1 else "signed"
    refused(
        tiff(RAMP.astype(dtype).tobytes(), bits, kind), f" {sign} integers of {bits} bits", "white"
    )


def test_a_pgm_s_maximum_is_white():
    content = b"P5 3 1 1000\n" + np.array([0, 500, 1000], dtype=">u2").tobytes()
    assert read(content)[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("white", [1.0, 255.0])
def test_float_pictures_reach_to_one_or_to_255(white):
    values = np.array([[0.0, 0.5, 1.0]], dtype=np.float32) * white
    assert read(encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == [0, 128, 255]


def test_cmyk_becomes_rgb():
    red = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    pixel = read(encoded(red, "JPEG", quality=100))[4, 4]
    assert pixel[0] > 245
    assert pixel[1:].max() < 10


def test_transparency_is_shown_on_black():
    image = Image.new("RGBA", (3, 1))
    image.putdata([(200, 100, 50, 255), (200, 100, 50, 0), (200, 100, 50, 128)])
    assert read(encoded(image, "PNG"))[0].tolist() == [[200, 100, 50], [0, 0, 0], [100, 50, 25]]


def test_a_palette_s_transparent_colour_is_black():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    assert read(encoded(image, "PNG", transparency=1))[0].tolist() == [[10, 20, 30], [0, 0, 0]]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_an_animation_is_its_first_frame(kind):
    first, second = Image.new("RGB", (6, 6), (255, 0, 0)), Image.new("RGB", (6, 6), (0, 0, 255))
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(first, kind, save_all=True, append_images=[second], **options)
    with Image.open(io.BytesIO(content)) as image:
        assert image.n_frames == 2
    assert read(content).reshape(-1, 3).tolist() == [[255, 0, 0]] * 36


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = {
        1: RGB, 2: RGB[:, ::-1], 3: RGB[::-1, ::-1], 4: RGB[::-1],
        5: RGB.swapaxes(0, 1), 6: np.rot90(RGB), 7: RGB.swapaxes(0, 1)[::-1, ::-1],
        8: np.rot90(RGB, -1),
    }[orientation]  # fmt: skip
    content = encoded(Image.fromarray(np.ascontiguousarray(stored)), "PNG", exif=exif)
    assert np.array_equal(read(content), RGB)


def test_a_single_pixel_is_a_picture():
    image = decode(encoded(Image.new("RGB", (1, 1), (9, 8, 7)), "PNG"), "dot")
    prepared = prepare(image, Preparation(256, 224))
    assert prepared.shape == (224, 224, 3)
    assert prepared.reshape(-1, 3).tolist() == [[9, 8, 7]] * 224**2


@pytest.mark.parametrize(
    "name", ["a b.png", "it's.png", 'a"b.png', "a\nb.png", "brûlée 图.png", "$(x).png"]
)
def test_any_name_will_do(tmp_path, name):
    (tmp_path / name).write_bytes(encoded(Image.fromarray(RGB), "PNG"))
    assert np.array_equal(np.asarray(decode(tmp_path / name, name)), RGB)
    (tmp_path / name).write_bytes(b"")
    refused(tmp_path / name, name=name)


# ---- prepared ------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    width=st.integers(1, 130),
    height=st.integers(1, 130),
    resize=st.integers(1, 90),
    crop=st.integers(1, 90),
    interpolation=st.sampled_from(sorted(INTERPOLATIONS)),
)
def test_preparation_is_torchvision_s_to_the_bit(width, height, resize, crop, interpolation):
    crop = min(crop, resize)
    if max(width, height) > 100 * min(width, height):
        return  # refused at decoding
    rng = np.random.default_rng([width, height])
    image = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    mode = transforms.InterpolationMode(interpolation)
    theirs = transforms.Compose(
        [transforms.Resize(resize, interpolation=mode), transforms.CenterCrop(crop)]
    )(image)
    ours = prepare(image, Preparation(resize, crop, interpolation))
    assert ours.shape == (crop, crop, 3)
    assert np.array_equal(ours, np.asarray(theirs))


@pytest.mark.parametrize("size", [(299, 299), (500, 375), (333, 500), (256, 256), (224, 1000)])
def test_the_usual_preparation_too(size):
    image = Image.fromarray(RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    theirs = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])(image)
    assert np.array_equal(prepare(image, Preparation(256, 224)), np.asarray(theirs))


def test_a_preparation_is_known_by_its_key():
    preparation = Preparation(232, 224, "bicubic")
    assert preparation.key == "232-224-bicubic"
    assert Preparation.from_key(preparation.key) == preparation
