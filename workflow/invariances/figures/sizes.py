"""The size of the change at each class's threshold, on one axis for all transforms: grey levels.

One panel a class, one row a transform; the row at the top is the transform of which the smallest
change switches the prediction, those that never switch it stand last. A triangle points in the
direction of the magnitude; an open one never switched: its change at the range's end is a lower
bound. The first panel is the median over classes, and the only one where there are more classes than
can be shown one by one.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .axes import TransformAxis
from .key import Sign, draw_key, key_height
from .labels import page_title, shortened, spaced
from .registry import figure
from .responses import known, present
from .style import DOUBLE_COLUMN, SMALL, TITLE, Look, Page, Palette, applied, model_looks, striped

COLUMNS = 3
NAMED = 24  # of more classes than this, only their median is drawn
LEFT, GUTTER, TITLE_ROOM, TICKS, UNIT, BETWEEN, RIGHT = 1.0, 3.0, 4.0, 3.6, 2.8, 2.0, 3.0  # mm
LABEL = 26.5  # mm, the room for a transform's name
MEDIAN = "Median of classes"
VALUES = ["rms_grey_levels", "rms_low", "rms_high"]
HALF = "rms_half_accuracy"


@figure(
    "sizes",
    reads={"sizes": "sizes.csv"},
    category="Comparison",
    labels={"figure": "transforms ranked"},
)
def sizes(
    sizes: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Each threshold as the size of the change that it makes: the root mean square, in grey levels,
    between the class's transformed and untransformed pictures at the threshold. Within a class the
    transforms are ranked by the smallest change that switches the prediction, so that degrees,
    octaves and pixels stand side by side. Open triangles: no switch within the range screened, the
    change at its end is a lower bound. Crosses: the change at which half of the accuracy is lost.
    Classes that are not recognised untransformed are left out, of their panels as of the median.
    """
    return draw_sizes(sizes, transforms, palette, width=width)


