from pathlib import Path

import numpy as np
import pytest
from made_up import make_thumbnails

from invariances.errors import InputError
from invariances.figures.thumbnails import SMALLEST, placed, read_thumbnails, strip


@pytest.mark.parametrize(("count", "width"), [(3, 60.0), (7, 58.0), (9, 60.0), (1, 40.0)])
def test_even_thumbnails_are_all_shown_where_there_is_room(count: int, width: float) -> None:
    shown, side = placed(np.linspace(-1, 1, count), -1, 1, 0, width, 8.6)
    assert shown == list(range(count))
    assert SMALLEST <= side <= 8.6
    # Side by side, with half a picture beyond both ends, they fit into the width.
    assert count * side <= width + 1e-9


def test_thumbnails_that_would_be_too_small_are_thinned_from_the_identity_outwards() -> None:
    shown, side = placed(np.linspace(-1, 1, 21), -1, 1, 0, 58.0, 8.6)
    assert 10 in shown
    assert shown == [20 - i for i in reversed(shown)]
    assert side >= SMALLEST
    assert 4 <= len(shown) < 21


def test_uneven_thumbnails_never_overlap() -> None:
    positions = np.array([0.0, 0.01, 0.02, 0.3, 0.33, 0.9, 1.0])
    shown, side = placed(positions, 0, 1, 0, 60.0, 8.6)
    assert shown[0] == 0
    gaps = np.diff(positions[shown]) * (60.0 - side)
    assert (gaps >= side - 1e-9).all()


def test_thumbnails_beyond_the_axis_are_not_shown() -> None:
    assert placed(np.array([-2.0, 0.0, 0.5, 3.0]), -1, 1, 0, 60.0, 8.6)[0] == [1, 2]
    assert placed(np.array([5.0]), -1, 1, 0, 60.0, 8.6) == ([], 0.0)


def test_strip_holds_each_picture_at_its_place() -> None:
    pictures = [np.full((64, 64, 3), value, dtype=np.uint8) for value in (0, 100)]
    image = strip(pictures, [5.0, 25.0], 8.0, 30.0)
    assert image.shape == (96, 360, 3)
    assert (image[:, 60] == 0).all()
    assert (image[:, 300] == 100).all()
    assert (image[:, 180] == 255).all()


def test_a_white_picture_is_seen_on_white_paper() -> None:
    image = strip([np.full((64, 64, 3), 255, dtype=np.uint8)], [15.0], 8.0, 30.0)
    left = (15 - 4) * 12
    assert (image[0, left : left + 96] == 200).all() and (image[:, left] == 200).all()
    assert (image[48, left + 1 : left + 95] == 255).all() and (image[:, left - 1] == 255).all()


def test_files_of_chunks_are_read_together(tmp_path: Path) -> None:
    paths = [
        make_thumbnails(tmp_path / "a.npz", "rotate", ["orange"]),
        make_thumbnails(tmp_path / "b.npz", "rotate", ["lime", "broom"]),
    ]
    found = read_thumbnails(paths)
    assert list(found) == ["orange", "lime", "broom"]
    assert found["lime"].pictures.shape == (7, 64, 64, 3)
    assert (np.diff(found["lime"].magnitudes) > 0).all()


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    np.savez(tmp_path / "other.npz", classes=np.array(["a"]))
    for name in ("bad.npz", "other.npz", "missing.npz"):
        with pytest.raises((InputError, FileNotFoundError), match=name):
            read_thumbnails([tmp_path / name])
