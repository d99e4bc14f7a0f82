"""One network's thresholds under each padding, or resampling: the overview, these in place of networks."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from .axes import TransformAxis
from .overview import draw_overview
from .registry import figure
from .responses import known, present
from .style import DOUBLE_COLUMN, Palette


@figure(
    "borders/{model}",
    reads={"borders": "borders.csv"},
    category="Thresholds",
    labels={"figure": "borders, {model}"},
    cases="borders",
)
def borders(
    borders: pd.DataFrame,
    model: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Thresholds of every class of one network under each border: the run's own padding, the
    others, and real crops (``crop``: the network's crop is shifted in a larger picture, so that
    nothing is invented; its range ends where the picture does). Where the intervals of a class lie
    apart, its threshold is an effect of padding as much as of the transform; borders.csv has the
    changes.
    """
    known("model in the table", model, present(borders, "model"))
    table = borders[borders["model"] == model]
    return draw_overview(table.assign(model=table["padding"]), transforms, palette, width=width)


@figure(
    "resamplings/{model}",
    reads={"resamplings": "resamplings.csv"},
    category="Thresholds",
    labels={"figure": "resamplings, {model}"},
    cases="resamplings",
)
def resamplings(
    resamplings: pd.DataFrame,
    model: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Thresholds of every class of one network under each resampling: the run's own and the others.
    Where the intervals of a class lie apart, its threshold is an effect of how values between pixels
    are found as much as of the transform; resamplings.csv has the changes.
    """
    known("model in the table", model, present(resamplings, "model"))
    table = resamplings[resamplings["model"] == model]
    return draw_overview(table.assign(model=table["resampling"]), transforms, palette, width=width)
