"""Weights as people save them: beside what training leaves, under keys, as programs."""

import argparse
import collections
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from weight_files import equal

from invariances.classifiers import read_state
from invariances.errors import InputError
from invariances.names import is_file

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([1.0, 2.0])}


def saved(tmp_path, content):
    torch.save(content, tmp_path / "w.pth")
    return tmp_path / "w.pth"


@pytest.mark.parametrize(
    "leftovers",
    [
        {"epoch": 3, "acc": 95.1, "arch": "resnet18"},
        {"args": argparse.Namespace(lr=0.1, out=Path("runs/1"))},
        {"best_acc1": np.float64(0.93), "losses": np.arange(3.0), "classes": np.array(["a", "b"])},
        {"optimizer": {"state": {0: {"exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 0.1}]}},
        {"lr_schedulers": [{"last_epoch": 3}], "pytorch-lightning_version": "2.0", "callbacks": {}},
        {"optimizer_state": {"a": torch.ones(1)}, "scaler": {"scale": torch.ones(1)}},
        {"history": collections.Counter(steps=3)},
    ],
)
@pytest.mark.parametrize(
    "key", ["state_dict", "model", "model_state_dict", "net", "network", "weights", "params"]
)
def test_weights_are_found_beside_what_training_leaves(tmp_path, key, leftovers):
    assert equal(read_state(saved(tmp_path, {key: STATE} | leftovers)), STATE)


def test_weights_are_found_in_dictionaries_of_dictionaries(tmp_path):
    assert equal(read_state(saved(tmp_path, {"checkpoint": {"model": STATE, "epoch": 1}})), STATE)


EMA = {"model": {k: v * 0 for k, v in STATE.items()}, "model_ema": STATE, "epoch": 2}


def test_of_two_networks_in_a_file_one_must_be_named(tmp_path):
    file = saved(tmp_path, EMA)
    with pytest.raises(InputError, match=r"several networks.*`weights_key`: model, model_ema"):
        read_state(file)
    assert equal(read_state(file, "model_ema"), STATE)
    assert equal(read_state(file, "model"), EMA["model"])
    with pytest.raises(
        InputError, match=r"weights_key.*unknown 'model_em'; did you mean 'model_ema'"
    ):
        read_state(file, "model_em")
    nested = saved(tmp_path, {"state": {"student": EMA["model"], "teacher": STATE}})
    assert equal(read_state(nested, "state.teacher"), STATE)


def test_a_key_may_be_the_names_prefix(tmp_path):
    both = {f"student.{k}": v * 0 for k, v in STATE.items()}
    both |= {f"teacher.{k}": v for k, v in STATE.items()}
    assert equal(read_state(saved(tmp_path, {"state_dict": both}), "teacher"), STATE)


class Config:
    """A class that a checkpoint may hold and that nobody vouches for."""


def test_a_refusal_names_the_class_and_the_key_without_escape_codes(tmp_path):
    file = saved(tmp_path, {"state_dict": STATE, "hyper": {"config": Config()}})
    with pytest.raises(InputError) as error:
        read_state(file)
    message = str(error.value)
    assert f"the class {Config.__module__}.Config under the key 'hyper.config'" in message
    assert "\x1b" not in message
    assert "\n" not in message


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_a_torchscript_program_is_refused_as_such(tmp_path):
    torch.jit.script(nn.Linear(2, 2)).save(str(tmp_path / "w.pt"))
    with pytest.raises(InputError, match=r"a TorchScript program; save its state_dict\(\)"):
        read_state(tmp_path / "w.pt")


@pytest.mark.parametrize(
    ("weights", "file"),
    [
        ("last.ckpt", True), ("best.pth.tar", True), ("a/b", True), ("w.PTH", True), ("w.pt", True),
        ("DEFAULT", False), ("IMAGENET1K_V1", False), ("train", False), ("own", False),
        ("augreg_in21k_ft_in1k", False), ("a1_in1k", False),
    ],
)  # fmt: skip
def test_what_is_a_file(weights, file):
    assert is_file(weights) is file
