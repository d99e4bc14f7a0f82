"""Weights from files: what is read, what is refused, and whether they fit."""

import argparse
import collections
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from invariances.classifiers import fit_state, read_state
from invariances.errors import InputError
from invariances.names import is_file

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([1.0, 2.0])}


class Trap:
    """A pickle that, if it is let, leaves a file behind."""

    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return (os.mkdir, (self.file,))


def equal(one, two):
    return set(one) == set(two) and all(torch.equal(one[name], two[name]) for name in one)


# ---- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin", ""])
@pytest.mark.parametrize(
    "content",
    [
        STATE,
        {"state_dict": STATE, "epoch": 90, "best": 0.7},
        {"model": STATE},
        {name: nn.Parameter(value) for name, value in STATE.items()},
        {name: value.half() for name, value in STATE.items()},
        {name: value.bfloat16() for name, value in STATE.items()},
        {name: value.double() for name, value in STATE.items()},
    ],
)
def test_state_dicts_are_found_and_read_as_float32(tmp_path, suffix, content):
    file = tmp_path / f"weights{suffix}"
    torch.save(content, file)
    state = read_state(file)
    assert equal(state, STATE)
    assert all(value.dtype == torch.float32 for value in state.values())


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_safetensors_are_read_as_float32(tmp_path, dtype):
    save_file({name: value.to(dtype) for name, value in STATE.items()}, tmp_path / "w.safetensors")
    state = read_state(tmp_path / "w.safetensors")
    assert equal(state, STATE)
    assert state["a.bias"].dtype == torch.float32


def test_whole_numbers_stay_whole(tmp_path):
    torch.save({"bn.num_batches_tracked": torch.tensor(7)}, tmp_path / "w.pth")
    assert read_state(tmp_path / "w.pth")["bn.num_batches_tracked"].dtype == torch.int64


def test_a_prefix_of_some_names_is_a_name(tmp_path):
    state = {"module.weight": torch.ones(2), "head.weight": torch.zeros(2)}
    torch.save(state, tmp_path / "w.pth")
    assert equal(read_state(tmp_path / "w.pth"), state)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("form", ["torch", "pickle", "nested", "zip without suffix"])
def test_a_pickle_that_runs_code_is_refused_and_does_not_run(tmp_path, form):
    sprung, file = tmp_path / "sprung", tmp_path / "w.pth"
    if form == "pickle":
        file.write_bytes(pickle.dumps(Trap(sprung)))
    else:
        content = {"state_dict": {**STATE, "x": Trap(sprung)}} if form == "nested" else Trap(sprung)
        file = tmp_path / "weights" if form == "zip without suffix" else file
        torch.save(content, file)
    with pytest.raises(InputError, match=r"refused, not plain tensors.*safetensors"):
        read_state(file)
    assert not sprung.exists()
    pickle.loads(pickle.dumps(Trap(sprung)))
    assert sprung.exists()  # the trap would have worked


def test_whole_modules_are_refused(tmp_path):
    torch.save(nn.Linear(2, 2), tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"w\.pth.*refused"):
        read_state(tmp_path / "w.pth")


@pytest.mark.parametrize("content", [[1, 2], 3, {"a": 1}, {"a": [STATE]}, {1: torch.ones(1)}])
def test_other_contents_are_refused(tmp_path, content):
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(InputError, match="no state dict"):
        read_state(tmp_path / "w.pth")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_damaged_files_are_refused_by_name(tmp_path, suffix):
    file = tmp_path / f"w{suffix}"
    (save_file if suffix == ".safetensors" else torch.save)(STATE, file)
    content = file.read_bytes()
    for length in (0, 1, 7, 8, 60, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:length])
        with pytest.raises(InputError, match=f"w{suffix}"):
            read_state(file)
    for text in (b"<html>404</html>", b"\x80\x02.", b"\x80\x04K\x01K", b"PK\x03\x04"):
        file.write_bytes(text)
        with pytest.raises(InputError, match=f"w{suffix}"):
            read_state(file)


