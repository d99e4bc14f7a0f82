"""Thresholds: where, going from the identity, a network stops seeing what it saw.

``axes`` reads a sweep's arrays, ``crossings`` finds where mean curves cross, ``cells`` makes the
tables of classes, ``bisection`` and ``pictures`` the exact thresholds of single pictures, ``regions``
the maps of two transforms at once, ``worst`` the worst cases of two or three, ``corruptions`` the errors
of ImageNet-C's benchmark, ``mixed`` all pictures as one set, ``precision`` what
``precision: checked`` asked again, ``differences`` holds networks against each
other, ``ranking`` puts many into an order.
"""

from invariances.thresholds.axes import Axis, Direction, SweepArrays, infer_axis
from invariances.thresholds.bisection import Bisection, exhaustive_grid
from invariances.thresholds.cells import (
    curve_table,
    threshold_table,
)
from invariances.thresholds.differences import (
    correlation_table,
    difference_table,
)
from invariances.thresholds.mixed import (
    mixed_difference_table,
    mixed_table,
)
from invariances.thresholds.pictures import (
    median_table,
    picture_table,
)
from invariances.thresholds.regions import (
    pair_table,
    region_table,
)
from invariances.thresholds.responses import Response
from invariances.thresholds.worst import (
    worst_picture_table,
    worst_table,
)

__all__ = [
    "Axis",
    "Bisection",
    "Direction",
    "Response",
    "SweepArrays",
    "correlation_table",
    "curve_table",
    "difference_table",
    "exhaustive_grid",
    "infer_axis",
    "median_table",
    "mixed_difference_table",
    "mixed_table",
    "pair_table",
    "picture_table",
    "region_table",
    "threshold_table",
    "worst_picture_table",
    "worst_table",
]
