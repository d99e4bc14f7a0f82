"""A config as YAML has it, checked against its declaration: the first wrong key is explained."""

import json
import re
from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ValidationError

from invariances.configuration.declaration import Config
from invariances.configuration.heads import check_heads
from invariances.configuration.learned import ITN
from invariances.configuration.patterns import expanded
from invariances.configuration.retrained import further_trainings
from invariances.errors import InputError, unknown

KINDS = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "string_type": "a string",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "an object, keys with values",
    "model_type": "an object, keys with values",
}
"""What errors of a wrong type mean, in the words of YAML and JSON."""


def check(config: Any) -> Config:
    """The typed config, defaults filled in and `~` written out; `config` is not changed.

    Raises InputError naming the first wrong key, its value and what is allowed.
    """
    raw = _plain(config, "config")
    if not isinstance(raw, dict):
        raise InputError(f"config: {_shown(raw)}: must be an object, keys with values")
    _refuse_older(raw)
    if "transforms" in raw:
        # Who names what is screened is not given more than that.
        raw = {"pairs": [], "itn": {"enabled": False}} | raw
    try:
        checked = Config.model_validate(raw)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False), raw) from None
    checked = expanded(checked)
    itn = checked.itn
    if itn.enabled and (itn.spatial, itn.colour, itn.convolution) == (None, None, None):
        raise InputError(
            "itn: spatial, colour and convolution are all null, nothing can be learned; name a family of "
            "one of them, or write `enabled: false`"
        )
    if itn.enabled:
        _check_objective(itn)
    for name in itn.gated:
        if name not in checked.models:
            raise unknown("itn.gated", name, checked.models)
    for name in checked.layers if isinstance(checked.layers, dict) else ():
        if name not in checked.models:
            raise unknown("layers", name, checked.models)
    if checked.dataset.hole != "smooth" and checked.dataset.masks is None:
        raise InputError(
            f"dataset.hole: {checked.dataset.hole!r}: says what is put behind an object that a mask shows, "
            "and there are none; give dataset.masks, or leave it out"
        )
    further_trainings(checked)
    check_heads(checked)
    return checked


def _check_objective(itn: ITN) -> None:
    """That what only one objective has is asked of no other."""
    if itn.objective != "volume":
        for key, plain in (("layers", ("paper", None)), ("dimensions", (2,)), ("signed", (False,))):
            value = getattr(itn, key)
            if value not in plain:
                raise InputError(
                    f"itn.{key}: {str(value).lower()}: the objective {itn.objective} has the paper's "
                    "layers and two components of k in [0, 1]; write `objective: volume`, or leave it out"
                )
    if itn.objective != "gated" and itn.accuracy_wanted is not None:
        raise InputError(
            f"itn.accuracy_wanted: {itn.accuracy_wanted:g}: is the gate of `objective: gated`, not of "
            f"{itn.objective}; leave it out"
        )


def _refuse_older(raw: Mapping[str, Any]) -> None:
    """Until version 0.2 results' config.yaml held what follows from the config beside it."""
    if "costs" in raw or isinstance(raw.get("chunks"), dict):
        raise InputError(
            "config: this is the resolved config of an older version, which held more than a config does "
            "(`costs`, each chunk's classes); give the config that its run was started with"
        )


def _plain(value: Any, where: str) -> Any:
    """A copy of what YAML read, of types that JSON has and finite numbers only."""
    within = "" if where == "config" else f"{where}."
    if isinstance(value, Mapping):
        return {str(key): _plain(part, f"{within}{key}") for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, f"{within}{place}") for place, part in enumerate(value)]
    if isinstance(value, float) and not np.isfinite(value):
        raise InputError(f"{where}: {value}: must be a finite number")
    if value is not None and not isinstance(value, str | int | float):
        raise InputError(f"{where}: {value} is read as a {type(value).__name__}; put it in quotes")
    return value


# ---- messages ------------------------------------------------------------------------------------


