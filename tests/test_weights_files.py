"""Files of weights: what is read, and what is refused."""

import pickle

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from weight_files import Trap, equal

from invariances.classifiers import read_state
from invariances.errors import InputError

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([1.0, 2.0])}


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
