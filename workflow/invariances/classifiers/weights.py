"""Weights from the libraries that publish them."""

import os
import pickle
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import torch

from invariances.classifiers.checkpoints import State
from invariances.classifiers.networks import constructor
from invariances.errors import InputError, unknown

DOWNLOAD_TRIES = 3
HUB = "huggingface.co"
"""Where timm's weights lie."""
NO_NETWORK = (
    "Name or service not known", "Temporary failure in name resolution", "nodename nor servname",
    "getaddrinfo failed", "Network is unreachable", "in the local cache", "offline mode",
)  # fmt: skip
"""What errors say where there is no network at all: to try again is no use."""
TENSORS_ONLY = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
"""What makes torch.load refuse everything else, whatever its caller says."""


def fetch_state(network: str, weights: str, options: dict[str, Any] | None = None) -> State:
    """The library's named weights, through its own loader, cache and hash check; retried.

    The library fills a network of its own: some published files need what only its builder knows
    (the DenseNets' old names, MNASNet's version). `options` are the constructor's, of which auxiliary
    heads alone decide which weights there are.
    """
    library, _, name = network.partition("/")
    if library == "torchvision":
        from torchvision import models

        entry = torchvision_weights(name, weights)
        _check_cached(entry.url)
        heads = {"aux_logits": True} if (options or {}).get("aux_logits") else {}

        def load() -> State:
            with _tensors_only():
                built = models.get_model(name, weights=entry, progress=False, **heads)
            return dict(built.state_dict())

        return _retried(load, network)
    if library == "timm":
        if not reachable(HUB):
            # What is in its cache is found at once; else it would try for minutes.
            os.environ["HF_HUB_OFFLINE"] = "1"
        import timm

        # An encoder as timm has it: with `num_classes` 0 it leaves the classifier's weights out.
        bare: dict[str, Any] = {"num_classes": 0} if (options or {}).get("num_classes") == 0 else {}
        full = name if weights in ("DEFAULT", "pretrained") else f"{name.split('.')[0]}.{weights}"
        return _retried(
            lambda: dict(timm.create_model(full, pretrained=True, **bare).state_dict()), network
        )
    raise InputError(f"weights {weights!r}: {network!r} has no named weights; give a file")


def reachable(host: str) -> bool:
    """Whether a host's name leads anywhere; a proxy, or a mirror, knows that better than we do."""
    if any(
        os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HF_ENDPOINT")
    ):
        return True
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        return False
    return True


@contextmanager
def _tensors_only() -> Iterator[None]:
    """torchvision's loader would unpickle anything that lies in the cache under the right name."""
    before = os.environ.get(TENSORS_ONLY)
    os.environ[TENSORS_ONLY] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[TENSORS_ONLY]
        else:
            os.environ[TENSORS_ONLY] = before


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
            if any(words in str(error) for words in NO_NETWORK):
                raise InputError(
                    f"weights of {what} would be downloaded, and no network reaches them from here; put "
                    "them into a file and name it: `weights: FILE` (`invariances run ... --weights FILE`)"
                ) from error
            time.sleep(2.0**attempt)
    raise AssertionError("unreachable")
