"""The response curve of one class, under one transform, by one classifier."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from .axes import TransformAxis
from .curves import Margins, curve_panel
from .labels import counted, spaced, text_width
from .registry import figure
from .responses import Curve, Mark, curves_of, marks_of
from .style import NORMAL, SINGLE_COLUMN, Page, Palette, applied
from .thumbnails import Thumbnails, read_thumbnails


@figure(
    "curves/{model}/{single}/{slug}",
    reads={
        "curves": "thresholds/{model}/{single}.parquet",
        "thresholds": "thresholds/{model}/{single}.csv",
        "thumbnails": "sweeps/{model}/{single}/{chunk}.thumbnails.npz",
    },
    category="Curves, one by one",
    labels={"network": "{model}", "transform": "{single}", "shown": "{slug}"},
    cases="cells",
)
def curve(
    curves: pd.DataFrame,
    thresholds: pd.DataFrame,
    thumbnails: Sequence[Path],
    model: str,
    single: str,
    name: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = SINGLE_COLUMN,
) -> Figure:
    """How **{model}** answers one class's pictures under one transform of growing magnitude. Lines:
    the mean softmax of the three strongest categories and the largest of the others, with 95 %
    intervals over pictures; dotted: accuracy. Marks: the threshold, the first magnitude at which
    the class no longer leads. Below the axis, the first picture of the class as the network sees
    it.
    """
    return draw_curve(
        curves_of(curves, model, single, [name])[name],
        transforms[single],
        palette,
        marks=marks_of(thresholds, model, single, [name])[name],
        thumbnails=read_thumbnails(thumbnails).get(name),
        width=width,
    )


def draw_curve(
    curve: Curve,
    transform: TransformAxis,
    palette: Palette,
    *,
    marks: Sequence[Mark] = (),
    thumbnails: Thumbnails | None = None,
    width: float = SINGLE_COLUMN,
) -> Figure:
    """Draw one class's response curve as a figure of its own, `width` mm wide."""
    lines = transform.title_within(width - 2.0, NORMAL).count("\n") + 1
    margins = Margins(title=5.5, thumbnail=width * 0.1, label=1.0 + 2.6 * lines)
    height = 38.4 + margins.label + (margins.thumbnail if thumbnails else 0.0)
    with applied():
        page = Page(width, height)
        note = f"{spaced(curve.model)}, {counted(curve.images)}"
        box = (1.0, 1.0, width - 1.5, height - 1.5)
        page.text(width - 0.8, 1.4, note, ha="right")
        curve_panel(
            page,
            box,
            curve,
            transform,
            palette,
            marks=marks,
            thumbnails=thumbnails,
            margins=margins,
            note_width=text_width(note, NORMAL) + 2.0,
        )
    return page.figure
