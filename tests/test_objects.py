"""Moving the object alone: against phantoms drawn moved and a calculation on paper."""

from itertools import product

import numpy as np
import pytest
import torch
from sweeps import all_object
from torch.testing import assert_close

from invariances import phantoms
from invariances.configuration import grids
from invariances.configuration.declaration import Combination, Pair
from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.inference.responder import transformed
from invariances.phantoms import bodies, objects, patterns, surroundings
from invariances.transforms import RESAMPLINGS, TRANSFORMS, Setting

NAMES = [name for name in TRANSFORMS if name.startswith("object_")]
SIDE = 96


def as_tensor(*pictures):
    return torch.stack(
        [torch.from_numpy(each.copy()).permute(2, 0, 1).float() for each in pictures]
    )


@pytest.fixture
def plain(monkeypatch):
    """Phantoms taken without blur and grain, which are the camera's and stay where an object moves."""
    still = surroundings.Photograph(blur=0, grain=0, focus=0, speckle=0)

    def photograph(scene, picture, limits):
        return surroundings.photograph(scene, picture, still)

    for module in (bodies, objects, patterns):
        monkeypatch.setattr(module, "photograph", photograph)
    monkeypatch.setattr(surroundings, "_resampled", lambda picture, between: picture)


def theta_of(name, magnitude):
    frame = TRANSFORMS[name.removeprefix("object_")]
    assert frame.theta is not None
    return frame.theta(torch.tensor([magnitude], dtype=torch.float64), SIDE, SIDE)


def drawn_moved(phantom, index, name, magnitude):
    """The phantom, its object drawn where the transform puts it, and where that comes from the frame."""
    ((a, b, c), (d, e, f)) = theta_of(name, magnitude)[0].tolist()

    def moved(x, y):  # halves of a side there, sides here
        return a * x + b * y + c / 2, d * x + e * y + f / 2

    at = (np.arange(SIDE) + 0.5) / SIDE - 0.5
    x, y = moved(*np.meshgrid(at, at))
    inside = np.maximum(abs(x), abs(y)) < 0.5 - 1 / SIDE
    return phantoms.layers(phantom, index, seed=0, size=SIDE, moved=moved)[0], inside


def by_transform(phantom, index, name, magnitude):
    picture, behind, covered = phantoms.layers(phantom, index, seed=0, size=SIDE)
    known = torch.cat([as_tensor(behind), torch.from_numpy(covered.copy()).float()[None, None]], 1)
    moved = TRANSFORMS[name](as_tensor(picture), torch.tensor([magnitude]), Setting(behind=known))
    return moved[0].permute(1, 2, 0).numpy()


@pytest.mark.parametrize("phantom", phantoms.CLASSES)
@pytest.mark.parametrize(
    ("name", "pixels"), [("object_translate_x", 13), ("object_translate_y", -22)]
)
def test_a_shift_by_whole_pixels_is_the_phantom_drawn_there(plain, phantom, name, pixels):
    for index in range(3):
        wanted, inside = drawn_moved(phantom, index, name, pixels / SIDE)
        found = by_transform(phantom, index, name, pixels / SIDE)
        behind = phantoms.layers(phantom, index, seed=0, size=SIDE)[1]
        axis = 1 if name.endswith("x") else 0
        # Light above white is cut off, and what it would have been behind an edge is not known.
        below = (behind < 255).all(axis=2)
        below &= np.roll(below, pixels, axis)
        # Three roundings to whole levels, of the picture, of what is behind it, of how much is covered.
        assert abs(found - wanted)[inside & below].max(initial=0) <= 2.5
        assert abs(found - wanted)[inside].mean() < 0.6
        # Where what comes in was not in the frame there is the background as it was.
        entered = slice(None, pixels) if pixels > 0 else slice(pixels, None)
        assert np.array_equal(*(each.take(range(SIDE)[entered], axis) for each in (found, behind)))


@pytest.mark.parametrize("phantom", phantoms.CLASSES)
@pytest.mark.parametrize(
    ("name", "magnitude"),
    [
        ("object_rotate", 25.0),
        ("object_zoom", 1.4),
        ("object_scale_x", 0.8),
        ("object_scale_y", 1.3),
    ],
)
def test_other_moves_are_the_phantom_drawn_so_but_for_interpolation(
    plain, phantom, name, magnitude
):
    opposite = -magnitude if name == "object_rotate" else 1 / magnitude
    for index in range(2):
        wanted, inside = drawn_moved(phantom, index, name, magnitude)
        off = abs(by_transform(phantom, index, name, magnitude) - wanted)[inside].mean()
        wrong = abs(by_transform(phantom, index, name, opposite) - wanted)[inside].mean()
        assert off < 1.5 or off < 0.2 * wrong
        assert off < 0.35 * wrong


