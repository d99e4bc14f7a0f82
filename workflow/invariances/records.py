"""Declared objects as JSON and back: how a job is handed what it needs as one argument.

Dataclasses of numbers, texts, paths, tuples, mappings and other dataclasses. The type says how a text is
read: nothing is guessed from the text.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from invariances.errors import InputError, unknown

T = TypeVar("T")


def to_json(value: Any) -> str:
    """`value` as one line; the same text for the same value, fields and keys in their own order."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def from_json(kind: type[T], text: str, what: str) -> T:
    """The object of type `kind` that `text` holds; `what` is its name in messages.

    Raises
    ------
    InputError
        For a text that is no such object; the message names the key.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{what}: not valid JSON: {error}") from None
    built: T = build(kind, value, what)
    return built


def plain(value: Any) -> Any:
    """`value` in the types that JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def build(kind: Any, value: Any, where: str) -> Any:
    """The inverse of ``plain`` for a value of type `kind`; raises InputError naming the key."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if is_dataclass(kind):
        return _build_record(kind, value, where)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in inner:
            return None
        return build(next(part for part in inner if part is not type(None)), value, where)
    if origin is Literal:
        if value not in inner:
            raise unknown(where, str(value), map(str, inner))
        return value
    if origin is tuple and isinstance(value, list):
        kinds = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        if len(kinds) == len(value):
            pairs = zip(kinds, value, strict=True)
            return tuple(build(k, part, f"{where}.{i}") for i, (k, part) in enumerate(pairs))
    if origin is dict and isinstance(value, dict):
        return {key: build(inner[1], part, f"{where}.{key}") for key, part in value.items()}
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind is float and type(value) in (int, float):
        return float(value)
    if kind in (int, str, bool) and type(value) is kind:
        return value
    raise InputError(f"{where}: {json.dumps(value)[:80]}: must be of type {kind}")


def _build_record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise InputError(f"{where}: {json.dumps(value)[:80]}: must be an object")
    hints = get_type_hints(kind)
    known = {entry.name: entry for entry in fields(kind)}
    for key in value:
        if key not in known:
            raise unknown(f"{where}: key", key, known)
    for name, entry in known.items():
        if name not in value and entry.default is MISSING and entry.default_factory is MISSING:
            raise InputError(f"{where}: lacks {name!r}")
    return kind(
        **{name: build(hints[name], part, f"{where}.{name}") for name, part in value.items()}
    )
