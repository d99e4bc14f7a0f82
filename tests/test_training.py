"""Training: it learns, it repeats itself bit for bit, and a killed run resumes as if nothing had
happened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from invariances.inference import Pictures
from invariances.training import Labels, Pixels, accuracy, rate_at, train

SETTINGS: dict[str, Any] = {"seed": 3, "epochs": 4, "batch_size": 16, "learning_rate": 1e-2}


class Small(nn.Module):
    """A convolution with batch normalisation and dropout: everything that makes training hard to
    repeat.
    """

    def __init__(self, start: int = 0) -> None:
        super().__init__()
        torch.manual_seed(start)
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Flatten(),
            nn.Linear(8 * 25, 3),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.layers(pictures / 255 - 0.5)
        return logits


@pytest.fixture(scope="module")
def data() -> tuple[Pixels, Labels]:
    """90 noisy pictures, each red, green or blue."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 30)
    pictures = rng.integers(0, 120, (90, 12, 12, 3))
    pictures[np.arange(90), :, :, labels] += 60
    return pictures.astype(np.uint8), labels


def same(first: nn.Module, second: nn.Module) -> bool:
    one, two = first.state_dict(), second.state_dict()
    return all(torch.equal(one[key], two[key]) for key in one)


class KilledError(Exception):
    pass


def killed_after(epoch: int) -> Any:
    def progress(done: int, epochs: int, loss: float) -> None:
        if done == epoch:
            raise KilledError

    return progress


def test_learns_and_reports_accuracy(data: tuple[Pixels, Labels]) -> None:
    network = Small()
    shown = Pictures.numbered(*data)
    before = accuracy(network, shown)
    losses: list[float] = []
    trained = train(
        network, *data, **SETTINGS, progress=lambda done, epochs, loss: losses.append(loss)
    )
    assert trained is network
    assert not trained.training
    assert len(losses) == 4 and losses[-1] < losses[0]
    assert accuracy(trained, shown) > 0.95 > before


def test_accuracy_counts_right_predictions_whatever_the_batch(
    data: tuple[Pixels, Labels],
) -> None:
    class Always(Small):
        def forward(self, pictures: Tensor) -> Tensor:
            return torch.tensor([0.0, 1.0, 0.0]).expand(len(pictures), 3)

    some, none = (Pictures.numbered(data[0][:n], data[1][:n]) for n in (50, 0))
    assert accuracy(Always(), some, batch_size=7) == pytest.approx(20 / 50)
    assert np.isnan(accuracy(Always(), none))


def test_seed_decides_everything(data: tuple[Pixels, Labels]) -> None:
    first = train(Small(), *data, **SETTINGS)
    torch.manual_seed(99)  # the global generator must not matter
    network = Small()
    torch.manual_seed(99)
    state = torch.get_rng_state()
    second = train(network, *data, **SETTINGS)
    assert torch.equal(state, torch.get_rng_state()), (
        "training must leave the global generator alone"
    )
    assert same(first, second)
    assert not same(first, train(Small(), *data, **{**SETTINGS, "seed": 4}))


