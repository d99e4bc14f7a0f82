"""truth.csv: which rows are met, by what bound, and that transforms that do nothing are not met."""

import numpy as np
import pytest

from invariances import phantoms
from invariances.phantoms import geometry
from invariances.screening import Sweep
from invariances.tables import TRUTH
from invariances.transforms import TRANSFORMS
from invariances.truth import INVARIANT, NOTHING, truth_table, upper_limit

PICTURES = 12
CHANGING = [name for name in phantoms.DECLARED if name not in geometry.TRANSFORMS]
"""Those that make some class another, or leave nothing of it."""


def swept(name: str, prediction: np.ndarray) -> Sweep:
    """A sweep over all phantoms on a transform's own grid, of predictions [13, N, M] alone."""
    transform, (classes, size, steps) = TRANSFORMS[name], prediction.shape
    nothing = np.zeros((classes * size, steps), dtype=np.float32)
    return Sweep(
        classes=np.array(phantoms.CLASSES),
        labels=np.arange(classes),
        magnitudes=np.array(transform.magnitudes),
        identity=transform.identity_index,
        picture=np.array([f"{place}" for place in range(classes * size)]),
        class_index=np.repeat(np.arange(classes), size),
        prediction=prediction.reshape(-1, steps).astype(np.int32),
        true_softmax=nothing,
        margin=nothing,
        mean_softmax=np.zeros((classes, steps, classes), dtype=np.float32),
        candidates=np.zeros((classes, 1), dtype=np.int32),
        candidate_softmax=nothing[..., None],
    )


def untransformed(name: str, pictures: int = PICTURES) -> np.ndarray:
    """What an ideal observer answers where nothing is done, at every magnitude."""
    steps, count = len(TRANSFORMS[name].magnitudes), len(phantoms.CLASSES)
    own = np.arange(count)[:, None, None]
    return np.broadcast_to(own, (count, pictures, steps)).copy()


def ideal(name: str) -> np.ndarray:
    """What an ideal observer answers, who says the next class where nothing tells."""
    answers = untransformed(name)
    for place, own in enumerate(phantoms.CLASSES):
        for expected in phantoms.truth(own, name, 64):
            grid = np.array(TRANSFORMS[name].magnitudes)
            inside = (grid >= expected.low - 1e-9) & (grid <= expected.high + 1e-9)
            becomes = expected.becomes or phantoms.CLASSES[(place + 1) % len(phantoms.CLASSES)]
            answers[place][:, inside] = phantoms.CLASSES.index(becomes)
    return answers


def table_of(name: str, prediction: np.ndarray):
    return truth_table([swept(name, prediction)], phantoms.CLASSES, "m", name, size=64)


@pytest.mark.parametrize("name", phantoms.DECLARED)
def test_an_ideal_observer_meets_every_row(name):
    table = table_of(name, ideal(name))
    assert list(table) == TRUTH.names
    assert table["met"].all(), table.to_string()


@pytest.mark.parametrize("pictures", [1, 3, PICTURES])
@pytest.mark.parametrize("name", CHANGING)
def test_a_transform_that_does_nothing_is_not_met(name, pictures):
    table = table_of(name, untransformed(name, pictures))
    stays = table["expected"] == table["class"]
    assert table["met"][stays].all()
    assert len(table[~stays]) and not table["met"][~stays].any()


@pytest.mark.parametrize("name", CHANGING)
def test_a_transform_that_does_nothing_is_not_met_by_a_network_that_errs(name):
    """Of a network with three wrong answers in twelve, spread over the other classes."""
    prediction = untransformed(name)
    prediction[:, ::5] = (prediction[:, ::5] + 1 + np.arange(13)[:, None, None] % 12) % 13
    table = table_of(name, prediction)
    changes = table["expected"] != table["class"]
    assert changes.any() and not table["met"][changes].any()


