"""A page with the response curve of every class, for one classifier and one transform."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from .axes import TransformAxis
from .curves import Margins, curve_panel
from .key import curve_signs, draw_key, key_height
from .labels import shortened, spaced
from .registry import figure
from .responses import Curve, Mark, curves_of, marks_of
from .style import DOUBLE_COLUMN, TITLE, Page, Palette, applied
from .thumbnails import Thumbnails, read_thumbnails

PER_PAGE = 14
COLUMNS = 2
HEADER = 7.0  # mm
GUTTER = 3.0
EDGE = 0.5
BETWEEN = 1.6  # rows


@figure(
    "sheets/{model}/{single}",
    reads={
        "curves": "thresholds/{model}/{single}.parquet",
        "thresholds": "thresholds/{model}/{single}.csv",
        "thumbnails": "sweeps/{model}/{single}/{chunk}.thumbnails.npz",
    },
    category="Curves of every class",
    labels={"network": "{model}", "transform": "{single}"},
    kind="sheets",
    per_page=PER_PAGE,
)
def sheet(
    curves: pd.DataFrame,
    thresholds: pd.DataFrame,
    thumbnails: Sequence[Path],
    model: str,
    single: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Iterator[Figure]:
    """Every class under **{single}**, by **{model}**: mean softmax of the three strongest
    categories and the largest of the others, accuracy, and the threshold in each direction. A class
    whose line stays at the top from end to end is invariant over the range screened.
    """
    found = curves_of(curves, model, single)
    return draw_sheet(
        found,
        transforms[single],
        palette,
        marks=marks_of(thresholds, model, single, list(found)),
        thumbnails=read_thumbnails(thumbnails),
        width=width,
    )


def draw_sheet(
    curves: Mapping[str, Curve],
    transform: TransformAxis,
    palette: Palette,
    *,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    thumbnails: Mapping[str, Thumbnails] | None = None,
    width: float = DOUBLE_COLUMN,
) -> Iterator[Figure]:
    """Draw the curves of all classes, two beside each other, 14 a page.

    Parameters
    ----------
    curves, marks, thumbnails
        By class; classes without marks or thumbnails are drawn without them.
    width
        In mm; a page of 14 classes at 180 mm is 270 mm high.

    Yields
    ------
    Figure
        One a page, drawn when it is asked for: a thousand classes have 72.
    """
    names = list(curves)
    chunks = [names[start : start + PER_PAGE] for start in range(0, len(names), PER_PAGE)]
    for number, chunk in enumerate(chunks, start=1):
        with applied():
            page = _page(
                [curves[name] for name in chunk],
                transform,
                palette,
                marks or {},
                thumbnails or {},
                width,
                f" ({number} of {len(chunks)})" if len(chunks) > 1 else "",
            )
        yield page
        # Before the next one is drawn.
        del page


def _page(
    curves: Sequence[Curve],
    transform: TransformAxis,
    palette: Palette,
    marks: Mapping[str, Sequence[Mark]],
    thumbnails: Mapping[str, Thumbnails],
    width: float,
    suffix: str,
) -> Figure:
    panel = (width - GUTTER - 2 * EDGE) / COLUMNS
    pictures = any(curve.name in thumbnails for curve in curves)
    margins = Margins(left=7.0, right=min(21.0, panel * 0.24))
    inner = panel - margins.left - margins.right
    room = min(margins.thumbnail, inner / 7.0) if pictures else 0.0
    margins = Margins(left=margins.left, right=margins.right, thumbnail=room)
    height = 0.32 * inner + margins.title + margins.ticks + room + BETWEEN
    rows = -(-len(curves) // COLUMNS)
    signs = curve_signs(any(marks.get(curve.name) for curve in curves))
    header = HEADER + key_height(signs, width) + 2.0
    page = Page(width, header + rows * height + margins.label)
    title = shortened(
        f"{spaced(curves[0].model)}: {transform.title}{suffix}", width - 1.0, TITLE + 1.5, "bold"
    )
    page.text(EDGE, 0.8, title, fontsize=TITLE + 1.5, weight="bold")
    draw_key(page, EDGE, HEADER, signs)
    for index, curve in enumerate(curves):
        row, column = divmod(index, COLUMNS)
        last = index + COLUMNS >= len(curves)
        box_height = height - BETWEEN + (margins.label if last else 0.0)
        curve_panel(
            page,
            (EDGE + column * (panel + GUTTER), header + row * height, panel, box_height),
            curve,
            transform,
            palette,
            marks=marks.get(curve.name, ()),
            thumbnails=thumbnails.get(curve.name),
            xlabel=last,
            ylabel=False,
            margins=margins,
        )
    return page.figure
