"""In how many ways, how far, and how: the directions that a net has learned, ordered and named.

A direction is the generator of one component of k: the derivative of the logarithm of A. Its size is the
root mean squared displacement that it makes, the fields of displacement of two directions enclose an angle,
and all of a transform span a volume (``volume``). A direction is told in parts: a spatial one in rotation,
zoom, stretch, shear and shifts, whose fields are orthogonal over the square, so that their shares of its
squared size add up to 1; a colour in brightness, gain, saturation and hue, each as what it adds to those
before it (gain beside brightness is contrast about the mean grey), and a rest.
"""

from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.linalg import logm

from invariances.itn.evaluation import grid, matrices_at
from invariances.itn.families import FAMILIES, Kind
from invariances.itn.module import InvariantTransformer
from invariances.itn.steered import Steered
from invariances.itn.volume import FLOOR, angles, metric, moments, sizes
from invariances.tables import DIRECTIONS
from invariances.tables.frames import frame

Array = NDArray[np.float64]

_AXES: dict[Kind, dict[str, str]] = {
    "spatial": {"translation_x": "shift_x", "translation_y": "shift_y"},
    "colour": {},
}
_UNITS = {"rotation": 180 / np.pi, "hue": 180 / np.pi, "shift_x": 0.5, "shift_y": 0.5}
"""From a coordinate of a family's generator to what a table tells."""
_SAID = {"rotation": "{:+.1f} degrees", "hue": "{:+.1f} degrees"}


def _named(kind: Kind) -> dict[str, Array]:
    """The generators by which a kind's directions are told, in their order."""
    family = FAMILIES[kind]["affine" if kind == "spatial" else "photographic"]
    return {
        _AXES[kind].get(axis, axis): np.array(generator)
        for axis, generator in zip(family.axes, family.generators, strict=True)
    }


def parts(kind: Kind, generator: Array) -> dict[str, float]:
    """A generator [n, n] in the kind's named parts: amounts, ``{part}_fraction``, ``other_fraction``.

    Amounts are coordinates in the least squares of displacement, in the units of the table DIRECTIONS;
    fractions are of the squared size, each part's what it adds to those before it; NaN of no size.
    """
    named = _named(kind)
    second = moments(kind)
    basis = np.stack(list(named.values()))
    products = np.einsum("aij,jk,bik->ab", basis, second, basis)
    along = np.einsum("aij,jk,ik->a", basis, second, generator)
    total = float(np.einsum("ij,jk,ik->", generator, second, generator))
    amounts = np.linalg.solve(products, along)
    # Of a Cholesky factor's coordinates, each is what one part adds to those before it.
    added = np.linalg.solve(np.linalg.cholesky(products), along) ** 2
    shares = added / total if total > FLOOR else np.full(len(added), np.nan)
    found: dict[str, float] = {}
    for name, amount, share in zip(named, amounts, shares, strict=True):
        found[name] = float(amount) * _UNITS.get(name, 1.0)
        found[f"{name}_fraction"] = float(np.clip(share, 0, 1))
    if kind == "colour":
        found["other_fraction"] = float(np.clip(1 - shares.sum(), 0, 1))
    return found


def name_of(kind: Kind, found: dict[str, float]) -> str:
    """The largest part in words, ``rotation +14.0 degrees``; ``kernel``, ``mixed`` or ``still`` else."""
    if kind == "convolution":
        return "kernel"
    shares = {name: share for name, share in found.items() if name.endswith("_fraction")}
    if not np.isfinite(list(shares.values())).all():
        return "still"
    largest = max(shares, key=lambda name: shares[name]).removesuffix("_fraction")
    if largest == "other":
        return "mixed"
    return f"{largest} {_SAID.get(largest, '{:+.3f}').format(found[largest])}"


def directions(
    module: InvariantTransformer, pictures: NDArray[np.uint8], points: int = 5
) -> pd.DataFrame:
    """The table DIRECTIONS of a net, one row for each transform and component of k.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3], over which the metric of kernels is the mean, and whose side pixels are.
    points : of the grid of k over which derivatives and the log volume are averaged.
    """
    rows: list[dict[str, Any]] = []
    for kind, part in module.parts().items():
        found = metric(part.family, pictures)
        slopes = _slopes(module, kind, part, points)
        mean = slopes.mean(axis=0)
        used = mean[: part.used]
        length, between = sizes(used, found), angles(used, found)
        np.fill_diagonal(between, np.nan)
        volumes = [
            0.5 * np.linalg.slogdet(own @ found @ own.T + FLOOR * np.eye(len(own)))[1]
            for own in slopes[:, : part.used]
        ]
        values = np.linalg.eigvalsh(used @ found @ used.T)[::-1]
        for index in range(part.used):
            row = {"kind": kind, "direction": index + 1, "size": length[index]}
            if kind == "spatial":
                row["pixels"] = length[index] * pictures.shape[1] / 2
            others = between[index][np.isfinite(between[index])]
            row["angle_degrees"] = others.min() if len(others) else np.nan
            row["principal_size"] = float(np.sqrt(max(values[index], 0)))
            row["log_volume"] = float(np.mean(volumes))
            told: dict[str, float] = {}
            if kind != "convolution":
                generator = np.einsum("g,gij->ij", used[index], np.array(part.family.generators))
                told = parts(kind, generator)
            rows.append(row | told | {"name": name_of(kind, told)})
    return frame(DIRECTIONS, rows)


@torch.no_grad()
def _slopes(module: InvariantTransformer, kind: Kind, part: Steered, points: int) -> Array:
    """Derivatives of the logarithm in k, [K, d, g], over the evaluation's grid of that k."""
    places = [point for varied, point in grid(module, points) if varied == kind]
    if not part.direct:
        shown = part.reach.new_tensor([point[kind] for point in places])
        return cast(Array, part.derivative(shown).double().cpu().numpy())
    # The paper's chart: how far the logarithm goes from 0 to the end of each component alone.
    zero: tuple[float, ...] = (0.0,) * part.dimensions
    start = _coordinates(part, matrices_at(module, {kind: zero})[kind].double().cpu().numpy())
    found = []
    for index in range(part.dimensions):
        k = tuple(float(place == index) for place in range(part.dimensions))
        end = _coordinates(part, matrices_at(module, {kind: k})[kind].double().cpu().numpy())
        found.append(end - start)
    return np.stack(found)[None]


def _coordinates(part: Steered, matrix: Array) -> Array:
    """The logarithm of a matrix [n, n] in a family's coordinates [g]; of one that reflects A - I."""
    values = np.linalg.eigvals(matrix)
    real = not np.any((np.abs(values.imag) < 1e-12) & (values.real <= 0))
    logarithm = np.real(logm(matrix)) if real else matrix - np.eye(len(matrix))
    basis = np.array(part.family.generators).reshape(len(part.family.generators), -1)
    return cast(Array, np.linalg.lstsq(basis.T, logarithm.ravel(), rcond=None)[0])
