"""What a learned matrix does, in words: rotation, scales, shear, translation; brightness to hue.

Signs and units are the screening's (``invariances.transforms``), so that a learned magnitude can be
set beside a threshold: rotation counter-clockwise as seen, a scale above 1 shrinks the content, a
positive translation moves it right or down. Matrices act on normalised coordinates, in which the
picture is a square; for pictures that are none, angles are those of the picture made square.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from invariances.itn.families import Kind

Array = NDArray[np.float64]

# Columns: grey, then red against cyan, then green against blue; orthonormal. A turn in the plane of
# the last two, from red towards green, is a turn of hue.
_OPPONENT = np.array(
    [
        [1 / sqrt(3), 2 / sqrt(6), 0.0],
        [1 / sqrt(3), -1 / sqrt(6), 1 / sqrt(2)],
        [1 / sqrt(3), -1 / sqrt(6), -1 / sqrt(2)],
    ]
)

ENTRIES: dict[Kind, str] = {"spatial": "theta", "colour": "phi", "convolution": "kernel"}
"""What the entries of each kind's matrices are called in tables."""


@dataclass(frozen=True)
class Spatial:
    """A map from output to input as a rotation after a symmetric stretch, about the picture's centre.

    M = R(rotation) [[scale_x, shear], [shear, scale_y]] is the polar decomposition. The translation is
    where the picture's centre goes, in fractions of its width and height.
    """

    rotation_degrees: float
    scale_x: float
    scale_y: float
    shear: float
    translation_x_fraction: float
    translation_y_fraction: float

    @property
    def zoom(self) -> float:
        """The scale of a square of equal area; above 1 zooms out. Negative if it mirrors."""
        area = self.scale_x * self.scale_y - self.shear**2
        return float(np.sign(area) * sqrt(abs(area)))


@dataclass(frozen=True)
class Colour:
    """A colour map as brightness + gain (grey + saturation (hue turn of the colourfulness)).

    brightness_fraction : mean shift of the channels, as a fraction of full scale.
    gain : what a grey is multiplied by.
    saturation : factor on a colour's distance from grey, beside the gain.
    hue_degrees : turn about the grey axis, from red towards green.
    residual_fraction : the part of the matrix's change ||A - I||_F that these four leave unexplained.
    """

    brightness_fraction: float
    gain: float
    saturation: float
    hue_degrees: float
    residual_fraction: float


def turn(degrees: float) -> Array:
    """Counter-clockwise in a right-handed plane: [2, 2]."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _polar_angle(matrix: Array) -> float:
    """Degrees of the rotation R for which R^T M is symmetric with a trace of at least 0."""
    sine, cosine = matrix[1, 0] - matrix[0, 1], matrix[0, 0] + matrix[1, 1]
    return float(np.rad2deg(np.arctan2(sine, cosine)))


def spatial(matrix: Array) -> Spatial:
    """Take a map apart: [2, 3] or [3, 3], from output to input."""
    linear = np.asarray(matrix, dtype=float)[:2, :2]
    rotation = _polar_angle(linear)
    stretch = turn(rotation).T @ linear
    # The centre of the content, input 0, is seen where M p + t = 0. The sides are 2 long.
    centre = -np.linalg.pinv(linear) @ np.asarray(matrix, dtype=float)[:2, 2] / 2
    return Spatial(
        *(rotation, float(stretch[0, 0]), float(stretch[1, 1]), float(stretch[0, 1])),
        *(float(centre[0]), float(centre[1])),
    )


def compose_spatial(parts: Spatial) -> Array:
    """The homogeneous map [3, 3] of a decomposition: the inverse of `spatial`."""
    stretch = np.array([[parts.scale_x, parts.shear], [parts.shear, parts.scale_y]])
    matrix = np.eye(3)
    matrix[:2, :2] = turn(parts.rotation_degrees) @ stretch
    shift = np.array([parts.translation_x_fraction, parts.translation_y_fraction])
    matrix[:2, 2] = -matrix[:2, :2] @ (2 * shift)
    return matrix


def colour(matrix: Array) -> Colour:
    """Take a colour map apart: [3, 4] or [4, 4], on (red, green, blue, 1) in [0, 1]."""
    matrix = np.asarray(matrix, dtype=float)
    opponent = _OPPONENT.T @ matrix[:3, :3] @ _OPPONENT
    gain = float(opponent[0, 0])
    chroma = opponent[1:, 1:]
    hue = _polar_angle(chroma)
    strength = float(np.trace(turn(hue).T @ chroma) / 2)
    saturation = strength / gain if gain else np.nan
    brightness = float(matrix[:3, 3].mean())
    explained = compose_colour(Colour(brightness, gain, saturation, hue, 0.0))[:3]
    change = np.linalg.norm(matrix[:3] - np.eye(4)[:3])
    residual = float(np.linalg.norm(matrix[:3] - explained) / change) if change > 1e-9 else 0.0
    return Colour(brightness, gain, saturation, hue, residual)


def compose_colour(parts: Colour) -> Array:
    """The homogeneous colour map [4, 4] of a decomposition, without its residual."""
    opponent = np.eye(3)
    opponent[1:, 1:] = parts.saturation * turn(parts.hue_degrees)
    matrix = np.eye(4)
    matrix[:3, :3] = parts.gain * _OPPONENT @ opponent @ _OPPONENT.T
    matrix[:3, 3] = parts.brightness_fraction
    return matrix


def columns(matrices: Mapping[Kind, Array]) -> dict[str, float]:
    """One row of a table: entries and decompositions of one homogeneous matrix [n, n] a kind.

    theta_ij and phi_ij are the entries of the paper's A_theta [2, 3] and A_phi [3, 4], kernel_ij those
    of a kernel; then the fields of `Spatial` with zoom, and of `Colour`.
    """
    row: dict[str, float] = {}
    for kind, matrix in matrices.items():
        rows = matrix if kind == "convolution" else matrix[:-1]
        row |= {f"{ENTRIES[kind]}_{i}{j}": float(v) for (i, j), v in np.ndenumerate(rows)}
    if "spatial" in matrices:
        parts = spatial(matrices["spatial"])
        row |= vars(parts) | {"zoom": parts.zoom}
    if "colour" in matrices:
        tones = vars(colour(matrices["colour"]))
        row |= {name.replace("residual", "colour_residual"): value for name, value in tones.items()}
    return row