def _explained(errors: list[Any], raw: dict[str, Any]) -> InputError:
    """The message of the error to mend first: a misspelt key before what is missing for it."""
    urgent = {"extra_forbidden": 0, "missing": 1}
    places = [_place(error["loc"], raw) for error in errors]
    # What is wrong within a list tells more than that the list is no alternative.
    _, _, chosen = min(
        (urgent.get(error["type"], 2), -len(place), number)
        for number, (error, place) in enumerate(zip(errors, places, strict=True))
    )
    first, place = errors[chosen], places[chosen]
    where, kind = ".".join(map(str, place)) or "config", first["type"]
    if kind == "extra_forbidden":
        parent = ".".join(map(str, place[:-1])) or "config"
        return unknown(f"{parent}: key", str(place[-1]), _keys(place[:-1]))
    if kind == "missing":
        return InputError(f"{where}: the key {first['loc'][-1]!r} is missing")
    value, about = _shown(first["input"]), _about(place)
    if first["loc"][-1] == "[key]":
        return InputError(f"{'.'.join(map(str, place[:-1]))}: {value}: {_complaint(first, place)}")
    if place[:2] == ("dataset", "classes") and isinstance(first["input"], bool | None):
        return InputError(f"{where}: {value}: YAML reads a bare no, yes or null so; quote the name")
    if kind == "too_short" and first["input"] == {}:
        return InputError(f"{where}: must not be empty{about}")
    same = [error for error, other in zip(errors, places, strict=True) if other == place]
    names = [name for error in same for name in _names(error)]
    others = {error["type"] for error in same if not _names(error)}
    if names and isinstance(first["input"], str) and others <= {"string_pattern_mismatch"}:
        return unknown(where, first["input"], [*names, *(["<module>:<name>"] if others else [])])
    complaints = [text for error in same if (text := _complaint(error, place))]
    kinds = [KINDS[error["type"]] for error in same if error["type"] in KINDS]
    if not complaints:
        alternatives = [*(f"`{name}`" for name in names), *dict.fromkeys(kinds)]
        complaints = [f"must be {' or '.join(alternatives)}"]
    return InputError(f"{where}: {value}: {' and '.join(complaints)}{about}")


def _place(loc: tuple[Any, ...], raw: Any) -> tuple[Any, ...]:
    """The part of pydantic's location that the user wrote: without the names of alternatives."""
    found: list[Any] = []
    for key in loc:
        if key in raw if isinstance(raw, dict) else isinstance(raw, list) and isinstance(key, int):
            raw = raw[key]
            found.append(key)
    return tuple(found)


def _names(error: Any) -> list[str]:
    """The names that a choice allows."""
    return re.findall(r"'([^']+)'", error["ctx"]["expected"]) if "literal" in error["type"] else []


def _complaint(error: Any, place: tuple[Any, ...]) -> str:
    """What is wrong with a value of the right type; nothing where its type is wrong."""
    kind, context = error["type"], error.get("ctx", {})
    texts = {
        "greater_than_equal": "is less than the minimum of {ge:g}",
        "less_than_equal": "is more than the maximum of {le:g}",
        "greater_than": "must be above {gt:g}",
        "less_than": "must be below {lt:g}",
        "too_short": f"is too short, {_lengths(place) or '{min_length}'} are needed",
        "too_long": f"is too long, {_lengths(place) or '{max_length}'} are wanted",
        "string_pattern_mismatch": "must match {pattern}",
        "value_error": "{error}",
    }
    if kind in KINDS or "literal" in kind:
        return ""
    return texts[kind].format(**context) if kind in texts else str(error["msg"])


def _lengths(place: tuple[Any, ...]) -> str:
    """How many entries the key at `place` may have, ``2 or 3``; nothing where there is no most."""
    section = _section(place[:-1])
    field = section.model_fields.get(place[-1]) if section else None
    if field is None:
        return ""
    bounds = [*field.metadata, *_metadata(field.annotation)]
    least, most = (
        max((getattr(bound, end, 0) for bound in bounds), default=0)
        for end in ("min_length", "max_length")
    )
    return " or ".join(map(str, range(least, most + 1)))


def _metadata(kind: Any) -> list[Any]:
    """What is said of the lengths of a type, or of one beside others, in its annotations."""
    found = [
        bound
        for field in getattr(kind, "__metadata__", ())
        for bound in getattr(field, "metadata", ())
    ]
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    return [*found, *(bound for part in parts for bound in _metadata(part))]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


def _keys(place: tuple[Any, ...]) -> list[str]:
    section = _section(place)
    return list(section.model_fields) if section else []


def _about(place: tuple[Any, ...]) -> str:
    """The description of the key, in brackets; of the nearest that has one."""
    for end in range(len(place), 0, -1):
        section = _section(place[: end - 1])
        if section and place[end - 1] in section.model_fields:
            text = section.model_fields[place[end - 1]].description or ""
            return f" ({' '.join(text.split())})"
    return ""


def _section(place: tuple[Any, ...]) -> type[BaseModel] | None:
    """The declaration of the section that stands at `place`; None where another value does."""
    kind: Any = Config
    for key in place:
        kind = _within(kind, key)
    return _alone(kind)


def _alone(kind: Any) -> type[BaseModel] | None:
    """The section that a type is, or that it is beside other types."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    return next((found for part in parts if (found := _alone(part))), None)


def _within(kind: Any, key: Any) -> Any:
    """The type of what stands at `key` of a value."""
    section, origin, parts = _alone(kind), get_origin(kind), get_args(kind)
    if section:
        field = section.model_fields.get(key)
        return field.annotation if field else None
    if origin is dict:
        return parts[1]
    return parts[0] if origin is tuple else None
