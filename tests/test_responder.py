"""The one loop that asks networks: answers by row, what is not finite, networks left as they were."""

import numpy as np
import pytest
import torch
from test_screening import BRIGHT, grey_pictures, network, textured  # noqa: F401 - a fixture
from torch import nn

from invariances.classifiers import Classifier
from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.inference.distinct import distinct
from invariances.inference.responder import PLANES, Responder, fitting, frozen, margins, restored
from invariances.inference.tensors import as_pixels, as_tensor, shrunk
from invariances.screening import sweep
from invariances.transforms import Setting


@pytest.mark.parametrize("batch_size", [2, 64])
def test_an_answer_that_is_not_finite_is_named(batch_size):
    class Breaks(nn.Module):
        def forward(self, pictures):
            level = pictures.mean(dim=(1, 2, 3))
            return torch.stack([level, torch.where(level > 150, torch.nan, 0.0)], dim=1)

    pictures = grey_pictures([100, 140], ["one"], [0, 0], [0])
    responder = Responder(Breaks(), BRIGHT, Setting(), batch_size=batch_size)
    said = r"class one, picture picture 1 at magnitude 0\.1: the network's answer is not finite"
    with pytest.raises(InputError, match=said):
        responder.answers(pictures, np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0.1]))
    with pytest.raises(InputError, match="picture picture 0: the network"):
        Responder(Breaks()).answers(grey_pictures([160], ["one"], [0], [0]))


def test_margins_stay_finite_where_softmax_vanish():
    softmax = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]])
    least = torch.finfo(torch.float32).tiny
    expected = [-np.log(least), np.log(least), -np.log(2)]
    assert np.allclose(margins(softmax, torch.tensor([0, 0, 1])), expected)


def test_answers_by_row_are_those_of_the_sweep(network):  # noqa: F811
    pictures, magnitudes = textured(5), np.array([-0.2, 0.0, 0.3])
    responder = Responder(network, BRIGHT, Setting(), batch_size=4)
    result = sweep(responder, pictures, magnitudes, 1)
    rows = np.array([4, 0, 0, 2, 3])
    columns = np.array([2, 0, 1, 1, 2])
    answers = responder.answers(pictures, rows, magnitudes[columns])
    assert np.array_equal(answers.prediction, result.prediction[rows, columns])
    assert np.allclose(answers.margin, result.margin[rows, columns], atol=1e-5)
    nothing = responder.answers(pictures, rows[:0], magnitudes[:0])
    assert nothing.prediction.shape == nothing.margin.shape == (0,)


def test_equal_pictures_are_shown_once_and_share_the_answer(network):  # noqa: F811
    """Brightness beyond both ends leaves black and white, whatever the picture was."""
    pictures, magnitudes = textured(5), np.array([-1.0, -0.2, 0.0, 1.0])
    shown = []
    counting = network.register_forward_hook(lambda _, given, __: shown.append(len(given[0])))
    rows, values = np.repeat(np.arange(5), 4), np.tile(magnitudes, 5)
    responder = Responder(network, BRIGHT, once=True)
    found = torch.cat([part for _, part in responder.logits(pictures, rows, values)])
    counting.remove()
    assert shown == [1 + 5 + 5 + 1]
    with torch.inference_mode():
        own = as_tensor(pictures.pixels)[torch.from_numpy(rows)]
        expected = network(BRIGHT(own, torch.from_numpy(values), Setting()))
    assert torch.equal(found, expected)


def test_pictures_that_differ_in_one_bit_between_the_pixels_looked_at_are_two():
    pictures = torch.full((4, 3, 40, 40), 7.0)
    assert distinct(pictures).tolist() == [0, 0, 0, 0]
    pictures[2, 1, 17, 39] = torch.nextafter(torch.tensor(7.0), torch.tensor(8.0))
    assert distinct(pictures).tolist() == [0, 0, 2, 0]
    assert distinct(pictures[1:3]) is None
    signed = torch.zeros(2, 3, 40, 40, dtype=torch.float64)
    signed[1, 0, 1, 1] = -0.0
    assert distinct(signed) is None
    assert distinct(torch.full((2, 3, 4, 4), torch.nan)).tolist() == [0, 0]
    assert distinct(pictures.contiguous(memory_format=torch.channels_last)).tolist() == [0, 0, 2, 0]
    assert distinct(pictures[:0]) is None
    # What a user's own transform may give.
    levels = torch.zeros(3, 3, 4, 4, dtype=torch.uint8)
    levels[1, 2, 1, 1] = 1
    assert distinct(levels).tolist() == [0, 1, 0]


