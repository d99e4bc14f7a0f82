"""The two strategies held together: learned magnitudes beside the screening's thresholds.

One panel a transform of the screening to which the Invariant Transformer Net came close, or to
which one of its directions is nearest, one row a class. Points are the class's thresholds on the
side to which the net went, with 95 % intervals; the line is the largest magnitude that the net
learned.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from invariances.tables.trained import KINDS

from .axes import TransformAxis, number
from .itn_kinds import LOOKS, STEERED_BY, components, place
from .key import Sign, draw_key, key_height
from .labels import page_title, shortened, spaced, text_width, wrapped
from .marks import IDENTITY_LINE, MARK_COLOUR
from .registry import figure
from .responses import known
from .style import DOUBLE_COLUMN, SINGLE_COLUMN, SMALL, TITLE, Page, Palette, applied, ink, striped

COLUMNS = 3
NAMED = 40  # of more classes than this, the rows have no names
WIDEST = 60.0  # mm, of a panel
GUTTER, TITLE_ROOM, TICKS, UNIT, BETWEEN = 5.0, 7.2, 3.8, 3.0, 2.4  # mm


@dataclass(frozen=True)
class Beside:
    """One transform of the screening beside what the net learned.

    Parameters
    ----------
    transform, kind
        The screening's transform, and the net's to which it is nearest.
    k, magnitude, explained
        Where the net goes furthest along it, how far, and the part of the displacement it explains.
    others
        The magnitudes at all other k of which the same transform is nearest, in the same direction.
    thresholds
        One row a class: class, threshold, low, high, censored, reached_fraction.
    """

    transform: str
    kind: str
    k: tuple[float, ...]
    magnitude: float
    explained: float
    others: tuple[float, ...]
    thresholds: pd.DataFrame


def sides_of(comparison: pd.DataFrame) -> list[Beside]:
    """Return each transform that is beside what the net learned, at its furthest magnitude."""
    beside = comparison[comparison["class"].notna()]
    names = components(comparison)
    found = []
    for (kind, transform, _), rows in beside.groupby(
        ["varied", "transform", "direction"], sort=False
    ):
        learned = rows.drop_duplicates(names)
        # All lie on one side of the identity: the furthest is the largest up, the smallest down.
        upwards = str(rows["direction"].iloc[0]) == "up"
        magnitudes = learned["magnitude"].to_numpy(dtype=float)
        furthest = int(magnitudes.argmax() if upwards else magnitudes.argmin())
        at = learned.iloc[furthest]
        same = (rows[names] == at[names]).all(axis=1)
        found.append(
            Beside(
                transform=str(transform),
                kind=str(kind),
                k=tuple(at[names].astype(float)),
                magnitude=float(at["magnitude"]),
                explained=float(at["explained_fraction"]),
                others=tuple(np.delete(magnitudes, furthest).tolist()),
                thresholds=rows[same].reset_index(drop=True),
            )
        )
    return found


def sentences(comparison: pd.DataFrame) -> list[str]:
    """Say of each of the net's transforms without a panel why it has none."""
    drawn = {beside.kind for beside in sides_of(comparison)}
    said = []
    for kind in KINDS:
        rows = comparison[comparison["varied"] == kind]
        if kind in drawn or rows.empty:
            continue
        best = rows.iloc[int(rows["explained_fraction"].to_numpy(dtype=float).argmax())]
        nearest = (
            f"the nearest, {spaced(str(best['transform']))} at {number(round(best['magnitude'], 3))}, "
            f"explains {100 * best['explained_fraction']:.0f} % of its displacement"
        )
        if rows["close"].any():
            said.append(f"The {kind} transform's nearest was not screened: {nearest}.")
        else:
            said.append(f"No transform of the screening is close to the {kind} one: {nearest}.")
    if comparison.empty:
        said.append(
            "The net stays at the identity: there is nothing to hold beside the thresholds."
        )
    return said


