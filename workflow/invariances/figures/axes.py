"""The axis of a transform's magnitude: its scale, limits, ticks and label."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from invariances import magnitudes
from invariances.records import from_json

from .labels import shortened, text_width

Array = npt.NDArray[np.float64]
DEGREE_STEPS = (90.0, 45.0, 30.0, 15.0, 10.0, 5.0, 2.0, 1.0)
DEGREES = ("degrees", "degree", "°", "deg")
MINUS = "\N{MINUS SIGN}"


class TransformAxis(magnitudes.TransformAxis):
    """A transform on the axis of its magnitude, drawn."""

    @classmethod
    def of(cls, axis: magnitudes.TransformAxis) -> "TransformAxis":
        """The same axis, to be drawn."""
        return cls(*(getattr(axis, entry.name) for entry in fields(cls)))

    def title_within(self, width: float, size: float) -> str:
        """Return the title, its unit on a second line where both are wider than `width` mm."""
        if not self.unit or text_width(self.title, size) <= width:
            return shortened(self.title, width, size)
        return "\n".join(shortened(t, width, size) for t in (self.heading, f"({self.unit})"))

    def around(self, values: Array) -> tuple[float, float]:
        """Return the least and the largest of values and the identity, which are never the same."""
        low = min(float(np.nanmin(values)), self.identity)
        high = max(float(np.nanmax(values)), self.identity)
        return low, high if high > low else low + 1.0

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
            # What has nothing between its points is counted.
            locator = MaxNLocator(most - 1, steps=[1, 2, 2.5, 4, 5, 10], integer=self.ordinal)
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
        `{"rotate": {"name": "rotate", "label": "rotation", "unit": "degrees", "identity": 0, "axis":
        "linear"}, …}` or the path of a file with such an object.

    Raises
    ------
    InputError
        For text that is no such object; the message names the transform and the key.
    """
    if not text.lstrip().startswith("{"):
        text = Path(text).read_text()
    return from_json(dict[str, TransformAxis], text, "transforms")