def test_without_transform_rows_or_magnitudes_pictures_are_shown_as_they_are(network):  # noqa: F811
    pictures = textured(5)
    logits = torch.cat([part for _, part in Responder(network, batch_size=2).logits(pictures)])
    with torch.inference_mode():
        expected = network(torch.from_numpy(np.moveaxis(pictures.pixels, 3, 1).copy()).float())
    assert torch.allclose(logits, expected, atol=1e-5)
    answers = Responder(network).answers(pictures)
    assert np.array_equal(answers.prediction, expected.argmax(dim=1).numpy())
    assert np.array_equal(answers.margin > 0, answers.prediction == pictures.categories)


def test_bytes_become_floats_and_bytes_again():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, 7, 3), dtype=np.uint8)
    tensor = as_tensor(pixels)
    assert tensor.shape == (3, 3, 5, 7) and tensor.is_contiguous()
    assert tensor[1, 2, 3, 4] == pixels[1, 3, 4, 2]
    assert np.array_equal(as_pixels(tensor), pixels)
    assert as_pixels(torch.tensor([-3.0, 254.6, 300.0]).reshape(1, 3, 1, 1)).tolist() == [
        [[[0, 255, 255]]]
    ]
    tensor += 1  # ... of its own: neither the array nor a file is touched
    assert np.array_equal(as_pixels(tensor - 1), pixels)


def test_large_pictures_shrink_in_proportion_and_small_ones_stay(random_pictures):
    wide = random_pictures(2, 20, 40)
    assert shrunk(wide, 10).shape == (2, 3, 5, 10)
    assert shrunk(wide, 40) is wide
    flat = torch.full((1, 3, 20, 40), 77.0)
    assert torch.allclose(shrunk(flat, 8), torch.tensor(77.0))


def test_frozen_puts_the_classifier_back() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    net.train()
    net[1].eval()
    net[0].bias.requires_grad_(False)
    with frozen(net):
        assert not any(module.training for module in net.modules())
        assert not any(weight.requires_grad for weight in net.parameters())
    assert [net.training, net[1].training, net[2].training] == [True, False, True]
    assert [weight.requires_grad for weight in net.parameters()] == [True, False, True, True]


def test_a_network_comes_back_as_it_was() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 2))
    net.train()
    net[3].bias.requires_grad_(False)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    strides = [value.stride() for value in net.state_dict().values()]
    with pytest.raises(InputError), restored(net):
        Classifier(net).double().freeze()
        assert net[0].weight.is_contiguous(memory_format=torch.channels_last)
        raise InputError("whatever happens")
    assert all(module.training for module in net.modules())
    assert [weight.requires_grad for weight in net.parameters()] == [True] * 5 + [False]
    assert [value.stride() for value in net.state_dict().values()] == strides
    assert net[0].weight.is_contiguous()
    for name, value in net.state_dict().items():
        assert value.dtype == before[name].dtype and torch.equal(value, before[name])


def test_pictures_without_names_keep_their_categories():
    pixels = np.zeros((4, 2, 2, 3), np.uint8)
    pictures = Pictures.numbered(pixels, np.array([7, 3, 7, 5]))
    assert pictures.categories.tolist() == [7, 3, 7, 5]
    assert pictures.names.tolist() == ["0", "1", "2", "3"]
    assert pictures.first_of_classes.tolist() == [1, 3, 0]


@pytest.mark.parametrize(
    ("gigabytes", "side", "expected"), [(80, 224, 256), (16, 224, 64), (80, 64, 512), (1, 1000, 1)]
)
def test_a_batch_fits_into_a_quarter_of_a_gpu(gigabytes, side, expected, monkeypatch):
    free = gigabytes * 10**9
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, free))
    found = fitting(torch.device("cuda"), side, side)
    assert found == expected
    assert found == 1 or found * PLANES * 3 * side**2 * 4 <= free / 4
    assert fitting(torch.device("cpu"), side, side) == 64
