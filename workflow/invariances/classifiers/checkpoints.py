"""Weights from files as people save them, and whether they fit a network.

Nothing in a file is run: pickles are read as tensors and a short list of harmless classes.
"""

import argparse
import collections
import io
import pathlib
import pickle
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from invariances.classifiers.arrays import read_arrays_by_layer
from invariances.errors import InputError, unknown

State = dict[str, Tensor]

LEFT_OVER = re.compile(r"(^|\.)(n_averaged|total_ops|total_params)$")
"""Tensors that tools leave among weights: AveragedModel's count, thop's sums."""

DENSENET = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$"
)
"""Names in torchvision's published DenseNets, of before names could hold no dots (its loader's rule)."""

DEPTH = 3
"""How deep in a file's dictionaries weights are looked for."""


def read_state(path: Path, key: str | None = None) -> State:
    """Weights from a ``.safetensors`` or ``.npy`` file or a checkpoint, as float32 tensors by name.

    Parameters
    ----------
    path : a state dict, alone or in a dictionary beside epochs, arguments and optimizer.
    key : which of several: a key of that dictionary, dotted where it is nested, or the names' prefix.

    Raises
    ------
    InputError for a file that is not there, holds anything that would run code (naming its class and
    key), holds no weights, or several networks' and `key` does not say which.
    """
    if not path.is_file():
        raise InputError(f"weights: no file {str(path)!r}")
    readers = {".safetensors": _read_safetensors, ".npy": read_arrays_by_layer}
    content = readers.get(path.suffix, _read_pickle)(path)
    state = _chosen(content, path, key)
    return {
        name: value.float() if value.is_floating_point() else value for name, value in state.items()
    }


def _read_safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise InputError(f"weights {str(path)!r}: not a safetensors file: {error}") from error


# ---- pickles -------------------------------------------------------------------------------------


def _harmless() -> list[Any]:
    """Classes that checkpoints hold beside tensors and that do nothing when they are made."""
    scalar = np.float64(0).__reduce__()[0]
    rebuilt = np.zeros(1).__reduce__()[0]
    dtypes = {type(np.dtype(code)) for code in np.typecodes["All"] if code not in "OV"}
    named = [
        (value, f"{module}.{name}")
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
        for value, name in ((scalar, "scalar"), (rebuilt, "_reconstruct"))
    ]
    paths = [(pathlib.PurePosixPath, f"pathlib.{kind}") for kind in ("PosixPath", "PurePosixPath")]
    return [argparse.Namespace, np.dtype, np.ndarray, *dtypes, *named, *paths]


def _read_pickle(path: Path) -> Any:
    try:
        with torch.serialization.safe_globals(_harmless()):
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle raises what it will
        raise InputError(
            f"weights {str(path)!r}: refused, not plain tensors ({_reason(error, path)}); "
            "save the state dict, or better a .safetensors file"
        ) from error


def _reason(error: Exception, path: Path) -> str:
    """Why a file is refused, in a line; the class that is none of ours, and under which key."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error) or type(error).__name__)
    if "TorchScript" in text:
        return "a TorchScript program; save its state_dict()"
    found = re.search(r"(?:GLOBAL|global:?|class) ([\w.]+\.\w+)", text)
    if not found:
        return text.splitlines()[0]
    where = _key_of(found[1], path)
    return f"it holds the class {found[1]}" + (f" under the key {where!r}" if where else "")


class _Inert:
    """Stands for an instance of any class, and does nothing."""

    name = ""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __setstate__(self, _: Any) -> None: ...

    def __call__(self, *_: Any) -> "_Inert":
        return self

    def append(self, _: Any) -> None: ...

    def extend(self, _: Any) -> None: ...

    def __setitem__(self, *_: Any) -> None: ...


class _Skeleton(pickle.Unpickler):
    """Reads a pickle's dictionaries and puts inert things in the place of everything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("collections", "OrderedDict"), ("builtins", "dict")):
            return dict
        return type(name, (_Inert,), {"name": f"{module}.{name}"})

    def persistent_load(self, _: Any) -> Any:
        return _Inert()


def _key_of(name: str, path: Path) -> str:
    """The key under which a zipped checkpoint holds an instance of the class; "" where that is unknown."""
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next(each for each in archive.namelist() if each.endswith("data.pkl"))
            content = _Skeleton(io.BytesIO(archive.read(entry))).load()
        return next(_keys_of(content, name), "")
    except Exception:  # what cannot be read so has no key; it is refused all the same
        return ""


def _keys_of(content: Any, name: str, key: str = "", depth: int = DEPTH) -> Iterator[str]:
    if isinstance(content, _Inert) and content.name == name:
        yield key
    elif depth and isinstance(content, Mapping):
        for each, value in content.items():
            yield from _keys_of(value, name, f"{key}.{each}" if key else str(each), depth - 1)


# ---- which of a file's weights -------------------------------------------------------------------


