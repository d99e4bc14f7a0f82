"""Thresholds: where, going from the identity, a network stops seeing what it saw.

``axes`` reads a sweep's arrays, ``crossings`` finds where mean curves cross, ``cells`` makes the
tables of classes, ``bisection`` and ``pictures`` the exact thresholds of single pictures, ``regions``
the maps of two transforms at once, ``comparison`` holds networks against each other.
"""

from invariances.thresholds.axes import Axis, Direction, SweepArrays, infer_axis
from invariances.thresholds.bisection import Bisection, exhaustive_grid
from invariances.thresholds.cells import (
    CURVE_COLUMNS,
    THRESHOLD_COLUMNS,
    curve_table,
    format_intervals,
    threshold_table,
)
from invariances.thresholds.comparison import (
    CORRELATION_COLUMNS,
    DIFFERENCE_COLUMNS,
    correlation_table,
    difference_table,
)
from invariances.thresholds.pictures import (
    MEDIAN_COLUMNS,
    PICTURE_COLUMNS,
    median_table,
    picture_table,
)
from invariances.thresholds.regions import (
    PAIR_COLUMNS,
    REGION_COLUMNS,
    pair_table,
    region_table,
)
from invariances.thresholds.responses import Response

__all__ = [
    "CORRELATION_COLUMNS",
    "CURVE_COLUMNS",
    "DIFFERENCE_COLUMNS",
    "MEDIAN_COLUMNS",
    "PAIR_COLUMNS",
    "PICTURE_COLUMNS",
    "REGION_COLUMNS",
    "THRESHOLD_COLUMNS",
    "Axis",
    "Bisection",
    "Direction",
    "Response",
    "SweepArrays",
    "correlation_table",
    "curve_table",
    "difference_table",
    "exhaustive_grid",
    "format_intervals",
    "infer_axis",
    "median_table",
    "pair_table",
    "picture_table",
    "region_table",
    "threshold_table",
]
