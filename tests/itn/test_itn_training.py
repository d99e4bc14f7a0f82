"""Training: the classifier stays as it was, a kill changes nothing, the seed decides."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from conftest import halves
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.itn import InvariantTransformer, TrainingSettings, train
from invariances.itn.sampling import chosen, decay, draw_k, draws

QUICK = TrainingSettings(
    objective="constrained", steps=12, batch_size=8, checkpoint_every=5, accuracy_loss=0.1
)


class Network(nn.Module):
    """A small network with batch norm and dropout, whose modes and weights could change."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.layers = nn.Sequential(
            nn.Conv2d(3, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(4 * 49, 2),
        )  # fmt: skip
        for weight in self.parameters():
            weight.data = torch.randn(weight.shape, generator=generator) / 20

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures / 255)  # type: ignore[no-any-return]


def lesson() -> tuple[nn.Module, NDArray[np.uint8], NDArray[np.int64]]:
    """A network, pictures and what it takes them for: right on all but two."""
    network = Network().eval()
    pictures, _ = halves(30, 3)
    with torch.no_grad():
        logits = network(torch.from_numpy(pictures).permute(0, 3, 1, 2).float())
    labels = logits.argmax(1).numpy()
    labels[:2] = 1 - labels[:2]
    return network, pictures, labels


def same(first: InvariantTransformer, second: InvariantTransformer) -> bool:
    """Whether two nets are equal to the bit."""
    other = second.state_dict()
    return all(torch.equal(value, other[name]) for name, value in first.state_dict().items())


@pytest.mark.parametrize("objective", ["gated", "constrained", "volume"])
def test_classifier_stays_as_it_was(objective: str) -> None:
    network, pictures, labels = lesson()
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    modes: list[bool] = []
    network.register_forward_hook(
        lambda *_: modes.append(any(module.training for module in network.modules()))
    )
    train(network, pictures, labels, TrainingSettings(**(vars(QUICK) | {"objective": objective})))
    assert modes
    assert not any(modes)
    after = network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(weight.grad is None and weight.requires_grad for weight in network.parameters())


@pytest.mark.parametrize("objective", ["gated", "constrained", "volume"])
@pytest.mark.parametrize("killed_at", [1, 5, 7, 12])
def test_resumes_to_the_same_bits(tmp_path: Path, objective: str, killed_at: int) -> None:
    settings = TrainingSettings(**(vars(QUICK) | {"objective": objective}))
    module, history = train(*lesson(), settings)
    path = tmp_path / "itn.checkpoint"

    def kill(step: int, _: int) -> None:
        if step == killed_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(*lesson(), settings, path, kill)
    steps: list[int] = []
    again, retold = train(*lesson(), settings, path, lambda step, _: steps.append(step))
    kept = 12 if killed_at == 12 else killed_at // 5 * 5
    assert steps == list(range(kept + 1, 13))
    assert same(module, again)
    pd.testing.assert_frame_equal(history, retold, check_exact=True)


def test_checkpoint_of_another_training_is_not_used(tmp_path: Path) -> None:
    network, pictures, labels = lesson()
    path = tmp_path / "itn.checkpoint"
    train(network, pictures, labels, QUICK, path)
    other = TrainingSettings(**(vars(QUICK) | {"seed": 1}))
    changed = pictures.copy()
    changed[0, 0, 0, 0] ^= 1
    for arguments in ((pictures, labels, other), (changed, labels, QUICK)):
        steps: list[int] = []
        train(network, *arguments, path, lambda step, _, steps=steps: steps.append(step))
        assert steps[0] == 1
    with torch.no_grad():
        network.layers[0].weight[0, 0, 0, 0] += 1e-6  # type: ignore[union-attr, operator]
    steps = []
    train(network, changed, labels, QUICK, path, lambda step, _: steps.append(step))
    assert steps[0] == 1


def test_broken_checkpoint_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "itn.checkpoint"
    module, _ = train(*lesson(), QUICK, path)
    path.write_bytes(path.read_bytes()[:100])
    again, _ = train(*lesson(), QUICK, path)
    assert same(module, again)
    assert [file.name for file in tmp_path.iterdir()] == ["itn.checkpoint"]


def test_seed_decides_everything() -> None:
    torch.manual_seed(1)
    first, history = train(*lesson(), QUICK)
    torch.manual_seed(2)
    again, retold = train(*lesson(), QUICK)
    other, _ = train(*lesson(), TrainingSettings(**(vars(QUICK) | {"seed": 1})))
    assert same(first, again)
    pd.testing.assert_frame_equal(history, retold, check_exact=True)
    assert not same(first, other)


