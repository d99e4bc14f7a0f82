"""Moving the object instead of the frame: translation, rotation and scales of section III.C of it alone.

Where a whole picture is moved, its border comes in and its background moves along; here both stay. The
maps are those of the frame, about the picture's centre, on the same grids, so that the object is to be seen
at the same place and size: what two thresholds differ by is the share of border and background.

A picture I whose object covers the share c of a pixel, before a background B, is P + (1 - c) B (Porter and
Duff 1984, "over"): moved, T P + (1 - T c) B. What the frame cuts off of an object does not come in.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from invariances.errors import InputError
from invariances.transforms.devices import onto
from invariances.transforms.geometry import rotate, scale_x, scale_y, translate_x, translate_y, zoom
from invariances.transforms.registry import TRANSFORMS, Geometric, Setting, add
from invariances.transforms.warping import warp


def of_object(frame: Geometric) -> Callable[[Geometric], Geometric]:
    """Register a function like that of ``geometric``, for the object alone, on the axis of `frame`."""
    like = TRANSFORMS[frame.__name__]

    def register(theta: Geometric) -> Geometric:
        def apply(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
            maps = theta(magnitudes.double(), *pictures.shape[-2:])
            still = onto(magnitudes == like.identity, pictures.device)[:, None, None, None]
            return torch.where(still, pictures, moved(pictures, maps, setting))

        declared = (like.unit, like.identity, like.axis, like.magnitudes)
        add(theta, f"{like.label} of the object", *declared, apply=apply, of_object=True)
        return theta

    return register


def moved(pictures: Tensor, maps: Tensor, setting: Setting) -> Tensor:
    """Pictures [N, 3, H, W] with their objects under maps [N, 2, 3] as for ``warp``, the rest as it was.

    Raises
    ------
    InputError where the setting does not know the objects: the frame would move in their place.
    """
    if setting.behind is None:
        raise InputError(
            "transforms of the object: nothing says what of these pictures their object is (a run's "
            "dataset.masks do, and `behind` of Setting and Pictures)"
        )
    given = setting.behind.to(pictures)
    behind, covered = given[:, :3], given[:, 3:] / 255
    objects = torch.cat([pictures - (1 - covered) * behind, covered], dim=1)
    # Beyond the frame nothing is known of it, whatever pads a frame that is moved.
    objects = warp(objects, maps, "black", setting.resampling)
    return objects[:, :3] + (1 - objects[:, 3:].clamp(0, 1)) * behind


@of_object(translate_x)
def object_translate_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """``translate_x`` of the object: v > 0 moves it to the right, by v W."""
    return translate_x(magnitudes, height, width)


@of_object(translate_y)
def object_translate_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """``translate_y`` of the object: v > 0 moves it down, by v H."""
    return translate_y(magnitudes, height, width)


@of_object(rotate)
def object_rotate(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """``rotate`` of the object about the picture's centre: v > 0 turns it counter-clockwise as seen."""
    return rotate(magnitudes, height, width)


@of_object(scale_x)
def object_scale_x(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """``scale_x`` of the object: v > 1 narrows it."""
    return scale_x(magnitudes, height, width)


@of_object(scale_y)
def object_scale_y(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """``scale_y`` of the object: v > 1 flattens it."""
    return scale_y(magnitudes, height, width)


@of_object(zoom)
def object_zoom(magnitudes: Tensor, height: int, width: int) -> Tensor:
    """``zoom`` of the object: v > 1 makes it smaller."""
    return zoom(magnitudes, height, width)
