"""Patterns of networks in a config: a ``*`` stands for many, each of which is a model of its own."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from glob import glob
from itertools import pairwise

from invariances.configuration.cached import (
    hub_folder,
    natural,
    of_timm,
    of_torchvision,
    torch_folder,
)
from invariances.configuration.declaration import Config, Model, Series
from invariances.configuration.section import NAME
from invariances.errors import InputError
from invariances.names import is_file

PRETRAINED = ("pretrained", "DEFAULT")
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
    paths = _paths(pattern)
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


def _paths(pattern: str) -> list[str]:
    """Files that a pattern matches, in the order of their numbers; only a ``*`` is more than a letter."""
    plain = pattern.replace("[", "[[]").replace("?", "[?]")
    return sorted(glob(plain), key=natural)  # noqa: PTH207 - as the config writes it, absolute or not


NUMBER = re.compile(r"(?:(?<!\w)-)?(?:\d+(?:\.\d+)?|(?<!\w)\.\d+)(?:[eE][-+]?\d+(?!\w))?")
"""A number in a file's name; a minus or a point after a letter or a digit is none of its own."""


def _places(texts: list[str]) -> list[float]:
    """Where files of a series stand: their numbers where each has its own, else 1, 2, 3, ..."""
    numbers = [NUMBER.search(text) for text in texts]
    values = [float(number[0]) for number in numbers if number]
    if len(set(values)) == len(texts):
        return values
    return [float(place) for place in range(1, len(texts) + 1)]


# ---- networks ------------------------------------------------------------------------------------


def _networks(key: str, model: Model) -> Iterator[tuple[str, Model]]:
    """A library's networks whose weights are here: in its cache, or in files that bear their names."""
    library, _, pattern = model.network.partition("/")
    if library not in ("timm", "torchvision"):
        raise InputError(
            f"models.{key}.network: {model.network!r}: only timm's and torchvision's networks can be named "
            "by a pattern"
        )
    if is_file(model.weights):
        weights = _files_of_networks(key, model, pattern)
    else:
        weights = dict.fromkeys(_cached(key, model, library, pattern), model.weights)
    form = re.compile(re.escape(pattern).replace(r"\*", "(.*?)").replace(r"\?", "(.)"))
    for name, own in weights.items():
        matched = form.fullmatch(name)
        stars = matched.groups() if matched else ()
        changes = {"network": f"{library}/{name}", "weights": own, "label": None}
        called = _named(key, model, stars) if model.label else _fit(name)
        yield called, model.model_copy(update=changes)


def _cached(key: str, model: Model, library: str, pattern: str) -> list[str]:
    """The networks of a pattern whose published weights are in the library's cache."""
    weights = model.weights
    if library == "timm" and weights not in PRETRAINED:
        raise InputError(
            f"models.{key}.weights: {weights!r}: networks of timm's named by a pattern have `pretrained`, "
            "or files, as weights/*.safetensors"
        )
    if library == "torchvision" and weights in ("pretrained", "train", "own", "package"):
        raise InputError(
            f"models.{key}.weights: {weights!r}: networks of torchvision's named by a pattern have "
            "`DEFAULT`, a name of published weights (IMAGENET1K_V1), or files, as weights/*.pth"
        )
    there = of_timm() if library == "timm" else of_torchvision(weights)
    names = [name for name in there if fnmatchcase(name, pattern)]
    if not names:
        folder = hub_folder() if library == "timm" else torch_folder()
        raise InputError(
            f"models.{key}.network: {model.network!r}: none of that name has its weights ({weights}) in "
            f"{folder}, where {library} keeps what it has downloaded"
        )
    return names


def _files_of_networks(key: str, model: Model, pattern: str) -> dict[str, str]:
    """Files of weights by the network's name, for which the ``*`` of their pattern stands."""
    weights = model.weights
    if weights.count("*") != 1:
        raise InputError(
            f"models.{key}.weights: {weights!r}: many networks have many files; write one *, which stands "
            "for a network's name, as weights/*.pth"
        )
    start, end = weights.split("*")
    paths = {path[len(start) : len(path) - len(end)]: path for path in _paths(weights)}
    names = sorted((name for name in paths if fnmatchcase(name, pattern)), key=natural)
    if not names:
        raise InputError(
            f"models.{key}.weights: {weights!r}: no file there has the name of a network that "
            f"{model.network!r} stands for"
        )
    return {name: paths[name] for name in names}


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
        raise InputError(f"models.{key}.label: {name!r} cannot be a folder's name: {NAME}")
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
