"""Maps of two transforms at once: accuracy, and the regions where another class is predicted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from invariances.errors import InputError

from .axes import TransformAxis
from .curves import heading
from .labels import page_title, shortened, spaced, text_width
from .registry import figure
from .responses import chosen, known, present
from .style import DOUBLE_COLUMN, NORMAL, POINTS_PER_MM, SMALL, TITLE, Page, applied

Array = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
PER_PAGE = 15
"""Maps of a page, three beside each other."""
COLOURS = "cividis"  # even in lightness, and the same to the colour-blind
LEFT, TITLE_ROOM, TICKS, LABEL, BAR = 12.5, 4.5, 3.4, 6.0, 12.0  # mm around a map


@dataclass(frozen=True)
class Map:
    """One class's response on a grid of two magnitudes.

    Magnitudes first [M1] and second [M2] ascend; accuracy [M2, M1] and predicted [M2, M1] (the class
    of the highest mean softmax) have the second transform along their rows.
    """

    name: str
    images: int
    first: Array
    second: Array
    accuracy: Array
    predicted: npt.NDArray[np.object_]


@figure(
    "pairs/{model}/{pair}",
    reads={"pairs": "pairs/{model}/{pair}.parquet"},
    category="Two transforms",
    labels={"network": "{model}", "transforms": "{pair}"},
    kind="pairs",
    per_page=PER_PAGE,
)
def heatmap(
    pairs: pd.DataFrame,
    model: str,
    pair: str,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Iterator[Figure]:
    """Two transforms at once, **{pair}**, by **{model}**: accuracy on the grid of both magnitudes,
    with the regions in which another category has the highest mean softmax. The identity lies in
    the middle; how far the region of the class reaches depends on the direction.
    """
    maps, axes = maps_of(pairs, model, pair), split_pair(pair, transforms)
    pages = [list(maps)[start : start + PER_PAGE] for start in range(0, len(maps), PER_PAGE)]
    return (
        draw_heatmap(
            {name: maps[name] for name in names},
            model,
            axes,
            suffix=f" ({place} of {len(pages)})" if len(pages) > 1 else "",
            width=width,
        )
        for place, names in enumerate(pages, start=1)
    )


def split_pair(
    pair: str, transforms: Mapping[str, TransformAxis]
) -> tuple[TransformAxis, TransformAxis]:
    """Return the two axes of a pair such as "translate_x+translate_y".

    Raises
    ------
    InputError
        If it is not a pair of transforms that are known.
    """
    parts = pair.split("+")
    if len(parts) != 2:
        raise InputError(f"transform {pair!r} is not a pair such as 'translate_x+translate_y'")
    first, second = (known("transform in --transforms", part, transforms) for part in parts)
    return transforms[first], transforms[second]


def maps_of(
    pairs: pd.DataFrame, model: str, pair: str, names: Sequence[str] | None = None
) -> dict[str, Map]:
    """Return the maps of classes, by name, from the rows of pairs.parquet.

    Raises
    ------
    InputError
        For a classifier, pair or class that the table does not have.
    """
    known("model in the pairs", model, present(pairs, "model"))
    rows = pairs[pairs["model"] == model]
    known(f"transform in the pairs of {model}", pair, present(rows, "transform"))
    rows = rows[rows["transform"] == pair]
    own = {str(name): part for name, part in rows.groupby("class", sort=False, observed=True)}
    wanted = chosen(f"class in the pairs of {model} under {pair}", names, list(own))
    return {name: _map(own[name], name) for name in wanted}


def _map(rows: pd.DataFrame, name: str) -> Map:
    column, first = pd.factorize(rows["magnitude_first"], sort=True)
    row, second = pd.factorize(rows["magnitude_second"], sort=True)
    accuracy = np.full((len(second), len(first)), np.nan)
    accuracy[row, column] = rows["accuracy"].to_numpy(dtype=float)
    predicted = np.full(accuracy.shape, "", dtype=object)
    predicted[row, column] = rows["predicted_class"].to_numpy(str)
    return Map(
        name=name,
        images=int(rows["images"].iloc[0]),
        first=np.asarray(first, dtype=float),
        second=np.asarray(second, dtype=float),
        accuracy=accuracy,
        predicted=predicted,
    )


def plot_map(
    axes: Axes, response: Map, first: TransformAxis, second: TransformAxis, width: float
) -> None:
    """Draw a map into axes `width` mm wide: accuracy as colour, regions outlined and named."""
    x, y = edges(first, response.first), edges(second, response.second)
    # Cells as areas: for each that is rasterised a PDF keeps a canvas of the whole page, of a hundred maps
    # 20 GB. Edges of their own colour close the seams that viewers leave.
    axes.pcolormesh(
        *(x, y, response.accuracy),
        cmap=COLOURS,
        vmin=0.0,
        vmax=1.0,
        edgecolors="face",
        linewidth=0.15,
        gid="accuracy",
    )
    first.apply(axes, float(x[0]), float(x[-1]), most=5)
    second.apply(axes, float(y[0]), float(y[-1]), most=5, on="y")
    for spine in axes.spines.values():
        spine.set_visible(True)
    outline = _outline(response.predicted, x, y)
    # White inside black is seen on every colour of the map, and in grey.
    for colour, weight in (("black", 1.5), ("white", 0.7)):
        axes.add_collection(
            LineCollection(
                outline, colors=colour, linewidths=weight, capstyle="projecting", gid="outline"
            ),
            autolim=False,
        )
    axes.plot(
        [first.identity], [second.identity], "+", color="black", ms=4, mew=0.8, gid="identity"
    )
    _name_regions(axes, response, first, second, width)


def edges(transform: TransformAxis, magnitudes: Array) -> Array:
    """Return the borders [M + 1] of the cells around magnitudes [M], half-way on the axis."""
    places = transform.position(magnitudes)
    if len(places) == 1:
        return transform.magnitude([places[0] - 0.5, places[0] + 0.5])
    inner = (places[1:] + places[:-1]) / 2
    first, last = 2 * places[0] - inner[0], 2 * places[-1] - inner[-1]
    return transform.magnitude(np.concatenate([[first], inner, [last]]))


def _outline(
    predicted: npt.NDArray[np.object_], x: Array, y: Array
) -> list[list[tuple[float, float]]]:
    """Return the borders between cells of different predicted class, as segments."""
    rows, columns = np.nonzero(predicted[:, 1:] != predicted[:, :-1])
    upright = [[(x[c + 1], y[r]), (x[c + 1], y[r + 1])] for r, c in zip(rows, columns, strict=True)]
    rows, columns = np.nonzero(predicted[1:] != predicted[:-1])
    level = [[(x[c], y[r + 1]), (x[c + 1], y[r + 1])] for r, c in zip(rows, columns, strict=True)]
    return upright + level


def _name_regions(
    axes: Axes, response: Map, first: TransformAxis, second: TransformAxis, width: float
) -> None:
    """Write each predicted class's name where its region is widest, if it fits there."""
    cell = width / len(response.first)
    row_height = width / len(response.second)
    for name in dict.fromkeys(response.predicted.ravel()):
        inside = response.predicted == name
        row, start, stop = _roomiest(inside, cell, row_height)
        room = (stop - start) * cell - 1.6
        text = shortened(spaced(str(name).split(",")[0]), room, SMALL)
        clear = _clear_rows(inside, row, start, stop) * row_height
        if text_width(text, SMALL) > room or len(text) < 4 or clear < SMALL / POINTS_PER_MM:
            continue
        x = first.position(response.first)
        middle = first.magnitude([(x[start] + x[stop - 1]) / 2])[0]
        axes.text(
            float(middle),
            float(response.second[row]),
            text,
            ha="center",
            va="center",
            fontsize=SMALL,
            bbox={"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 0.7},
            gid=f"region:{name}",
        )


def _roomiest(inside: npt.NDArray[np.bool_], width: float, height: float) -> tuple[int, int, int]:
    """Return row, first and last + 1 column of the run with most room for one line of text."""
    best, score = (0, 0, 0), -1.0
    for row in range(inside.shape[0]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], inside[row].astype(int), [0]])))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            rows = _clear_rows(inside, row, int(start), int(stop))
            room = min((stop - start) * width, 20.0) + 2.0 * min(rows * height, 4.0)
            # The identity's own mark stands in the middle: a run aside of it is a little better.
            room -= 0.5 if row == inside.shape[0] // 2 else 0.0
            if room > score:
                best, score = (row, int(start), int(stop)), room
    return best


