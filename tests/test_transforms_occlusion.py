"""A grey square that grows, and its inverse: area, place, nesting."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from invariances.transforms import TRANSFORMS, Setting

SIZES = [(40, 40), (31, 31), (24, 50)]


def hidden(name, share, size=(40, 40), number=6, seed=0):
    """How much of each pixel [N, H, W] is hidden: of white, grey takes 127.5."""
    white = torch.full((number, 3, *size), 255.0)
    shares = torch.full((number,), share, dtype=torch.float64)
    changed = TRANSFORMS[name](white, shares, Setting(seed=seed))
    assert torch.equal(changed[:, 0], changed[:, 2])
    return ((255 - changed[:, 0]) / 127.5).double().numpy()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["occlude", "occlude_around"])
@pytest.mark.parametrize("share", [0.001, 0.03, 0.25, 0.7, 0.999, 1.0])
def test_the_area_hidden_is_the_magnitude(name, share, size):
    assert_close(hidden(name, share, size).mean(axis=(1, 2)), np.full(6, share), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["occlude", "occlude_around"])
def test_what_is_hidden_stays_so(name):
    before = hidden(name, 0.0)
    for share in np.linspace(0.02, 1, 50):
        after = hidden(name, float(share))
        assert (after >= before - 1e-5).all()
        before = after


@pytest.mark.parametrize("size", SIZES)
def test_the_square_has_the_picture_s_proportions_and_lies_inside(size):
    for mask in hidden("occlude", 0.25, size):
        rows, columns = mask.max(axis=1), mask.max(axis=0)
        assert_close(rows.sum() / rows.max(), size[0] / 2, atol=1e-3, rtol=0)
        assert_close(columns.sum() / columns.max(), size[1] / 2, atol=1e-3, rtol=0)
        # Of full strength but for its four sides, and one piece.
        assert_close(mask, np.outer(rows, columns), atol=1e-4, rtol=0)
        assert np.ptp(np.flatnonzero(rows > 1e-4)) <= size[0] / 2 + 1
        assert np.ptp(np.flatnonzero(columns > 1e-4)) <= size[1] / 2 + 1


def test_both_have_one_place_and_complete_each_other():
    assert_close(hidden("occlude", 0.3), 1 - hidden("occlude_around", 0.7), atol=1e-5, rtol=0)


def test_places_are_even_over_the_picture_and_axes_independent():
    masks = hidden("occlude", 0.01, (40, 40), number=400)
    axis = np.arange(40) + 0.5
    y, x = ((masks.sum(axis=other) @ axis) / masks.sum(axis=(1, 2)) for other in (2, 1))
    for centre in (x, y):
        # Between half a side of the square, 2 pixels, from either border.
        assert centre.min() > 1.99 and centre.max() < 38.01
        counts = np.histogram(centre, 4, (2, 38))[0]
        assert (np.abs(counts - 100) < 4 * np.sqrt(75)).all()
    assert abs(np.corrcoef(x, y)[0, 1]) < 0.2


def test_the_rest_of_the_picture_is_untouched(random_pictures):
    pictures = random_pictures(3, 20, 20) / 1.7
    shares = torch.full((3,), 0.2, dtype=torch.float64)
    covered = hidden("occlude", 0.2, (20, 20), number=3) > 0
    changed = TRANSFORMS["occlude"](pictures, shares)
    kept = torch.from_numpy(~covered)[:, None].expand_as(pictures)
    assert torch.equal(changed[kept], pictures[kept])
    whole = torch.ones(3, dtype=torch.float64)
    assert torch.equal(TRANSFORMS["occlude"](pictures, whole), torch.full_like(pictures, 127.5))
