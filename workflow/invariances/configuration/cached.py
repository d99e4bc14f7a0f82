"""Which networks' published weights are on this machine: what libraries keep of their downloads."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

HUB = "models--timm--"
"""How the hub's cache calls a repository of timm's."""
WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def hub_folder() -> Path:
    """Where the Hugging Face hub's library keeps what it downloads, by the variables that it knows."""
    if hub := os.environ.get("HF_HUB_CACHE"):
        return Path(hub)
    return Path(os.environ.get("HF_HOME", _caches() / "huggingface")).expanduser() / "hub"


def torch_folder() -> Path:
    """Where torch.hub keeps files of weights, by the variables that it knows."""
    return Path(os.environ.get("TORCH_HOME", _caches() / "torch")).expanduser() / "hub/checkpoints"


def _caches() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()


def of_timm() -> list[str]:
    """timm's networks, with their tags, whose weights are in the hub's folder."""
    found = [
        folder.name.removeprefix(HUB)
        for folder in hub_folder().glob(f"{HUB}*")
        if any(any(folder.glob(f"snapshots/*/{name}")) for name in WEIGHTS)
    ]
    return sorted(found, key=natural)


def of_torchvision(weights: str) -> list[str]:
    """torchvision's classifiers whose weights of that name, or ``DEFAULT``, are in torch.hub's folder.

    Which file is whose torchvision alone knows: it is imported, which takes seconds, where there is any.
    """
    there = {path.name for path in torch_folder().glob("*.pth")}
    if not there:
        return []
    from torchvision import models

    found = []
    for name in models.list_models(module=models):
        entries = models.get_model_weights(name)
        entry = entries.DEFAULT if weights == "DEFAULT" else entries.__members__.get(weights)
        if entry is not None and Path(urlsplit(entry.url).path).name in there:
            found.append(name)
    return sorted(found, key=natural)


def natural(text: str) -> list[tuple[int, str]]:
    """Numbers by their size: epoch_2 before epoch_10."""
    parts = re.split(r"(\d+)", text)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