def _clear_rows(inside: npt.NDArray[np.bool_], row: int, start: int, stop: int) -> int:
    """Return how many rows about `row` lie inside over the middle half of a run."""
    quarter = (stop - start) // 4
    full = np.asarray(inside[:, start + quarter : stop - quarter].all(axis=1))
    reach = 0
    while row - reach - 1 >= 0 and row + reach + 1 < len(full):
        if not (full[row - reach - 1] and full[row + reach + 1]):
            break
        reach += 1
    return 2 * reach + 1


def map_panel(
    page: Page,
    box: Box,
    response: Map,
    pair: tuple[TransformAxis, TransformAxis],
    *,
    letter: str = "",
) -> tuple[Axes, float]:
    """Draw a square map into a box (left, top, width, height) in mm; return axes and side in mm.

    Its scale is drawn by `scale_bar`, once for several maps.
    """
    left, top, width, height = box
    side = min(height - TITLE_ROOM - TICKS - LABEL, width - LEFT - 1.0)
    axes = page.axes(left + LEFT, top + TITLE_ROOM, side, side)
    plot_map(axes, response, *pair, width=side)
    axes.set_ylabel(pair[1].title_within(side, NORMAL), linespacing=1.0)
    page.text(
        left + LEFT + side / 2,
        top + TITLE_ROOM + side + TICKS + 0.2,
        pair[0].title_within(side, NORMAL),
        ha="center",
        linespacing=1.0,
    )
    heading(page, left, top, width, spaced(response.name), letter)
    return axes, side


