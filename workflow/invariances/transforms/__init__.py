"""The transforms F(I, v) of section III.C: batched, one magnitude per picture, one call.

Pictures are float tensors [N, 3, H, W] in [0, 255], RGB, as the network will see them (after resize
and crop, before normalisation). Every transform returns the same shape, clamped to [0, 255], and
returns the picture bit for bit at its identity magnitude.

Coordinates: x to the right, y downwards, measured from the picture's centre. A positive rotation
turns the content counter-clockwise as seen, a positive translation moves it right or down. Scales
above 1 shrink the content, as the paper's formula I(v x - (v - 1) W / 2, y) has it.

A new transform is one function under one of three decorators, ``geometric`` (affine maps), ``sampled``
(any other map of places) or ``photometric``, in one of this folder's files or in a new one that is imported
here.
"""

# Importing these registers their transforms, in the order in which a config names them by default.
from invariances.transforms import geometry, colour, gaussian, corruptions_continuous  # noqa: F401, I001
from invariances.transforms import shears, circular, perspective, elastic  # noqa: F401
from invariances.transforms import tone, chroma, filters, frequencies, noises, occlusion, coding  # noqa: F401
from invariances.transforms import corruptions_noise, corruptions_blur  # noqa: F401
from invariances.transforms import corruptions_weather, corruptions_digital  # noqa: F401
from invariances.transforms import objects  # noqa: F401
from invariances.transforms.registry import (
    TRANSFORMS,
    Setting,
    Transform,
    combined,
    cropped,
    find,
    geometric,
    linear,
    moves_object,
    photometric,
    powers_of_two,
    sampled,
)
from invariances.transforms.warping import PADDINGS, RESAMPLINGS, Padding, Resampling, warp

__all__ = [
    "PADDINGS",
    "RESAMPLINGS",
    "TRANSFORMS",
    "Padding",
    "Resampling",
    "Setting",
    "Transform",
    "combined",
    "cropped",
    "find",
    "geometric",
    "linear",
    "moves_object",
    "photometric",
    "powers_of_two",
    "sampled",
    "warp",
]
