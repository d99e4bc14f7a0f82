"""What all figures of the Invariant Transformer Net share: its transforms, their parts, their tables.

k1 steers the spatial, k2 the colour transform, k3 the learned convolution where there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log, log10

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from invariances.errors import InputError
from invariances.tables.trained import KINDS, STEERING

from .axes import MINUS, TransformAxis
from .style import DASH_DOT, DOTS, SHORT_DASH, Look

Array = npt.NDArray[np.float64]

STEERED_BY = {"spatial": "k₁", "colour": "k₂", "convolution": "k₃"}
ORDINALS = ("first", "second", "third")
"""Of the components of a k; it has one, two or three."""
LOOKS = {
    "spatial": Look("#0072B2", "-", "o"),
    "colour": Look("#D55E00", SHORT_DASH, "s"),
    "convolution": Look("#009E73", DASH_DOT, "^"),
    "all": Look("#333333", DOTS, "D"),
}
HEADINGS = {
    "spatial": "Spatial",
    "colour": "Colour",
    "convolution": "Convolution",
    "all": "All together",
}

MOVED = "Mean ‖Ax \N{MINUS SIGN} x‖²"  # the paper's displacement, as an axis' label


@dataclass(frozen=True)
class Component:
    """One part of a learned transform, a column of evaluation.csv.

    Parameters
    ----------
    column, kind, label, unit
        Where it stands, of which transform it is, its name and unit ("" for a pure number).
    identity
        Its value where nothing is changed.
    noticed
        The smallest change worth a picture: a logarithm's where `multiplies`.
    multiplies
        Whether values are factors.
    signed
        Whether there are two directions away from the identity.
    """

    column: str
    kind: str
    label: str
    unit: str
    identity: float
    noticed: float
    multiplies: bool = False
    signed: bool = True

    def change(self, values: npt.ArrayLike) -> Array:
        """Return how far values are from the identity: differences, or logarithms of factors.

        Factors of zero or less (a mirrored picture) have no logarithm: all are then differences.
        """
        array = np.asarray(values, dtype=float)
        if self.multiplies and (array[np.isfinite(array)] > 0).all():
            return np.asarray(np.log(array))
        return array - self.identity

    def text(self, value: float) -> str:
        """Return a value as it is written beside others of this component."""
        whole = self.unit == "degrees" or abs(value) >= 10
        text = f"{value:.0f}" if whole else f"{value:.2f}"
        if not text.strip("-0."):
            text = text.lstrip("-")
        return text.replace("-", MINUS) + ("°" if self.unit == "degrees" else "")


COMPONENTS = (
    Component("rotation_degrees", "spatial", "rotation", "degrees", 0.0, 1.0),
    Component("zoom", "spatial", "zoom", "", 1.0, log(1.02), multiplies=True),
    Component("scale_x", "spatial", "horizontal scale", "", 1.0, log(1.02), multiplies=True),
    Component("scale_y", "spatial", "vertical scale", "", 1.0, log(1.02), multiplies=True),
    Component("shear", "spatial", "shear", "", 0.0, 0.02),
    Component("translation_x_fraction", "spatial", "shift right", "of width", 0.0, 0.01),
    Component("translation_y_fraction", "spatial", "shift down", "of height", 0.0, 0.01),
    Component("spatial_displacement", "spatial", "displacement", "", 0.0, 1e-3, signed=False),
    Component("brightness_fraction", "colour", "brightness", "of full scale", 0.0, 0.01),
    Component("gain", "colour", "gain", "", 1.0, log(1.02), multiplies=True),
    Component("saturation", "colour", "saturation", "", 1.0, log(1.02), multiplies=True),
    Component("hue_degrees", "colour", "hue turn", "degrees", 0.0, 1.0),
    Component("colour_displacement", "colour", "displacement", "", 0.0, 1e-3, signed=False),
    Component(
        "convolution_displacement", "convolution", "displacement", "", 0.0, 1e-3, signed=False
    ),
)
"""In the order of the figures; displacement is the paper's, the mean of ||Ax - x||^2."""


def kinds_in(columns: Sequence[str], suffix: str) -> list[str]:
    """Return the transforms for which a table has the column ``{kind}_{suffix}``.

    Raises
    ------
    InputError
        If there is none.
    """
    found = [kind for kind in KINDS if f"{kind}_{suffix}" in columns]
    if not found:
        wanted = ", ".join(f"{kind}_{suffix}" for kind in KINDS)
        raise InputError(f"the table of the ITN has none of the columns {wanted}")
    return found


def varied_rows(evaluation: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the rows in which one transform is varied alone, with its k as columns k_0, k_1, ...

    Raises
    ------
    InputError
        If the table lacks the columns of that k.
    """
    name = STEERING[kind]
    own = {f"{name}_{j}": f"k_{j}" for j in range(3) if f"{name}_{j}" in evaluation.columns}
    if f"{name}_0" not in own:
        raise InputError(f"the evaluation lacks the columns {name}_0")
    return evaluation[evaluation["varied"] == kind].rename(columns=own)


def components(table: pd.DataFrame) -> list[str]:
    """Return the columns k_0, k_1, k_2 that a table fills, as many as its k has components."""
    return [name for name in ("k_0", "k_1", "k_2") if name in table and table[name].notna().any()]


def varied_kinds(evaluation: pd.DataFrame) -> list[str]:
    """Return the transforms that an evaluation varies alone, in the order of k1, k2, k3.

    Raises
    ------
    InputError
        If it varies none of them.
    """
    found = [kind for kind in KINDS if (evaluation["varied"] == kind).any()]
    if not found:
        raise InputError(f"the evaluation varies none of {', '.join(KINDS)}")
    return found


LINEAR = TransformAxis("linear", "", "", 0.0, "linear")


def evenly(axis: Axis, low: float, high: float, most: int = 6) -> None:
    """Put ticks at round numbers on a linear axis from low to high."""
    ticks, names = LINEAR.ticks(low, high, most)
    axis.set_major_locator(FixedLocator(ticks.tolist()))
    axis.set_major_formatter(FixedFormatter(names))


def decades(axis: Axis, low: float, high: float, most: int = 6) -> None:
    """Put ticks at powers of ten on a logarithmic axis from low to high; 1, 2, 5 where few fit."""
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    step = max(1, ceil((last - first + 1) / most))
    ticks = [10.0**power for power in range(first, last + 1) if power % step == 0]
    if last - first < 2:
        powers = range(first - 1, last + 1)
        between = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        ticks = [tick for tick in between if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([_scientific(tick) for tick in ticks]))
    axis.set_minor_locator(NullLocator())


def _scientific(value: float) -> str:
    """Return 1, 2 or 5 times a power of ten as print sets it."""
    power = floor(log10(value) + 1e-9)
    if -3 <= power <= 3:
        return f"{value:g}"
    digit = round(value / 10.0**power)
    raised = "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return raised if digit == 1 else f"{digit}·{raised}"


def place(k: Sequence[float]) -> str:
    """Return a k as it is written: (0, 0.5)."""
    return f"({', '.join(f'{value:g}' for value in k)})".replace("-", MINUS)
