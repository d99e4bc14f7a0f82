"""Whether weights fit a network: other classes, shapes, names, prefixes of wrappers."""

import pytest
import torch
from torch import nn
from weight_files import equal

from invariances.classifiers import fit_state, read_state
from invariances.errors import InputError

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([1.0, 2.0])}


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
