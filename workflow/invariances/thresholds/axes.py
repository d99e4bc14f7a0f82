"""The arrays of a sweep as thresholds read them, and the axis on which magnitudes are measured."""

from collections.abc import Iterator
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from invariances.magnitudes import Scale

Axis = Scale
Direction = Literal["up", "down"]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class SweepArrays(Protocol):
    """A sweep's result, read only, as `screening.Sweep` describes it; of it thresholds need these.

    C classes, N pictures, M magnitudes, K categories, L candidates. The shapes stand beside each.
    """

    @property
    def classes(self) -> NDArray[Any]:
        """[C] names."""

    @property
    def labels(self) -> NDArray[Any]:
        """[C] the classes' categories."""

    @property
    def magnitudes(self) -> NDArray[Any]:
        """[M], or [M, 2] for a pair of transforms."""

    @property
    def identity(self) -> int:
        """Place of the identity among the magnitudes."""

    @property
    def class_index(self) -> NDArray[Any]:
        """[N] into classes."""

    @property
    def prediction(self) -> NDArray[Any]:
        """[N, M] categories."""

    @property
    def mean_softmax(self) -> NDArray[Any]:
        """[C, M, K]."""

    @property
    def candidates(self) -> NDArray[Any]:
        """[C, L] categories, the true one first."""

    @property
    def candidate_softmax(self) -> NDArray[Any]:
        """[N, M, L]."""


def infer_axis(magnitudes: NDArray[Any]) -> Axis:
    """``log`` for a grid of at least three positive magnitudes in equal ratios, else ``linear``.

    That nothing lies between magnitudes does not show in them: ``ordinal`` must be said.
    """
    values = np.asarray(magnitudes, dtype=float)
    if values.ndim != 1 or len(values) < 3 or values.min() <= 0:
        return "linear"
    steps = np.diff(np.log(values))
    return "log" if np.ptp(steps) < 1e-3 * abs(steps.mean()) else "linear"


def to_axis(magnitudes: NDArray[Any] | float, axis: Axis) -> Floats:
    """Coordinate on which interpolation and bisection are linear: the magnitude or its log2.

    On an ordinal axis, where there are neither, the magnitude.
    """
    values = np.asarray(magnitudes, dtype=float)
    if axis == "log" and np.any(values <= 0):
        raise ValueError("a log axis needs positive magnitudes")
    return np.log2(values) if axis == "log" else values


def from_axis(coordinate: NDArray[Any] | float, axis: Axis) -> Floats:
    """Inverse of `to_axis`."""
    values = np.asarray(coordinate, dtype=float)
    return np.exp2(values) if axis == "log" else values


def outward(magnitudes: NDArray[Any], identity: int) -> Iterator[tuple[Direction, Indices]]:
    """Indices of the grid from the identity outwards, for each direction in which it extends.

    A grid that begins at its identity (noise, blur) has no direction ``down``.

    Raises
    ------
    ValueError : magnitudes not strictly ascending, or the identity not among them.
    """
    count = len(magnitudes)
    if not 0 <= identity < count:
        raise ValueError(f"the identity's index {identity} lies outside a grid of {count}")
    if np.any(np.diff(np.asarray(magnitudes, dtype=float)) <= 0):
        raise ValueError("magnitudes must be strictly ascending")
    if identity < count - 1:
        yield "up", np.arange(identity, count)
    if identity > 0:
        yield "down", np.arange(identity, -1, -1)


def members(sweep: SweepArrays) -> Iterator[tuple[int, str, int, Indices]]:
    """Each class of a sweep: its number, name, category and the indices of its pictures.

    Raises
    ------
    ValueError : a class without pictures.
    """
    for number, name in enumerate(sweep.classes):
        pictures = np.flatnonzero(sweep.class_index == number)
        if len(pictures) == 0:
            raise ValueError(f"class {name}: the sweep holds none of its pictures")
        yield number, str(name), int(sweep.labels[number]), pictures