def draw_sizes(
    sizes: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    palette: Palette,
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw, for each class, the transforms ranked by the size of the change at its threshold.

    Parameters
    ----------
    sizes
        The rows of sizes.csv.
    transforms
        The axes of transforms, for their names.
    palette
        The classes' order.

    Raises
    ------
    InputError
        For a transform that is not known.
    """
    shown, names = present(sizes, "model"), palette.ordered(present(sizes, "class"))
    for name in present(sizes, "transform"):
        known("transform in --transforms", name, transforms)
    # Not recognised untransformed, a class has no threshold that could be large or small.
    rows = sizes[sizes["censored"] | (sizes["rms_grey_levels"] > 0)]
    looks = model_looks(shown)
    panels = [(MEDIAN, medians(rows))]
    if len(names) <= NAMED:
        panels += [(spaced(name), rows[rows["class"] == name]) for name in names]
    end = 1.04 * max(float(rows[["rms_high", HALF]].max().max()), 1.0)
    signs = _signs({model: looks[model] for model in shown})
    with applied():
        count = len(present(rows, "transform"))
        page, boxes = _layout(len(panels), count, len(shown), signs, width)
        draw_key(page, 1.2, 6.0, signs)
        title = "The smallest change that switches the prediction, transforms ranked"
        page_title(page, title)
        for box, (heading, cells) in zip(boxes, panels, strict=True):
            _panel(page, box, heading, cells, transforms, looks, end)
    return page.figure


def medians(rows: pd.DataFrame) -> pd.DataFrame:
    """The median over classes by model, transform and direction, censored where half of them are.

    The limits are the medians of the classes' limits: a typical class's interval. Half accuracies have
    theirs where more than half of the classes lose half of their accuracy.
    """
    # Those that keep more than half throughout stand beyond all others.
    groups = rows.fillna({HALF: np.inf}).groupby(["model", "transform", "direction"], sort=False)
    table = groups[[*VALUES, HALF]].median().replace(np.inf, np.nan)
    table["censored"] = groups["censored"].mean() >= 0.5
    return table.reset_index()


def ranked(cells: pd.DataFrame) -> list[str]:
    """Transforms from the one of which the smallest change switches the prediction to the last.

    A transform stands by the more harmful of its directions, averaged over classifiers. Those that
    never switch come after all others: how much more they would need is not known.
    """
    sizes = cells.assign(
        switched=cells["rms_grey_levels"].where(~cells["censored"]), bound=cells["rms_grey_levels"]
    )
    worst = sizes.groupby(["transform", "model"], sort=False)[["switched", "bound"]].min()
    means = worst.groupby("transform", sort=False).mean()
    order = means.sort_values(["switched", "bound"], kind="stable", na_position="last")
    return [str(name) for name in order.index]


def _layout(
    panels: int, rows: int, models: int, signs: Sequence[Sign], width: float
) -> tuple[Page, list[tuple[float, float, float, float]]]:
    inner = (width - LEFT - RIGHT - COLUMNS * LABEL - (COLUMNS - 1) * GUTTER) / COLUMNS
    tall = max(2.5, 1.5 * models) * rows + 0.4
    top = 6.0 + key_height(signs, width) + 1.6
    boxes = []
    for start in range(0, panels, COLUMNS):
        top += TITLE_ROOM
        count = min(COLUMNS, panels - start)
        pitch = LABEL + inner + GUTTER
        boxes += [(LEFT + LABEL + i * pitch, top, inner, tall) for i in range(count)]
        top += tall + TICKS + UNIT + BETWEEN
    return Page(width, top), boxes


def _panel(
    page: Page,
    box: tuple[float, float, float, float],
    heading: str,
    cells: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    looks: Mapping[str, Look],
    end: float,
) -> None:
    left, top, width, _ = box
    axes = page.axes(*box)
    weight = "bold" if heading == MEDIAN else "normal"
    page.text(
        left - LABEL + 0.5,
        top - TITLE_ROOM + 0.4,
        shortened(heading, width + LABEL, TITLE, weight),
        fontsize=TITLE,
        weight=weight,
    )
    if cells.empty:
        axes.set_axis_off()
        page.text(left - LABEL + 0.5, top + 2.0, "not recognised untransformed", fontsize=SMALL)
        return
    order = ranked(cells)
    ticks = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, end)
    axes.set_xticks([tick for tick in ticks if 0 <= tick <= end])
    axes.set_xlim(0.0, end)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("RMS change (grey levels)", fontsize=SMALL)
    striped(axes, len(order))
    for row, name in enumerate(order):
        label = shortened(transforms[name].heading, LABEL - 2.0, SMALL)
        axes.text(
            -1.2 / width, row, label, ha="right", va="center", fontsize=SMALL,
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    for number, (model, look) in enumerate(looks.items()):
        offset = (number - (len(looks) - 1) / 2) * 0.7 / len(looks)
        _marks(axes, cells[cells["model"] == model], order, offset, look, model)


def _marks(
    axes: Axes, cells: pd.DataFrame, order: Sequence[str], offset: float, look: Look, model: str
) -> None:
    place = {name: row for row, name in enumerate(order)}
    y = cells["transform"].map(place).to_numpy(dtype=float) + offset
    size, low, high = (cells[column].to_numpy(dtype=float) for column in VALUES)
    up = (cells["direction"] == "up").to_numpy()
    censored = cells["censored"].to_numpy(dtype=bool)
    axes.hlines(y, low, high, color=look.colour, lw=0.6, alpha=0.6, zorder=2)
    for direction, side, marker in (("up", up, ">"), ("down", ~up, "<")):
        for kind, mask in (("switch", side & ~censored), ("censored", side & censored)):
            axes.plot(
                size[mask],
                y[mask],
                linestyle="none",
                marker=marker,
                markersize=3.2,
                markerfacecolor=look.colour if kind == "switch" else "white",
                markeredgecolor=look.colour,
                markeredgewidth=0.0 if kind == "switch" else 0.7,
                clip_on=False,
                zorder=3,
                gid=f"{kind} {direction}:{model}",
            )

    axes.plot(
        cells[HALF].to_numpy(dtype=float), y, linestyle="none", marker="x", markersize=2.6,
        markeredgecolor="black", markeredgewidth=0.6, clip_on=False, zorder=4, gid=f"half:{model}",
    )  # fmt: skip


def _signs(looks: Mapping[str, Look]) -> list[Sign]:
    mark = {"linestyle": "none", "markersize": 3.4, "markeredgewidth": 0.0}
    signs: list[Sign] = [
        ({**mark, "marker": "s", "color": look.colour}, spaced(model))
        for model, look in looks.items()
    ]
    grey = {**mark, "color": "#555555"}
    return [
        *signs,
        ({**grey, "marker": ">"}, "larger magnitudes"),
        ({**grey, "marker": "<"}, "smaller magnitudes"),
        (
            {**grey, "marker": ">", "markerfacecolor": "white", "markeredgewidth": 0.7},
            "no switch: at least this much",
        ),
        ({"color": "#555555", "linewidth": 0.8}, "at the threshold's 95 % limits"),
        (
            {**grey, "marker": "x", "color": "black", "markersize": 2.8, "markeredgewidth": 0.6},
            "half accuracy",
        ),
    ]
