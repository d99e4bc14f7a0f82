"""The paper's figures 2, 3, 6 and 7: four panels each, of one classifier.

Figures 2 and 6 are the paper's of AlexNet, 3 and 7 those of ResNet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from invariances.errors import InputError

from .axes import TransformAxis
from .curves import Margins, curve_panel
from .heatmap import LEFT, TITLE_ROOM, Map, map_panel, maps_of, scale_bar, split_pair
from .key import curve_signs, draw_key, key_height
from .labels import page_title, spaced
from .registry import figure
from .responses import Curve, Mark, curves_of, known, marks_of, present
from .style import DOUBLE_COLUMN, Page, Palette, applied
from .thumbnails import Thumbnails, read_thumbnails

TRANSLATIONS = "translate_x+translate_y"

# The captions of figures 6 and 7, a network each, give the class of all four panels, but the transform
# of the first only; the other three are this project's choice, among those that 2 and 3 do not show.
BOTH = (("blur", "broom"), ("rotate", "orange"), ("grayscale", "orange"), ("brightness", "volcano"))
PANELS: dict[int, tuple[tuple[str, str], ...]] = {
    2: (("noise", "broom"), ("rotate", "broom"), ("zoom", "obelisk"), (TRANSLATIONS, "volcano")),
    3: (("noise", "broom"), ("rotate", "broom"), ("zoom", "obelisk"), (TRANSLATIONS, "sweatshirt")),
    6: BOTH,
    7: BOTH,
}
PAPER_CLASSES = ("broom", "obelisk", "orange", "volcano", "sweatshirt")
GUTTER, BETWEEN = 4.0, 3.0  # mm


@dataclass(frozen=True)
class Panel:
    """What one panel shows: a curve with its thresholds, or a map, and its transform."""

    transform: str
    response: Curve | Map
    marks: Sequence[Mark] = ()
    thumbnails: Thumbnails | None = None


@figure(
    "figure{number}",
    reads={
        "curves": "thresholds/{model}/{single}.parquet",
        "thresholds": "thresholds/{model}/{single}.csv",
        "thumbnails": "sweeps/{model}/{single}/{chunk}.thumbnails.npz",
        "pairs": "pairs/{model}/{pair}.parquet",
    },
    category="The paper's figures",
    labels={"figure": "{number}"},
    cases="paper",
)
def paper(
    curves: pd.DataFrame,
    thresholds: pd.DataFrame,
    thumbnails: Sequence[Path],
    number: str,
    model: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    pairs: pd.DataFrame | None = None,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Figure {number} of Bunne, Rahmann and Wolf 2018, with the paper's classes where the data have
    them: class-wise mean softmax under transforms of growing magnitude, and the map of two
    translations combined.
    """
    screened = present(curves, "transform")
    screened += present(pairs, "transform") if pairs is not None else []
    panels = []
    for transform, name in panels_for(int(number), palette.classes, screened):
        if pairs is not None and transform == TRANSLATIONS:
            panels.append(Panel(transform, maps_of(pairs, model, transform, [name])[name]))
            continue
        # The second but last part of a sweep's path is its transform.
        shown = [path for path in thumbnails if path.parent.name == transform]
        panels.append(
            Panel(
                transform,
                curves_of(curves, model, transform, [name])[name],
                marks_of(thresholds, model, transform, [name])[name],
                read_thumbnails(shown).get(name),
            )
        )
    return draw_paper(panels, model, transforms, palette, width=width)


def panels_for(
    figure: int, classes: Sequence[str], transforms: Collection[str]
) -> list[tuple[str, str]]:
    """Return transform and class of each panel of a figure, for what a run has.

    The paper's class where the data set has it, otherwise one of the run's classes, always the same
    one in its place. For the pair of translations, the vertical one alone where the pair was not
    screened. Panels of transforms that were not screened are left out.

    Raises
    ------
    InputError
        For a figure that is not the paper's, or if no panel is left.
    """
    if figure not in PANELS:
        raise InputError(f"figure {figure}: the paper's curves are figures {sorted(PANELS)}")
    found: list[tuple[str, str]] = []
    for transform, name in PANELS[figure]:
        if transform == TRANSLATIONS and transform not in transforms:
            transform = "translate_y"
        if transform not in transforms:
            continue
        plain = {c.split(",")[0].replace("_", " ").casefold(): c for c in reversed(classes)}
        substitute = classes[PAPER_CLASSES.index(name) % len(classes)]
        found.append((transform, plain.get(name, substitute)))
    if not found:
        wanted = ", ".join(transform for transform, _ in PANELS[figure])
        raise InputError(f"figure {figure}: none of its transforms was screened ({wanted})")
    return found


def draw_paper(
    panels: Sequence[Panel],
    model: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw up to four panels of one classifier, two beside each other, lettered a to d.

    Raises
    ------
    InputError
        For more than four panels, or a panel whose transform is not among the transforms.
    """
    if not 1 <= len(panels) <= 4:
        raise InputError(f"a figure of the paper has one to four panels, not {len(panels)}")
    for panel in panels:
        for transform in panel.transform.split("+"):
            known("transform in --transforms", transform, transforms)
    cell = (width - GUTTER - 1.0) / 2
    margins = Margins(right=20.0)
    inner = cell - margins.left - margins.right
    pictures = any(panel.thumbnails for panel in panels)
    room = min(margins.thumbnail, inner / 7) if pictures else 0.0
    margins = Margins(right=20.0, thumbnail=room)
    height = 0.5 * inner + margins.title + margins.ticks + room + margins.label
    if any(isinstance(panel.response, Map) for panel in panels):
        height = max(height, 58.0)
    signs = curve_signs(any(panel.marks for panel in panels))
    header = 6.5 + key_height(signs, width) + 2.0
    with applied():
        page = Page(width, header + -(-len(panels) // 2) * (height + BETWEEN))
        page_title(page, spaced(model))
        draw_key(page, 0.5, 6.5, signs)
        for index, panel in enumerate(panels):
            row, column = divmod(index, 2)
            left = 0.5 + column * (cell + GUTTER)
            box = (left, header + row * (height + BETWEEN), cell, height)
            _draw_panel(page, box, panel, "abcd"[index], transforms, palette, margins)
    return page.figure


def _draw_panel(
    page: Page,
    box: tuple[float, float, float, float],
    panel: Panel,
    letter: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    margins: Margins,
) -> None:
    if isinstance(panel.response, Map):
        pair = split_pair(panel.transform, transforms)
        _, side = map_panel(page, box, panel.response, pair, letter=letter)
        scale_bar(page, box[0] + LEFT + side + 2.5, box[1] + TITLE_ROOM, side)
        return
    curve_panel(
        page,
        box,
        panel.response,
        transforms[panel.transform],
        palette,
        marks=panel.marks,
        thumbnails=panel.thumbnails,
        letter=letter,
        margins=margins,
    )
