"""One transform on the axis of its magnitude: declared once, for sweeps, plan, tables and figures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from invariances.errors import InputError

Scale = Literal["linear", "log", "ordinal"]
"""How magnitudes stand on an axis: they add, they multiply, or they are all that there are."""


@dataclass(frozen=True)
class TransformAxis:
    """A transform's name, the axis of its magnitude, and the magnitudes that are looked at.

    Attributes
    ----------
    name, label : as in configs and tables, and as on an axis.
    unit : unit of the magnitude, empty for a pure number.
    identity : the magnitude that changes nothing.
    axis : ``log`` where magnitudes multiply and stand on an axis of powers of two, ``linear`` where
        they add, ``ordinal`` where nothing lies between those declared (flips, bits, severities). These
        stand on the axis by their values; nothing is asked, read or drawn between them.
    magnitudes : ascending, the identity among them; empty where only the axis matters.
    geometric : whether it moves pixels, so that padding and borders matter.
    """

    name: str
    label: str
    unit: str
    identity: float
    axis: Scale
    magnitudes: tuple[float, ...] = ()
    geometric: bool = False

    @property
    def log(self) -> bool:
        """Whether magnitudes multiply."""
        return self.axis == "log"

    @property
    def ordinal(self) -> bool:
        """Whether nothing lies between the magnitudes."""
        return self.axis == "ordinal"

    @property
    def downwards(self) -> bool:
        """Whether a vertical axis has its larger magnitudes below, as the picture moves."""
        return self.name in ("translate_y", "circular_y")

    @property
    def identity_index(self) -> int:
        """The place of the identity among the magnitudes."""
        return self.magnitudes.index(self.identity)

    @property
    def without_magnitudes(self) -> TransformAxis:
        """The axis alone, for what reads magnitudes from tables."""
        return replace(self, magnitudes=())

    @property
    def unlabelled(self) -> TransformAxis:
        """The grid without the words of figures, for what measures: another label measures nothing anew."""
        return replace(self, label="", unit="")

    @property
    def widest_gap(self) -> float:
        """The widest step between neighbours on the grid, as a fraction of its range on the axis."""
        positions = self.position(self.magnitudes)
        return float(np.diff(positions).max() / (positions[-1] - positions[0]))

    def halvings(self, tolerance: float) -> int:
        """How often the widest gap is halved until it is no wider than this fraction of the range.

        Never on an ordinal axis, in whose gaps there is nothing.
        """
        if self.ordinal:
            return 0
        # Less than rounding above a power of two is that power.
        return max(0, math.ceil(math.log2(self.widest_gap / tolerance) - 1e-9))

    @property
    def heading(self) -> str:
        """The label as it begins a line."""
        return self.label[:1].upper() + self.label[1:]

    @property
    def title(self) -> str:
        """The axis' label with its unit."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading

    def position(self, magnitudes: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return where magnitudes stand on the axis: evenly spaced numbers are evenly spaced marks.

        Raises
        ------
        InputError
            For a magnitude of zero or less on a logarithmic axis.
        """
        values = np.asarray(magnitudes, dtype=float)
        if not self.log:
            return values
        if (values <= 0).any():
            raise InputError(
                f"transform {self.name!r}: magnitude {values.min():g} on a logarithmic axis; "
                f'give it "axis": "linear"'
            )
        return np.asarray(np.log2(values))

    def magnitude(self, positions: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the magnitudes that stand at positions on the axis."""
        values = np.asarray(positions, dtype=float)
        return np.exp2(values) if self.log else values
