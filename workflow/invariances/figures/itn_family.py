"""The learned family: how far each part of the transforms moves over the k square.

One small map a part, over the two components of its k; the scale is the part's own and diverges from
the identity. Parts that stay within what can be noticed are named below instead of drawn.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from .itn_kinds import (
    COMPONENTS,
    HEADINGS,
    STEERED_BY,
    Component,
    components,
    varied_kinds,
    varied_rows,
)
from .labels import page_title, shortened, spaced, text_width, wrapped
from .registry import figure
from .style import DOUBLE_COLUMN, NORMAL, SINGLE_COLUMN, SMALL, TITLE, Page, applied

Array = npt.NDArray[np.float64]

DIVERGING, GROWING = "RdBu_r", "Blues"  # pale at the identity: values are written into the cells
COLUMNS = 5
LEFT, BAR_ROOM, GAP, BAR = 8.5, 11.0, 1.0, 1.8  # mm
SECTION, TITLE_ROOM, TICKS, LABEL, BETWEEN = 5.0, 3.6, 3.6, 3.2, 2.0  # mm
NOTE = (
    "Scales and zoom above 1 shrink the content; a rotation is counter-clockwise as seen, a hue turn "
    "from red towards green; displacement is the mean of ‖Ax \N{MINUS SIGN} x‖² over unit vectors."
)
WRITTEN = 6  # of more values along a side, no numbers are written into the cells


@dataclass(frozen=True)
class Moved:
    """One part over its k square: square [n, n], the second component of k along the rows.

    Of a k with one component the square is one row; of one with three there is a square at the least and
    at the largest value of the third, said in `where`.
    """

    component: Component
    where: str
    ticks: Array
    square: Array

    @property
    def noticed(self) -> bool:
        """Whether it goes further from the identity than can be overlooked."""
        changes = np.abs(self.component.change(self.square))
        return bool(np.nanmax(changes) >= self.component.noticed)


def moved(evaluation: pd.DataFrame, kind: str) -> list[Moved]:
    """Return every part of one transform over its k square."""
    rows = varied_rows(evaluation, kind)
    names = components(rows)
    if len(names) == 1:
        rows = rows.assign(k_1=0.0)
    slices = {"": rows}
    if len(names) == 3:
        ends = (0.0, float(rows["k_2"].max()))
        slices = {f", third {end:g}": rows[rows["k_2"] == end] for end in ends}
    found = []
    for component in COMPONENTS:
        if component.kind == kind and component.column in rows.columns:
            for where, part in slices.items():
                square = part.pivot_table(index="k_1", columns="k_0", values=component.column)
                ticks = square.columns.to_numpy(dtype=float)
                found.append(Moved(component, where, ticks, square.to_numpy(dtype=float)))
    return found


@figure(
    "itn/{model}/family",
    reads={"evaluation": "itn/{model}/evaluation.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "learned family"},
    kind="itn",
    cases="learners",
)
def itn_family(evaluation: pd.DataFrame, model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """The learned family of transforms before **{model}**: how far each part of the learned
    matrices moves over the square of k1 and of k2. White is the identity; parts that stay within
    what can be noticed are named, not drawn.
    """
    return draw_family(evaluation, model, width=width)


def draw_family(evaluation: pd.DataFrame, model: str, *, width: float = DOUBLE_COLUMN) -> Figure:
    """Draw the maps of all parts that move, a section a transform.

    Parameters
    ----------
    evaluation
        The rows of evaluation.csv.
    model
        The classifier's name.

    Raises
    ------
    InputError
        For a table that varies no transform.
    """
    sections = {kind: moved(evaluation, kind) for kind in varied_kinds(evaluation)}
    cell = (width - LEFT) / COLUMNS
    side = cell - BAR_ROOM
    row = TITLE_ROOM + side + TICKS + BETWEEN
    widest = max(sum(part.noticed for part in parts) for parts in sections.values())
    total = max(SINGLE_COLUMN, LEFT + min(widest, COLUMNS) * cell)
    heights = []
    for parts in sections.values():
        lines = -(-sum(part.noticed for part in parts) // COLUMNS)
        still = _still(parts, total)
        below = 1.2 + 2.8 * (1 + still.count("\n")) if still else 1.0
        heights.append(SECTION + lines * row + (LABEL if lines else 0.0) + below)
    with applied():
        note = wrapped(NOTE, total - 1.0, SMALL)
        page = Page(total, 6.5 + sum(heights) + 2.8 * (1 + note.count("\n")) + 0.6)
        page_title(page, f"{spaced(model)}: the learned family over k")
        top = 6.5
        for (kind, parts), height in zip(sections.items(), heights, strict=True):
            _section(page, kind, parts, top, (cell, side, row))
            top += height
        page.text(0.5, top, note, fontsize=SMALL)
    return page.figure


def _section(
    page: Page, kind: str, parts: list[Moved], top: float, sizes: tuple[float, float, float]
) -> None:
    cell, side, row = sizes
    steered = STEERED_BY[kind]
    page.text(0.5, top, f"{HEADINGS[kind]}: {steered}", fontsize=TITLE, weight="bold")
    shown = [part for part in parts if part.noticed]
    for index, part in enumerate(shown):
        line, column = divmod(index, COLUMNS)
        place = LEFT + column * cell, top + SECTION + line * row, side
        last = index + COLUMNS >= len(shown)
        _panel(page, part, place, column == 0, last, steered)
    lines = -(-len(shown) // COLUMNS)
    below = top + SECTION + lines * row + (LABEL if lines else 0.0)
    page.text(0.5, below - 0.5, _still(parts, page.width), fontsize=SMALL, linespacing=1.1)


def _still(parts: list[Moved], width: float) -> str:
    """Name the parts that move nowhere enough to be noticed; empty where all do."""
    moving = {part.component.label for part in parts if part.noticed}
    names = dict.fromkeys(part.component.label for part in parts)
    still = [name for name in names if name not in moving]
    text = f"Unmoved over the whole square: {', '.join(still)}."
    return wrapped(text, width - 1.0, SMALL) if still else ""


def _panel(
    page: Page,
    part: Moved,
    place: tuple[float, float, float],
    first: bool,
    last: bool,
    steered: str,
) -> None:
    left, top, side = place
    component = part.component
    label = component.label[:1].upper() + component.label[1:]
    label += f" ({component.unit})" if component.unit else ""
    label += part.where
    page.text(left, top, shortened(label, side + BAR_ROOM - 1.5, NORMAL), fontsize=NORMAL)
    axes = page.axes(left, top + TITLE_ROOM, side, side)
    changes = component.change(part.square)
    reach = float(np.nanmax(np.abs(changes))) or 1.0
    norm = Normalize(-reach if component.signed else 0.0, reach)
    colours = DIVERGING if component.signed else GROWING
    axes.imshow(
        changes, origin="lower", cmap=colours, norm=norm, aspect="auto", gid=component.column
    )
    count = len(part.ticks)
    if count <= WRITTEN:
        _numbers(axes, part, changes / reach, side / count)
    ends = [0, count - 1]
    names = [f"{part.ticks[end]:g}" for end in ends]
    axes.set_xticks(ends, names if last else ["", ""])
    flat = len(part.square) == 1
    axes.set_yticks([] if flat else ends, [] if flat else names if first else ["", ""])
    for spine in axes.spines.values():
        spine.set_visible(True)
    if last:
        axes.set_xlabel(steered if flat else f"{steered}, first", labelpad=0.0)
    if first and not flat:
        axes.set_ylabel(f"{steered}, second", labelpad=1.0)
    _bar(page, part, (left + side + GAP, top + TITLE_ROOM, side), norm, colours)


def _numbers(axes: Axes, part: Moved, shades: Array, room: float) -> None:
    """Write the values into cells `room` mm wide, if all of them fit."""
    size = SMALL - 1.5
    # Print's short form: .12 for 0.12.
    texts = [part.component.text(float(v)).replace("0.", ".") for v in part.square.ravel()]
    if max(text_width(text, size) for text in texts) > room:
        return
    for ((row, column), _), text in zip(np.ndenumerate(part.square), texts, strict=True):
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=size,
            color="white" if abs(shades[row, column]) > 0.62 else "black",
            gid="value",
        )


def _bar(
    page: Page, part: Moved, place: tuple[float, float, float], norm: Normalize, colours: str
) -> None:
    """Draw a map's scale."""
    left, top, height = place
    component = part.component
    axes = page.axes(left, top, BAR, height)
    low, high = float(norm.vmin or 0.0), float(norm.vmax or 1.0)
    axes.imshow(
        np.linspace(low, high, 128)[:, None],
        origin="lower",
        extent=(0.0, 1.0, low, high),
        aspect="auto",
        cmap=colours,
        norm=norm,
    )
    axes.set_xticks([])
    axes.yaxis.tick_right()
    ticks = [low, 0.0, high] if component.signed else [low, high]
    positive = part.square[np.isfinite(part.square)] > 0
    factors = component.multiplies and bool(positive.all())
    values = [np.exp(tick) if factors else tick + component.identity for tick in ticks]
    axes.set_yticks(ticks, [component.text(float(value)) for value in values])
    axes.tick_params(labelsize=SMALL - 1.0, pad=1.6)
    axes.set_gid(f"scale:{component.column}")
