"""Shift consistency: of networks whose agreement is known."""

import numpy as np
import pytest
import torch
from torch import nn

from invariances.consistency import consistency_table, random_offsets, window
from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.tables import CONSISTENCY
from invariances.transforms import Setting

SIDE, LARGE = 8, 12


class FirstColumn(nn.Module):
    """Says whether the crop's first column is even: another for every second shift."""

    def forward(self, pictures):
        even = pictures[:, 0, 0, 0] % 2
        return torch.stack([1 - even, even], dim=1)


class Constant(nn.Module):
    def forward(self, pictures):
        return torch.tensor([0.0, 1.0]).expand(len(pictures), 2)


def some(number=40):
    columns = np.broadcast_to(np.arange(LARGE)[None, None, :, None], (number, LARGE, LARGE, 3))
    half = np.arange(number) % 2
    names = np.array([f"picture {place}" for place in range(number)])
    classes = np.array(["zero", "one"])
    return Pictures(columns.astype(np.uint8), names, classes, np.array([0, 1]), half)


def table_of(network, pictures, batch_size=16, pairs=50, seed=0):
    responder = Responder(network, window(SIDE), Setting(), batch_size=batch_size)
    return consistency_table(responder, pictures, "m", side=SIDE, pairs=pairs, seed=seed)


def test_a_constant_network_always_agrees_and_is_right_by_half():
    table = table_of(Constant(), some())
    assert list(table.columns) == CONSISTENCY.names
    assert list(table["class"].iloc[:2]) == ["zero", "one"]
    assert list(table["class"].isna()) == [False, False, True]
    assert list(table["consistency"]) == [1, 1, 1]
    assert list(table["accuracy"]) == [0, 1, 0.5]
    assert list(table["images"]) == [20, 20, 40]


def test_a_network_that_reads_the_offset_agrees_by_half():
    """Offsets 0 to 3, two of them even: two draws agree in half of all pairs."""
    whole = table_of(FirstColumn(), some()).iloc[-1]
    assert whole["consistency"] == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(40 * 50))
    assert whole["low"] < whole["consistency"] < whole["high"]
    assert whole["accuracy"] == pytest.approx(0.5, abs=0.05)


def test_crops_depend_on_the_picture_s_name_and_the_seed_alone():
    pictures = some()
    table = table_of(FirstColumn(), pictures)
    assert table.equals(table_of(FirstColumn(), pictures, batch_size=7))
    assert not table.equals(table_of(FirstColumn(), pictures, seed=1))
    order = np.arange(40)[::-1]
    turned = Pictures(
        pictures.pixels, pictures.names[order], pictures.classes, pictures.labels,
        pictures.class_index[order],
    )  # fmt: skip
    again = table_of(FirstColumn(), turned)
    assert list(again["consistency"]) == pytest.approx(list(table["consistency"]))


def test_crops_are_cut_where_their_offsets_say(random_pictures):
    large = random_pictures(3, LARGE, LARGE)
    cuts = window(SIDE)(large, torch.tensor([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0]]), Setting())
    assert torch.equal(cuts[0], large[0, :, :8, :8])
    assert torch.equal(cuts[1], large[1, :, 4:12, 1:9])
    assert torch.equal(cuts[2], large[2, :, 2:10, 3:11])


def test_offsets_are_uniform_in_the_room_there_is():
    offsets = random_offsets(np.arange(200), 4, 25, seed=0)
    assert offsets.shape == (200, 25, 2, 2)
    counts = np.bincount(offsets.ravel(), minlength=4)
    assert len(counts) == 4
    assert np.abs(counts / counts.sum() - 0.25).max() < 0.02
    with pytest.raises(ValueError, match="room"):
        random_offsets(np.arange(2), 1, 5, seed=0)
