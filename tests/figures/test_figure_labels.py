import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invariances.figures.labels import short_names, shortened, spaced, spread, text_width, wrapped

places = st.lists(st.tuples(st.floats(-5, 30), st.floats(0.5, 3)), min_size=1, max_size=7)


@given(places)
def test_spread_labels_do_not_overlap_and_stay_inside(labels: list[tuple[float, float]]) -> None:
    centres, sizes = (np.array(values) for values in zip(*labels, strict=True))
    moved = spread(centres, sizes, 0.0, 25.0)
    order = np.argsort(moved)
    gaps = np.diff(moved[order]) - (sizes[order][1:] + sizes[order][:-1]) / 2
    assert (gaps > -1e-9).all()
    assert (moved - sizes / 2 > -1e-9).all()
    assert (moved + sizes / 2 < 25 + 1e-9).all()
    assert (np.diff(moved[np.argsort(centres, kind="stable")]) > 0).all()


def test_labels_with_room_stay_where_they_are() -> None:
    np.testing.assert_allclose(spread([9.0, 2.0, 5.0], [1, 1, 1], 0, 10), [9, 2, 5])


def test_two_labels_at_one_place_part_evenly() -> None:
    np.testing.assert_allclose(sorted(spread([5.0, 5.0], [2, 2], 0, 10)), [4, 6])


def test_too_many_labels_are_centred() -> None:
    moved = spread([0.0] * 4, [3.0] * 4, 0.0, 10.0)
    np.testing.assert_allclose(moved.mean(), 5.0)
    np.testing.assert_allclose(np.diff(np.sort(moved)), 3.0)


def test_no_labels() -> None:
    assert spread([], [], 0, 1).shape == (0,)


@pytest.mark.parametrize("width", [5.0, 10.0, 17.0, 40.0])
@pytest.mark.parametrize("name", ["ballplayer, baseball player", "orange", "Donaudampfschiffahrt"])
def test_wrapped_text_keeps_to_its_width(name: str, width: float) -> None:
    lines = wrapped(name, width, 6.0).split("\n")
    assert len(lines) <= 2
    assert all(text_width(line, 6.0) <= width for line in lines)


def test_text_that_fits_is_left_alone() -> None:
    assert wrapped("golf ball", 40, 6) == shortened("golf ball", 40, 6) == "golf ball"


def test_cut_text_ends_in_an_ellipsis() -> None:
    assert shortened("black and gold garden spider", 12, 6).endswith("…")


def test_names_as_shown() -> None:
    assert spaced("vertical_stripes\n x") == "vertical stripes x"
    assert short_names(["tench, Tinca tinca", "golf_ball"]) == ["tench", "golf ball"]
    assert short_names(["crane, bird", "crane, machine"]) == ["crane, bird", "crane, machine"]