def scale_bar(page: Page, left: float, top: float, height: float, label: str = "Accuracy") -> None:
    """Draw the scale from 0 to 1 at (left, top) mm."""
    axes = page.axes(left, top, 2.2, height)
    axes.imshow(
        np.linspace(1.0, 0.0, 128)[:, None],
        extent=(0.0, 1.0, 0.0, 1.0),
        aspect="auto",
        cmap=COLOURS,
    )
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
    axes.yaxis.set_label_position("right")
    axes.set_ylabel(label)
    axes.set_gid("scale")


def draw_heatmap(
    maps: Mapping[str, Map],
    model: str,
    pair: tuple[TransformAxis, TransformAxis],
    *,
    suffix: str = "",
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw the maps of classes on one page, three beside each other; one alone is a column wide."""
    columns = min(3, len(maps))
    total = width if columns > 1 else width / 2
    cell = (total - BAR) / columns
    side = cell - LEFT - 1.5
    height = TITLE_ROOM + side + TICKS + LABEL + 2.5
    header = 7.0
    with applied():
        page = Page(total, header + -(-len(maps) // columns) * height)
        title = f"{spaced(model)}: {pair[0].label} and {pair[1].label}{suffix}"
        if text_width(title, TITLE + 1.0, "bold") > total - 1.0:
            # The axes name the pair.
            title = f"{spaced(model)}{suffix}"
        page_title(page, title)
        for index, response in enumerate(maps.values()):
            row, column = divmod(index, columns)
            map_panel(
                page,
                (0.5 + column * cell, header + row * height, cell - 0.5, height - 2.0),
                response,
                pair,
            )
            if column == columns - 1 or index == len(maps) - 1:
                scale_bar(
                    page, 0.5 + (column + 1) * cell + 0.8, header + row * height + TITLE_ROOM, side
                )
    return page.figure