def _chosen(content: Any, path: Path, key: str | None) -> State:
    """The one state dict in a file, or that under `key`."""
    found = dict(_states(content))
    if key is not None:
        if key in found:
            return found[key]
        prefixed = [_under(state, key) for state in found.values()]
        if sum(map(bool, prefixed)) == 1:
            return next(filter(None, prefixed))
        heads = {name.split(".")[0] for state in found.values() for name in state}
        raise unknown(
            f"weights_key of {str(path)!r}", key, [*filter(None, found), *sorted(heads)][:20]
        )
    if len(found) > 1:
        names = ", ".join(sorted(found))
        raise InputError(
            f"weights {str(path)!r}: hold several networks' weights; say which by `weights_key`: {names}"
        )
    if not found:
        raise InputError(
            f"weights {str(path)!r}: holds no state dict of tensors{_what_else(content)}"
        )
    return next(iter(found.values()))


def _states(content: Any, key: str = "", depth: int = DEPTH) -> Iterator[tuple[str, State]]:
    """Dictionaries of tensors by name within a checkpoint, with their keys; the optimizer's apart."""
    if not isinstance(content, Mapping) or not content:
        return
    inner = [
        found
        for each, value in content.items()
        if depth and isinstance(each, str) and not re.search("optim|sched|scaler", each.lower())
        for found in _states(value, f"{key}.{each}" if key else each, depth - 1)
    ]
    if inner:
        yield from inner
    elif all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in content.items()
    ):
        yield key, dict(content)


def _under(state: State, prefix: str) -> State:
    prefix = prefix.rstrip(".") + "."
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _what_else(content: Any) -> str:
    if not isinstance(content, Mapping):
        return f", but {type(content).__name__}"
    for key, value in content.items():
        if not isinstance(value, Tensor):
            return f": {key!r} is {type(value).__name__}"
        if not isinstance(key, str):
            return f": the key {key!r} is {type(key).__name__}"
    return ""


# ---- fitting -------------------------------------------------------------------------------------


def fit_state(network: nn.Module, state: State, what: str) -> nn.Module:
    """`network` with these weights; raises InputError naming the keys that do not fit.

    Prefixes that wrappers put before every name (``module.``, ``_orig_mod.``, Lightning's ``model.``)
    are taken off where the network's own names do not have them. A network that has a method
    ``published(state)`` is asked first: it gives its own names to weights of another program.
    """
    own = network.state_dict()
    if callable(published := getattr(network, "published", None)):
        state = published(state)
    fitted = _renamed({k: v for k, v in state.items() if k in own or not LEFT_OVER.search(k)}, own)
    missing = sorted(set(own) - set(fitted) - {k for k in own if k.endswith("num_batches_tracked")})
    extra = sorted(set(fitted) - set(own))
    shapes = [k for k in own if k in fitted and not _same_shape(own[k], fitted[k])]
    if shapes and not missing and not extra:
        theirs, ours = _classes(fitted, own, shapes)
        if theirs:
            raise InputError(
                f"{what} are of a network of {theirs} classes, but there are {ours} here; set `categories` "
                "of the dataset (`imagenet` for its thousand), or of the model (a file that names them)"
            )
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
    network.load_state_dict(versioned(fitted, own), strict=False)
    return network


def _classes(fitted: State, own: Mapping[str, Tensor], shapes: list[str]) -> tuple[int, int]:
    """How many classes weights and network tell apart, if that is all that differs; else 0 and 0."""
    pairs = {
        (fitted[k].shape[0], own[k].shape[0]) for k in shapes if own[k].dim() and fitted[k].dim()
    }
    if len(pairs) != 1 or any(fitted[k].shape[1:] != own[k].shape[1:] for k in shapes):
        return 0, 0
    layers = {k.rpartition(".")[0] for k in shapes}
    # Of the last layer, or that and auxiliary ones, weights and biases alike.
    whole = all(k in shapes for k in own if k.rpartition(".")[0] in layers and own[k].dim())
    last = list(own)[-1].rpartition(".")[0] in layers
    return pairs.pop() if whole and last else (0, 0)


def versioned(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """`state`, said to be of the version of the network whose names and shapes it has.

    Some modules (MNASNet, quantised ones) refuse weights of which they do not know it.
    """
    ordered = collections.OrderedDict(state)
    ordered._metadata = getattr(own, "_metadata", None)  # type: ignore[attr-defined]
    return ordered


def _renamed(state: State, own: Mapping[str, Tensor]) -> State:
    """The weights under the network's names, if prefixes or an old spelling are all that differs."""
    tried = state
    while not set(tried) <= set(own):
        heads = {name.partition(".")[0] for name in tried}
        if len(heads) != 1 or not all("." in name for name in tried):
            break
        prefix = f"{heads.pop()}."
        tried = {name.removeprefix(prefix): value for name, value in tried.items()}
    if set(tried) <= set(own) and tried:
        return tried
    spelt = {DENSENET.sub(r"\1\2", name): value for name, value in state.items()}
    if set(spelt) <= set(own):
        return spelt
    # They do not fit: for the message only what wrappers are known to add is taken off.
    while state and all(name.startswith(("module.", "_orig_mod.", "model.")) for name in state):
        prefix = next(iter(state)).partition(".")[0] + "."
        if any(name.startswith(prefix) for name in own) or not all(
            name.startswith(prefix) for name in state
        ):
            break
        state = {name.removeprefix(prefix): value for name, value in state.items()}
    return state


def _same_shape(own: Tensor, given: Tensor) -> bool:
    return bool(is_lazy(own)) or own.shape == given.shape
