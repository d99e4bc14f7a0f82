"""Networks by name: torchvision's, timm's, and a user's own ``<module>:<callable>``."""

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import nn

from invariances.errors import InputError, unknown


def build(network: str, *, classes: int, options: dict[str, Any] | None = None) -> nn.Module:
    """An untrained network with `classes` logits.

    A user's own callable is given `options`, and ``num_classes`` if it takes that; torchvision's and
    timm's constructors likewise. Raises InputError naming what cannot be found.
    """
    construct = constructor(network)
    arguments = dict(options or {})
    if _takes(construct, "num_classes"):
        arguments.setdefault("num_classes", classes)
    try:
        built = construct(**arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"network {network!r} cannot be built so: {error}") from error
    if not isinstance(built, nn.Module):
        raise InputError(f"network {network!r} returned {type(built).__name__}, not a torch module")
    return built


def constructor(network: str) -> Callable[..., Any]:
    """What makes the network; raises InputError for a name that means nothing."""
    library, _, name = network.partition("/")
    if library == "torchvision" and name:
        from torchvision import models

        if name not in models.list_models(module=models):
            raise unknown("network torchvision/", name, models.list_models(module=models))
        # Their published weights expect this; torchvision sets it only where it loads them itself.
        inputs = {"transform_input": True} if name in ("googlenet", "inception_v3") else {}
        return lambda **options: models.get_model(name, weights=None, **(inputs | options))
    if library == "timm" and name:
        import timm

        if not timm.is_model(name.split(".")[0]):
            raise unknown("network timm/", name, timm.list_models())
        return lambda **options: timm.create_model(name, pretrained=False, **options)
    if ":" in network:
        return _own(network)
    raise InputError(
        f"network {network!r}: write torchvision/<model>, timm/<model> or <module>:<callable>"
    )


def _own(network: str) -> Callable[..., Any]:
    module_name, _, name = network.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # a module's own code may raise anything
        raise InputError(
            f"network {network!r}: {module_name!r} cannot be imported: {error!r}"
        ) from error
    if not callable(getattr(module, name, None)):
        names = [key for key, value in vars(module).items() if callable(value)]
        raise unknown(f"network {network!r}: in the module {module_name}", name, names)
    function: Callable[..., Any] = getattr(module, name)
    return function


def _takes(function: Callable[..., Any], name: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return False
    return any(p.name == name or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
