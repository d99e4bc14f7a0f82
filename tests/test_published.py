"""The paper's networks against a calculation in NumPy that takes TensorFlow's layout as it is."""

import os
import pickle

import numpy as np
import pytest
import torch
from published_weights import alexnet_arrays, slim_state
from safetensors.numpy import save_file
from timm.layers import pad_same

from invariances.classifiers.checkpoints import fit_state, read_state
from invariances.errors import InputError
from invariances.published import KrizhevskyAlexNet, SlimResNet, _padded


def convolve(x, weights, stride=1, padding=0, groups=1):
    """[H, W, in] by [h, w, in / groups, out]: each output pixel a sum of products."""
    x = np.pad(x, [(padding, padding), (padding, padding), (0, 0)])
    size = weights.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(0, 1))[
        ::stride, ::stride
    ]
    parts = zip(np.split(windows, groups, axis=2), np.split(weights, groups, axis=3), strict=True)
    return np.concatenate(
        [np.einsum("yxchw,hwco->yxo", a, b, optimize=True) for a, b in parts], axis=2
    )


def pool(x):
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(0, 1))[::2, ::2]
    return windows.max(axis=(3, 4))


def normalised(x):
    """Each value by (1 + 2e-5 * the sum of squares over itself and two channels on either side) ** 0.75."""
    squares = np.pad(x**2, [(0, 0), (0, 0), (2, 2)])
    sums = sum(squares[..., i : i + x.shape[2]] for i in range(5))
    return x / (1 + 2e-5 * sums) ** 0.75


def alexnet(picture, weights, preprocessing):
    """Guerzhoy and Frossard's program on one RGB picture [227, 227, 3] of 0 to 255."""

    def relu(x, name, **how):
        kernel, bias = weights[name]
        return np.maximum(convolve(x, kernel, **how) + bias, 0)

    script = preprocessing != "caffe"
    x = picture - picture.mean() if script else picture[..., ::-1]
    if preprocessing == "swapped":
        x[..., 0], x[..., 2] = x[..., 2], x[..., 0]  # as it stands there: both are blue afterwards
    x = pool(normalised(relu(x, "conv1", stride=4, padding=4 if script else 0)))
    x = pool(normalised(relu(x, "conv2", padding=2, groups=2)))
    x = relu(relu(x, "conv3", padding=1), "conv4", padding=1, groups=2)
    x = pool(relu(x, "conv5", padding=1, groups=2)).reshape(-1)
    for name in ("fc6", "fc7"):
        x = np.maximum(x @ weights[name][0] + weights[name][1], 0)
    return x @ weights["fc8"][0] + weights["fc8"][1]


@pytest.fixture(scope="module")
def alexnet_file(tmp_path_factory):
    weights = alexnet_arrays(np.random.default_rng(0), dense=24, classes=7)
    path = tmp_path_factory.mktemp("weights") / "bvlc_alexnet.npy"
    np.save(path, np.array(weights, dtype=object), allow_pickle=True)
    return path, weights


@pytest.mark.parametrize("preprocessing", ["caffe", "script", "swapped"])
def test_alexnet_is_the_program_s(alexnet_file, preprocessing):
    path, weights = alexnet_file
    network = KrizhevskyAlexNet(7, preprocessing, dense=24).eval()
    fit_state(network, read_state(path), "weights")
    picture = np.random.default_rng(1).uniform(0, 255, (227, 227, 3))
    wanted = alexnet(picture, weights, preprocessing)
    with torch.no_grad():
        found = network(torch.from_numpy(picture).permute(2, 0, 1)[None].float())[0]
    assert np.ptp(wanted) > 1
    assert np.allclose(found, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())


def test_the_weights_that_it_saves_itself_are_read_as_they_are():
    network, other = KrizhevskyAlexNet(7, dense=24), KrizhevskyAlexNet(7, dense=24)
    fit_state(other, network.state_dict(), "weights")
    assert all(
        torch.equal(a, b) for a, b in zip(network.parameters(), other.parameters(), strict=True)
    )


