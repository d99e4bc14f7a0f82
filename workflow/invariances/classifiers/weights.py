"""Weights from files and from the libraries that publish them."""

import pickle
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import torch
from torch import Tensor, nn

from invariances.classifiers.networks import constructor
from invariances.errors import InputError, unknown

DOWNLOAD_TRIES = 3

State = dict[str, Tensor]


def read_state(path: Path) -> State:
    """Weights from a ``.safetensors`` or ``.pth`` file, as float32 tensors by name.

    Pickles are read as tensors only: one that would run code is refused. A state dict under
    ``state_dict`` or ``model`` is found, the prefix ``module.`` removed where DataParallel has put it
    before every name.
    """
    if not path.is_file():
        raise InputError(f"weights: no file {str(path)!r}")
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            state = load_file(path)
        except SafetensorError as error:
            raise InputError(f"weights {str(path)!r}: not a safetensors file: {error}") from error
    else:
        state = _read_pickle(path)
    prefix = "module." if all(name.startswith("module.") for name in state) else ""
    return {
        name.removeprefix(prefix): value.float() if value.is_floating_point() else value
        for name, value in state.items()
    }


def _read_pickle(path: Path) -> State:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle raises what it will
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError(
            f"weights {str(path)!r}: refused, not plain tensors ({reason}); "
            "save the state dict, or better a .safetensors file"
        ) from error
    for key in ("state_dict", "model"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in content.items()
    ):
        raise InputError(f"weights {str(path)!r}: holds no state dict of tensors")
    return content


def fetch_state(network: str, weights: str) -> State:
    """The library's named weights, through its own loader, cache and hash check; retried."""
    library, _, name = network.partition("/")
    if library == "torchvision":
        entry = torchvision_weights(name, weights)
        _check_cached(entry.url)
        # Its loader would unpickle anything that lies in the cache under the right name.
        options = {"progress": False, "check_hash": True, "weights_only": True}
        return _retried(lambda: dict(entry.get_state_dict(**options)), network)
    if library == "timm":
        import timm

        full = name if weights in ("DEFAULT", "pretrained") else f"{name.split('.')[0]}.{weights}"
        return _retried(
            lambda: dict(timm.create_model(full, pretrained=True).state_dict()), network
        )
    raise InputError(f"weights {weights!r}: {network!r} has no named weights; give a file")


def _check_cached(url: str) -> None:
    """Torch checks a file's hash when it downloads it, not when it finds it in its cache."""
    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(url).path).name
    said = torch.hub.HASH_REGEX.search(file.name)
    if said and file.is_file():
        found = sha256(file.read_bytes()).hexdigest()
        if not found.startswith(said.group(1)):
            raise InputError(
                f"{file}: its SHA-256 is {found[:8]}..., not {said.group(1)}...: damaged or another "
                "file; remove it and it is downloaded again"
            )


def torchvision_weights(name: str, weights: str) -> Any:
    """torchvision's entry for a model's named weights; raises InputError with the names there are."""
    from torchvision import models

    constructor(f"torchvision/{name}")
    entries = models.get_model_weights(name)
    if weights == "DEFAULT":
        return entries.DEFAULT
    if weights not in entries.__members__:
        raise unknown(f"weights of torchvision/{name}", weights, ["DEFAULT", *entries.__members__])
    return entries[weights]


def _retried(load: Callable[[], State], what: str) -> State:
    for attempt in range(1, DOWNLOAD_TRIES + 1):
        try:
            return load()
        except (OSError, RuntimeError, pickle.UnpicklingError) as error:
            if attempt == DOWNLOAD_TRIES:
                raise InputError(f"weights of {what}: download failed: {error}") from error
            time.sleep(2.0**attempt)
    raise AssertionError("unreachable")


def fit_state(network: nn.Module, state: State, what: str) -> nn.Module:
    """`network` with these weights; raises InputError naming the keys that do not fit."""
    own = network.state_dict()
    missing = sorted(set(own) - set(state) - {k for k in own if k.endswith("num_batches_tracked")})
    extra = sorted(set(state) - set(own))
    shapes = [k for k in own if k in state and own[k].shape != state[k].shape]
    if missing or extra or shapes:
        problems = [
            f"{label} {', '.join(keys[:3])}{' ...' if len(keys) > 3 else ''}"
            for label, keys in (
                ("lacks", missing),
                ("does not know", extra),
                ("other shape:", shapes),
            )
            if keys
        ]
        raise InputError(f"{what} do not fit the network: {'; '.join(problems)}")
    network.load_state_dict(state, strict=False)
    return network
