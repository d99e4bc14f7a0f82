"""Two or three transforms combined: one warp in the order said, every point answered, the worst refined."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from invariances import costs
from invariances.inference import Answers, Pictures
from invariances.inference.responder import Responder
from invariances.magnitudes import TransformAxis
from invariances.screening import sweep
from invariances.screening.grid import expanded, transform_of
from invariances.screening.refining import moved, refine
from invariances.screening.tuples import Points, answered
from invariances.transforms import TRANSFORMS, Setting, combined

TURNED_LAST = ("translate_x", "translate_y", "rotate")


def axis(low: float, high: float, steps: int, scale: str = "linear") -> TransformAxis:
    """An axis whose grid is even, its identity in its middle."""
    spread = np.linspace if scale == "linear" else np.geomspace
    values = tuple(float(value) for value in spread(low, high, steps))
    return TransformAxis("t", "", "", values[steps // 2], scale, values)


# ---- one warp ------------------------------------------------------------------------------------


def test_three_are_applied_in_their_order_as_by_hand(random_pictures):
    """Two pixels right, three down, then a quarter turn counter-clockwise, on arrays."""
    pictures = random_pictures(1, 16, 16)
    shifted = np.zeros((16, 16))
    shifted[3:, 2:] = pictures[0, 0, :-3, :-2]
    magnitudes = torch.tensor([[2 / 16, 3 / 16, 90.0]], dtype=torch.float64)
    found = combined(*map(TRANSFORMS.get, TURNED_LAST))(pictures, magnitudes, Setting())
    np.testing.assert_array_equal(found[0, 0], np.rot90(shifted))
    # Turned first, the picture is moved as the frame has it.
    turned_first = combined(*map(TRANSFORMS.get, ("rotate", *TURNED_LAST[:2])))
    moved_last = turned_first(pictures, magnitudes[:, [2, 0, 1]], Setting())
    expected = np.zeros((16, 16))
    expected[3:, 2:] = np.rot90(pictures[0, 0])[:-3, :-2]
    np.testing.assert_array_equal(moved_last[0, 0], expected)


def test_what_a_third_brings_back_is_not_lost(random_pictures):
    pictures = random_pictures(2, 12, 12) / 3
    there_and_back = combined(*map(TRANSFORMS.get, ("translate_x", "zoom", "translate_x")))
    magnitudes = torch.tensor([[0.75, 1.0, -0.75], [-0.25, 1.0, 0.25]], dtype=torch.float64)
    assert torch.equal(there_and_back(pictures, magnitudes, Setting()), pictures)


def test_what_stands_between_geometric_ones_parts_them(random_pictures):
    """Brightness after the first shift lightens what came in at the border, too."""
    pictures = random_pictures(1, 8, 8)
    names = ("translate_x", "brightness", "translate_x")
    magnitudes = torch.tensor([[0.5, 0.25, -0.5]], dtype=torch.float64)
    found = combined(*map(TRANSFORMS.get, names))(pictures, magnitudes, Setting())
    step = pictures
    for place, name in enumerate(names):
        step = TRANSFORMS[name](step, magnitudes[:, place], Setting())
    assert torch.equal(found, step)
    together = combined(*map(TRANSFORMS.get, ("brightness", "translate_x", "translate_x")))
    in_one_warp = together(pictures, magnitudes[:, [1, 0, 2]], Setting())
    assert torch.equal(in_one_warp, TRANSFORMS["brightness"](pictures, magnitudes[:, 1]))


def test_a_grid_of_three_runs_through_the_last_first():
    grids = [([-1.0, 0.0], 0.0), ([0.5, 1.0, 2.0], 1.0), ([0.0, 9.0], 0.0)]
    magnitudes, identity = expanded(grids)
    assert magnitudes.shape == (12, 3)
    assert magnitudes[:3].tolist() == [[-1, 0.5, 0], [-1, 0.5, 9], [-1, 1, 0]]
    assert magnitudes[identity].tolist() == [0, 1, 0]


# ---- the answers at every point --------------------------------------------------------------------


class Levels(torch.nn.Module):
    """Logits of three categories from a picture's mean grey levels by halves."""

    def forward(self, pictures):
        halves = pictures.mean(dim=1).unfold(2, 8, 8).mean(dim=(1, 3)) / 40
        return torch.cat([halves, halves.sum(dim=1, keepdim=True) / 2], dim=1)


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (5, 16, 16, 3), dtype=np.uint8)
    pixels[:, :, :8] //= 2
    return Pictures.numbered(pixels, np.array([2, 0, 1, 2, 2]))