@pytest.mark.parametrize("epoch", [1, 3])
def test_killed_run_resumes_to_the_same_bits(
    data: tuple[Pixels, Labels], tmp_path: Path, epoch: int
) -> None:
    undisturbed = train(Small(), *data, **SETTINGS)
    path = tmp_path / "run" / "checkpoint.pt"
    with pytest.raises(KilledError):
        train(Small(), *data, **SETTINGS, checkpoint=path, progress=killed_after(epoch))
    epochs: list[int] = []
    resumed = train(
        Small(),
        *data,
        **SETTINGS,
        checkpoint=path,
        progress=lambda done, total, loss: epochs.append(done),
    )
    assert epochs == list(range(epoch + 1, 5))
    assert same(undisturbed, resumed)
    # A run that had ended is not trained again.
    again = train(Small(), *data, **SETTINGS, checkpoint=path, progress=killed_after(1))
    assert same(undisturbed, again)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 4},
        {"epochs": 5},
        {"batch_size": 8},
        {"learning_rate": 2e-2},
        {"start": 1},
        {"pictures": 1},
        {"labels": 1},
    ],
)
def test_checkpoint_of_another_training_is_not_used(
    data: tuple[Pixels, Labels], tmp_path: Path, change: dict[str, Any]
) -> None:
    path = tmp_path / "checkpoint.pt"
    train(Small(), *data, **SETTINGS, checkpoint=path)
    pictures, labels = data[0].copy(), data[1].copy()
    if "pictures" in change:
        pictures[0, 0, 0, 0] ^= 1
    if "labels" in change:
        labels[0] = 2
    settings = {**SETTINGS, **{key: value for key, value in change.items() if key in SETTINGS}}
    start = change.get("start", 0)
    epochs: list[int] = []
    resumed = train(
        Small(start),
        pictures,
        labels,
        **settings,
        checkpoint=path,
        progress=lambda done, total, loss: epochs.append(done),
    )
    assert epochs[0] == 1
    assert same(resumed, train(Small(start), pictures, labels, **settings))


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", None])
def test_broken_checkpoint_is_not_used(
    data: tuple[Pixels, Labels], tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "checkpoint.pt"
    if content is None:  # cut short
        train(Small(), *data, **SETTINGS, checkpoint=path)
        content = path.read_bytes()[:-2000]
    path.write_bytes(content)
    assert same(
        train(Small(), *data, **SETTINGS, checkpoint=path), train(Small(), *data, **SETTINGS)
    )


def test_checkpoint_is_written_whole_and_holds_no_code(
    data: tuple[Pixels, Labels], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint.pt"
    with pytest.raises(KilledError):
        train(Small(), *data, **SETTINGS, checkpoint=path, progress=killed_after(1))
    before = path.read_bytes()

    def leaves(value: Any) -> list[Any]:
        return (
            [leaf for item in value.values() for leaf in leaves(item)]
            if isinstance(value, dict)
            else [value]
        )

    plain = (Tensor, int, str)
    assert all(isinstance(leaf, plain) for leaf in leaves(torch.load(path, weights_only=True)))

    def cut_short(content: Any, file: Any) -> None:
        file.write(b"half")
        raise KilledError

    monkeypatch.setattr(torch, "save", cut_short)
    with pytest.raises(KilledError):
        train(Small(), *data, **SETTINGS, checkpoint=path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_last_picture_alone_is_left_out_and_one_picture_is_not(
    data: tuple[Pixels, Labels],
) -> None:
    train(
        Small(), data[0][:17], data[1][:17], **SETTINGS
    )  # batch normalisation would refuse 1 value a channel


def test_learning_rate_rises_and_falls() -> None:
    rates = [rate_at(step, 100, 1.0) for step in range(100)]
    peak = int(np.argmax(rates))
    assert 23 <= peak <= 26
    assert np.all(np.diff(rates[: peak + 1]) > 0) and np.all(np.diff(rates[peak:]) < 0)
    assert rates[0] == pytest.approx(1 / 25, abs=0.01) and rates[-1] < 1e-3 and max(rates) > 0.99


@pytest.mark.parametrize(
    "change", [{"epochs": 0}, {"batch_size": 0}, {"learning_rate": 0.0}, {"seed": -1}]
)
def test_settings_out_of_range_are_refused(
    data: tuple[Pixels, Labels], change: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="out of range"):
        train(Small(), *data, **{**SETTINGS, **change})


def test_data_that_do_not_match_are_refused(data: tuple[Pixels, Labels]) -> None:
    with pytest.raises(ValueError, match="labels"):
        train(Small(), data[0], data[1][:5], **SETTINGS)
    with pytest.raises(ValueError, match="uint8"):
        train(Small(), data[0].astype(np.float32), data[1], **SETTINGS)
    with pytest.raises(ValueError, match="labels"):
        Pictures.numbered(data[0], data[1][:5])
