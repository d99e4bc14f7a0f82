"""Where in the picture each unit of a feature map looks: centres of receptive fields, measured.

A unit's field is where the gradient of its output with respect to the picture is not zero. Two units near
a map's middle tell where all of them stand, as they stand evenly: AlexNet's first layer spans 220 of 224
pixels, ResNet's last stage is half a unit off the middle. Nothing is derived from kernels and strides.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from invariances.inference.responder import device_of
from invariances.layers.choice import Layer, Layout, as_map, layout_of

PROBES = 2
"""Pictures of noise through which gradients are taken."""
FAINT = 1e-12
"""Of the largest energy of a gradient: what is below is rounding."""
LARGEST = 512
"""Side in pixels of the largest picture of noise, unless the network's own, doubled, is larger."""
APART = 1e-2
"""Pixels between units, at least: an adaptive pool may copy one place to all of its units."""


@dataclass(frozen=True)
class Raster:
    """The places of a feature map's units: `side` a side, from `first` on, each `step` further, in pixels.

    Both are (x, y), counted from the centre of the picture's upper left pixel; a step below zero is that of
    a map that is mirrored. `picture` is the picture's side.
    """

    layout: Layout
    side: int
    first: tuple[float, float]
    step: tuple[float, float]
    picture: int

    def centres(self, device: torch.device | str = "cpu") -> Tensor:
        """The units' places [S, S, 2] in a picture whose edges are +-1, x and y, float64."""
        units = torch.arange(self.side, dtype=torch.float64, device=device)
        x, y = (
            (2 * (start + step * units) + 1) / self.picture - 1
            for start, step in zip(self.first, self.step, strict=True)
        )
        return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)

    def units(self, places: Tensor) -> Tensor:
        """Places [..., 2] in such a picture in units: 0 is the first unit's centre, 1 the next's."""
        pixels = ((places + 1) * self.picture - 1) / 2
        return (pixels - pixels.new_tensor(self.first)) / pixels.new_tensor(self.step)


def rasters(classifier: nn.Module, layers: Sequence[Layer], side: int) -> dict[str, Raster]:
    """Where the units of each layer's map stand in pictures of `side` pixels.

    Layers without a map, and those whose units all look at one place, have none. A field that reaches
    beyond the picture is measured on a larger one, where the network takes it and its map grows
    with the picture; else the gradient's centre of mass stands for the field's middle.
    """
    found: dict[str, Raster] = {}
    pending = {layer.name: layer for layer in layers if layout_of(layer.shape)}
    factor = 1
    while pending and (factor <= 2 or factor * side <= LARGEST):
        seen = _measured(classifier, list(pending.values()), side, factor)
        for name, (raster, whole) in seen.items():
            found[name] = raster
            if whole:
                del pending[name]
        factor *= 2
        if not seen:
            break
    return {name: raster for name, raster in found.items() if min(map(abs, raster.step)) > APART}


def _measured(
    classifier: nn.Module, layers: Sequence[Layer], side: int, factor: int
) -> dict[str, tuple[Raster, bool]]:
    """Rasters from pictures `factor` times as large, and whether their fields were seen whole."""
    generator = torch.Generator().manual_seed(0)
    shape = (PROBES, 3, factor * side, factor * side)
    noise = 255 * torch.rand(shape, generator=generator)
    pictures = noise.to(device_of(classifier)).requires_grad_(True)
    try:
        with torch.enable_grad(), kept(classifier, [layer.name for layer in layers]) as outputs:
            classifier(pictures)
    except Exception:  # a network of fixed size refuses larger pictures in words of its own
        if factor == 1:
            raise
        return {}
    found = {}
    for layer in layers:
        output = outputs[layer.name]
        layout = layout_of(tuple(output.shape[1:]))
        if layout is None:
            continue
        measured = _raster(as_map(output, layout), pictures, layer, side)
        if measured is None:
            continue
        step = max(map(abs, measured[0].step))
        grown = (side_of(tuple(output.shape[1:])) - side_of(layer.shape)) * step
        if abs(grown - (factor - 1) * side) > step:
            continue  # an adaptive pool's: another map than the network's own
        found[layer.name] = measured
    return found


def side_of(shape: tuple[int, ...]) -> int:
    """Units a side of the map in an output of this shape for one picture."""
    layout = layout_of(shape)
    assert layout is not None
    return as_map(torch.empty((1, *shape), device="meta"), layout).shape[-1]


def _raster(
    features: Tensor, pictures: Tensor, layer: Layer, side: int
) -> tuple[Raster, bool] | None:
    """The raster that two units of the middle span; None where no gradient comes from them."""
    count = features.shape[-1]
    one = (count - 1) // 2
    other = one + max(1, count // 8)
    fields = [_field(features, pictures, unit) for unit in (one, other)]
    if fields[0] is None or fields[1] is None:
        return None
    whole = fields[0].whole and fields[1].whole
    starts, ends = ((field.middle if whole else field.mass) for field in fields if field)
    step = [(end - start) / (other - one) for start, end in zip(starts, ends, strict=True)]
    first = [start - one * each for start, each in zip(starts, step, strict=True)]
    layout = layout_of(layer.shape)
    assert layout is not None
    places = (first[0], first[1]), (step[0], step[1])
    return Raster(layout, side_of(layer.shape), *places, side), whole


class Field(NamedTuple):
    """A unit's field: its middle and its gradient's centre of mass, (x, y) in pixels.

    `whole` : it ends within the picture on all sides.
    """

    middle: tuple[float, ...]
    mass: tuple[float, ...]
    whole: bool


def _field(features: Tensor, pictures: Tensor, unit: int) -> Field | None:
    """The field of a unit on the map's diagonal; None where no gradient comes from it."""
    signs = torch.where(torch.arange(features.shape[1]) % 2 > 0, 1.0, -1.0).to(features)
    value = (features[:, :, unit, unit] * signs).sum()
    (gradient,) = torch.autograd.grad(value, pictures, retain_graph=True)
    energy = gradient.double().square().sum(dim=(0, 1)).cpu()
    if not float(energy.max()) > 0:
        return None
    middle, mass, whole = [], [], True
    for profile in (energy.sum(dim=0), energy.sum(dim=1)):
        inside = (profile > FAINT * profile.max()).nonzero()[:, 0]
        low, high = int(inside[0]), int(inside[-1])
        middle.append((low + high) / 2)
        mass.append(float(profile @ torch.arange(len(profile)).double() / profile.sum()))
        whole &= low > 0 and high < len(profile) - 1
    return Field(tuple(middle), tuple(mass), whole)


@contextmanager
def kept(network: nn.Module, names: Sequence[str]) -> Iterator[Mapping[str, Tensor]]:
    """The outputs of layers of a classifier's network in one pass, by name, as they were put out."""
    outputs: dict[str, Tensor] = {}
    modules = dict(network.get_submodule("network").named_modules())
    handles = []
    for name in names:

        def hook(module: nn.Module, given: object, output: Tensor, name: str = name) -> None:
            # What follows may write over it in place.
            outputs[name] = output.clone()

        handles.append(modules[name].register_forward_hook(hook))
    try:
        yield outputs
    finally:
        for handle in handles:
            handle.remove()
