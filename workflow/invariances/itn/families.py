"""Which transforms an Invariant Transformer Net may learn: families, given by their generators.

A spatial or colour family is a set of generators G_i. Coordinates c in R^g stand for the homogeneous
matrix exp(sum_i c_i G_i): c = 0 is the identity, no c reflects or loses a dimension, and the matrix
power A^alpha is alpha c. The paper's own chart, ``direct``, has the layers put out the matrix's
entries, I + sum_i c_i G_i; it is there for the two families that hold every affine matrix.

Spatial matrices act on (x, y, 1), from output to input, in the coordinates of
``invariances.transforms.warp``: +-1 are the picture's edges, the origin its centre, x to the right and
y downwards. Colour matrices act on (red, green, blue, 1) in [0, 1]. A kernel is its own small family.

Each generator has a bound: the coordinate that the family reaches alone at full magnitude. The bounds
are the ends of the screening's default grids (half a turn, a factor of four, 0.8 of the picture).
"""

from dataclasses import dataclass
from math import log, pi, sqrt
from typing import Literal

import torch
from torch import Tensor

from invariances.errors import unknown

Kind = Literal["spatial", "colour", "convolution"]
Chart = Literal["exponential", "direct"]

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the grey picture: ITU-R BT.601, as in the screening."""

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Family:
    """A set of transforms that can be learned.

    Attributes
    ----------
    name, kind : as in a config; what the matrices act on.
    generators : [g] square matrices, or kernels where `kind` is ``convolution``.
    bounds : [g] coordinates at full magnitude, in the generators' units.
    axes : [g] names of the coordinates.
    whole : whether the family holds every affine matrix, so that the direct chart applies.
    """

    name: str
    kind: Kind
    generators: tuple[Matrix, ...]
    bounds: tuple[float, ...]
    axes: tuple[str, ...]
    whole: bool = False

    @property
    def dimension(self) -> int:
        """Rows of the homogeneous matrices: 3 spatial, 4 colour; a kernel's side."""
        return len(self.generators[0])


def unit(dimension: int, row: int, column: int) -> Tensor:
    """The matrix [dimension, dimension] of zeros with a one at (row, column)."""
    matrix = torch.zeros(dimension, dimension, dtype=torch.float64)
    matrix[row, column] = 1
    return matrix


def _frozen(matrix: Tensor) -> Matrix:
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _family(
    name: str, kind: Kind, parts: dict[str, tuple[Tensor, float]], whole: bool = False
) -> Family:
    generators = tuple(_frozen(generator) for generator, _ in parts.values())
    bounds = tuple(bound for _, bound in parts.values())
    return Family(name, kind, generators, bounds, tuple(parts), whole)


# ---- spatial ---------------------------------------------------------------------------------------

_QUARTER_RANGE = log(4)
_SHIFT_RANGE = 1.6  # 0.8 of the picture: its sides are 2 long in these coordinates

# Signs as in the screening: a positive rotation turns the content counter-clockwise as seen, a
# positive logarithm of a scale shrinks the content, a positive translation moves it right or down.
_ROTATION = unit(3, 1, 0) - unit(3, 0, 1)
_ZOOM = unit(3, 0, 0) + unit(3, 1, 1)
_SPATIAL_PARTS = {
    "rotation": (_ROTATION, pi),
    "zoom": (_ZOOM, _QUARTER_RANGE),
    "stretch": (unit(3, 0, 0) - unit(3, 1, 1), _QUARTER_RANGE),
    "shear": (unit(3, 0, 1) + unit(3, 1, 0), _QUARTER_RANGE),
    "scale_x": (unit(3, 0, 0), _QUARTER_RANGE),
    "scale_y": (unit(3, 1, 1), _QUARTER_RANGE),
    "translation_x": (-unit(3, 0, 2), _SHIFT_RANGE),
    "translation_y": (-unit(3, 1, 2), _SHIFT_RANGE),
}


def _spatial(name: str, *axes: str, whole: bool = False) -> Family:
    return _family(name, "spatial", {axis: _SPATIAL_PARTS[axis] for axis in axes}, whole)


# ---- colour ----------------------------------------------------------------------------------------


def _colour_parts() -> dict[str, tuple[Tensor, float]]:
    grey = torch.zeros(4, 4, dtype=torch.float64)
    grey[:3, :3] = torch.tensor(LUMA, dtype=torch.float64).expand(3, 3)
    ones = torch.diag(torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64))
    shift = unit(4, 0, 3) + unit(4, 1, 3) + unit(4, 2, 3)
    # A turn about the grey axis, from red towards green: the cross product with (1, 1, 1) / sqrt 3.
    hue = torch.zeros(4, 4, dtype=torch.float64)
    hue[:3, :3] = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / sqrt(3)
    return {
        "brightness": (shift, 1.0),
        "gain": (ones, log(16)),
        "saturation": (ones - grey, log(16)),
        "hue": (hue, pi),
    }


def _full_colour_parts() -> dict[str, tuple[Tensor, float]]:
    channels = ("red", "green", "blue")
    parts = {
        f"{channels[row]}_from_{channels[column]}": (unit(4, row, column), _QUARTER_RANGE)
        for row in range(3)
        for column in range(3)
    }
    return parts | {f"{channels[row]}_shift": (unit(4, row, 3), 1.0) for row in range(3)}


def _colour(name: str) -> Family:
    return _family(name, "colour", {name: _colour_parts()[name]})


# ---- convolution -----------------------------------------------------------------------------------


def _kernel_parts(side: int) -> dict[str, tuple[Tensor, float]]:
    """Deviations from the identity kernel that move weight from the centre to one neighbour.

    They sum to zero, so that a grey picture stays as it is: brightness is the colour transform's.
    """
    centre = unit(side, side // 2, side // 2)
    return {
        f"tap_{row}_{column}": (unit(side, row, column) - centre, 1.0)
        for row in range(side)
        for column in range(side)
        if (row, column) != (side // 2, side // 2)
    }


FAMILIES: dict[Kind, dict[str, Family]] = {
    "spatial": {
        family.name: family
        for family in (
            _spatial(
                "affine",
                *("rotation", "zoom", "stretch", "shear", "translation_x", "translation_y"),
                whole=True,
            ),
            _spatial("rotation", "rotation"),
            _spatial("scale", "scale_x", "scale_y"),
            _spatial("zoom", "zoom"),
            _spatial("similarity", "rotation", "zoom", "translation_x", "translation_y"),
            _spatial("translation", "translation_x", "translation_y"),
        )
    },
    "colour": {
        family.name: family
        for family in (
            _family("full", "colour", _full_colour_parts(), whole=True),
            _family("photographic", "colour", _colour_parts()),
            _colour("brightness"),
            _colour("gain"),
            _colour("saturation"),
            _colour("hue"),
        )
    },
    "convolution": {
        family.name: family
        for family in (
            _family("kernel3", "convolution", _kernel_parts(3)),
            _family("kernel5", "convolution", _kernel_parts(5)),
        )
    },
}


def family(kind: Kind, name: str) -> Family:
    """The family of that kind and name; raises InputError naming the known ones."""
    if name not in FAMILIES[kind]:
        raise unknown(f"{kind} family", name, FAMILIES[kind])
    return FAMILIES[kind][name]
