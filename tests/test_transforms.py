"""What all transforms promise: identity, batches, clamping, the registry."""

import numpy as np
import pytest
import torch
from sweeps import all_object
from torch.testing import assert_close

from invariances.transforms import (
    PADDINGS,
    TRANSFORMS,
    Setting,
    combined,
    geometric,
    photometric,
    warp,
)

NAMES = (
    "translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom",
    "brightness", "contrast", "grayscale", "blur", "noise",
)  # fmt: skip
EVERY = tuple(TRANSFORMS)
# What moves no pixel does not know what lies outside the picture.
PADDED = [
    (name, padding)
    for name, transform in TRANSFORMS.items()
    for padding in (PADDINGS if transform.geometric else PADDINGS[:1])
]
SHAPES = [(16, 16), (17, 17), (12, 19), (33, 8), (1, 1), (1, 5)]


def test_the_paper_s_transforms_are_registered_under_their_names():
    # ... first, and in the order of section III.C; all others after them.
    assert tuple(TRANSFORMS)[: len(NAMES)] == NAMES
    assert all(transform.name == name for name, transform in TRANSFORMS.items())


@pytest.mark.parametrize("name", EVERY)
def test_default_grids_are_sweepable(name):
    transform = TRANSFORMS[name]
    grid = np.array(transform.magnitudes)
    assert np.isfinite(grid).all()
    assert (np.diff(grid) > 0).all()
    assert transform.identity in transform.magnitudes
    # Tables round to seven digits, and who reads them compares.
    assert float(f"{transform.identity:.7g}") == transform.identity
    assert all(type(value) is float for value in transform.magnitudes)
    assert transform.label
    if transform.axis == "log":
        assert grid[0] > 0
        assert_close(np.diff(np.log2(grid)), np.full(len(grid) - 1, np.diff(np.log2(grid))[0]))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("name", "padding"), PADDED)
def test_the_identity_is_bit_exact(name, padding, shape, random_pictures):
    transform = TRANSFORMS[name]
    # Not whole grey levels: arithmetic that is not skipped would show.
    pictures = random_pictures(3, *shape) / 1.7
    magnitudes = torch.full((3,), transform.identity, dtype=torch.float64)
    setting = Setting(padding, behind=all_object(pictures))
    assert torch.equal(transform(pictures, magnitudes, setting), pictures)


@pytest.mark.parametrize(("name", "padding"), PADDED)
def test_a_batch_answers_as_its_pictures_one_at_a_time(name, padding, random_pictures):
    transform = TRANSFORMS[name]
    grid = torch.tensor(transform.magnitudes, dtype=torch.float64)
    magnitudes = grid[torch.linspace(0, len(grid) - 1, 9).round().long()]
    pictures, ids = random_pictures(9, 20, 26), torch.arange(9) * 7919

    def changed(part):
        shown = pictures[part]
        setting = Setting(padding, 3, ids[part], behind=all_object(shown))
        return transform(shown, magnitudes[part], setting)

    batch = changed(slice(None))
    for place in range(9):
        part = slice(place, place + 1)
        assert torch.equal(changed(part), batch[part])
    order = torch.tensor([4, 8, 0, 4])
    mixed = changed(order)
    assert torch.equal(mixed, batch[order])


@pytest.mark.parametrize("name", EVERY)
def test_the_result_is_clamped_and_the_input_left_alone(name, random_pictures):
    transform = TRANSFORMS[name]
    pictures = random_pictures(2, 9, 11)
    before = pictures.clone()
    for magnitude in (transform.magnitudes[0], transform.magnitudes[-1]):
        setting = Setting(behind=all_object(pictures))
        changed = transform(pictures, torch.full((2,), magnitude, dtype=torch.float64), setting)
        assert changed.shape == pictures.shape
        assert changed.dtype == pictures.dtype
        assert float(changed.min()) >= 0
        assert float(changed.max()) <= 255
    assert torch.equal(pictures, before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64])
@pytest.mark.parametrize("name", EVERY)
def test_magnitudes_of_any_type_do(name, dtype, random_pictures):
    pictures = random_pictures(1, 8, 8)
    setting = Setting(behind=all_object(pictures))
    one = TRANSFORMS[name](pictures, torch.tensor([1], dtype=dtype), setting)
    assert_close(one, TRANSFORMS[name](pictures, torch.tensor([1.0], dtype=torch.float64), setting))


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("pictures", "magnitudes"),
    [
        (torch.zeros(2, 3, 8, 8), torch.zeros(3)),
        (torch.zeros(2, 3, 8, 8), torch.zeros(2, 1)),
        (torch.zeros(2, 3, 8, 8), torch.tensor(0.5)),
        (torch.zeros(3, 8, 8), torch.zeros(3)),
        (torch.zeros(2, 1, 8, 8), torch.zeros(2)),
        (torch.zeros(2, 8, 8, 3), torch.zeros(2)),
        (torch.zeros(2, 3, 8, 8, dtype=torch.uint8), torch.zeros(2)),
    ],
)
def test_wrong_shapes_and_types_are_refused_by_name(name, pictures, magnitudes):
    with pytest.raises(ValueError, match=name):
        TRANSFORMS[name](pictures, magnitudes)


