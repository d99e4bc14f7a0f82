"""Picture files that are refused by name, whatever is wrong with them."""

import struct
import zlib

import numpy as np
import pytest
from encoded import RGB, RNG, encoded, refused
from PIL import Image

from invariances.errors import InputError
from invariances.pictures import decode

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")


# ---- refused by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(content):
    refused(content, "cannot be decoded")


def test_files_that_are_not_there_are_refused(tmp_path):
    (tmp_path / "x.png").mkdir()
    refused(tmp_path / "x.png")
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere.png")
    refused(tmp_path / "broken.png")
    refused(tmp_path / "absent.png")


@pytest.mark.parametrize("size", [(20000, 2), (2, 20000), (101, 1)])
def test_a_thread_of_a_picture_is_refused(size):
    message = refused(encoded(Image.new("RGB", size), "PNG"), f"{size[0]}x{size[1]}", "100")
    assert "damaged" not in message


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_pictures_that_are_not_numbers_are_refused(bad):
    values = np.full((4, 4), 0.5, dtype=np.float32)
    values[1, 2] = bad
    refused(encoded(Image.fromarray(values), "TIFF"), "NaN or Inf")


@pytest.mark.parametrize("values", [[-3.0, 1.0], [0.0, 1000.0]])
def test_floats_of_unknown_range_are_refused(values):
    array = np.array([values], dtype=np.float32)
    refused(encoded(Image.fromarray(array), "TIFF"), f"{values[0]:g} to {values[1]:g}")


@pytest.mark.parametrize("limit", [100, 60])
def test_a_decompression_bomb_is_refused(monkeypatch, limit):
    """Over the limit Pillow warns, over twice the limit it raises: both are refused."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    refused(encoded(Image.fromarray(RGB), "PNG"), "bomb")


def test_a_real_bomb_costs_nothing():
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    body = b"IHDR" + header
    content = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    )
    refused(content + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT")))


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of what it finds on the way
@pytest.mark.parametrize("kind", FORMATS)
def test_truncated_files_are_read_whole_or_refused(kind):
    content = encoded(Image.fromarray(RNG.integers(0, 256, (40, 40, 3), dtype=np.uint8)), kind)
    refusals = 0
    for length in np.linspace(0, len(content) - 1, 60).astype(int):
        try:
            assert decode(content[:length], "it").size == (40, 40)
        except InputError as error:
            assert "'it'" in str(error)
            refusals += 1
    assert refusals > 50


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_raise_nothing_else(kind):
    content = encoded(Image.fromarray(RGB), kind)
    rng = np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), rng.integers(1, 6)):
            damaged[place] = rng.integers(256)
        try:
            assert decode(bytes(damaged), "it").mode == "RGB"
        except InputError as error:
            assert "'it'" in str(error)