def test_a_tuple_of_two_is_answered_as_a_pair_is_swept(pictures):
    grids = [((-0.5, 0.0, 0.5), 0.0), ((0.5, 1.0, 2.0), 1.0)]
    responder = Responder(Levels(), transform_of(["translate_x", "zoom"]), batch_size=7)
    points = answered(responder, pictures, *expanded(grids))
    swept = sweep(responder, pictures, *expanded(grids))
    np.testing.assert_array_equal(points.prediction, swept.prediction)
    np.testing.assert_allclose(points.margin, swept.margin, atol=1e-5)
    assert points.right.shape == (5, 9) and 0 < points.right.mean() < 1
    # A pair's file is read as a tuple's of which nothing was refined.
    read = Points.from_arrays(swept.arrays())
    assert (read.identity, read.refined.shape, len(read.refined_margin)) == (4, (0, 2), 0)
    np.testing.assert_array_equal(read.prediction, points.prediction)
    again = Points.from_arrays(points.arrays())
    assert all(np.array_equal(getattr(again, k), v) for k, v in points.arrays().items())


def test_the_worst_point_of_a_tie_is_the_wrong_one(pictures):
    """At a margin of zero the first of the tied categories is predicted, the own one or another."""
    points = answered(
        Responder(Levels(), transform_of(["translate_x", "zoom"])),
        pictures,
        *expanded([((0.0, 0.5), 0.0), ((1.0, 2.0), 1.0)]),
    )
    own = points.categories[:, None]
    prediction = np.broadcast_to(own, points.prediction.shape).copy()
    prediction[:, 2] = (own[:, 0] + 1) % 3
    tied = Points.from_arrays(
        points.arrays() | {"margin": np.zeros_like(points.margin), "prediction": prediction}
    )
    assert tied.worst.tolist() == [2] * 5


# ---- refinement ------------------------------------------------------------------------------------


class Known:
    """Margins that are a function of picture and magnitudes; right where they are above zero."""

    def __init__(self, margin, categories):
        self.margin, self.categories, self.passes = margin, categories, 0

    def answers(self, pictures, rows, values):
        self.passes += len(rows)
        margin = self.margin(np.asarray(rows), values)
        right = self.categories[rows]
        return Answers(np.where(margin > 0, right, right + 1), margin.astype(np.float32))


def known(margin, axes, count=3):
    pictures = Pictures.numbered(np.zeros((count, 2, 2, 3), np.uint8), np.arange(count))
    responder = Known(margin, pictures.categories)
    grid = expanded([(each.magnitudes, each.identity) for each in axes])
    return responder, pictures, answered(responder, pictures, *grid)


def test_the_lowest_margin_between_the_points_is_found_to_the_tolerance():
    """Of paraboloids whose minimum is known, one a picture, on linear and logarithmic axes."""
    axes = (axis(-30, 30, 7), axis(0.25, 4, 5, "log"), axis(-0.1, 0.1, 3))
    lowest = np.array([[-13.7, 0.7, 0.03], [21.0, 3.1, -0.087], [4.4, 1.0, 0.0999]])
    ranges = np.array([60, 4, 0.2])

    def away(rows, values):
        along = np.stack([values[:, 0], np.log2(values[:, 1]), values[:, 2]], axis=1)
        centre = np.stack([lowest[:, 0], np.log2(lowest[:, 1]), lowest[:, 2]], axis=1)
        return (((along - centre[rows]) / ranges) ** 2).sum(axis=1) - 0.001

    responder, pictures, points = known(away, axes)
    found = refine(responder, pictures, points, axes, 1 / 256)
    off = found.refined - lowest
    off[:, 1] = np.log2(found.refined[:, 1]) - np.log2(lowest[:, 1])
    assert (np.abs(off / ranges) <= 1 / 256).all()
    np.testing.assert_allclose(
        found.refined_margin, away(np.arange(3), found.refined), rtol=1e-4, atol=1e-7
    )
    # Between the points all three are lost that survive the grid.
    assert found.right.all() and (found.refined_prediction != found.categories).all()


