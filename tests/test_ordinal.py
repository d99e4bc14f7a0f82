"""An ordinal axis: nothing lies between its points, so that nothing is asked, read or given between."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sweeps import make_sweep
from torch import Tensor, nn

from invariances.configuration import grid
from invariances.configuration.declaration import Grid
from invariances.errors import InputError
from invariances.inference import Answers, Pictures
from invariances.inference.responder import Responder
from invariances.magnitudes import TransformAxis
from invariances.screening import sweep
from invariances.screening.thumbnails import spread
from invariances.statistics import censored_median
from invariances.thresholds import Bisection, median_table, region_table, threshold_table
from invariances.thresholds.crossings import (
    first_crossing,
    half_accuracy_limits,
    leading_intervals,
)
from invariances.thresholds.differences import difference_table, distances, reaches
from invariances.thresholds.search import searched_table
from invariances.thresholds.switches import switch_interval
from invariances.transforms import Setting, Transform

POINTS = (-2.0, -1.0, 0.0, 1.0, 3.0, 4.0, 7.0)
DARKER = dict(zip(POINTS, (60.0, 5.0, 0.0, 11.0, 12.0, 40.0, 41.0), strict=True))
"""By how many grey levels a picture is darkened at each point: in jumps, so that nothing is linear."""


def darken(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    # A magnitude that is no point of the axis fails here.
    loss = [DARKER[value] for value in magnitudes.tolist()]
    return pictures - torch.tensor(loss, dtype=pictures.dtype)[:, None, None, None]


STEPS = Transform("steps", "steps", "", 0.0, "ordinal", POINTS, apply=darken)


class Brighter(nn.Module):
    """Class 0 while the mean is above 100.5, so that none of these pictures is just at the limit."""

    def forward(self, pictures: Tensor) -> Tensor:
        above = (pictures.mean(dim=(1, 2, 3)) - 100.5) / 10
        return torch.stack([above, -above], dim=1)


MEANS = (103, 111, 112, 130, 141, 200, 90)
# The first point, from 0 outwards, at which the mean less what DARKER says is 100 or less.
UP = (1.0, 1.0, 3.0, 4.0, 7.0, None, 0.0)
DOWN = (-1.0, -2.0, -2.0, -2.0, -2.0, None, 0.0)


def darkened() -> tuple[Responder, Pictures]:
    """Even pictures, each a class of its own; the last is not recognised untransformed."""
    pixels = np.stack([np.full((4, 4, 3), mean, np.uint8) for mean in MEANS])
    names = np.array([f"picture {place}" for place in range(len(MEANS))])
    pictures = Pictures(pixels, names, names, np.zeros(len(MEANS), int), np.arange(len(MEANS)))
    return Responder(Brighter(), STEPS, Setting(), batch_size=16), pictures


@pytest.mark.parametrize("method", ["bisect", "exhaustive", "grid"])
def test_a_known_threshold_is_found_as_the_point_itself(method):
    responder, pictures = darkened()
    swept = sweep(responder, pictures, np.array(POINTS), POINTS.index(0.0))
    own = searched_table(
        *(responder, pictures, swept, ("bright", "dark"), "m", "steps"),
        tolerance=1 / 256, missed=0.02, seed=0, method=method, axis="ordinal",
    )  # fmt: skip
    cells = threshold_table(swept, ("bright", "dark"), "m", "steps", axis="ordinal", resamples=100)
    for direction, expected in (("up", UP), ("down", DOWN)):
        ends = {"up": POINTS[-1], "down": POINTS[0]}
        wanted = [ends[direction] if point is None else point for point in expected]
        never = [point is None for point in expected]
        for table, columns in ((own, ("threshold",)), (cells, ("threshold", "half_accuracy"))):
            rows = table[table["direction"] == direction]
            for column in columns:
                assert rows[column].tolist() == wanted, (direction, column)
            assert rows["censored"].tolist() == never
    # At 1 and 3 the fourth is as at 0; it is lost at 4 and 7. Nothing is known between the points.
    fourth = own[own["class"] == "picture 3"].iloc[0]
    assert fourth["intervals"] == ((-1.0, 3.0),)
    assert cells[cells["class"] == "picture 3"].iloc[0]["recognised"] == ((-1.0, 3.0),)
    assert cells["grid_error"].isna().all()
    medians = median_table(own, POINTS, POINTS.index(0.0), axis="ordinal")
    assert (own["unasked"] == 0).all() and (medians["missed_at_most"] == 0).all()
    assert set(medians["median_threshold"]) <= set(POINTS)


def lost(margins: np.ndarray) -> int | None:
    """The first point at which not every margin is positive."""
    return next((place for place, row in enumerate(margins) if not (row > 0).all()), None)


MARGINS = st.integers(2, 7).flatmap(
    lambda points: st.lists(
        st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=points, max_size=points
    )
)


@given(MARGINS)
def test_a_crossing_is_the_first_point_lost_and_its_strongest_rival(values):
    margins, along = np.array(values, float), np.cumsum(np.arange(1.0, len(values) + 1))
    found, place = first_crossing(margins, along, ordinal=True), lost(margins)
    assert bool(found.censored) == (place is None)
    assert float(found.coordinate) == along[-1 if place is None else place]
    at = margins[-1 if place is None else place]
    assert at[int(found.candidate)] == at.min()
    held = (margins > 0).all(axis=1)
    covered = np.zeros(len(held), bool)
    runs = leading_intervals(margins, along, ordinal=True)
    for low, high in runs:
        assert {low, high} <= set(along)
        covered |= (along >= low) & (along <= high)
    assert (covered == held).all()
    assert all(before[1] < after[0] for before, after in pairwise(runs))


@given(st.lists(st.booleans(), min_size=2, max_size=8), st.data())
def test_a_picture_s_response_is_what_its_answers_say(right, data):
    home = data.draw(st.integers(0, len(right) - 1))
    right = np.array(right)
    right[home] = True
    grid_ = np.cumsum(np.arange(1.0, len(right) + 1))
    known = Answers(np.where(right, 0, 1)[None], np.where(right, 1.0, -1.0)[None])
    search = Bisection.start(
        known, [0], grid_, home, tolerance=1 / 256, missed=0.02, axis="ordinal"
    )
    assert search.done
    (response,) = search.responses()
    for sign, path in ((1, range(home, len(right))), (-1, range(home, -1, -1))):
        outward = list(path)
        wrong = [place for place in outward if not right[place]]
        changes = [after for before, after in pairwise(outward) if right[before] != right[after]]
        assert response.crossings_towards(sign) == len(changes)
        first = response.first(sign)
        if not wrong:
            assert first is None
            continue
        assert first == (grid_[wrong[0]], 1)
        beyond = outward[outward.index(wrong[0]) :]
        again = sum(right[place] for place in beyond) / len(beyond)
        assert response.regained(sign, grid_[outward[-1]]) == pytest.approx(again)


def test_limits_are_points_and_a_loss_at_the_last_one_is_no_open_limit():
    rng = np.random.default_rng(0)
    along = np.array([0.0, 1, 2, 5])
    # Of forty pictures nearly all are lost at the last point only.
    own = np.stack([rng.uniform(0.7, 0.9, (40, 4)), rng.uniform(0.1, 0.3, (40, 4))], axis=-1)
    own[:, -1] = own[:, -1, ::-1]
    switch = switch_interval(own, along, ordinal=True)
    assert (switch.inner, switch.outer, switch.open) == (5, 5, False)
    right = own[..., 0] > 0.5
    inner, outer = half_accuracy_limits(right, along, resamples=300, ordinal=True)
    assert (float(inner.coordinate), float(outer.coordinate)) == (5, 5)
    assert not outer.censored
    right[:, -1] = True
    assert half_accuracy_limits(right, along, resamples=300, ordinal=True)[1].censored


@pytest.mark.parametrize("size", [5, 12])
def test_intervals_cover_the_point_at_which_the_population_is_lost(size):
    """Accuracy 0.95 .. 0.1 over six points, halved at the fourth; 200 samples."""
    accuracy, rng = np.array([0.95, 0.9, 0.7, 0.4, 0.3, 0.1]), np.random.default_rng(size)
    along, covered = np.arange(6.0), 0
    for number in range(200):
        right = stats.norm.cdf(rng.normal(size=(size, 1))) < accuracy
        inner, outer = half_accuracy_limits(
            right, along, resamples=200, seed=number % 5, ordinal=True
        )
        assert {float(inner.coordinate), float(outer.coordinate)} <= set(along)
        covered += float(inner.coordinate) <= 3 <= float(outer.coordinate)
    assert covered >= 0.92 * 200


def test_a_median_is_a_value_that_there_is():
    values, censored = [1.0, 1, 4, 4], [False] * 4
    assert censored_median(values, censored, 5.0).estimate == 2.5
    assert censored_median(values, censored, 5.0, between=False).estimate == 1
    half = censored_median([1.0, 2, 5, 5], [False, False, True, True], 5.0, between=False)
    assert (half.estimate, half.censored) == (2, False)


def test_what_is_never_lost_lasts_longer_than_what_is_lost_at_the_last_point():
    flip = {"flip": TransformAxis("flip", "", "", 0.0, "ordinal", (0.0, 1.0))}
    rows = [
        {
            "model": model, "transform": "flip", "class": "c", "picture": str(place),
            "direction": "up", "status": "measured", "threshold": 1.0, "censored": censored,
        }
        for model, lost_ in (("never", 0), ("always", 8))
        for place, censored in enumerate([False] * lost_ + [True] * (8 - lost_))
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    axes = {"flip": ("ordinal", 0.0)}
    assert distances(table, axes).tolist() == [2.0] * 8 + [1.0] * 8
    (row,) = difference_table(table, axes, ends=reaches(flip)).to_dict("records")
    assert row["difference"] == 1 and row["p_value"] < 0.05


def test_a_region_is_of_points_and_its_worst_one_is_the_nearest_that_is_lost():
    first, second = np.array([0.0, 1.0]), np.array([-4.0, 0.0, 1.0, 4.0])
    pairs = np.stack(np.meshgrid(first, second, indexing="ij"), axis=-1).reshape(-1, 2)
    own = np.where(pairs.sum(axis=1) >= 5, 0.1, 0.9)  # lost at (1, 4) alone
    curves = np.stack([own, 1 - own, np.zeros_like(own)], axis=-1)[None, None].repeat(3, axis=1)
    made = make_sweep(curves, pairs, 1)
    (row,) = region_table(made, "n", "t", axes=("ordinal", "ordinal")).to_dict("records")
    assert row["area"] == pytest.approx(7 / 8)
    assert (row["worst_first"], row["worst_second"]) == (1, 4)
    assert row["reach"] == pytest.approx(np.hypot(1, 0.5))
    assert row["worst_direction"] == pytest.approx(np.rad2deg(np.arctan2(0.5, 1)))
    assert not row["censored"]
    curves[...] = [0.9, 0.1, 0]
    kept = make_sweep(curves, pairs, 1)
    (row,) = region_table(kept, "n", "t", axes=("ordinal", "linear")).to_dict("records")
    assert (row["censored"], row["reach"], row["worst_direction"]) == (True, 0.5, 90)
    assert (row["worst_first"], row["worst_second"]) == (0, 4)


FINE = Transform(
    "jpeg",
    "",
    "",
    0.0,
    "ordinal",
    (0.0, 4.0, 8.0),
    apply=darken,
    points=tuple(map(float, range(9))),
)


def test_a_config_takes_points_that_there_are():
    assert grid("steps", Grid(), STEPS) == list(POINTS)
    assert grid("steps", Grid(range=(-1, 4)), STEPS) == [-1, 0, 1, 3, 4]
    assert grid("steps", Grid(steps=4), STEPS) == [-2, 0, 3, 7]
    assert grid("steps", Grid(magnitudes=(0, 3, 7)), STEPS) == [0, 3, 7]
    assert grid("jpeg", Grid(), FINE) == [0, 4, 8]
    assert grid("jpeg", Grid(range=(0, 8), steps=5), FINE) == [0, 2, 4, 6, 8]
    assert grid("jpeg", Grid(magnitudes=(0, 1, 7)), FINE) == [0, 1, 7]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"magnitudes": (0, 2)}, ["transforms.steps.magnitudes", "2 is no", "1, 3, 4, 7", "between"]),
        ({"range": (0, 5)}, ["transforms.steps.range", "5 is no", "-2, -1, 0, 1, 3, 4, 7"]),
        ({"range": (4, 0)}, ["transforms.steps.range", "4 must be below 0"]),
        ({"steps": 5}, ["transforms.steps.steps", "5 cannot", "7 points from -2 to 7", "2, 3, 4, 7"]),
        ({"steps": 9}, ["transforms.steps.steps", "9 cannot"]),
        ({"range": (1, 7)}, ["the identity 0 must be among"]),
    ],
)  # fmt: skip
def test_a_config_that_asks_between_the_points_is_refused(options, words):
    with pytest.raises(InputError) as refused:
        grid("steps", Grid(**options), STEPS)
    for word in words:
        assert word in str(refused.value)


def test_thumbnails_stand_at_points():
    assert spread(np.array(POINTS), "ordinal").tolist() == list(POINTS)
    assert spread(np.array([0.0, 1.0]), "ordinal").tolist() == [0, 1]
    many = spread(np.arange(40.0), "ordinal")
    assert len(many) == 7 and many[0] == 0 and many[-1] == 39 and set(many) <= set(range(40))
