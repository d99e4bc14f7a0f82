"""Sweeps of networks whose answers can be written down, however they are batched."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from torch import nn

from invariances import costs
from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.inference.tensors import as_tensor
from invariances.screening import CANDIDATES, Sweep, _reduced, sweep
from invariances.screening.grid import expanded
from invariances.transforms import TRANSFORMS, Setting, combined

BRIGHT = TRANSFORMS["brightness"]


class Brightness(nn.Module):
    """Logits linear in the mean grey level: -g / 20, 0 and (g - 200) / 10."""

    def forward(self, pictures):
        level = pictures.mean(dim=(1, 2, 3))
        return torch.stack([-level / 20, torch.zeros_like(level), (level - 200) / 10], dim=1)


def grey_pictures(levels, classes, class_index, labels):
    pixels = np.array(levels, dtype=np.uint8)[:, None, None, None]
    return Pictures(
        pixels=np.broadcast_to(pixels, (len(levels), 4, 4, 3)),
        names=np.array([f"picture {place}" for place in range(len(levels))]),
        classes=np.array(classes),
        labels=np.array(labels),
        class_index=np.array(class_index),
    )


def textured(count, side=16, classes=3):
    rng = np.random.default_rng(1)
    return Pictures(
        pixels=rng.integers(0, 256, (count, side, side, 3), dtype=np.uint8),
        names=np.array([f"c/{place}" for place in range(count)]),
        classes=np.array([f"class {place}" for place in range(classes)]),
        labels=np.arange(classes)[::-1].copy(),
        class_index=np.arange(count) % classes,
        behind=rng.integers(0, 256, (count, side, side, 4), dtype=np.uint8),
    )


class Scaled(nn.Module):
    def forward(self, pictures):
        return pictures / 64 - 2


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = [nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 7 * 7, 5)]
    return nn.Sequential(Scaled(), *layers).eval().requires_grad_(False)


def test_a_sweep_is_what_one_calculates_by_hand():
    levels, magnitudes = [10, 120, 250, 60, 130], np.array([-0.4, -0.1, 0.0, 0.3, 1.0])
    classes, class_index, labels = ["lit", "dark"], [1, 0, 0, 1, 0], [2, 0]
    pictures = grey_pictures(levels, classes, class_index, labels)
    result = sweep(
        Responder(Brightness(), BRIGHT, Setting(), batch_size=3), pictures, magnitudes, 2
    )

    seen = np.clip(np.array(levels)[:, None] + 255 * magnitudes, 0, 255)
    logits = np.stack([-seen / 20, np.zeros_like(seen), (seen - 200) / 10], axis=2)
    expected = softmax(logits, axis=2)
    own = np.array(labels)[class_index]

    assert result.classes.tolist() == classes
    assert result.labels.tolist() == labels
    assert result.picture.tolist() == pictures.names.tolist()
    assert result.class_index.tolist() == class_index
    assert result.magnitudes is magnitudes
    assert result.identity == 2
    assert result.prediction.dtype == np.int32
    assert np.array_equal(result.prediction, logits.argmax(axis=2))
    assert np.allclose(result.true_softmax, expected[np.arange(5), :, own], atol=1e-6)
    for row, place in zip(result.margin, range(5), strict=True):
        # Of logits the margin is their own difference.
        others = np.delete(logits[place], own[place], axis=1).max(axis=1)
        assert np.allclose(row, logits[place, :, own[place]] - others, atol=1e-4)
    for place in range(2):
        members = np.array(class_index) == place
        assert np.allclose(result.mean_softmax[place], expected[members].mean(axis=0), atol=1e-6)
    assert result.candidates.shape == (2, 3)
    assert result.candidates[:, 0].tolist() == labels
    for row, place in enumerate(class_index):
        wanted = expected[row][:, result.candidates[place]]
        assert np.allclose(result.candidate_softmax[row], wanted, atol=1e-6)


def test_candidates_are_the_strongest_at_any_magnitude():
    count = CANDIDATES + 20

    class Peaks(nn.Module):
        """Category k is strongest where the level is 10 k, and the stronger the higher k."""

        def forward(self, pictures):
            level = pictures.mean(dim=(1, 2, 3))[:, None]
            category = torch.arange(count)
            return -((level / 5 - category) ** 2) * 4 + 0.05 * category

    pictures = grey_pictures([0, 0], ["a"], [0, 0], [count - 1])
    magnitudes = np.linspace(0, 70 / 255, 15)
    result = sweep(Responder(Peaks(), BRIGHT, Setting()), pictures, magnitudes, 0)
    assert result.candidates.shape == (1, CANDIDATES)
    assert result.candidates[0, 0] == count - 1
    assert set(result.candidates[0, 1:]) == set(range(CANDIDATES - 1))
    peaks = result.mean_softmax[0].max(axis=0)
    assert np.diff(peaks[result.candidates[0, 1:]]).max() <= 0


@pytest.mark.parametrize("name", [*TRANSFORMS, "pair"])
def test_answers_do_not_depend_on_batches_or_chunks(network, name):
    pictures = textured(11)
    if name == "pair":
        apply = combined(TRANSFORMS["rotate"], TRANSFORMS["noise"])
        magnitudes = np.array([[0.0, 0.0], [20.0, 0.1], [-70.0, 0.4]])
    else:
        apply = TRANSFORMS[name]
        magnitudes = np.array(apply.magnitudes)[::4]
    answers = {
        size: sweep(
            Responder(network, apply, Setting(seed=4), batch_size=size), pictures, magnitudes, 0
        )
        for size in (1, 7, 64)
    }
    for size in (1, 7):
        same(answers[size], answers[64])
    for place in range(3):  # a chunk for each class
        members = pictures.class_index == place
        alone = Pictures(
            pixels=pictures.pixels[members],
            names=pictures.names[members],
            classes=pictures.classes[[place]],
            labels=pictures.labels[[place]],
            class_index=np.zeros(members.sum(), dtype=int),
            behind=pictures.behind[members],
        )
        part = sweep(Responder(network, apply, Setting(seed=4), batch_size=5), alone, magnitudes, 0)
        assert np.array_equal(part.prediction, answers[64].prediction[members])
        assert np.allclose(part.true_softmax, answers[64].true_softmax[members], atol=1e-5)
        assert np.allclose(part.mean_softmax[0], answers[64].mean_softmax[place], atol=1e-5)


def same(one, two):
    assert np.array_equal(one.prediction, two.prediction)
    for key in ("true_softmax", "margin", "mean_softmax", "candidate_softmax"):
        assert np.allclose(getattr(one, key), getattr(two, key), atol=1e-5)


def test_pictures_may_come_in_any_order(network):
    pictures, magnitudes = textured(9), np.array(BRIGHT.magnitudes)[::8]
    straight = sweep(Responder(network, BRIGHT, Setting()), pictures, magnitudes, 2)
    order = np.random.default_rng(0).permutation(9)
    shuffled = Pictures(
        pictures.pixels[order],
        pictures.names[order],
        pictures.classes,
        pictures.labels,
        pictures.class_index[order],
    )
    mixed = sweep(Responder(network, BRIGHT, Setting()), shuffled, magnitudes, 2)
    assert np.array_equal(mixed.prediction, straight.prediction[order])
    assert np.allclose(mixed.true_softmax, straight.true_softmax[order], atol=1e-5)
    assert np.allclose(mixed.mean_softmax, straight.mean_softmax, atol=1e-5)


def test_softmax_sums_to_one_and_progress_counts_every_row(network):
    pictures, magnitudes = textured(8), np.array(BRIGHT.magnitudes)[::8]
    rows = []
    result = sweep(
        Responder(network, BRIGHT, Setting(), batch_size=3), pictures, magnitudes, 2, rows.append
    )
    assert sum(rows) == 8 * len(magnitudes)
    assert np.allclose(result.mean_softmax.sum(axis=2), 1, atol=1e-5)
    everything = result.candidate_softmax.sum(axis=2)  # five categories: all are candidates
    assert np.allclose(everything, 1, atol=1e-5)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_answers_that_are_not_numbers_stop_with_class_picture_and_magnitude(bad):
    class Fails(nn.Module):
        def forward(self, pictures):
            level = pictures.mean(dim=(1, 2, 3))
            return torch.stack([level, torch.where(level > 200, bad, level)], dim=1)

    pictures = grey_pictures([10, 20, 190], ["calm", "bright one"], [0, 0, 1], [0, 1])
    magnitudes = np.array([0.0, 0.1])
    said = r"class bright one, picture picture 2 at magnitude 0\.1: .* not finite"
    with pytest.raises(InputError, match=said):
        sweep(Responder(Fails(), BRIGHT, Setting()), pictures, magnitudes, 0)


def test_precision_is_the_network_s_and_not_the_transform_s(network):
    """Half precision has 8 bits for a coordinate: a warp in it would be another transform."""
    seen = {}

    class Watched(nn.Module):
        def __init__(self, key):
            super().__init__()
            self.key = key

        def forward(self, pictures):
            seen[self.key] = pictures
            return network(pictures)

    pictures = textured(3)
    for name, magnitude in (("rotate", 33.0), ("blur", 2.0), ("translate_x", 0.313)):
        answers = {}
        for precision in ("float32", "bfloat16"):
            responder = Responder(
                Watched(precision), TRANSFORMS[name], Setting(), precision=precision
            )
            magnitudes = np.array([TRANSFORMS[name].identity, magnitude])
            answers[precision] = sweep(responder, pictures, magnitudes, 0)
        assert torch.equal(seen["float32"], seen["bfloat16"])
        one, two = (answer.true_softmax for answer in answers.values())
        assert np.allclose(one, two, atol=0.05)
        assert not np.array_equal(one, two)


@pytest.mark.parametrize("precision", ["float32", "tf32", "bfloat16"])
def test_torch_s_own_settings_are_left_as_they_were(network, precision):
    inside = []

    class Looks(nn.Module):
        def forward(self, pictures):
            inside.append(torch.backends.cuda.matmul.allow_tf32)
            return network(pictures)

    before = (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32)
    responder = Responder(Looks(), BRIGHT, Setting(), precision=precision)
    sweep(responder, textured(3), np.array([0.0, 0.1]), 0)
    assert set(inside) == {precision == "tf32"}
    assert (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32) == before


def test_pictures_on_disk_will_do(network, tmp_path):
    pictures = textured(4)
    np.save(tmp_path / "p.npy", pictures.pixels)
    mapped = Pictures(
        np.load(tmp_path / "p.npy", mmap_mode="r"),
        pictures.names,
        pictures.classes,
        pictures.labels,
        pictures.class_index,
    )
    magnitudes = np.array([0.0, 0.2])
    same(
        sweep(Responder(network, BRIGHT, Setting()), mapped, magnitudes, 0),
        sweep(Responder(network, BRIGHT, Setting()), pictures, magnitudes, 0),
    )


def test_a_sweep_survives_a_file(network, tmp_path):
    from invariances.tables import read_arrays, write_arrays

    result = sweep(Responder(network, BRIGHT, Setting()), textured(4), np.array([0.0, 0.2]), 0)
    write_arrays(result.arrays(), tmp_path / "s.npz")
    back = Sweep.from_arrays(read_arrays(tmp_path / "s.npz"))
    assert back.identity == 0
    for key, value in result.arrays().items():
        assert np.array_equal(getattr(back, key), value)


def test_a_pair_s_grid_runs_through_the_second_first():
    grids = [([-1.0, 0.0, 1.0], 0.0), ([0.5, 1.0], 1.0)]
    magnitudes, identity = expanded(grids)
    assert magnitudes.tolist() == [[-1, 0.5], [-1, 1], [0, 0.5], [0, 1], [1, 0.5], [1, 1]]
    assert magnitudes[identity].tolist() == [0, 1]
    magnitudes, identity = expanded(grids[:1])
    assert (magnitudes.tolist(), identity) == ([-1, 0, 1], 1)


@pytest.mark.parametrize("classes", [1, 5])
def test_answers_are_read_once_whatever_the_classes_and_batches(classes, monkeypatch):
    """On a GPU each reading waits for all that was asked before."""
    read = []
    plain = torch.Tensor.cpu
    monkeypatch.setattr(torch.Tensor, "cpu", lambda tensor: read.append(1) or plain(tensor))
    pixels = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 3), dtype=np.uint8)
    pictures = Pictures.numbered(pixels, np.arange(10) % classes)
    magnitudes = np.array([-0.5, 0.0, 0.5])
    network = nn.Sequential(nn.Flatten(), nn.Linear(8 * 8 * 3, 5))
    sweep(Responder(network, BRIGHT, Setting(), batch_size=4), pictures, magnitudes, 1)
    # Predictions, their softmax and margins, means, and the strongest categories with theirs.
    assert len(read) == 6


def test_a_batch_that_spans_classes_is_told_apart():
    pixels = np.random.default_rng(1).integers(0, 256, (7, 8, 8, 3), dtype=np.uint8)
    labels = np.array([2, 0, 2, 1, 0, 2, 2])
    magnitudes = np.array([-0.5, 0.0, 0.5])
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(8 * 8 * 3, 4))

    def swept(batch_size):
        responder = Responder(network, BRIGHT, Setting(), batch_size=batch_size)
        return sweep(responder, Pictures.numbered(pixels, labels), magnitudes, 1)

    one, many = swept(3), swept(64)
    assert np.array_equal(one.prediction, many.prediction)
    for name in ("true_softmax", "margin", "mean_softmax", "candidate_softmax"):
        np.testing.assert_allclose(getattr(one, name), getattr(many, name), atol=2e-6)
    # By hand, of the second class's only picture.
    with torch.no_grad():
        shown = as_tensor(pixels[3:4]).expand(3, -1, -1, -1)
        expected = network(BRIGHT(shown, torch.from_numpy(magnitudes), Setting())).softmax(dim=1)
    np.testing.assert_allclose(many.mean_softmax[1], expected, atol=2e-6)
    np.testing.assert_allclose(many.true_softmax[3], expected[:, 1], atol=2e-6)


def test_what_is_kept_of_a_class_holds_no_more_than_itself():
    """The softmax of all categories would be 1.5 GB of a thousand classes of ten pictures."""
    kept = _reduced(torch.rand(3 * 5, 200).softmax(dim=1), 7, 5)
    assert {key: part.untyped_storage().nbytes() for key, part in kept.items()} == {
        key: part.numel() * part.element_size() for key, part in kept.items()
    }


@pytest.mark.parametrize("categories", [5, 40])
def test_a_sweep_s_arrays_are_as_large_as_reckoned(categories):
    network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, categories))
    found = sweep(
        Responder(network, BRIGHT, Setting()), textured(6), np.array([0.0, 0.1, 0.2, 0.3]), 0
    )
    names = (
        "prediction",
        "true_softmax",
        "margin",
        "mean_softmax",
        "candidates",
        "candidate_softmax",
    )
    held = {name: found.arrays()[name].nbytes for name in names}
    assert sum(held.values()) - held["candidates"] == costs.sweep_bytes(6, 4, 3, categories)
