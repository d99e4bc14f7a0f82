"""Coarse answers checked: what float32 would say otherwise is asked again, and what is left is counted."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from checked_jobs import job_of
from coarse import both, own_thresholds, shown
from torch import nn

import sweep_checked
from invariances import inference
from invariances.classifiers import Classifier, halved, load
from invariances.errors import InputError
from invariances.inference import Pictures, read_pictures
from invariances.inference.checked import (
    CALIBRATED,
    EVERY,
    Checked,
    Tally,
    errors,
    lead,
    spread,
)
from invariances.inference.responder import Responder
from invariances.screening import sweep
from invariances.tables import PRECISION, read_arrays
from invariances.tables.frames import frame
from invariances.thresholds.precision import precision_table
from invariances.transforms import TRANSFORMS, Setting

BRIGHT = TRANSFORMS["brightness"]


class Near(nn.Module):
    """Logits that are differences of features around 300, where bfloat16 has steps of 2."""

    def __init__(self, num_classes: int = 5):
        super().__init__()
        categories = num_classes
        generator = torch.Generator().manual_seed(3)
        self.first = nn.Conv2d(3, categories, 1)
        self.last = nn.Linear(categories, categories, bias=False)
        with torch.no_grad():
            self.first.weight.copy_(torch.randn(categories, 3, 1, 1, generator=generator) / 20)
            self.first.bias.fill_(300.0)
            self.last.weight.copy_(torch.eye(categories) - 1 / categories)

    def forward(self, pictures):
        return self.last(self.first(pictures).mean(dim=(2, 3)))


def near() -> nn.Module:
    return Classifier(Near(), std=(0.01,) * 3).freeze()


def textured(count: int, side: int = 8, categories: int = 5) -> Pictures:
    rng = np.random.default_rng(2)
    # Colours of their own, and grain.
    colour = rng.integers(40, 200, (count, 1, 1, 3))
    pixels = (colour + rng.integers(-30, 30, (count, side, side, 3))).astype(np.uint8)
    return Pictures.numbered(pixels, rng.integers(0, categories, count))


def test_leads_and_their_errors_by_hand():
    coarse = torch.tensor([[3.0, 1.0, 2.0], [0.0, 0.5, 0.0], [1.0, 1.0, 0.0]])
    exact = torch.tensor([[3.5, 1.0, 2.0], [1.0, 0.5, 0.0], [1.0, 1.25, 0.0]])
    assert lead(coarse, coarse.argmax(dim=1)).tolist() == [1.0, 0.5, 0.0]
    # Of the coarse prediction: from 1 to 1.5, from 0.5 to -0.5, from 0 to -0.25.
    assert errors(coarse, exact).tolist() == [0.5, 1.0, 0.25]
    one = torch.ones(2, 1)
    assert errors(one, one + 1).tolist() == [0.0, 0.0]
    assert bool((lead(one, torch.zeros(2, dtype=torch.int64)) > 5).all())


def test_what_bfloat16_alone_has_wrong_comes_out_right():
    network, pictures, grid = near(), textured(40), np.linspace(-0.3, 0.3, 7)
    checked, exact, found, responder = both(network, pictures, BRIGHT, grid, 3)
    coarse = sweep(Responder(checked.coarse, BRIGHT, Setting()), pictures, grid, 3)
    assert (coarse.prediction != exact.prediction).mean() > 0.05
    assert np.array_equal(found.prediction, exact.prediction)
    tally = checked.tally
    assert tally.differing == 0 and 0 < tally.asked_again < tally.answers == 280
    assert tally.bound >= 2 * 0.5  # of a step of 2 rounding is off by up to 1
    assert own_thresholds(responder, pictures, found) == own_thresholds(responder, pictures, exact)


def test_softmax_is_off_by_no_more_than_the_sample_says_of_it():
    network, pictures, grid = near(), textured(200), np.linspace(-0.3, 0.3, 7)
    checked, exact, found, _ = both(network, pictures, BRIGHT, grid, 3)
    change = np.abs(found.candidate_softmax - exact.candidate_softmax).max()
    assert checked.tally.sampled > 3
    assert change <= 3 * max(checked.tally.softmax_error, 1e-3)
    assert np.allclose(found.mean_softmax.sum(axis=2), 1, atol=1e-5)


class Fixed(nn.Module):
    """Logits that stand in the pictures themselves, each off by some amount."""

    def __init__(self, off: float = 0.0):
        super().__init__()
        self.off, self.seen = off, []

    def forward(self, pictures):
        self.seen.extend(pictures[:, 0, 0, 0].tolist())
        shown = pictures[:, 0, 0, :2].clone()
        shown[:, 1] += self.off
        return shown


@pytest.mark.parametrize("size", [1, 7, 300])
def test_what_is_in_doubt_or_sampled_is_asked_again_whatever_the_batch(size):
    leads = [float(number % 10) for number in range(300)]
    exact, coarse = Fixed(), Fixed(off=0.75)
    checked = Checked(exact, coarse, Tally(bound=2.0, error=1.0))
    found = torch.cat([checked(part) for part in shown(leads).split(size)])
    # Seen are 0.75 less: leads of 0, 1 and 2 are within the bound, -0.75 predicts the other.
    doubtful = [lead for lead in leads if abs(lead - 0.75) <= 2]
    sampled = [
        lead for place, lead in enumerate(leads) if place % EVERY == 0 and abs(lead - 0.75) > 2
    ]
    assert sorted(exact.seen) == sorted(doubtful + sampled)
    tally = checked.tally
    assert (tally.answers, tally.asked_again) == (300, len(doubtful))
    assert (tally.sampled, tally.differing) == (len(sampled), 0)
    assert tally.error == 1.0
    again = torch.tensor([abs(lead - 0.75) <= 2 for lead in leads])
    again |= torch.arange(300) % EVERY == 0
    assert found[:, 1].tolist() == [0.0 if asked else 0.75 for asked in again]


def test_what_the_bound_did_not_hold_for_is_counted():
    checked = Checked(Fixed(), Fixed(off=9.0), Tally(bound=1.0, error=0.5))
    checked(shown([5.0] * (2 * EVERY)))
    # Of each 53 one is sampled: it leads by 5, and is seen as the other by 4.
    tally = checked.tally
    assert (tally.sampled, tally.differing, tally.error) == (2, 2, 9.0)
    change = 1 / (1 + np.exp(-5)) - 1 / (1 + np.exp(4))
    assert tally.softmax_error == pytest.approx(change, abs=1e-6)
    assert tally.softmax_errors == pytest.approx(2 * change, abs=1e-6)


def test_an_answer_that_is_no_number_is_refused_as_ever():
    class Fails(Fixed):
        def forward(self, pictures):
            return super().forward(pictures) * torch.nan

    pictures = textured(3, categories=2)
    checked = Checked(Fails(), Fails(), Tally(1.0, 1.0))
    with pytest.raises(InputError, match="not finite"):
        sweep(Responder(checked, BRIGHT, Setting()), pictures, np.array([0.0, 0.1]), 0)


@pytest.mark.parametrize("points", [2, 8, 17, 53, 200])
def test_calibration_sees_the_whole_grid_and_all_pictures(points):
    rows, places = spread(20, points, points // 2)
    assert len(rows) == len(places) == CALIBRATED
    assert set(rows) == set(range(20)) and (np.diff(rows) >= 0).all()
    assert (places == points // 2).sum() >= CALIBRATED // 8
    assert places.min() <= points / 20 and places.max() >= points - 1 - points / 20
    assert np.diff(np.unique(places)).max() <= max(1, points / 12)


# ---- where it is used, and what is told -------------------------------------------------------------


def test_without_the_instructions_all_is_float32_and_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_f": True})
    assert halved.missing("cpu") == "the processor has neither avx512_bf16 nor amx_bf16"
    made = halved.build(near(), 8, "", tmp_path / "engine.bfloat16.pt2")
    assert made.name == "eager" and "avx512_bf16" in made.because
    assert (tmp_path / "engine.bfloat16.pt2").read_bytes() == b""
    for name in halved.INSTRUCTIONS:
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda name=name: {name: True})
        assert halved.missing("cpu") == ""


@pytest.fixture
def job(tmp_path):
    return job_of(tmp_path, textured(6), Near(), "test_checked:Near", (-0.1, 0.0, 0.1))


@pytest.mark.parametrize(
    ("has", "most", "why"),
    [
        (False, 1.0, "the processor has neither avx512_bf16 nor amx_bf16"),
        (True, 0.0, "of 64 answers would be asked again"),
        (True, 1.0, ""),
    ],
)
def test_the_job_says_in_which_arithmetic_it_swept(job, has, most, why, monkeypatch, capsys):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": has})
    monkeypatch.setattr(inference.checked, "MOST", most)
    sweep_checked.main(job)
    told = json.loads(job.output.with_suffix(".precision.json").read_text())
    assert told["answers"] == 18 and told["arithmetic"] == ("float32" if why else "bfloat16")
    assert why in told.get("because", "") and ("because" in told) == bool(why)
    assert ("all in float32, since" in capsys.readouterr().err) == bool(why)
    found = read_arrays(job.output)["prediction"]
    network, axis = load(job.classifier), np.array([-0.1, 0.0, 0.1])
    pictures = read_pictures(job.prepared, tuple("01234"))
    assert np.array_equal(found, sweep(Responder(network, BRIGHT), pictures, axis, 1).prediction)
    assert len(pd.read_parquet(job.pictures)) == 12


@pytest.mark.parametrize(("capability", "has"), [((7, 5), False), ((8, 0), True), ((9, 0), True)])
def test_of_gpus_those_with_tensor_cores_for_it_are_used(monkeypatch, capability, has):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert (halved.missing("cuda") == "") == has


def test_a_halved_network_leaves_the_other_as_it_was():
    network = near()
    coarse, picture = halved.Halved(network), torch.full((2, 3, 8, 8), 100.0)
    before = network(picture)
    assert coarse(picture).dtype == torch.float32
    assert not torch.equal(coarse(picture), before) and torch.equal(network(picture), before)
    # The last layer is float32: with the first one's features exact nothing is rounded.
    whole = Classifier(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 4)))
    assert torch.equal(halved.Halved(whole.freeze())(picture), whole(picture))


def test_the_table_sums_over_chunks():
    chunk = {
        "model": "a", "transform": "rotate", "arithmetic": "bfloat16", "bound": 0.5, "error": 0.25,
        "answers": 100, "asked_again": 20, "sampled": 2, "differing": 0, "softmax_error": 0.03,
        "softmax_errors": 0.04,
    }  # fmt: skip
    other = chunk | {"bound": 0.75, "answers": 50, "asked_again": 5, "sampled": 0,
                     "softmax_error": 0.0, "softmax_errors": 0.0}  # fmt: skip
    plain = {
        "model": "a", "transform": "blur", "arithmetic": "float32", "because": "so", "answers": 7,
    }  # fmt: skip
    found = precision_table([chunk, other, plain, plain, plain | {"because": "otherwise"}])
    expected = [
        {
            "model": "a", "transform": "rotate", "arithmetic": "bfloat16", "answers": 150,
            "asked_again": 25, "bound": 0.75, "error": 0.25, "sampled": 2, "differing": 0,
            "softmax_error": 0.03, "softmax_error_mean": 0.02, "because": None,
        },
        plain | {"answers": 21, "because": "so; otherwise"},
    ]  # fmt: skip
    pd.testing.assert_frame_equal(found, frame(PRECISION, expected))
