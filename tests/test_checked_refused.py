"""Networks whose answers in bfloat16 cannot be checked are swept in float32, and that is said."""

import json

import numpy as np
import pytest
import torch
from checked_jobs import CATEGORIES, job_of
from torch import nn

import sweep_checked
from invariances.classifiers import Classifier, describe, halved, load
from invariances.classifiers.heads import ABSENT, Embedding, Head, Headed, Nearest, Neighbours
from invariances.inference import Pictures, read_pictures
from invariances.inference.checked import errors, lead
from invariances.inference.responder import Responder
from invariances.screening import sweep
from invariances.tables import read_arrays
from invariances.transforms import TRANSFORMS

GRID = (-0.1, -0.05, 0.0, 0.05, 0.1)


class Refuses(nn.Module):
    """Leaves torch between its layers, as networks with parts of NumPy do, which has no bfloat16."""

    def __init__(self, num_classes: int = 5):
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 1), nn.Linear(4, num_classes)

    def forward(self, pictures):
        found = self.first(pictures).mean(dim=(2, 3))
        return self.last(torch.from_numpy(found.detach().numpy()))


class Mixes(Refuses):
    """Multiplies what a convolution put out with weights, out of autocast's sight."""

    def forward(self, pictures):
        found = self.first(pictures).mean(dim=(2, 3))
        with torch.autocast("cpu", enabled=False):
            return found @ self.last.weight.T


class Jumps(nn.Module):
    """Says 0, and for what is darker than 40 in bfloat16 4, as far above all others as ever."""

    def __init__(self, num_classes: int = 5):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(10.0))

    def forward(self, pictures):
        # A std of 0.01 and ImageNet's mean: as `Classifier` normalises them.
        dark = pictures[:, 0].mean(dim=(1, 2)) * 0.01 + 0.485 < 40 / 255
        answer = 4 * (dark & torch.is_autocast_enabled("cpu"))
        return self.scale * nn.functional.one_hot(answer, 5)


class Colours(nn.Module):
    """An encoder: red, green and blue on the average."""

    def __init__(self, num_classes: int = 0):
        super().__init__()
        self.first = nn.Conv2d(3, 3, 1, bias=False)
        nn.init.dirac_(self.first.weight)

    def forward(self, pictures):
        return self.first(pictures).mean(dim=(2, 3))


@pytest.fixture(autouse=True)
def has_bfloat16(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})


def uniform(greys) -> Pictures:
    pixels = np.array(greys, dtype=np.uint8)[:, None, None, None].repeat(8, 1).repeat(8, 2)
    return Pictures.numbered(pixels.repeat(3, 3), np.zeros(len(greys), dtype=np.int64))


def swept(job):
    """What a job tells, and whether its predictions are those of the network in float32."""
    sweep_checked.main(job)
    told = json.loads(job.output.with_suffix(".precision.json").read_text())
    found, network = read_arrays(job.output)["prediction"], load(job.classifier)
    pictures, grid = read_pictures(job.prepared, CATEGORIES), np.array(GRID)
    exact = sweep(Responder(network, TRANSFORMS["brightness"]), pictures, grid, 2)
    assert np.array_equal(found, exact.prediction)
    return told


@pytest.mark.parametrize("network", [Refuses, Mixes])
def test_a_network_that_does_not_run_in_bfloat16_is_swept_in_float32(network, tmp_path, capsys):
    torch.manual_seed(0)
    name = f"test_checked_refused:{network.__name__}"
    told = swept(job_of(tmp_path, uniform(range(60, 120, 10)), network(), name, GRID))
    assert told["arithmetic"] == "float32"
    assert told["because"].startswith("the network does not run in bfloat16 (")
    assert told["because"] in capsys.readouterr().err


def test_a_job_whose_sample_is_predicted_otherwise_is_swept_again_in_float32(tmp_path):
    # The first picture at the first magnitude alone is that dark: it is not among the 64, and is sampled.
    pictures = uniform([60, *range(100, 200, 5)])
    told = swept(job_of(tmp_path, pictures, Jumps(), "test_checked_refused:Jumps", GRID))
    assert told["arithmetic"] == "float32"
    assert told["because"] == "1 of 2 sampled answers were predicted otherwise"


def test_the_vote_of_one_neighbour_jumps_without_having_been_near():
    bank = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    head = Neighbours(bank, torch.tensor([0, 1]), 2, 1, temperature=0.07)
    angle = torch.pi / 4 + torch.tensor([[-1e-4], [1e-4]])
    one, other = head(torch.cat([angle.cos(), angle.sin()], dim=1))[:, None]
    assert (one.argmax(), other.argmax()) == (0, 1)
    # Cosines differ by sqrt(2) 1e-4; the loser's vote is a thousandth.
    expected = -np.log(ABSENT) + np.sqrt(2) * 1e-4 / 0.07
    for each in (one, other):
        assert float(lead(each, each.argmax(dim=1))) == pytest.approx(expected, rel=1e-3)
    assert float(errors(one, other)) == pytest.approx(2 * expected, rel=1e-3)


def test_cosines_are_not_rounded_to_eight_bits():
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    ways = nn.functional.normalize(torch.rand(4, 3), dim=1)
    network = Classifier(Headed(Embedding(pooled), Nearest(ways, 0.07)), (0,) * 3, (1,) * 3)
    picture = 255 * torch.rand(2, 3, 8, 8)
    assert torch.equal(halved.Halved(network.freeze())(picture), network(picture))


def test_an_encoder_with_neighbours_is_swept_in_float32(tmp_path):
    bank = nn.functional.normalize(torch.rand(10, 3), dim=1)
    network = Headed(
        Embedding(Colours()), Neighbours(bank, torch.arange(10) % 5, 5, 1, temperature=0.07)
    )
    head = Head("knn", 0.07, k=1)
    name = "test_checked_refused:Colours"
    job = job_of(tmp_path, uniform(range(60, 120, 10)), network, name, GRID, head)
    told = swept(job)
    assert told["arithmetic"] == "float32" and "vote of neighbours" in told["because"]
    assert halved.unsuited(describe(job.classifier).head) == told["because"]
    assert halved.unsuited(Head("prototypes", 0.07)) == halved.unsuited(None) == ""
