"""Pages of small panels, one a transform, four in a line: what overview and all pictures together share."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from .axes import TransformAxis
from .key import Sign, key_height
from .labels import shortened, wrapped
from .style import SINGLE_COLUMN, SMALL, TITLE, Page

Box = tuple[float, float, float, float]
COLUMNS = 4
WIDEST = 60.0  # mm, of a panel
GUTTER, TITLE_ROOM, TICKS, UNIT_LINE, BETWEEN = 6.0, 4.0, 3.6, 2.6, 2.6  # mm


def layout(
    transforms: Sequence[TransformAxis],
    left: float,
    tall: float,
    signs: Sequence[Sign],
    width: float,
) -> tuple[Page, list[Box]]:
    """Return the page and each panel's axes box (left, top, width, height) in mm.

    Parameters
    ----------
    left, tall
        Room beside the first panel of a line, and the height of every panel, in mm.
    signs
        The key's, which stands over the panels.
    """
    columns = min(COLUMNS, len(transforms))
    inner = min((width - left - 2.0 - (columns - 1) * GUTTER) / columns, WIDEST)
    width = max(SINGLE_COLUMN, left + columns * (inner + GUTTER) - GUTTER + 2.0)
    top = 6.0 + key_height(signs, width) + 2.0
    boxes: list[Box] = []
    for start in range(0, len(transforms), COLUMNS):
        line = transforms[start : start + COLUMNS]
        top += TITLE_ROOM
        boxes += [(left + i * (inner + GUTTER), top, inner, tall) for i in range(len(line))]
        lines = max(len(_unit(transform, inner).splitlines()) for transform in line)
        top += tall + TICKS + UNIT_LINE * lines + BETWEEN
    return Page(width, top), boxes


def panel(page: Page, box: Box, transform: TransformAxis, ends: tuple[float, float]) -> Axes:
    """A transform's axes in its box, its name above and its unit below."""
    left, top, width, height = box
    axes = page.axes(left, top, width, height)
    transform.apply(axes, *ends, pad=0.05, most=5)
    label = shortened(transform.heading, width + GUTTER - 1.0, TITLE)
    page.text(left, top - TITLE_ROOM, label, fontsize=TITLE)
    if transform.unit:
        page.text(
            left + width / 2,
            top + height + TICKS,
            _unit(transform, width),
            ha="center",
            fontsize=SMALL,
            linespacing=1.0,
        )
    return axes


def _unit(transform: TransformAxis, width: float) -> str:
    return wrapped(transform.unit, width + GUTTER - 1.5, SMALL)