@figure(
    "itn/{model}/comparison",
    reads={"comparison": "itn/{model}/comparison.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "beside the thresholds"},
    kind="itn",
    cases="learners",
)
def itn_comparison(
    comparison: pd.DataFrame,
    model: str,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """The two strategies held together for **{model}**: the furthest magnitude that the net learned
    of a transform that the screening knows, beside each class's threshold of that transform in the
    same direction, with 95 % intervals. Each learned direction is held beside the transform nearest to
    it; how much of it that explains is written there.
    """
    return draw_comparison(comparison, transforms, palette, model, width=width)


def draw_comparison(
    comparison: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    model: str,
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw learned magnitudes beside thresholds; where nothing is close, say so.

    Parameters
    ----------
    comparison
        The rows of comparison.csv.
    transforms
        The axes of the screening's transforms.
    palette
        The classes' looks and order.
    model
        The classifier's name.

    Raises
    ------
    InputError
        For a transform that is not among `transforms`.
    """
    sides = sides_of(comparison)
    for beside in sides:
        known("transform in --transforms", beside.transform, transforms)
    notes = sentences(comparison)
    classes = palette.ordered(str(c) for b in sides for c in b.thresholds["class"])
    named = len(classes) <= NAMED
    widest = max((text_width(spaced(name), SMALL) for name in classes), default=0.0)
    left = min(widest, 0.2 * width) + 3.0 if named else 2.0
    columns = max(1, min(COLUMNS, len(sides)))
    inner = min((width - left - 2.5 - (columns - 1) * GUTTER) / columns, WIDEST)
    total = max(SINGLE_COLUMN, left + columns * (inner + GUTTER) - GUTTER + 2.5)
    tall = 1.0 + (2.8 if named else 1.0) * len(classes)
    row = TITLE_ROOM + tall + TICKS + UNIT + BETWEEN
    signs = _signs(sides)
    with applied():
        texts = [wrapped(note, total - 1.0, SMALL, lines=3) for note in notes]
        head = 6.0 + (key_height(signs, total) + 1.5 if signs else 0.0)
        lines = sum(text.count("\n") + 1.4 for text in texts)
        page = Page(total, head + -(-len(sides) // columns) * row + 2.8 * lines + 0.5)
        page_title(page, f"{spaced(model)}: learned magnitudes beside thresholds")
        if signs:
            draw_key(page, 1.2, 6.0, signs)
        for index, beside in enumerate(sides):
            line, column = divmod(index, columns)
            box = left + column * (inner + GUTTER), head + line * row, inner, tall
            _panel(page, box, beside, transforms[beside.transform], classes)
            if column == 0 and named:
                _names(page, box, classes, palette)
        top = head + -(-len(sides) // columns) * row
        for text in texts:
            page.text(0.5, top, text, fontsize=SMALL, linespacing=1.1, gid="sentence")
            top += 2.8 * (text.count("\n") + 1.4)
    return page.figure


def _signs(sides: Sequence[Beside]) -> list[Sign]:
    if not sides:
        return []
    edge = {"color": MARK_COLOUR, "linestyle": "none", "markersize": 3.6, "markeredgewidth": 0.7}
    signs: list[Sign] = [
        ({**edge, "marker": "o"}, "threshold of a class (95 % interval)"),
        ({**edge, "marker": ">", "markerfacecolor": "white"}, "no switch in the range"),
    ]
    for kind in dict.fromkeys(beside.kind for beside in sides):
        look = LOOKS[kind]
        line = {"color": look.colour, "linestyle": look.line, "linewidth": 1.4}
        signs.append((line, f"furthest the net goes ({STEERED_BY[kind]}); ticks: at other k"))
    return signs


def _panel(
    page: Page,
    box: tuple[float, float, float, float],
    beside: Beside,
    transform: TransformAxis,
    classes: Sequence[str],
) -> None:
    left, top, width, tall = box
    axes = page.axes(left, top + TITLE_ROOM, width, tall)
    values = beside.thresholds[["threshold", "low", "high"]].to_numpy(dtype=float).ravel()
    ends = [*values[values == values], beside.magnitude, *beside.others, transform.identity]
    if transform.log:
        ends = [end for end in ends if end > 0]
    low, high = min(ends), max(ends)
    if high <= low:
        low, high = low - 1.0, high + 1.0
    transform.apply(axes, low, high, pad=0.05, most=5)
    axes.set_ylim(len(classes) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    striped(axes, len(classes))
    axes.axvline(transform.identity, **{**IDENTITY_LINE, "color": "#999999"})
    look = LOOKS[beside.kind]
    axes.axvline(beside.magnitude, color=look.colour, ls=look.line, lw=1.4, zorder=2, gid="learned")
    for other in beside.others:
        axes.axvline(other, ymax=0.03, color=look.colour, lw=0.7, gid="other")
    for cell in beside.thresholds.to_dict("records"):
        _threshold(axes, cell, classes.index(str(cell["class"])))
    page.text(
        left, top, shortened(transform.heading, width, TITLE, "bold"), fontsize=TITLE, weight="bold"
    )
    degrees = "°" if transform.unit == "degrees" else ""
    reached = beside.thresholds["reached_fraction"].median()
    magnitude = number(round(beside.magnitude, 1 if degrees else 2)) + degrees
    note = f"{magnitude} at {STEERED_BY[beside.kind]} = {place(beside.k)}, "
    note += f"explains {100 * beside.explained:.0f} %"
    if reached == reached:
        note += f"; {100 * reached:.0f} % of the way (median)"
    page.text(
        left, top + 3.6, shortened(note, width + GUTTER - 1.0, SMALL - 0.5), fontsize=SMALL - 0.5
    )
    below = top + TITLE_ROOM + tall + TICKS
    unit = wrapped(transform.unit, width, SMALL, lines=1)
    page.text(left + width / 2, below, unit, ha="center", fontsize=SMALL)


def _threshold(axes: Axes, row: Mapping[Hashable, object], height: int) -> None:
    value, low, high = (float(str(row[name])) for name in ("threshold", "low", "high"))
    censored = bool(row["censored"])
    marker = (">" if row["direction"] == "up" else "<") if censored else "o"
    if low == low and high == high:
        axes.plot([low, high], [height, height], color=MARK_COLOUR, lw=0.8, gid="interval")
    axes.plot(
        [value],
        [height],
        marker=marker,
        color=MARK_COLOUR,
        markerfacecolor="white" if censored else MARK_COLOUR,
        markersize=3.4,
        markeredgewidth=0.7,
        clip_on=False,
        zorder=3,
        gid=f"threshold:{row['class']}",
    )


def _names(
    page: Page, box: tuple[float, float, float, float], classes: Sequence[str], palette: Palette
) -> None:
    left, top, _, tall = box
    for index, name in enumerate(classes):
        middle = top + TITLE_ROOM + tall * (index + 0.6) / len(classes)
        page.text(
            left - 1.5,
            middle,
            shortened(spaced(name), left - 2.0, SMALL),
            ha="right",
            va="center",
            fontsize=SMALL,
            color=ink(palette.look(name).colour),
        )