def test_files_that_are_not_there_are_named(tmp_path):
    for path in (tmp_path / "absent.pth", tmp_path):
        with pytest.raises(InputError, match="no file"):
            read_state(path)


# ---- as people save them -------------------------------------------------------------------------


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


# ---- fitting -------------------------------------------------------------------------------------


def network():
    return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))


def test_weights_that_fit_are_taken():
    source, target = network(), network()
    assert fit_state(target, source.state_dict(), "weights") is target
    assert equal(source.state_dict(), target.state_dict())
    without = {k: v for k, v in source.state_dict().items() if "num_batches" not in k}
    fit_state(network(), without, "weights of before 2018")


def test_weights_of_other_classes_say_how_many():
    def head(classes: int) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4, classes))

    with pytest.raises(InputError, match="are of a network of 1000 classes, but there are 2 here"):
        fit_state(head(2), head(1000).state_dict(), "weights 'w.pth'")
    # Another width is no other number of classes.
    wider = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Flatten(), nn.Linear(5, 2))
    with pytest.raises(InputError, match=r"other shape: 0\.weight, 0\.bias, 2\.weight"):
        fit_state(head(2), wider.state_dict(), "weights 'w.pth'")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"0.bias": None}, "lacks 0.bias"),
        ({"extra": torch.ones(1)}, "does not know extra"),
        ({"0.weight": torch.ones(3, 2)}, "other shape: 0.weight"),
        ({"0.bias": None, "bias": torch.ones(2)}, "lacks 0.bias; does not know bias"),
        ({f"x{i}": torch.ones(1) for i in range(9)}, "does not know x0, x1, x2 ..."),
    ],
)
def test_weights_that_do_not_fit_are_explained(change, words):
    state = {k: v for k, v in (network().state_dict() | change).items() if v is not None}
    target = network()
    before = {name: value.clone() for name, value in target.state_dict().items()}
    with pytest.raises(InputError) as error:
        fit_state(target, state, "weights 'w.pth'")
    assert str(error.value) == f"weights 'w.pth' do not fit the network: {words}"
    assert equal(before, target.state_dict())


@pytest.mark.parametrize(
    "prefix",
    [
        "module.",
        "_orig_mod.",
        "module._orig_mod.",
        "_orig_mod.module.",
        "model.",
        "model._orig_mod.",
    ],
)
def test_prefixes_of_wrappers_are_taken_off(prefix):
    source, target = network(), network()
    state = {prefix + name: value for name, value in source.state_dict().items()}
    fit_state(target, state, "weights")
    assert equal(source.state_dict(), target.state_dict())


def test_wrappers_as_they_are(tmp_path):
    source = network()
    wrappers = [
        nn.DataParallel(source),
        torch.compile(source),
        nn.DataParallel(torch.compile(source)),
        torch.optim.swa_utils.AveragedModel(source),
    ]
    for wrapper in wrappers:
        torch.save({"state_dict": wrapper.state_dict()}, tmp_path / "w.pth")
        target = fit_state(network(), read_state(tmp_path / "w.pth"), "weights")
        assert equal(source.state_dict(), target.state_dict())


def test_a_prefix_that_the_network_has_is_a_name():
    def wrapped():
        return nn.ModuleDict({"module": network()})

    source, target = wrapped(), wrapped()
    fit_state(target, source.state_dict(), "weights")
    assert equal(source.state_dict(), target.state_dict())
    again = {f"module.{name}": value for name, value in source.state_dict().items()}
    assert equal(fit_state(wrapped(), again, "weights").state_dict(), source.state_dict())
    with pytest.raises(InputError, match=r"lacks module\.0\.bias$"):
        fit_state(
            wrapped(), {k: v for k, v in source.state_dict().items() if k != "module.0.bias"}, "w"
        )


def test_names_are_told_without_a_wrapper_s_prefix():
    state = {f"module.{k}": v for k, v in network().state_dict().items() if k != "0.bias"}
    with pytest.raises(InputError, match=r"do not fit the network: lacks 0\.bias$"):
        fit_state(network(), state, "weights")
