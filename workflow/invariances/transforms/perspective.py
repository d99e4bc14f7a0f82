"""Perspective: the picture as a flat print, turned in space before a pinhole camera.

The print's centre stays on the camera's axis, at the distance at which the untransformed print is seen
pixel by pixel. A print turned about an axis in its plane is seen through a homography (Hartley and
Zisserman, Multiple View Geometry, 2004, equation 13.2).
"""

import torch
from torch import Tensor

from invariances.transforms.devices import onto_device_of
from invariances.transforms.registry import Setting, linear, sampled

FOCAL = 50 / 36
"""The camera's distance in longer sides of the print: that of a normal lens, 50 mm, whose picture on film
is 36 mm wide (an angle of view of 39.6 degrees)."""
HORIZON = 1e-4
"""Beyond the print's horizon there is nothing to see: what is seen there, and just short, comes from far
outside the picture, ten thousand times as far out."""


@sampled(label="tilt", unit="degrees", identity=0.0, grid=linear(-60, 60, 13), axis="linear")
def tilt(seen: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The print turned by v about its horizontal middle line: v > 0 moves its top away.

    (x, y) shows (x cos v, y) f / (f cos v + y sin v), in pixels, f being the distance. Raises ValueError
    for a quarter turn and more, at which the print's face is not seen.
    """
    return _turned(seen, magnitudes, along=1)


@sampled(label="swing", unit="degrees", identity=0.0, grid=linear(-60, 60, 13), axis="linear")
def swing(seen: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The print turned by v about its vertical middle line: v > 0 moves its right side away.

    (x, y) shows (x, y cos v) f / (f cos v - x sin v), in pixels, f being the distance. Raises ValueError
    for a quarter turn and more, at which the print's face is not seen.
    """
    return _turned(seen, -magnitudes, along=0)


def _turned(seen: Tensor, magnitudes: Tensor, along: int) -> Tensor:
    """Places on a print that is turned, the negative end of its axis `along` (0: x, 1: y) away."""
    if bool((magnitudes.abs() >= 90).any()):
        raise ValueError(
            f"a print turned by {float(magnitudes.abs().max()):g} degrees does not show its face; "
            "magnitudes must lie between -90 and 90"
        )
    height, width = seen.shape[1:3]
    # The distance in halves of the side on which the turn is seen, as coordinates are.
    distance = FOCAL * max(height, width) / ((width, height)[along] / 2)
    angle = torch.deg2rad(magnitudes.double())[:, None, None]
    cos, sin = (onto_device_of(seen, part) for part in (angle.cos(), angle.sin()))
    # How near the print is along each ray, in distances.
    near = (cos + seen[..., along] * (sin / distance)).clamp_min(HORIZON)
    found = [place * (cos / near) for place in seen.unbind(-1)]
    found[along] = seen[..., along] / near
    return torch.stack(found, dim=-1)
