"""What a transform is, and the registry of all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import reduce
from itertools import groupby
from typing import Any

import numpy as np
import torch
from torch import Tensor

from invariances.errors import InputError, unknown
from invariances.extension import Registry, in_config, is_own, load
from invariances.magnitudes import Scale, TransformAxis
from invariances.transforms.devices import onto_device_of
from invariances.transforms.warping import Border, Padding, Resampling, centres, warp


@dataclass(frozen=True)
class Setting:
    """What a transform may depend on beside picture and magnitude.

    Attributes
    ----------
    padding : what lies outside the picture: black, its nearest edge pixel, its mirror image
        (the edge repeated, SciPy's ``reflect``), or its own mean colour.
    seed : the run's seed, for the noise.
    ids : int64 [N], one stable number per picture; the noise of a picture depends on (seed, id) only.
    resampling : how geometric transforms find values between pixels, see ``warp``; those with a border of
        their own are bilinear.
    behind : [N, 4, H, W] in [0, 255], what lies behind each picture's object, and how much of a pixel the
        object covers (255: all); for transforms of the object.
    """

    padding: Padding = "black"
    seed: int = 0
    ids: Tensor | None = None
    resampling: Resampling = "bilinear"
    behind: Tensor | None = None


Photometric = Callable[[Tensor, Tensor, Setting], Tensor]
Geometric = Callable[[Tensor, int, int], Tensor]
Sampled = Callable[[Tensor, Tensor, Setting], Tensor]


@dataclass(frozen=True, kw_only=True)
class Transform(TransformAxis):
    """A transform on its default grid, with what it does to pictures.

    Attributes
    ----------
    apply : (pictures, magnitudes [N], setting) -> pictures, before clamping.
    theta : for affine transforms, (magnitudes [N], height, width) -> output-to-input maps [N, 2, 3].
    source : for other geometric ones, (places [N, H, W, 2], magnitudes [N], setting) -> the places in the
        picture that are seen there.
    border : what lies outside the picture, whatever the setting says; none for those that follow it.
    points : on an ordinal axis all magnitudes that there are, of which the default grid may be some; empty
        where they are the grid.
    of_object : whether it moves the object alone, which pictures then have to be known of.
    """

    apply: Photometric = field(repr=False)
    theta: Geometric | None = field(default=None, repr=False)
    source: Sampled | None = field(default=None, repr=False)
    border: Border | None = None
    points: tuple[float, ...] = field(default=(), repr=False)
    of_object: bool = False

    @property
    def composable(self) -> bool:
        """Whether it is a map of places alone, so that it makes one warp with others."""
        return (self.theta is not None or self.source is not None) and self.border is None

    def places(self, seen: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
        """Where what is seen at places [N, H, W, 2] comes from, in the same coordinates.

        Those places themselves for a transform that moves nothing.
        """
        if self.source is not None:
            return self.source(seen, magnitudes, setting)
        if self.theta is None:
            return seen
        theta = onto_device_of(seen, self.theta(magnitudes.double(), *seen.shape[1:3]))
        (a, b, c), (d, e, f) = theta.permute(1, 2, 0)[..., None, None]
        x, y = seen.unbind(-1)
        return torch.stack([a * x + b * y + c, d * x + e * y + f], dim=-1)

    @property
    def declared(self) -> tuple[float, ...]:
        """The points of an ordinal axis, ascending."""
        return self.points or self.magnitudes

    def on(self, magnitudes: Iterable[float]) -> TransformAxis:
        """Its axis with these magnitudes."""
        declared = {entry.name: getattr(self, entry.name) for entry in fields(TransformAxis)}
        return TransformAxis(**declared | {"magnitudes": tuple(magnitudes)})

    def __call__(
        self, pictures: Tensor, magnitudes: Tensor, setting: Setting | None = None
    ) -> Tensor:
        """Transform each picture by its own magnitude.

        Shapes: pictures [N, 3, H, W] in [0, 255], magnitudes [N]; returns [N, 3, H, W] in [0, 255].
        Raises ValueError for other shapes and for pictures that are not floating point.
        """
        if pictures.ndim != 4 or pictures.shape[1] != 3 or not pictures.is_floating_point():
            raise ValueError(
                f"{self.name}: pictures must be floating point [N, 3, H, W], "
                f"not {pictures.dtype} {list(pictures.shape)}"
            )
        if magnitudes.shape != pictures.shape[:1]:
            raise ValueError(
                f"{self.name}: one magnitude per picture is needed, got {tuple(magnitudes.shape)} "
                f"for {pictures.shape[0]} pictures"
            )
        return self.apply(pictures, magnitudes, setting or Setting()).clamp(0, 255)


TRANSFORMS: Registry[Transform] = Registry("transform")


def add(
    function: Callable[..., Any],
    label: str,
    unit: str,
    identity: float,
    axis: Scale,
    grid: tuple[float, ...],
    **more: Any,
) -> None:
    """Register what a decorated function declares; ``more`` are keywords of ``Transform``."""
    declared = (_full_name(function), label, unit, identity, axis, grid)
    TRANSFORMS.add(function.__name__, Transform(*declared, **more), function)


def geometric(
    *,
    label: str,
    unit: str,
    identity: float,
    grid: tuple[float, ...],
    axis: Scale,
    points: tuple[float, ...] = (),
    border: Border | None = None,
) -> Callable[[Geometric], Geometric]:
    """Register a function (magnitudes [N] float64, height, width) -> theta [N, 2, 3], see ``warp``.

    The keywords are those of ``Transform``; `grid` are its default magnitudes. What brings a `border` of
    its own is not swept under others.
    """

    def register(theta: Geometric) -> Geometric:
        def apply(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
            height, width = pictures.shape[-2:]
            maps = theta(magnitudes.double(), height, width)
            if border:
                return warp(pictures, maps, border)
            return warp(pictures, maps, setting.padding, setting.resampling)

        declared = (label, unit, identity, axis, grid)
        own = border is None
        add(theta, *declared, apply=apply, points=points, theta=theta, border=border, geometric=own)
        return theta

    return register


def sampled(
    *,
    label: str,
    unit: str,
    identity: float,
    grid: tuple[float, ...],
    axis: Scale,
    points: tuple[float, ...] = (),
) -> Callable[[Sampled], Sampled]:
    """Register a function (places [N, H, W, 2], magnitudes [N], setting) -> places, see ``Transform``.

    For maps that are not affine. Both places are x and y as ``warp`` has them; height and width are the
    picture's. Asked for the pixels' centres, or for those as a later transform of a pair maps them.
    """

    def register(source: Sampled) -> Sampled:
        def apply(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
            maps = source(centres(pictures), magnitudes, setting)
            return warp(pictures, maps, setting.padding, setting.resampling)

        declared = (label, unit, identity, axis, grid)
        add(source, *declared, apply=apply, points=points, source=source, geometric=True)
        return source

    return register


def photometric(
    *,
    label: str,
    unit: str,
    identity: float,
    grid: tuple[float, ...],
    axis: Scale,
    points: tuple[float, ...] = (),
) -> Callable[[Photometric], Photometric]:
    """Register a function (pictures [N, 3, H, W], magnitudes [N], setting) -> pictures."""

    def register(apply: Photometric) -> Photometric:
        add(apply, label, unit, identity, axis, grid, apply=apply, points=points)
        return apply

    return register


def find(name: str, key: str = "transform") -> Transform:
    """A transform by its name: one of ours, or a user's own, ``my_module:function``.

    The function is under ``geometric``, ``sampled`` or ``photometric``. Tables and paths have
    ``my_module.function``, which finds it as well. Raises InputError, which begins with `key`, where there
    is none.
    """
    if name in TRANSFORMS:
        return TRANSFORMS[name]
    if not is_own(name):
        raise unknown(key, name, TRANSFORMS)
    function = load(key, in_config(name))
    for transform in TRANSFORMS.values():
        if function in (transform.apply, transform.theta, transform.source):
            return transform
    raise InputError(
        f"{key} {name!r} is no transform: put it under @geometric, @sampled or @photometric"
    )


def moves_object(names: Iterable[str]) -> bool:
    """Whether one of these transforms moves the object alone."""
    return any(find(name).of_object for name in names)


def _full_name(function: Callable[..., Any]) -> str:
    """As in results: the function's name, with its module unless that is the library or a notebook."""
    module = function.__module__
    known = module == "__main__" or module.split(".")[0] == "invariances"
    return function.__name__ if known else f"{module}.{function.__name__}"


def linear(start: float, stop: float, steps: int) -> tuple[float, ...]:
    """`steps` evenly spaced magnitudes from `start` to `stop`, both included."""
    return tuple(float(value) for value in np.linspace(start, stop, steps).round(12))


def powers_of_two(start: float, stop: float, steps: int) -> tuple[float, ...]:
    """`steps` magnitudes 2**start .. 2**stop, evenly spaced in the exponent."""
    return tuple(float(2.0**exponent) for exponent in np.linspace(start, stop, steps))


def combined(*transforms: Transform) -> Callable[[Tensor, Tensor, Setting], Tensor]:
    """One after the other, the first first, as one function of (pictures, magnitudes [N, D], setting).

    Geometric transforms that follow each other are one warp, so that nothing is interpolated twice and
    nothing is lost that a later one brings back; one with a border of its own is a step by itself.
    """

    def apply(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
        steps = zip(transforms, magnitudes.unbind(dim=1), strict=True)
        for moves, group in groupby(steps, lambda step: step[0].composable):
            if moves:
                maps = composed(pictures, list(group), setting)
                pictures = warp(pictures, maps, setting.padding, setting.resampling).clamp(0, 255)
                continue
            for transform, values in group:
                pictures = transform(pictures, values, setting)
        return pictures

    return apply


def composed(
    pictures: Tensor, steps: Sequence[tuple[Transform, Tensor]], setting: Setting
) -> Tensor:
    """Composable transforms, each with its magnitudes [N], the first applied first, as maps of ``warp``.

    Affine ones are one affine map, as matrices from output to input: that of the first stands on the left.
    """
    height, width = pictures.shape[-2:]
    thetas = [
        square(transform.theta(magnitudes.double(), height, width))
        for transform, magnitudes in steps
        if transform.theta is not None
    ]
    if len(thetas) == len(steps):
        return reduce(torch.matmul, thetas)[:, :2]
    places = centres(pictures)
    for transform, magnitudes in reversed(steps):
        places = transform.places(places, magnitudes, setting)
    return places


def cropped(transform: Transform, side: int) -> Callable[[Tensor, Tensor, Setting], Tensor]:
    """A geometric transform of larger pictures, seen through their central window of `side` pixels.

    What enters at the window's border is the picture, nothing invented, as long as it reaches so far.
    Magnitudes mean what they mean for the window alone. Raises ValueError for a transform that is not
    affine, and when called with pictures smaller than the window or not square.
    """
    if transform.theta is None or not transform.composable:
        raise ValueError(f"{transform.name}: only affine transforms move the picture in its crop")
    window = transform.theta

    def apply(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
        height, width = pictures.shape[-2:]
        if height != width or width < side:
            raise ValueError(f"{height}x{width} pictures have no {side}x{side} window of a square")
        theta = window(magnitudes.double(), side, side).clone()
        # A shift is in halves of the side, which is now the larger picture's.
        theta[:, :, 2] *= side / width
        start = (width - side) // 2
        whole = warp(pictures, theta, setting.padding, setting.resampling).clamp(0, 255)
        return whole[..., start : start + side, start : start + side].contiguous()

    return apply


def square(theta: Tensor) -> Tensor:
    """Maps [N, 2, 3] extended by the row [0, 0, 1] to [N, 3, 3]."""
    last = torch.tensor([0.0, 0.0, 1.0], dtype=theta.dtype, device=theta.device)
    return torch.cat([theta, last.expand(theta.shape[0], 1, 3)], dim=1)
