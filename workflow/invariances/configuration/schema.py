"""A config against its schema: defaults filled in, the first wrong key explained."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from invariances.errors import InputError, unknown

Config = dict[str, Any]


def check(config: Mapping[str, Any], schema: Mapping[str, Any]) -> Config:
    """`config` with the schema's defaults filled in and `~` written out.

    Raises InputError naming the first wrong key.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    complete: Config = with_defaults(_plain(config, "config"), schema)
    # The standard calls 20.0 an integer; a count of pictures it is not.
    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: type(value) is int
    )
    validator = extend(Draft202012Validator, type_checker=types)(schema)
    errors = sorted(validator.iter_errors(complete), key=lambda e: list(e.path))
    if errors:
        raise _explained(errors[0])
    for section in (complete.get("dataset", {}), *complete.get("models", {}).values()):
        for key in ("root", "training_root", "weights", "categories"):
            if str(section.get(key)).startswith("~"):
                section[key] = str(Path(section[key]).expanduser())
    return complete


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


def with_defaults(value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` with every default of the schema that it leaves out, recursively."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for key, part in properties.items():
            if key not in value and "default" in part:
                value[key] = json.loads(json.dumps(part["default"]))
        others = schema.get("additionalProperties")
        for key in value:
            part = properties.get(key, others)
            if isinstance(part, Mapping):
                value[key] = with_defaults(value[key], part)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        value = [with_defaults(item, schema["items"]) for item in value]
    return value


def _explained(error: Any) -> InputError:
    where = ".".join(str(part) for part in error.absolute_path) or "config"
    if error.validator == "additionalProperties":
        allowed = error.schema.get("properties", {})
        extra = sorted(set(error.instance) - set(allowed))[0]
        return unknown(f"{where}: key", extra, allowed)
    if error.validator == "enum":
        return unknown(where, str(error.instance), error.validator_value)
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return InputError(f"{where}: the key {missing[0]!r} is missing")
    about = error.schema.get("description", "")
    if error.validator == "minProperties":
        return InputError(f"{where}: must not be empty ({' '.join(about.split())})")
    about = f" ({' '.join(about.split())})" if about else ""
    return InputError(f"{where}: {json.dumps(error.instance)[:80]}: {error.message[:200]}{about}")