@given(
    seed=st.integers(0, 10**6),
    steps=st.lists(st.sampled_from([3, 5, 7]), min_size=2, max_size=3),
    tolerance=st.sampled_from([0.5, 0.1, 1 / 64]),
)
def test_refined_is_never_above_the_grid_s_nor_outside_its_range(seed, steps, tolerance):
    """Of any function, rough as it may be; and it takes the passes that the plan has reckoned."""
    scales = ("linear", "log", "linear")
    axes = tuple(axis(0.5, 3.0, n, s) for n, s in zip(steps, scales, strict=False))
    wave = np.random.default_rng(seed).normal(0, 40, len(axes))

    def rough(rows, values):
        return np.sin(values @ wave + rows) * 2

    responder, pictures, points = known(rough, axes)
    found = refine(responder, pictures, points, axes, tolerance)
    assert (found.refined_margin <= points.margin.min(axis=1)).all()
    assert ((found.refined >= 0.5) & (found.refined <= 3.0)).all()
    right = found.refined_prediction == found.categories
    assert not (right & ~points.right.all(axis=1)).any()
    assert responder.passes == costs.combined_passes(3, axes, tolerance, refine=True)


def test_nothing_is_looked_for_between_the_points_of_an_ordinal_axis():
    """Of severities and angles only the angles move; of two ordinal axes the grid's worst point stands."""
    severity = TransformAxis("severity", "", "", 0.0, "ordinal", (0.0, 1.0, 2.0, 3.0))
    angle = axis(-30, 30, 3)

    def falling(rows, values):
        return np.abs(values - np.array([1.6, 11.0])[: values.shape[1]]).sum(axis=1) - 0.2

    responder, pictures, points = known(falling, (severity, angle))
    found = refine(responder, pictures, points, (severity, angle), 1 / 64)
    assert (found.refined[:, 0] == 2).all()
    assert (np.abs(found.refined[:, 1] - 11) <= 60 / 64).all()
    assert responder.passes == costs.combined_passes(3, (severity, angle), 1 / 64, refine=True)
    axes = (severity, severity)
    responder, pictures, points = known(falling, axes)
    found = refine(responder, pictures, points, axes, 1 / 64)
    np.testing.assert_array_equal(found.refined, points.magnitudes[points.worst])
    assert responder.passes == 3 * 16


def test_steps_are_shares_of_the_range_and_end_with_it():
    at = np.array([1.0, 4.0])
    np.testing.assert_allclose(
        moved(at, axis(0.25, 4, 5, "log"), 1 / 8), [[2**-0.5, 2**0.5], [2**1.5, 4]]
    )
    assert moved(np.array([-30.0]), axis(-30, 30, 7), 0.05).tolist() == [[-30, -27]]


# ---- what it costs ---------------------------------------------------------------------------------


def test_engstrom_s_grid_takes_775_passes_a_picture_and_32_to_refine():
    axes = (axis(-24 / 224, 24 / 224, 5), axis(-24 / 224, 24 / 224, 5), axis(-30, 30, 31))
    assert costs.combined_passes(10, axes, 1 / 256, refine=False) == 7750
    # A quarter of the range is halved six times down to 1/256, a thirtieth four times.
    assert [each.halvings(1 / 256) for each in axes] == [6, 6, 4]
    assert costs.combined_passes(10, axes, 1 / 256, refine=True) == 7750 + 10 * 2 * 16
