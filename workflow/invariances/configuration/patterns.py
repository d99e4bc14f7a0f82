"""Patterns of networks in a config: a ``*`` stands for many, each of which is a model of its own."""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from glob import glob
from itertools import pairwise
from pathlib import Path

from invariances.configuration.declaration import Config, Model, Series
from invariances.configuration.section import NAME
from invariances.errors import InputError
from invariances.names import is_file

PRETRAINED = ("pretrained", "DEFAULT")
HUB = "models--timm--"
"""How the hub's cache calls a repository of timm's."""
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
MANY = 6
"""Networks up to which all pairs are compared: 15 of them."""


def expanded(config: Config) -> Config:
    """The config with each pattern's networks in its place, in the order of their numbers.

    Raises InputError for a pattern that nothing matches, and for names that are none or taken.
    """
    found: dict[str, Model] = {}
    for key, model in config.models.items():
        for name, each in _matches(key, model):
            if name in found:
                raise InputError(
                    f"models.{key}: two networks are called {name!r}; tell them apart by `label`"
                )
            found[name] = each
    return config.model_copy(update={"models": found})


def _matches(key: str, model: Model) -> Iterator[tuple[str, Model]]:
    if "*" in model.network:
        yield from _networks(key, model)
    elif "*" in model.weights and is_file(model.weights):
        yield from _files(key, model)
    else:
        if model.label is not None:
            raise InputError(f"models.{key}.label: names what a pattern matches, and there is none")
        yield key, model


# ---- files of weights ----------------------------------------------------------------------------


def _files(key: str, model: Model) -> Iterator[tuple[str, Model]]:
    """A network a file; by its last ``*`` a series."""
    pattern = model.weights
    if "**" in pattern:
        raise InputError(f"models.{key}.weights: {pattern!r}: write a * for each folder")
    if model.series is not None:
        raise InputError(f"models.{key}.series: the pattern of its weights makes a series")
    form = re.compile(re.escape(pattern).replace(r"\*", "([^/]*)"))
    plain = pattern.replace("[", "[[]").replace("?", "[?]")
    paths = sorted(glob(plain), key=_natural)  # noqa: PTH207 - as the config writes it, absolute or not
    parts = {path: found.groups() for path in paths if (found := form.fullmatch(path))}
    if not parts:
        raise InputError(f"models.{key}.weights: {pattern!r}: no file matches")
    groups: dict[tuple[str, ...], list[str]] = {}
    for path, stars in parts.items():
        groups.setdefault(stars[:-1], []).append(path)
    for stars, members in groups.items():
        at = _places([parts[path][-1] for path in members])
        series = "-".join([key, *stars])
        for path, place in sorted(zip(members, at, strict=True), key=lambda pair: pair[1]):
            changes = {"weights": path, "label": None, "series": Series(name=series, at=place)}
            yield _named(key, model, parts[path]), model.model_copy(update=changes)


def _places(texts: list[str]) -> list[float]:
    """Where files of a series stand: their numbers where each has its own, else 1, 2, 3, ..."""
    numbers = [re.search(r"\d+(?:\.\d+)?", text) for text in texts]
    values = [float(number[0]) for number in numbers if number]
    if len(set(values)) == len(texts):
        return values
    return [float(place) for place in range(1, len(texts) + 1)]


def _natural(text: str) -> list[tuple[int, str]]:
    """Numbers by their size: epoch_2 before epoch_10."""
    parts = re.split(r"(\d+)", text)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


# ---- networks ------------------------------------------------------------------------------------


def _networks(key: str, model: Model) -> Iterator[tuple[str, Model]]:
    """timm's networks of which pretrained weights are in the cache."""
    library, _, pattern = model.network.partition("/")
    if library != "timm":
        raise InputError(
            f"models.{key}.network: {model.network!r}: only timm's networks can be named by a pattern"
        )
    if model.weights not in PRETRAINED:
        raise InputError(
            f"models.{key}.weights: {model.weights!r}: networks named by a pattern have `pretrained`"
        )
    names = [name for name in cached() if fnmatchcase(name, pattern)]
    if not names:
        raise InputError(
            f"models.{key}.network: {model.network!r}: none of that name has its weights in "
            f"{cache_folder()}, where timm keeps what it has downloaded"
        )
    form = re.compile(re.escape(pattern).replace(r"\*", "(.*?)").replace(r"\?", "(.)"))
    for name in names:
        matched = form.fullmatch(name)
        stars = matched.groups() if matched else ()
        changes = {"network": f"timm/{name}", "label": None}
        called = _named(key, model, stars) if model.label else _fit(name)
        yield called, model.model_copy(update=changes)


def cache_folder() -> Path:
    """Where the Hugging Face hub's library keeps what it downloads, by the variables that it knows."""
    if hub := os.environ.get("HF_HUB_CACHE"):
        return Path(hub)
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    return Path(os.environ.get("HF_HOME", cache / "huggingface")).expanduser() / "hub"


def cached() -> list[str]:
    """timm's networks, with their tags, whose weights are in that folder."""
    found = [
        folder.name.removeprefix(HUB)
        for folder in cache_folder().glob(f"{HUB}*")
        if any(any(folder.glob(f"snapshots/*/{name}")) for name in WEIGHTS)
    ]
    return sorted(found, key=_natural)


# ---- names ---------------------------------------------------------------------------------------


def _named(key: str, model: Model, stars: tuple[str, ...]) -> str:
    """What one of them is called in results."""
    if model.label is None:
        return _fit("-".join([key, *stars]))
    try:
        name = model.label.format("", *stars, model=key)
    except (IndexError, KeyError, ValueError) as error:
        raise InputError(
            f"models.{key}.label: {model.label!r}: {error}; it may hold {{model}} and "
            f"{', '.join(f'{{{place}}}' for place in range(1, len(stars) + 1))}"
        ) from error
    if not re.fullmatch(NAME, name):
        raise InputError(f"models.{key}.label: {name!r} is fit for no folder: {NAME}")
    return name


def _fit(name: str) -> str:
    """A name as it may stand in paths."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:100]


def compared(config: Config) -> list[tuple[str, str]]:
    """The pairs of networks that are held against each other."""
    return pairs_of(list(config.models), config.comparisons)


def pairs_of(models: list[str], wanted: str) -> list[tuple[str, str]]:
    """All pairs of networks, or those that stand side by side, or none."""
    if wanted == "none":
        return []
    if wanted == "adjacent" or (wanted == "auto" and len(models) > MANY):
        return list(pairwise(models))
    return [(one, two) for place, one in enumerate(models) for two in models[place + 1 :]]
