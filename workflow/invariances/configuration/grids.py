"""The magnitudes of each transform and pair of transforms that a config names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from invariances.configuration.declaration import Combination as TupleSection
from invariances.configuration.declaration import Grid
from invariances.configuration.declaration import Pair as PairSection
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis
from invariances.plan import Combination, Pair

if TYPE_CHECKING:
    from invariances.transforms import Transform


def transforms(
    section: Mapping[str, Grid | None], key: str = "transforms"
) -> dict[str, TransformAxis]:
    """Each transform on its grid; raises InputError naming the key, which begins with `key`."""
    from invariances.transforms import find

    found: dict[str, TransformAxis] = {}
    for name, options in section.items():
        transform = find(name, key)
        if transform.name in found:
            raise InputError(f"{key}: {transform.name!r} is named a second time, as {name!r}")
        magnitudes = grid(name, options or Grid(), transform, key)
        _try_transform(f"{key}.{name}", transform, magnitudes)
        found[transform.name] = transform.on(magnitudes)
    return found


def _try_transform(key: str, transform: Transform, magnitudes: Sequence[float]) -> None:
    """Show it a small picture at both ends of its grid."""
    import torch

    from invariances.transforms import Setting

    ends = torch.tensor([magnitudes[0], magnitudes[-1]], dtype=torch.float64)
    ramp = torch.linspace(0, 255, 8).expand(2, 3, 8, 8)
    try:
        # Transforms of the object have all of it for one.
        changed = transform(ramp, ends, Setting(behind=torch.full((2, 4, 8, 8), 255.0)))
    except ValueError as error:
        raise InputError(f"{key}: {error}") from error
    if not bool(torch.isfinite(changed).all()):
        raise InputError(f"{key}: magnitudes {ends.tolist()} are too large to be computed")


def grid(
    name: str, options: Grid, transform: Transform, section: str = "transforms"
) -> list[float]:
    """A transform's magnitudes from its config: ascending, finite, the identity among them."""
    key = f"{section}.{name}"
    if options.magnitudes is not None:
        if options.range is not None or options.steps is not None:
            raise InputError(f"{key}: give `magnitudes`, or `range` and `steps`, not both")
        values = list(options.magnitudes)
        if values != sorted(set(values)):
            raise InputError(f"{key}.magnitudes: {values[:6]} must ascend, none twice")
        if transform.ordinal:
            _among(f"{key}.magnitudes", values, transform)
    elif options.range is not None or options.steps is not None:
        values = (_selected if transform.ordinal else _spaced)(key, options, transform)
    else:
        values = list(transform.magnitudes)
    if transform.axis == "log" and values[0] <= 0:
        raise InputError(f"{key}: {values[0]:g} must be above zero, {name} multiplies")
    if transform.identity not in values:
        raise InputError(
            f"{key}: the identity {transform.identity:g} must be among the magnitudes "
            f"(they run from {values[0]:g} to {values[-1]:g})"
        )
    return values


def _spaced(key: str, options: Grid, transform: Transform) -> list[float]:
    low, high = options.range or (transform.magnitudes[0], transform.magnitudes[-1])
    steps = options.steps or len(transform.magnitudes)
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


def _selected(key: str, options: Grid, transform: Transform) -> list[float]:
    """Points of an ordinal axis: those in the range, or as many of them as lie evenly among them."""
    low, high = options.range or (transform.magnitudes[0], transform.magnitudes[-1])
    _among(f"{key}.range", [low, high], transform)
    if not low < high:
        raise InputError(f"{key}.range: {low:g} must be below {high:g}")
    points = [value for value in transform.declared if low <= value <= high]
    steps = options.steps or len(points)
    if steps > len(points) or (len(points) - 1) % (steps - 1):
        even = [n for n in range(2, len(points) + 1) if (len(points) - 1) % (n - 1) == 0]
        raise InputError(
            f"{key}.steps: {steps} cannot be taken evenly of the {len(points)} points from {low:g} to "
            f"{high:g}, and nothing lies between them; {_listed(even)} can, or name `magnitudes`"
        )
    return points[:: (len(points) - 1) // (steps - 1)]


def _among(key: str, values: Sequence[float], transform: Transform) -> None:
    """Refuse magnitudes that an ordinal axis does not have."""
    for value in values:
        if value not in transform.declared:
            raise InputError(
                f"{key}: {value:g} is no magnitude of {transform.name!r}, which has "
                f"{_listed(transform.declared)} and nothing between"
            )


def _listed(values: Sequence[float]) -> str:
    """Numbers as a message has them, the middle of many left out."""
    texts = [f"{value:g}" for value in values]
    return ", ".join(texts if len(texts) <= 12 else [*texts[:6], "...", *texts[-3:]])


def pairs(section: Sequence[PairSection], screened: Mapping[str, TransformAxis]) -> dict[str, Pair]:
    """Each pair's two axes: the grids of transforms that are screened, thinned, else the default ones."""
    from invariances.transforms import find

    found: dict[str, Pair] = {}
    for entry in section:
        names = [find(name, "pairs.transforms").name for name in entry.transforms]
        if "+".join(names) in found:
            raise InputError(f"pairs: {list(entry.transforms)} are named a second time")
        first, second = (
            thinned(screened.get(name) or transforms({name: None})[name], entry.steps)
            for name in names
        )
        found["+".join(names)] = Pair(first, second)
    return found


def tuples(section: Sequence[TupleSection], paired: Mapping[str, Pair]) -> dict[str, Combination]:
    """Each tuple's axes; raises InputError naming the key, also for one that is there as a pair."""
    found: dict[str, Combination] = {}
    for entry in section:
        axes = tuple(transforms(entry.transforms, "tuples.transforms").values())
        name = "+".join(axis.name for axis in axes)
        if name in found or name in paired:
            other = "pairs has them too" if name in paired else "they are named a second time"
            raise InputError(f"tuples: {list(entry.transforms)}: {other}")
        found[name] = Combination(axes, entry.refine, entry.random)
    return found


def of_objects(
    screened: Mapping[str, TransformAxis],
    paired: Mapping[str, Pair],
    worst: Mapping[str, Combination],
) -> tuple[str, ...]:
    """The transforms of a run that move the object alone.

    Raises InputError for one that is combined with others which come before it.
    """
    from invariances.transforms import find

    found = dict.fromkeys(name for name in screened if find(name).of_object)
    several: dict[str, Pair | Combination] = {**paired, **worst}
    for name, combined in several.items():
        own = [axis.name for axis in combined.axes if find(axis.name).of_object]
        if own and own != [combined.axes[0].name]:
            raise InputError(
                f"{'pairs' if name in paired else 'tuples'}: {name!r}: {own[-1]!r} moves the object of an "
                "untransformed picture: name it first, and one such alone"
            )
        found |= dict.fromkeys(own)
    return tuple(found)


def thinned(transform: TransformAxis, steps: int) -> TransformAxis:
    """`transform` on `steps` (3 or more) of its magnitudes, both ends and the identity among them."""
    values = transform.magnitudes
    places = np.unique(np.linspace(0, len(values) - 1, min(steps, len(values))).round().astype(int))
    if transform.identity_index not in places:
        inner = places[1:-1]
        inner[np.abs(inner - transform.identity_index).argmin()] = transform.identity_index
    return replace(transform, magnitudes=tuple(values[place] for place in places))
