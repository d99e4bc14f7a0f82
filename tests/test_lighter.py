"""Figures in the report: the same picture, in fewer bytes."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from invariances.lighter import avif, data_uri


@pytest.fixture
def photograph(tmp_path):
    """A smooth picture with a little noise and black text-like lines, 400 by 600."""
    y, x = np.mgrid[0:400, 0:600] / 600
    noise = np.random.default_rng(0).normal(0, 2, (400, 600, 3))
    pixels = np.stack([200 * x + 20, 200 * y + 20, 120 + 80 * np.sin(9 * x)], axis=-1) + noise
    pixels[100:110:3] = 0
    path = tmp_path / "figure.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


def plain(file, *_):
    return f"plain:{file}"


def test_a_figure_keeps_its_pixels_and_loses_its_bytes(photograph):
    uri = data_uri(plain, photograph.parent)(str(photograph), "utf8")
    head, data = uri.split(",", 1)
    assert head.startswith("data:image/avif") and head.endswith("base64")
    content = base64.b64decode(data)
    assert len(content) < photograph.stat().st_size / 4
    shown = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=float)
    before = np.asarray(Image.open(photograph), dtype=float)
    assert shown.shape == before.shape
    assert np.sqrt(np.mean((shown - before) ** 2)) < 6


def test_a_transparent_ground_stays(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (200, 200, 4), dtype=np.uint8)
    pixels[:100, :, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "figure.png")
    shown = Image.open(io.BytesIO(avif(tmp_path / "figure.png")))
    assert np.asarray(shown.convert("RGBA"))[:90, :, 3].max() <= 4


def test_what_is_small_or_no_picture_is_left(tmp_path):
    Image.new("RGB", (300, 300)).save(tmp_path / "flat.png")
    (tmp_path / "table.csv").write_text("a,b\n")
    for name in ("flat.png", "table.csv"):
        assert data_uri(plain, tmp_path)(tmp_path / name) == f"plain:{tmp_path / name}"


def test_what_is_another_workflow_s_is_left(photograph, tmp_path):
    assert data_uri(plain, tmp_path / "results")(photograph) == f"plain:{photograph}"
