"""Networks by name: torchvision's, timm's, and a user's own ``<module>:<callable>``."""

import inspect
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin

from invariances.errors import InputError, unknown
from invariances.extension import is_own, load
from invariances.names import is_file

LIBRARY_OPTIONS = {
    "googlenet": {"transform_input": True, "aux_logits": False, "init_weights": False},
    "inception_v3": {"transform_input": True, "init_weights": False},
}
"""What torchvision sets where it loads its own weights: right for those, wrong for any others."""


def options_of(network: str, weights: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """The constructor's arguments for these weights: `options`, and what the library sets for its own."""
    library, _, name = network.partition("/")
    named = library == "torchvision" and weights not in ("train", "own") and not is_file(weights)
    usual = LIBRARY_OPTIONS.get(name, {}) if named else {}
    return usual | (options or {})


def build(
    network: str,
    *,
    classes: int | None,
    options: dict[str, Any] | None = None,
    side: int | None = None,
) -> nn.Module:
    """An untrained network of float32 with `classes` logits; None of an encoder is the library's number.

    A user's own callable is given `options`, and ``num_classes`` if it takes that; torchvision's and
    timm's constructors likewise. Wrappers that change names alone (DataParallel, torch.compile) are
    taken off, and layers whose sizes are left open (LazyLinear) get them from a blank picture of
    `side` pixels, where that is given. Raises InputError naming what cannot be found.
    """
    construct = constructor(network)
    arguments = dict(options or {})
    if classes is not None and _takes(construct, "num_classes"):
        arguments.setdefault("num_classes", classes)
    try:
        built = construct(**arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"network {network!r} cannot be built so: {error}") from error
    if not isinstance(built, nn.Module):
        raise InputError(f"network {network!r} returned {type(built).__name__}, not a torch module")
    built = _unwrapped(built)
    # Pictures are float32: a network of another type would refuse them.
    if any(p.is_floating_point() and p.dtype != torch.float32 for p in built.parameters()):
        built.float()
    if side is not None:
        give_sizes(built, side, network)
    return built


def lazy(network: nn.Module) -> bool:
    """Whether layers wait for their first picture to know their sizes."""
    return any(
        isinstance(module, LazyModuleMixin) and module.has_uninitialized_params()
        for module in network.modules()
    )


def _unwrapped(network: nn.Module) -> nn.Module:
    while True:
        wrapped = isinstance(network, nn.DataParallel | nn.parallel.DistributedDataParallel)
        inner = network.module if wrapped else getattr(network, "_orig_mod", None)
        if not isinstance(inner, nn.Module):
            return network
        network = inner


def give_sizes(network: nn.Module, side: int, name: str) -> None:
    """Let layers that wait for their first picture see a blank one of `side` pixels."""
    if not lazy(network):
        return
    training = [module for module in network.modules() if module.training]
    nn.Module.train(network, False)
    try:
        with torch.no_grad():
            network(torch.zeros(1, 3, side, side))
    except Exception as error:  # a network's own code may raise anything
        raise InputError(
            f"network {name!r} fails on a picture of {side}x{side}: {error}"
        ) from error
    for module in training:
        module.training = True


def own_digest(network: str, *, classes: int | None, options: dict[str, Any] | None = None) -> str:
    """A digest of the weights that a user's own callable returns, where a config says ``weights: own``.

    What the callable draws at random is drawn from one seed, so that it alone is no other network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        state = build(network, classes=classes, options=options).state_dict()
    digest = sha256()
    for name, value in sorted(state.items()):
        if nn.parameter.is_lazy(value):  # has no values before its first picture
            continue
        array = value.detach().cpu().contiguous()
        digest.update(f"{name} {array.dtype} {list(array.shape)}\n".encode())
        digest.update(array.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def constructor(network: str) -> Callable[..., Any]:
    """What makes the network; raises InputError for a name that means nothing."""
    library, _, name = network.partition("/")
    if library == "torchvision" and name:
        from torchvision import models

        if name not in models.list_models(module=models):
            raise unknown("network torchvision/", name, models.list_models(module=models))
        return lambda **options: models.get_model(name, weights=None, **options)
    if library == "timm" and name:
        import timm

        if not timm.is_model(name.split(".")[0]):
            raise unknown("network timm/", name, timm.list_models())
        return lambda **options: timm.create_model(name, pretrained=False, **options)
    if is_own(network):
        return load("network", network)
    raise InputError(
        f"network {network!r}: write torchvision/<model>, timm/<model> or <module>:<callable>"
        f"{_where(network)}"
    )


def _where(name: str) -> str:
    """In which libraries there is a network of that name, as the end of a message."""
    import timm
    from torchvision import models

    here = {"torchvision": name in models.list_models(module=models), "timm": timm.is_model(name)}
    found = [f"{library}/{name}" for library, there in here.items() if there]
    return f"; there is {' and '.join(found)}" if found else ""


def _takes(function: Callable[..., Any], name: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return False
    return any(p.name == name or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
