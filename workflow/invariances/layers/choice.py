"""Which layers of a network are measured: the outputs of its stages, or modules that are named.

Modules are found by what they do in one pass, as hooks see it, so that torchvision's, timm's and one's own
networks are treated alike; what a network computes between modules (``functional.relu``) has no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isqrt, prod
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules import activation, pooling
from torch.nn.modules.batchnorm import _NormBase

from invariances.errors import InputError, unknown

MOST = 12
"""Layers that `auto` takes."""
FEWEST = 6
"""Stages below which containers are opened: most networks' children are stages, AlexNet's are parts."""
PREFIX = 8
"""Tokens that a map of tokens may have beside it: the class's, registers."""

Nonlinearity = Literal["after", "before"]
NORMS = (_NormBase, nn.GroupNorm, nn.LayerNorm)
ACTIVATIONS = tuple(
    kind
    for name in activation.__all__
    if isinstance(kind := getattr(activation, name), type) and kind is not nn.MultiheadAttention
)
POOLS = tuple(getattr(pooling, name) for name in pooling.__all__)


@dataclass(frozen=True)
class Layer:
    """A module whose output is measured.

    Attributes
    ----------
    name : of the module within the network, dotted.
    depth : its place among the layers measured, from 1 on, in the order of a pass.
    shape : of its output for one picture.
    nonlinearity : whether the output stands ``after`` an activation (pools between do not count, and
        an output without negative values counts as one) or ``before`` the next.
    """

    name: str
    depth: int
    shape: tuple[int, ...]
    nonlinearity: Nonlinearity

    @property
    def units(self) -> int:
        """Numbers in its output for one picture."""
        return prod(self.shape)


@dataclass
class Call:
    """What one module did in a pass: of those called more than once, the last time."""

    name: str
    module: nn.Module
    times: int = 0
    shape: tuple[int, ...] | None = None
    unchanged: bool = False
    nonnegative: bool = False
    called: list[str] = field(default_factory=list)


def chosen(
    network: nn.Module, pictures: Tensor, wanted: Sequence[str] | None = None
) -> list[Layer]:
    """The layers of a network, in the order of a pass.

    Parameters
    ----------
    pictures : two or more of them as the network takes them, [N, 3, H, W], normalised.
    wanted : names of modules; by default the outputs of the network's stages, at most `MOST`.

    Raises
    ------
    InputError : a name is unknown (the nearest is told), or its module's output is no one tensor of the
        batch, or it is called several times in a pass.
    """
    calls, leaves = _passed(network, pictures)
    order = {name: place for place, name in enumerate(calls)}
    if wanted is None:
        names = stages(calls)
    else:
        for name in wanted:
            _check(name, calls)
        names = sorted(dict.fromkeys(wanted), key=order.__getitem__)
    found = []
    for place, name in enumerate(names):
        shape = calls[name].shape
        assert shape is not None
        found.append(Layer(name, place + 1, shape, _nonlinearity(calls[name], calls, leaves)))
    return found


def _check(name: str, calls: dict[str, Call]) -> None:
    usable = [each for each, call in calls.items() if each and _usable(call)]
    if name not in calls:
        raise unknown("layers", name, usable)
    if calls[name].times > 1:
        raise InputError(
            f"layers: {name!r} is called {calls[name].times} times in a pass; name the module around it"
        )
    if name not in usable:
        raise InputError(f"layers: {name!r} puts out something else than one tensor of the batch")


def stages(calls: dict[str, Call]) -> list[str]:
    """The names of a network's stages.

    The network's children, opened level by level while they are fewer than `FEWEST`. A simple layer
    and the normalisation, activation and pool (one that leaves more than a point) that follow it
    within one parent are one stage, whose output is the last one's; what changes nothing
    (dropout, flatten) is none. Of more than `MOST` stages they are taken evenly, the first and the
    last among them.
    """
    frontier, units = [""], [""]
    while len(units) < FEWEST:
        opened = [child for name in frontier for child in _children(name, calls) or [name]]
        if opened == frontier:
            break
        frontier, units = opened, _merged(opened, calls)
    if len(units) <= MOST:
        return units
    places = np.linspace(0, len(units) - 1, MOST).round().astype(int)
    return [units[place] for place in places]


def _merged(names: Sequence[str], calls: dict[str, Call]) -> list[str]:
    units: list[str] = []
    for name in names:
        call = calls[name]
        if not _usable(call) or call.unchanged:
            continue
        before = units[-1] if units else None
        follows = before is not None and _parent(name) == _parent(before)
        if before is not None and follows and _continues(call) and _simple(calls[before], calls):
            units[-1] = name
        else:
            units.append(name)
    return units or [""]


