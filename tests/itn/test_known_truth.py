"""Nets trained on classifiers whose invariances are known before measuring."""

import numpy as np
import pandas as pd
import pytest
import torch
from conftest import Constant, MeanColour, Round, Sides, Stripes, balls, gratings, halves, lattice
from numpy.typing import NDArray
from torch import nn

from invariances.itn import InvariantTransformer, TrainingSettings, evaluate, tightness, train

Set = tuple[NDArray[np.uint8], NDArray[np.int64]]


def learned(
    classifier: nn.Module, seen: Set, unseen: Set, **settings: object
) -> tuple[InvariantTransformer, pd.DataFrame, pd.DataFrame]:
    """A net, its history and its evaluation; accuracy is kept on pictures that it has not seen."""
    chosen = {"objective": "constrained", "steps": 240, "batch_size": 20} | settings
    module, history = train(classifier, *seen, TrainingSettings(**chosen))  # type: ignore[arg-type]
    evaluation = evaluate(module, classifier, *unseen, points=3)
    assert evaluation["baseline_accuracy"].min() >= 0.95
    return module, history, evaluation


@pytest.mark.parametrize("seed", [0, 1])
def test_turns_round_bodies_as_far_as_it_may(seed: int) -> None:
    seen, unseen = balls(40, 1), balls(40, 2)
    _, history, found = learned(Round(), seen, unseen, spatial="rotation", colour=None, seed=seed)
    assert found["rotation_degrees"].abs().max() >= 90
    assert (found["accuracy"] >= found["baseline_accuracy"] - 0.02).all()
    # Nothing but a turn, and more of it at larger k.
    assert found[["scale_x", "scale_y"]].to_numpy() == pytest.approx(1, abs=1e-5)
    angle = found.set_index(["k1_0", "k1_1"])["rotation_degrees"].abs()
    assert angle[0, 0] == 0 < angle[0.5, 0.5] < angle[1, 1]
    moved = history.set_index("step")["spatial_displacement"]
    assert moved.iloc[-1] >= 5 * moved[50]


@pytest.mark.parametrize("seed", [0, 1])
def test_turns_stripes_up_to_their_edge(seed: int) -> None:
    seen, unseen = gratings(100, 1), gratings(100, 2)
    module, history, found = learned(
        Stripes(), seen, unseen, spatial="rotation", colour=None, seed=seed
    )
    assert 5 < found["rotation_degrees"].abs().max() < 30
    assert (found["accuracy"] >= found["baseline_accuracy"] - 0.02).all()
    moved = history.set_index("step")["spatial_displacement"]
    assert moved.iloc[-1] >= 5 * moved[50]
    edge = tightness(module, Stripes(), *unseen, places=((1.0, 1.0),)).iloc[0]
    assert 0.9 <= edge["tightness"] <= 1.5
    assert edge["low"] <= edge["tightness"] <= edge["high"]
    assert not edge["censored"]


def test_colour_that_is_ignored_grows_to_its_bound() -> None:
    (seen, truth), (unseen, _) = halves(40, 1), halves(40, 2)
    nothing = np.zeros_like(truth)
    module, _, _ = learned(Constant(), (seen, nothing), (unseen, nothing), spatial=None)
    assert module.parts()["colour"].fraction(torch.ones(1, 2)).item() > 0.99
    # A classifier that reads the picture, but no hue.
    _, _, found = learned(Sides(), halves(40, 1), halves(40, 2), spatial=None, colour="hue")
    assert found["hue_degrees"].abs().max() > 0.85 * 180
    assert (found["accuracy"] == 1).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_colour_that_decides_is_pinned(seed: int) -> None:
    classifier = MeanColour()
    module, _, found = learned(
        classifier, lattice(120, 1), lattice(120, 2), spatial=None, seed=seed
    )
    assert (found["accuracy"] >= found["baseline_accuracy"] - 0.02).all()
    # A colour may move by 12 of 255 levels in each channel before it is another class.
    assert 0 < found["colour_displacement"].max() < 0.02
    assert module.parts()["colour"].fraction(torch.ones(1, 2)).item() < 0.25


def test_space_grows_where_only_colour_decides() -> None:
    """Both at once: the one that is free moves, the one that is not does not hold it back."""
    settings = {"spatial": "rotation", "colour": "brightness", "padding": "mean"}
    _, _, found = learned(MeanColour(), lattice(40, 1), lattice(40, 2), **settings)
    assert found["rotation_degrees"].abs().max() >= 90
    assert found["brightness_fraction"].abs().max() < 12 / 255
