"""Many networks in an order: each one's rank, and how far it is known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .axes import TransformAxis
from .labels import page_title, shortened, spaced, text_width
from .medians import ALL
from .registry import figure
from .style import DOUBLE_COLUMN, SMALL, TITLE, Page, applied, striped

ROW = 3.4  # mm, of a network
COLUMNS, MANY_COLUMNS, MANY = (
    4,
    6,
    8,
)  # panels in a line; of more networks than so many, which are taller
WIDEST, GUTTER, TITLE_ROOM, TICKS, BETWEEN = 42.0, 5.0, 6.5, 7.0, 2.0  # mm
NAMES = 45.0  # mm, of the networks' names at most
SUMMARY, OTHER = "#1B4F8A", "#4D5A66"
SIDES = {"up": "above", "down": "below"}  # the identity


@figure(
    "ranking",
    reads={"ranking": "ranking.csv"},
    category="Comparison",
    labels={"figure": "ranking of networks"},
    cases="ranked",
)
def ranking(
    ranking: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Networks ranked by how far from the identity pictures keep their predictions (the mean over all
    pictures, 0 of those wrong untransformed), over all transforms, then by transform and side of the
    identity; rank 1 goes farthest. Lines: the ranks that a network may have, within a panel all at once
    with 95 % certainty; where two do not meet, that order is certain. Networks stand in the order of all
    transforms, with their accuracy untransformed.
    """
    return draw_ranking(ranking, transforms, width=width)


def draw_ranking(
    table: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw a panel over all transforms and one a transform and direction, a row a network.

    Parameters
    ----------
    table : the rows of ranking.csv.
    """
    whole = table[table["transform"] == ALL]
    models = [str(name) for name in whole["model"]]
    shown = [(ALL, "both")]
    shown += [
        (name, direction)
        for name in transforms
        for direction in SIDES
        if ((table["transform"] == name) & (table["direction"] == direction)).any()
    ]
    accuracy = whole["baseline_accuracy"].to_numpy(float)
    named = [f"{spaced(name)}  {share:.2f}" for name, share in zip(models, accuracy, strict=True)]
    left = min(NAMES, max(text_width(name, SMALL) for name in named) + 2.5)
    columns = min(MANY_COLUMNS if len(models) > MANY else COLUMNS, len(shown))
    inner = min((width - left - 2.0 - (columns - 1) * GUTTER) / columns, WIDEST)
    tall = ROW * len(models)
    height = TITLE_ROOM + tall + TICKS + BETWEEN
    with applied():
        page = Page(
            left + columns * (inner + GUTTER) - GUTTER + 2.0,
            7.0 + height * -(-len(shown) // columns),
        )
        page_title(page, f"{len(models)} networks by how far they go")
        for index, (name, direction) in enumerate(shown):
            line, column = divmod(index, columns)
            box = left + column * (inner + GUTTER), 7.0 + line * height
            heading = "All transforms" if name == ALL else transforms[name].heading
            page.text(*box, shortened(heading, inner + GUTTER - 1.0, TITLE), fontsize=TITLE)
            if name != ALL:
                side = f"{SIDES[direction]} {transforms[name].identity:g}"
                page.text(box[0], box[1] + 3.2, side, fontsize=SMALL, color="#555555")
            axes = page.axes(box[0], box[1] + TITLE_ROOM, inner, tall)
            rows = table[(table["transform"] == name) & (table["direction"] == direction)]
            _panel(axes, rows.set_index("model").loc[models], SUMMARY if name == ALL else OTHER)
            names = [shortened(text, left - 2.0, SMALL) for text in named]
            if column == 0:
                page.text(
                    left - 1.4,
                    box[1] + 3.2,
                    "accuracy",
                    ha="right",
                    fontsize=SMALL,
                    color="#555555",
                )
            axes.set_yticks(range(len(models)), names if column == 0 else [""] * len(models))
            page.text(
                box[0] + inner / 2, box[1] + TITLE_ROOM + tall + 3.6, "rank", ha="center",
                fontsize=SMALL,
            )  # fmt: skip
    return page.figure


def _panel(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Ranks with their intervals, a row a network."""
    count, places = len(rows), np.arange(len(rows))
    striped(axes, count)
    low, high, rank = (rows[name].to_numpy(float) for name in ("rank_low", "rank_high", "rank"))
    axes.hlines(places, low, high, color=colour, linewidth=1.1, alpha=0.55, gid="interval")
    axes.plot(rank, places, linestyle="none", marker="o", markersize=2.8, color=colour, gid="rank")
    axes.set_xlim(0.4, count + 0.6)
    axes.set_ylim(count - 0.5, -0.5)
    step = max(1, -(-count // 6))
    axes.set_xticks([1, *range(step if step > 2 else 1 + step, count + 1, step)])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