def test_what_is_told_of_a_phantom_is_the_picture_it_is_drawn_as():
    for phantom, index in product(phantoms.CLASSES, range(4)):
        picture, behind, covered = phantoms.layers(phantom, index, seed=0, size=48)
        assert np.array_equal(picture, phantoms.render(phantom, index, seed=0, size=48))
        assert covered.max() > 200
        # Grain and exposure are the same in both; less than half a level of 255 is covered there.
        beside = covered == 0
        assert abs(picture[beside].astype(int) - behind[beside]).max(initial=0) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_identity_is_exact_and_what_is_all_object_moves_as_its_frame_before_black(
    random_pictures, name
):
    transform = TRANSFORMS[name]
    frame = TRANSFORMS[name.removeprefix("object_")]
    for part in ("magnitudes", "unit", "identity", "axis"):
        assert getattr(transform, part) == getattr(frame, part)
    # It has no border: what pads a frame is not asked of it again.
    assert not transform.geometric and not transform.composable
    pictures, known = random_pictures(2, 12, 12) / 1.7, random_pictures(2, 12, 12, seed=1)
    known = torch.cat([known, known[:, :1]], dim=1)
    still = torch.full((2,), transform.identity)
    assert torch.equal(transform(pictures, still, Setting(behind=known)), pictures)
    ends = torch.tensor([transform.magnitudes[1], transform.magnitudes[-2]])
    for resampling in RESAMPLINGS:
        setting = Setting(resampling=resampling, behind=all_object(pictures))
        found, wanted = (each(pictures, ends, setting) for each in (transform, frame))
        assert_close(found, wanted, atol=1e-3, rtol=0)


def test_without_a_known_object_nothing_is_moved(random_pictures):
    with pytest.raises(InputError, match="nothing says what of these pictures their object is"):
        TRANSFORMS["object_rotate"](random_pictures(2, 12, 12), torch.tensor([0.0, 30.0]))


def test_edges_of_a_mask_on_paper():
    """A row of five pixels, behind it 10 a pixel more; the object is 200, of pixel 1 it has a half."""
    behind = torch.tensor([0.0, 10, 20, 30, 40])
    covered = torch.tensor([0.0, 0.5, 1, 0, 0])
    row = covered * 200 + (1 - covered) * behind
    assert row.tolist() == [0, 105, 200, 30, 40]
    pictures = row.expand(1, 3, 5, 5)
    known = torch.cat([behind.expand(1, 3, 5, 5), 255 * covered.expand(1, 1, 5, 5)], dim=1)

    def shifted(pixels):
        at = torch.tensor([pixels / 5], dtype=torch.float64)
        return TRANSFORMS["object_translate_x"](pictures, at, Setting(behind=known))[0, 0, 2]

    assert_close(shifted(1), torch.tensor([0.0, 10, 110, 200, 40]))
    assert_close(shifted(-2), torch.tensor([200.0, 10, 20, 30, 40]))
    # By half a pixel: each is half of its own and half of its left neighbour's.
    assert_close(shifted(0.5), torch.tensor([0.0, 50 + 7.5, 150 + 5, 100 + 15, 40]))


def test_the_responder_hands_each_row_what_is_behind_its_own_picture():
    parts = [phantoms.layers(name, 0, seed=0, size=32) for name in ("broom", "orange", "lime")]
    behind = np.stack([np.concatenate([b, c[..., None]], axis=2) for _, b, c in parts])
    pictures = Pictures.numbered(np.stack([picture for picture, _, _ in parts]), np.arange(3))
    pictures = type(pictures)(**{**vars(pictures), "behind": behind}).take(np.array([2, 0, 1]))
    rows, magnitudes = np.array([2, 0, 1, 0]), np.array([0.25, 0.25, 0.25, 0.0])
    apply = TRANSFORMS["object_translate_x"]
    found = torch.cat(
        [each for _, each in transformed(pictures, rows, magnitudes, apply, batch_size=3)]
    )
    for place, (row, magnitude) in enumerate(zip(rows, magnitudes, strict=True)):
        own = as_tensor(pictures.behind[np.array([row])][0])
        alone = apply(
            as_tensor(pictures.pixels[np.array([row])][0]),
            torch.tensor([magnitude]),
            Setting(behind=own),
        )
        assert torch.equal(found[place], alone[0])


@pytest.mark.parametrize(
    ("key", "names", "wrong"),
    [
        ("pairs", ["object_rotate", "blur"], False),
        ("pairs", ["blur", "object_rotate"], True),
        ("pairs", ["object_translate_x", "object_translate_y"], True),
        ("tuples", ["object_rotate", "blur", "zoom"], False),
        ("tuples", ["rotate", "object_zoom"], True),
    ],
)
def test_an_object_is_moved_before_anything_else(key, names, wrong):
    screened = grids.transforms({"blur": None})
    paired = grids.pairs([Pair(transforms=names)] if key == "pairs" else [], screened)
    given = [Combination(transforms=dict.fromkeys(names))] if key == "tuples" else []
    worst = grids.tuples(given, paired)
    if not wrong:
        assert grids.of_objects(screened, paired, worst) == (names[0],)
        return
    with pytest.raises(InputError, match=f"{key}: '.*name it first"):
        grids.of_objects(screened, paired, worst)