def lost(pictures: int, of: int):
    """The row of a class that is to stay, of which so many pictures are lost at all magnitudes but one."""
    prediction = untransformed("rotate")
    identity = TRANSFORMS["rotate"].identity_index
    prediction[0, :pictures] = 1
    prediction[0, :, identity] = 0
    prediction[0, of:] = 1
    table = table_of("rotate", prediction)
    return table[table["class"] == phantoms.CLASSES[0]].iloc[0]


def test_a_class_that_stays_fails_only_where_it_is_surely_below():
    """Of 12 pictures 4 lost may be chance of one in ten, 1 in 40; 3 are one in nine."""
    assert lost(0, 12)["met"] and lost(3, 12)["met"] and not lost(4, 12)["met"]
    assert lost(3, 12)["measured"] == 0.75
    assert lost(3, 12)["upper"] == pytest.approx(0.928, abs=0.001)  # Clopper and Pearson's
    assert lost(4, 12)["upper"] == pytest.approx(0.877, abs=0.001)


def test_pictures_that_are_wrong_untransformed_count_for_nothing():
    row = lost(2, 6)
    assert (row["pictures"], row["measured"]) == (6, pytest.approx(4 / 6))
    none = lost(0, 0)
    assert none["pictures"] == 0 and none["met"] and np.isnan(none["measured"])


def test_the_identity_itself_counts_for_nothing():
    """A class that is lost wherever it is transformed is measured as 0, not as one of few magnitudes."""
    assert lost(12, 12)["measured"] == 0


def seen(pictures: int):
    """The row of a barbell turned by a quarter, of which so many pictures of 12 are seen as a broom."""
    prediction = untransformed("rotate")
    barbell, broom = (phantoms.CLASSES.index(name) for name in ("barbell", "broom"))
    prediction[barbell, :pictures] = broom
    prediction[barbell, :, TRANSFORMS["rotate"].identity_index] = barbell
    table = table_of("rotate", prediction)
    return table[(table["class"] == "barbell") & (table["expected"] == "broom")].iloc[0]


def test_a_class_that_must_change_fails_where_too_few_are_surely_seen_so():
    assert not seen(0)["met"] and not seen(2)["met"] and seen(3)["met"] and seen(12)["met"]
    assert seen(2)["upper"] == pytest.approx(0.438, abs=0.001)
    assert (seen(2)["untransformed"], seen(2)["required"]) == (0, 0.5)


def test_where_nothing_is_left_all_classes_count_together():
    table = table_of("grayscale", untransformed("grayscale"))
    nothing = table[table["expected"] == NOTHING]
    assert len(nothing) and (nothing["measured"] == 0).all()
    assert (nothing["pictures"] == 2 * PICTURES).all()


POPULATIONS = {
    "alike": lambda rng, shape: rng.random(shape) < INVARIANT,
    "two kinds": lambda rng, shape: np.where(rng.random(shape) < 0.2, 0.5, 1.0),
    "a few lost by halves": lambda rng, shape: np.where(rng.random(shape) < 1 / 7, 0.3, 1.0),
    "spread": lambda rng, shape: rng.beta(1.8, 0.2, shape),
    "answers apart": lambda rng, shape: rng.binomial(16, INVARIANT, shape) / 16,
    "never quite": lambda rng, shape: 0.95 * (rng.random(shape) < INVARIANT / 0.95),
}


@pytest.mark.parametrize("count", [3, 5, 10, 12, 25, 50])
@pytest.mark.parametrize("kind", POPULATIONS)
def test_a_class_at_the_limit_fails_in_one_of_twenty_at_most(kind, count):
    shares = POPULATIONS[kind](np.random.default_rng(5), (4000, count)).astype(float)
    assert np.abs(POPULATIONS[kind](np.random.default_rng(6), 200_000).mean() - INVARIANT) < 0.005
    failed = np.mean([upper_limit(each) < INVARIANT for each in shares])
    assert failed <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(shares)), failed