def test_an_unknown_padding_is_refused(random_pictures):
    with pytest.raises(ValueError, match=r"'wrap'.*black, edge, reflect, mean"):
        warp(random_pictures(1, 4, 4), torch.eye(2, 3)[None], "wrap")  # type: ignore[arg-type]


def test_a_new_photometric_transform_works_end_to_end(random_pictures):
    pictures, before = random_pictures(3, 6, 6), tuple(TRANSFORMS)
    try:

        @photometric(label="inversion", unit="", identity=0.0, grid=(0.0, 0.5, 1.0), axis="linear")
        def invert(pictures, magnitudes, setting):
            share = magnitudes.to(pictures)[:, None, None, None]
            return torch.lerp(pictures, 255 - pictures, share)

        changed = TRANSFORMS["invert"](pictures, torch.tensor([0.0, 0.5, 1.0]))
        assert torch.equal(changed[0], pictures[0])
        assert_close(changed[1], torch.full_like(changed[1], 127.5))
        assert torch.equal(changed[2], 255 - pictures[2])
        assert tuple(TRANSFORMS) == (*before, "invert")
    finally:
        del TRANSFORMS["invert"]
    assert tuple(TRANSFORMS) == before


def test_a_new_geometric_transform_works_end_to_end_and_in_pairs(random_pictures):
    pictures = random_pictures(2, 8, 8)
    try:

        @geometric(label="mirror", unit="", identity=1.0, grid=(-1.0, 1.0), axis="linear")
        def mirror(magnitudes, height, width):
            theta = torch.eye(2, 3, dtype=magnitudes.dtype).repeat(len(magnitudes), 1, 1)
            theta[:, 0, 0] = magnitudes
            return theta

        changed = TRANSFORMS["mirror"](pictures, torch.tensor([-1.0, 1.0]))
        assert torch.equal(changed, torch.stack([pictures[0].flip(2), pictures[1]]))
        both = combined(TRANSFORMS["mirror"], TRANSFORMS["translate_x"])
        moved = both(pictures, torch.tensor([[-1.0, 0.25]] * 2), Setting())
        assert torch.equal(moved[..., 2:], pictures.flip(3)[..., :-2])
    finally:
        del TRANSFORMS["mirror"]


# ---- pairs ---------------------------------------------------------------------------------------


def test_a_translation_out_and_back_loses_nothing(random_pictures):
    pictures = random_pictures(2, 10, 14) / 3
    out_and_back = combined(TRANSFORMS["translate_x"], TRANSFORMS["translate_x"])
    magnitudes = torch.tensor([[0.8, -0.8], [-0.37, 0.37]], dtype=torch.float64)
    assert torch.equal(out_and_back(pictures, magnitudes, Setting()), pictures)
    one_by_one = TRANSFORMS["translate_x"](pictures, magnitudes[:, 0])
    one_by_one = TRANSFORMS["translate_x"](one_by_one, magnitudes[:, 1])
    assert not torch.allclose(one_by_one, pictures)


def test_the_first_of_a_pair_is_applied_first(random_pictures):
    pictures = random_pictures(1, 12, 12)
    quarter, right = torch.tensor([90.0]), torch.tensor([0.25])
    turned_then_moved = combined(TRANSFORMS["rotate"], TRANSFORMS["translate_x"])
    expected = TRANSFORMS["translate_x"](TRANSFORMS["rotate"](pictures, quarter), right)
    assert torch.equal(
        turned_then_moved(pictures, torch.tensor([[90.0, 0.25]]), Setting()), expected
    )
    moved_then_turned = combined(TRANSFORMS["translate_x"], TRANSFORMS["rotate"])
    expected = TRANSFORMS["rotate"](TRANSFORMS["translate_x"](pictures, right), quarter)
    assert torch.equal(
        moved_then_turned(pictures, torch.tensor([[0.25, 90.0]]), Setting()), expected
    )


@pytest.mark.parametrize("first", ["brightness", "rotate", "blur"])
@pytest.mark.parametrize("second", ["contrast", "grayscale", "zoom"])
def test_other_pairs_are_one_after_the_other(first, second, random_pictures):
    pictures = random_pictures(3, 9, 9)
    one = torch.tensor([0.3, 0.1, 0.7], dtype=torch.float64)
    two = torch.tensor([0.9, 0.5, 0.8], dtype=torch.float64)
    changed = combined(TRANSFORMS[first], TRANSFORMS[second])(
        pictures, torch.stack([one, two], dim=1), Setting("edge")
    )
    step = TRANSFORMS[first](pictures, one, Setting("edge"))
    expected = TRANSFORMS[second](step, two, Setting("edge"))
    if {first, second} == {"rotate", "zoom"}:  # one warp: sharper than two
        assert float((changed - expected).abs().mean()) < 60
        assert not torch.equal(changed, expected)
    else:
        assert torch.equal(changed, expected)


@pytest.mark.parametrize("padding", PADDINGS)
def test_the_identity_of_a_pair_is_bit_exact(padding, random_pictures):
    pictures = random_pictures(2, 11, 8) / 1.3
    for one in TRANSFORMS.values():
        for two in TRANSFORMS.values():
            if padding != PADDINGS[0] and not (one.geometric and two.geometric):
                continue
            home = torch.tensor([[one.identity, two.identity]] * 2, dtype=torch.float64)
            setting = Setting(padding, behind=all_object(pictures))
            assert torch.equal(combined(one, two)(pictures, home, setting), pictures)
