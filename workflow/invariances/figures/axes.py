"""The axis of a transform's magnitude: its scale, limits, ticks and label."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from invariances.errors import InputError

from .labels import shortened, text_width

Array = npt.NDArray[np.float64]
DEGREE_STEPS = (90.0, 45.0, 30.0, 15.0, 10.0, 5.0, 2.0, 1.0)
DEGREES = ("degrees", "degree", "°", "deg")
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class TransformAxis:
    """What a figure has to know of a transform.

    Parameters
    ----------
    name, label, unit
        The name in the tables, the name on the axis, the unit of the magnitude ("" for none).
    identity
        The magnitude that changes nothing.
    log
        Whether magnitudes multiply, and so stand on an axis of powers of two.
    downwards
        Whether a vertical axis has its larger magnitudes below, as the picture moves.
    """

    name: str
    label: str
    unit: str
    identity: float
    log: bool
    downwards: bool = False

    @property
    def heading(self) -> str:
        """The label as it begins a line."""
        return self.label[:1].upper() + self.label[1:]

    @property
    def title(self) -> str:
        """The axis' label with its unit."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading

    def title_within(self, width: float, size: float) -> str:
        """Return the title, its unit on a second line where both are wider than `width` mm."""
        if not self.unit or text_width(self.title, size) <= width:
            return shortened(self.title, width, size)
        return "\n".join(shortened(t, width, size) for t in (self.heading, f"({self.unit})"))

    def position(self, magnitudes: npt.ArrayLike) -> Array:
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

    def magnitude(self, positions: npt.ArrayLike) -> Array:
        """Return the magnitudes that stand at positions on the axis."""
        values = np.asarray(positions, dtype=float)
        return np.exp2(values) if self.log else values

    def ticks(self, low: float, high: float, most: int = 7) -> tuple[Array, list[str]]:
        """Return magnitudes for at most `most` ticks between two magnitudes, and their labels."""
        degrees = self.unit in DEGREES
        if self.log and high / low >= 4:
            first, last = np.ceil(np.log2(low) - 1e-9), np.floor(np.log2(high) + 1e-9)
            octaves = next(
                s for s in (1, 2, 3, 4, 6, 8, 16, 1024) if (last - first) / s + 1 <= most
            )
            exponents = np.arange(first, last + 1)
            exponents = exponents[exponents % octaves == 0]
            return np.exp2(exponents), [_power_of_two(int(e)) for e in exponents]
        if degrees:
            fitting = [s for s in DEGREE_STEPS if (high - low) / s + 1 <= most]
            step = fitting[-1] if fitting else DEGREE_STEPS[0]
            ticks = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step
        else:
            locator = MaxNLocator(most - 1, steps=[1, 2, 2.5, 4, 5, 10])
            ticks = np.asarray(locator.tick_values(low, high))
            slack = 1e-9 * (high - low)
            ticks = ticks[(ticks >= low - slack) & (ticks <= high + slack)]
        return ticks, [number(tick) + ("°" if degrees else "") for tick in ticks]

    def apply(
        self, axes: Axes, low: float, high: float, *, pad: float = 0.0, most: int = 7, on: str = "x"
    ) -> None:
        """Set scale, limits and ticks of an x or y axis for magnitudes from low to high.

        `pad` widens the limits on both sides by that fraction of the range.
        """
        axis: Axis = axes.xaxis if on == "x" else axes.yaxis
        ends = self.position([low, high])
        width = (ends[1] - ends[0]) or 1.0
        limits = self.magnitude([ends[0] - pad * width, ends[1] + pad * width])
        if on == "y" and self.downwards:
            limits = limits[::-1]
        if self.log:
            (axes.set_xscale if on == "x" else axes.set_yscale)("log", base=2)
        (axes.set_xlim if on == "x" else axes.set_ylim)(float(limits[0]), float(limits[1]))
        ticks, names = self.ticks(low, high, most)
        axis.set_major_locator(FixedLocator(ticks.tolist()))
        axis.set_major_formatter(FixedFormatter(names))
        axis.set_minor_locator(NullLocator())


def number(value: float) -> str:
    """Return a number as print sets it, with a true minus sign."""
    return f"{value + 0.0:.10g}".replace("-", MINUS)


def _power_of_two(exponent: int) -> str:
    return str(2**exponent) if exponent >= 0 else f"1/{2**-exponent}"


def read_transforms(text: str) -> dict[str, TransformAxis]:
    """Read the transforms' axes from JSON, or from a file that holds it.

    Parameters
    ----------
    text
        `{"rotate": {"label": "rotation", "unit": "degrees", "identity": 0, "axis": "linear"}, …}`
        or the path of a file with such an object. A transform may say `"downwards": true` (default
        for translate_y only); other keys are ignored.

    Raises
    ------
    InputError
        For text that is no such object; the message names the transform and the key.
    """
    if not text.lstrip().startswith("{"):
        text = Path(text).read_text()
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"the transforms are not valid JSON: {error}") from None
    return {name: _transform_axis(name, entry) for name, entry in entries.items()}


def _transform_axis(name: str, entry: Mapping[str, Any]) -> TransformAxis:
    for key in ("label", "unit", "identity", "axis"):
        if key not in entry:
            raise InputError(f"transform {name!r} lacks {key!r}")
    if entry["axis"] not in ("linear", "log"):
        raise InputError(f"transform {name!r}: axis is {entry['axis']!r}, not linear or log")
    return TransformAxis(
        name=name,
        label=str(entry["label"]),
        unit=str(entry["unit"] or ""),
        identity=float(entry["identity"]),
        log=entry["axis"] == "log",
        downwards=bool(entry.get("downwards", name == "translate_y")),
    )