def _continues(call: Call) -> bool:
    """Whether it belongs to the layer before it."""
    if isinstance(call.module, NORMS + ACTIVATIONS):
        return True
    return isinstance(call.module, POOLS) and max(call.shape[1:] if call.shape else (1,)) > 1


def _simple(call: Call, calls: dict[str, Call]) -> bool:
    return isinstance(call.module, NORMS) or not _children(call.name, calls)


def _usable(call: Call) -> bool:
    return call.times == 1 and call.shape is not None


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _children(name: str, calls: dict[str, Call]) -> list[str]:
    """The modules called directly within a module, in their order."""
    return calls[name].called


def _nonlinearity(call: Call, calls: dict[str, Call], leaves: Sequence[str]) -> Nonlinearity:
    if call.nonnegative:
        return "after"
    order = {name: place for place, name in enumerate(calls)}
    for name in reversed([leaf for leaf in leaves if order[leaf] <= order[call.name]]):
        leaf = calls[name]
        if not isinstance(leaf.module, POOLS) and not leaf.unchanged:
            return "after" if isinstance(leaf.module, ACTIVATIONS) else "before"
    return "before"


# ---- one pass ------------------------------------------------------------------------------------


def _passed(network: nn.Module, pictures: Tensor) -> tuple[dict[str, Call], list[str]]:
    """Every module called in a pass in the order in which they end, and those without children."""
    calls: dict[str, Call] = {}
    running: list[tuple[str, list[str]]] = []
    handles = []

    def begun(name: str) -> Any:
        def hook(module: nn.Module, given: Any) -> None:
            running.append((name, []))

        return hook

    def ended(name: str) -> Any:
        def hook(module: nn.Module, given: Any, output: Any) -> None:
            _, children = running.pop()
            if running:
                running[-1][1].append(name)
            before = calls.pop(name, None)
            call = Call(name, module, 1 if before is None else before.times + 1)
            call.called = list(dict.fromkeys(children))
            if _one_tensor(output, len(pictures)):
                call.shape = tuple(output.shape[1:])
                call.nonnegative = bool((output >= 0).all())
                call.unchanged = _unchanged(module, given, output)
            calls[name] = call

        return hook

    try:
        for name, module in network.named_modules():
            handles.append(module.register_forward_pre_hook(begun(name)))
            handles.append(module.register_forward_hook(ended(name)))
        with torch.inference_mode():
            network(pictures)
    finally:
        for handle in handles:
            handle.remove()
    return calls, [name for name, call in calls.items() if not call.called]


def _one_tensor(output: object, count: int) -> bool:
    if not isinstance(output, Tensor) or not output.is_floating_point():
        return False
    return output.ndim >= 2 and output.shape[0] == count and output[0].numel() > 0


def _unchanged(module: nn.Module, given: Any, output: Tensor) -> bool:
    """Whether it put out the numbers that it got, in their order; what works in place is not asked."""
    if isinstance(module, ACTIVATIONS + NORMS) or not given or not isinstance(given[0], Tensor):
        return False
    before = given[0]
    if before.numel() != output.numel() or any(True for _ in module.parameters()):
        return False
    return torch.equal(before.reshape(-1), output.reshape(-1))


# ---- maps ----------------------------------------------------------------------------------------

Layout = Literal["channels first", "channels last", "tokens"]


def layout_of(shape: tuple[int, ...]) -> Layout | None:
    """How places of a square picture lie in an output of this shape for one picture.

    [C, S, S], [S, S, C], or [T, C] with T the square of a side after at most `PREFIX` tokens of other
    meaning; None for an output without places, or with one.
    """
    if len(shape) == 3 and shape[1] == shape[2] > 1:
        return "channels first"
    if len(shape) == 3 and shape[0] == shape[1] > 1:
        return "channels last"
    if len(shape) == 2 and shape[0] >= 4 and shape[0] - isqrt(shape[0]) ** 2 <= PREFIX:
        return "tokens"
    return None


def as_map(output: Tensor, layout: Layout) -> Tensor:
    """The output [N, ...] of a layer as a feature map [N, C, S, S], a view; tokens beside it left out."""
    if layout == "channels first":
        return output
    if layout == "channels last":
        return output.permute(0, 3, 1, 2)
    side = isqrt(output.shape[1])
    tokens = output[:, output.shape[1] - side**2 :]
    return tokens.transpose(1, 2).reshape(len(output), -1, side, side)