def test_history_tells_each_step() -> None:
    _, history = train(*lesson(), QUICK)
    assert list(history["step"]) == [*range(1, 13), 12]
    assert set(history["branch"][:-1]) <= {"both", "transform"}
    assert history["branch"].iloc[-1] == "retraction"
    expected = {"classifier_loss", "accuracy", "multiplier"} | {
        f"{kind}_{column}"
        for kind in ("spatial", "colour")
        for column in ("loss", "displacement", "reach")
    }
    assert expected | {"step", "branch"} == set(history.columns)
    _, gated = train(*lesson(), TrainingSettings(**(vars(QUICK) | {"objective": "gated"})))
    assert set(gated["branch"]) <= {"classifier", "transform"}
    wanted = 28 / 30
    assert ((gated["branch"] == "classifier") == (gated["accuracy"] < wanted)).all()


def test_no_pass_back_through_the_classifier_where_nothing_is_endangered() -> None:
    class Watched(torch.autograd.Function):
        passes = 0

        @staticmethod
        def forward(context: object, values: Tensor) -> Tensor:
            return values.clone()

        @staticmethod
        def backward(context: object, gradient: Tensor) -> Tensor:  # type: ignore[override]
            Watched.passes += 1
            return gradient

    class Sure(nn.Module):
        def forward(self, pictures: Tensor) -> Tensor:
            lead = Watched.apply(pictures).mean(dim=(1, 2, 3)) * 0 + 9
            return torch.stack([lead, -lead], dim=1)

    pictures, _ = halves(8, 0)
    for objective in ("gated", "constrained", "volume"):
        settings = TrainingSettings(**(vars(QUICK) | {"objective": objective}))
        train(Sure(), pictures, np.zeros(8, dtype=np.int64), settings)
    assert Watched.passes == 0


def test_every_picture_comes_once_before_any_comes_again() -> None:
    settings = TrainingSettings(batch_size=7, seed=4)
    order = torch.cat([chosen(step, 21, settings) for step in range(6)])
    assert sorted(order[:21].tolist()) == sorted(order[21:].tolist()) == list(range(21))
    assert order[:21].tolist() != order[21:].tolist()
    small = chosen(0, 3, settings)
    assert torch.bincount(small).tolist() in ([3, 2, 2], [2, 3, 2], [2, 2, 3])


def test_k_covers_the_square_and_its_corner() -> None:
    k = draw_k(4000, 0.25, draws(0, 1))
    assert k.keys() == {"spatial", "colour", "convolution"}
    corner = (k["spatial"] == 1).all(dim=1)
    assert corner.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert torch.equal(corner, (k["colour"] == 1).all(dim=1))
    free = torch.cat([k["spatial"][~corner], k["colour"][~corner]], dim=1)
    assert free.min() >= 0
    torch.testing.assert_close(free.mean(dim=0), torch.full((4,), 0.5), atol=0.03, rtol=0)
    assert torch.corrcoef(free.T).fill_diagonal_(0).abs().max() < 0.06


def test_learning_rate_falls_over_the_last_third() -> None:
    assert [decay(step, 30) for step in (0, 10, 19)] == [1, 1, 1]
    assert decay(24, 30) == pytest.approx(0.1**0.5)
    assert decay(29, 30) == pytest.approx(0.1)


def test_settings_refuse_what_cannot_be() -> None:
    for wrong in (
        {"objective": "gate"}, {"spatial": None, "colour": None}, {"steps": 0}, {"batch_size": 0},
        {"start": 0.0}, {"accuracy_loss": 0.0},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(wrong))):
            TrainingSettings(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="do not fit"):
        train(Network(), halves(4, 0)[0], np.zeros(3, dtype=np.int64), QUICK)


@pytest.mark.parametrize("objective", ["gated", "constrained", "volume"])
def test_where_nothing_is_recognised_training_ends_all_the_same(objective: str) -> None:
    network, pictures, labels = lesson()
    module, history = train(
        network, pictures[2:], 1 - labels[2:], replace(QUICK, objective=objective)
    )
    assert np.isfinite([float(part.reach) for part in module.parts().values()]).all()
    assert (history["accuracy"].dropna() < 1).all()
    assert history["step"].max() == QUICK.steps
