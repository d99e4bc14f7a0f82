"""The one way to plot a response curve.

A panel shows, over the magnitude of a transform, the mean softmax of the three strongest predicted
classes, the largest of all others, and the accuracy, each with its interval; the thresholds above;
under the axis, the transformed picture (paper, section IV.A, figures 2, 3, 6 and 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from .axes import TransformAxis
from .labels import label_lines, short_names, shortened, spaced, text_width
from .marks import BOTTOM, TOP, plot_marks
from .responses import Curve, Mark
from .style import ACCURACY, NORMAL, OTHERS, TITLE, Look, Page, Palette
from .thumbnails import Thumbnails, draw_strip, placed

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Margins:
    """The room around a panel's axes, in mm."""

    left: float = 9.0
    right: float = 20.0
    title: float = 4.5
    ticks: float = 3.4
    label: float = 3.6
    thumbnail: float = 8.6  # the largest side of a thumbnail


def plot_curve(
    axes: Axes, curve: Curve, palette: Palette, *, ordinal: bool = False
) -> list[tuple[str, Look, float]]:
    """Draw a curve's lines and bands into axes; return what is to be labelled.

    On an ordinal axis there is nothing between its points: these are marked, each with its interval.

    Returns
    -------
    list
        Text, look and height (a value on the vertical axis) at the right end, of each line.
    """
    named = curve.strongest()
    looks = palette.looks(named)
    texts = dict(zip(named, short_names(named), strict=True))
    x = curve.magnitudes
    every = max(1, len(x) // 6)
    labels: list[tuple[str, Look, float]] = []
    others = curve.others(named)
    if others is not None:
        look = replace(OTHERS, marker=".") if ordinal else OTHERS
        _line(axes, x, others, look, "others", width=0.9, ordinal=ordinal)
        labels.append(("others", OTHERS, _last(others)))
    for order, name in enumerate(reversed(named)):
        look, values = looks[name], curve.softmax[name]
        low, high = curve.softmax_low[name], curve.softmax_high[name]
        _band(axes, x, low, high, look.colour, 0.16, ordinal)
        width = 1.4 if name == curve.own else 1.0
        offset = (every // 2 + order * every // 3) % every if every > 1 else 0
        spaced_out = 1 if ordinal else (offset, every)
        _line(axes, x, values, look, f"softmax:{name}", width, every=spaced_out, ordinal=ordinal)
        labels.append((texts[name], look, _last(values)))
    _band(axes, x, curve.accuracy_low, curve.accuracy_high, "black", 0.10, ordinal)
    _line(
        *(axes, x, curve.accuracy, ACCURACY, "accuracy", 0.5),
        size=2.5 if ordinal else 1.5,
        hollow=True,
        ordinal=ordinal,
    )
    labels.append(("accuracy", ACCURACY, _last(curve.accuracy)))
    return labels


def _band(
    axes: Axes, x: Array, low: Array, high: Array, colour: str, alpha: float, ordinal: bool
) -> None:
    if ordinal:
        axes.vlines(x, low, high, color=colour, alpha=2 * alpha, linewidth=1.6)
    else:
        axes.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0)


def _line(
    axes: Axes,
    x: Array,
    y: Array,
    look: Look,
    gid: str,
    width: float,
    *,
    every: int | tuple[int, int] = 1,
    size: float = 2.8,
    hollow: bool = False,
    ordinal: bool = False,
) -> None:
    axes.plot(
        x,
        y,
        color=look.colour,
        linestyle="none" if ordinal else look.line,
        linewidth=width,
        marker=look.marker,
        markersize=size,
        markevery=every,
        markerfacecolor="white" if hollow else look.colour,
        markeredgewidth=0.5 if hollow else 0.0,
        clip_on=False,
        zorder=2.5 if hollow else 3,
        gid=gid,
    )


def _last(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if len(finite) else 0.0


def curve_panel(
    page: Page,
    box: tuple[float, float, float, float],
    curve: Curve,
    transform: TransformAxis,
    palette: Palette,
    *,
    marks: Sequence[Mark] = (),
    thumbnails: Thumbnails | None = None,
    letter: str = "",
    xlabel: bool = True,
    ylabel: bool = True,
    margins: Margins | None = None,
    note_width: float = 0.0,
) -> Axes:
    """Draw a whole panel into the box (left, top, width, height) in mm of a page; return its axes.

    `letter` stands before the class's name, as in "a"; `note_width` mm at the right end of its line are
    left free.
    """
    room = margins or Margins()
    left, top, width, height = box
    below = room.ticks + (room.thumbnail if thumbnails else 0.0) + (room.label if xlabel else 0.0)
    inner = (left + room.left, top + room.title, width - room.left - room.right)
    tall = height - room.title - below
    axes = page.axes(*inner, tall)
    low, high = float(curve.magnitudes[0]), float(curve.magnitudes[-1])
    shown, side = _place(thumbnails, transform, low, high, inner[2], room.thumbnail)
    pad = _pad(side, inner[2])
    transform.apply(axes, low, high, pad=pad, most=_tick_count(inner[2]))
    axes.set_ylim(BOTTOM, TOP)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    axes.spines["left"].set_bounds(0.0, 1.0)
    axes.spines["bottom"].set_bounds(low, high)
    if ylabel:
        axes.set_ylabel("Mean softmax, accuracy", y=(0.5 - BOTTOM) / (TOP - BOTTOM))
    if marks:
        plot_marks(axes, marks, transform, (low, high))
    labels = plot_curve(axes, curve, palette, ordinal=transform.ordinal)
    ends = [(text, look.colour, (y - BOTTOM) / (TOP - BOTTOM)) for text, look, y in labels]
    label_lines(axes, ends, (1 + pad) / (1 + 2 * pad), (inner[2], tall), room.right)
    heading(page, left, top, width - note_width, spaced(curve.name), letter)
    if thumbnails and shown:
        strip = page.axes(inner[0], inner[1] + tall + room.ticks, inner[2], side)
        places = transform.position(thumbnails.magnitudes[shown])
        first, last = transform.position([low, high])
        fraction = (places - first) / ((last - first) or 1.0)
        centres = (fraction + pad) / (1 + 2 * pad) * inner[2]
        pictures = [thumbnails.pictures[index] for index in shown]
        draw_strip(strip, pictures, centres.tolist(), side, inner[2])
        strip.set_gid(f"thumbnails:{len(shown)}")
    if xlabel:
        axis_title(page, inner[0] + inner[2] / 2, top + height - room.label + 0.4, transform, box)
    return axes


def axis_title(
    page: Page,
    middle: float,
    top: float,
    transform: TransformAxis,
    box: tuple[float, float, float, float],
) -> None:
    """Write a transform's label and unit, centred at `middle` mm if the box has room for that."""
    title = transform.title_within(box[2] - 0.5, NORMAL)
    half = max(text_width(line, NORMAL) for line in title.split("\n")) / 2
    middle = min(max(middle, box[0] + half), box[0] + box[2] - half)
    page.text(middle, top, title, ha="center", linespacing=1.0)


def _place(
    thumbnails: Thumbnails | None,
    transform: TransformAxis,
    low: float,
    high: float,
    width: float,
    largest: float,
) -> tuple[list[int], float]:
    if thumbnails is None:
        return [], 0.0
    ends = transform.position([low, high, transform.identity])
    positions = transform.position(thumbnails.magnitudes)
    return placed(positions, ends[0], ends[1], ends[2], width, largest)


def _pad(side: float, width: float) -> float:
    """Return by which fraction the axis is widened at each end, for half a picture to fit there."""
    return side / 2 / (width - side) if side else 0.02


def _tick_count(width: float) -> int:
    """Return how many tick labels fit on an axis of `width` mm."""
    return max(3, min(9, int(width / 7.0)))


def heading(page: Page, left: float, top: float, width: float, title: str, letter: str) -> None:
    """Write a panel's letter, if it has one, and its title, at (left, top) and cut to `width` mm."""
    if letter:
        page.text(left, top, letter, fontsize=TITLE + 1, fontweight="bold")
    indent = 4.0 if letter else 0.0
    page.text(
        left + indent,
        top + 0.2,
        shortened(title, width - indent, TITLE, "bold"),
        fontsize=TITLE,
        fontweight="bold",
    )
