"""The magnitudes of each transform and pair of transforms that a config names."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from invariances.configuration.schema import Config
from invariances.errors import InputError, unknown


def transforms(section: Mapping[str, Any]) -> dict[str, Config]:
    """Each transform's grid and what figures must know of it; raises InputError naming the key."""
    from invariances.transforms import TRANSFORMS

    resolved: dict[str, Config] = {}
    for name, options in section.items():
        if name not in TRANSFORMS:
            raise unknown("transforms", name, TRANSFORMS)
        transform = TRANSFORMS[name]
        magnitudes = grid(name, options or {}, transform)
        _try_transform(f"transforms.{name}", transform, magnitudes)
        resolved[name] = {
            "label": transform.label,
            "unit": transform.unit,
            "axis": transform.axis,
            "identity": transform.identity,
            "magnitudes": magnitudes,
            "geometric": transform.theta is not None,
        }
    return resolved


def _try_transform(key: str, transform: Any, magnitudes: list[float]) -> None:
    """Show it a small picture at both ends of its grid."""
    import torch

    ends = torch.tensor([magnitudes[0], magnitudes[-1]], dtype=torch.float64)
    ramp = torch.linspace(0, 255, 8).expand(2, 3, 8, 8)
    try:
        changed = transform(ramp, ends)
    except ValueError as error:
        raise InputError(f"{key}: {error}") from error
    if not bool(torch.isfinite(changed).all()):
        raise InputError(f"{key}: magnitudes {ends.tolist()} are too large to be computed")


def grid(name: str, options: Mapping[str, Any], transform: Any) -> list[float]:
    """A transform's magnitudes from its config: ascending, finite, the identity among them."""
    key = f"transforms.{name}"
    if "magnitudes" in options and ("range" in options or "steps" in options):
        raise InputError(f"{key}: give `magnitudes`, or `range` and `steps`, not both")
    if "magnitudes" in options:
        values = [float(value) for value in options["magnitudes"]]
        if not np.isfinite(values).all():
            raise InputError(f"{key}.magnitudes: {values[:6]} must be finite numbers")
        if values != sorted(set(values)):
            raise InputError(f"{key}.magnitudes: {values[:6]} must ascend, none twice")
    elif "range" in options or "steps" in options:
        values = _spaced(key, options, transform)
    else:
        values = [float(value) for value in transform.grid]
    if transform.axis == "log" and values[0] <= 0:
        raise InputError(f"{key}: {values[0]:g} must be above zero, {name} multiplies")
    if transform.identity not in values:
        raise InputError(
            f"{key}: the identity {transform.identity:g} must be among the magnitudes "
            f"(they run from {values[0]:g} to {values[-1]:g})"
        )
    return values


def _spaced(key: str, options: Mapping[str, Any], transform: Any) -> list[float]:
    low, high = options.get("range", (transform.grid[0], transform.grid[-1]))
    steps = options.get("steps", len(transform.grid))
    if not np.isfinite([low, high]).all():
        raise InputError(f"{key}.range: {low:g} to {high:g}: must be finite numbers")
    if not low < high:
        raise InputError(f"{key}.range: {low:g} must be below {high:g}")
    if transform.axis == "log":
        if low <= 0:
            raise InputError(f"{key}.range: {low:g} must be above zero, it multiplies")
        values = np.exp2(np.linspace(np.log2(low), np.log2(high), steps))
    else:
        values = np.linspace(low, high, steps)
    # The point that should be the identity is it exactly, not to rounding.
    near = int(np.abs(values - transform.identity).argmin())
    if abs(values[near] - transform.identity) < 1e-12 * max(1.0, abs(low), abs(high)):
        values[near] = transform.identity
    return [float(value) for value in values]


def pairs(section: list[Config], screened: Mapping[str, Config]) -> dict[str, Config]:
    """Each pair's two axes: the grids of transforms that are screened, thinned, else the default ones."""
    from invariances.transforms import TRANSFORMS

    resolved: dict[str, Config] = {}
    for entry in section:
        if "+".join(entry["transforms"]) in resolved:
            raise InputError(f"pairs: {entry['transforms']} are named a second time")
        for name in entry["transforms"]:
            if name not in TRANSFORMS:
                raise unknown("pairs.transforms", name, TRANSFORMS)
        axes = []
        for name in entry["transforms"]:
            known = screened.get(name) or transforms({name: None})[name]
            axes.append(known | {"magnitudes": thinned(known, entry["steps"])})
        resolved["+".join(entry["transforms"])] = {"transforms": entry["transforms"], "axes": axes}
    return resolved


def thinned(transform: Mapping[str, Any], steps: int) -> list[float]:
    """`steps` (3 or more) of a grid's magnitudes, both ends and the identity among them."""
    values = transform["magnitudes"]
    places = np.unique(np.linspace(0, len(values) - 1, min(steps, len(values))).round().astype(int))
    home = values.index(transform["identity"])
    if home not in places:
        inner = places[1:-1]
        inner[np.abs(inner - home).argmin()] = home
    return [values[place] for place in places]