def slim_resnet(picture, state, units):
    """TF-Slim's resnet_v1 on one picture [H, W, 3]: the stride is the last unit's of all blocks but one."""

    def layer(x, name, stride=1):
        head = f"resnet_v1_101/{name}"
        kernel = state[f"{head}/weights"]
        y = convolve(x, kernel, stride, kernel.shape[0] // 2)
        gamma, beta, mean, variance = (
            state[f"{head}/BatchNorm/{part}"]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return gamma * (y - mean) / np.sqrt(variance + 1e-5) + beta

    x = np.maximum(layer(picture, "conv1", 2), 0)
    low, high = zip(*(_same(side) for side in x.shape[:2]), strict=True)
    around = [*zip(low, high, strict=True), (0, 0)]
    x = pool(np.pad(x, around, constant_values=-np.inf))
    for block, count in enumerate(units):
        for unit in range(count):
            head = f"block{block + 1}/unit_{unit + 1}/bottleneck_v1"
            stride = 2 if unit == count - 1 and block < len(units) - 1 else 1
            if f"resnet_v1_101/{head}/shortcut/weights" in state:
                short = layer(x, f"{head}/shortcut", stride)
            else:
                short = x[::stride, ::stride]
            y = np.maximum(layer(x, f"{head}/conv1"), 0)
            y = np.maximum(layer(y, f"{head}/conv2", stride), 0)
            x = np.maximum(short + layer(y, f"{head}/conv3"), 0)
    logits = state["resnet_v1_101/logits/weights"][0, 0]
    return x.mean(axis=(0, 1)) @ logits + state["resnet_v1_101/logits/biases"]


def _same(side):
    """TensorFlow's SAME for a window of 3 and a stride of 2: the odd pixel after."""
    total = max((-(-side // 2) - 1) * 2 + 3 - side, 0)
    return total // 2, total - total // 2


@pytest.mark.parametrize("side", [64, 61])
def test_resnet_is_tf_slim_s(tmp_path, side):
    units, width = (2, 3, 1), 8
    state = slim_state(np.random.default_rng(0), units, width, classes=5)
    save_file(state, tmp_path / "slim.safetensors")
    network = SlimResNet(5, units=units, width=width).eval()
    fit_state(network, read_state(tmp_path / "slim.safetensors"), "weights")
    picture = np.random.default_rng(1).uniform(-120, 130, (side, side, 3))
    wanted = slim_resnet(picture, state, units)
    with torch.no_grad():
        found = network(torch.from_numpy(picture).permute(2, 0, 1)[None].float())[0]
    assert np.ptp(wanted) > 1
    assert np.allclose(found, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())


def test_resnet_has_the_layers_of_the_name():
    network = SlimResNet()
    layers = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    shortcuts = sum(unit.shortcut is not None for block in network.blocks for unit in block)
    assert len(layers) - shortcuts == 101
    # torchvision's resnet101 has the same parts in other places.
    assert sum(p.numel() for p in network.parameters()) == 44_549_160


@pytest.mark.parametrize("side", [112, 113, 7, 8])
def test_padding_is_timm_s(side):
    x = torch.rand(1, 2, side, side + 1)
    ours = _padded(x, 3, 2)
    theirs = pad_same(x, [3, 3], [2, 2], value=-float("inf"))
    assert torch.equal(ours, theirs)


def test_layers_of_other_forms_are_read(tmp_path):
    """Dictionaries of a layer's parts whatever their order, and arrays by their own names."""
    filters, biases = np.ones((2, 3), np.float32), np.zeros(3, np.float64)
    content = {
        "a": {"biases": biases, "weights": filters},
        "b": (filters, biases),
        "c.weight": filters,
    }
    np.save(tmp_path / "w.npy", np.array(content, dtype=object), allow_pickle=True)
    state = read_state(tmp_path / "w.npy")
    assert list(state) == ["a.0", "a.1", "b.0", "b.1", "c.weight"]
    assert state["a.0"].shape == (2, 3) and state["a.1"].dtype == torch.float32


class _Runs:
    def __reduce__(self):
        return os.system, ("touch owned",)


@pytest.mark.parametrize(
    "what", ["code", "no dictionary", "cut short", "numbers", "text", "a number", "fields"]
)
def test_what_is_no_arrays_is_refused(tmp_path, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.npy"
    content = {"conv1": [np.zeros(3)]}
    if what == "code":
        content["conv1"].append(_Runs())
    if what == "text":
        content["conv1"].append("a")
    if what == "a number":
        content["epoch"] = 7
    if what == "fields":
        content["conv1"].append(np.zeros(2, dtype=[("a", "f4"), ("b", "O")]))
    if what == "numbers":
        np.save(path, np.zeros(3))
    else:
        content = [1, 2] if what == "no dictionary" else content
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(
                file, {"descr": "|O", "fortran_order": False, "shape": ()}
            )
            kept = np.empty((), dtype=object)
            kept[()] = content
            pickle.dump(kept, file, protocol=2)
    if what == "cut short":
        path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"weights\.npy"):
        read_state(path)
    assert not (tmp_path / "owned").exists()
