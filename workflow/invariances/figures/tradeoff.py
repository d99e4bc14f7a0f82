"""Many networks' thresholds against what else is known of them: accuracy, parameters, multiply-adds."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullLocator

from .axes import TransformAxis, number
from .key import draw_key, key_height, look_signs
from .labels import shortened, spaced, spread, text_width
from .medians import ALL, draw_medians, magnitude_axis
from .registry import figure
from .responses import ranges_of
from .style import (
    DOUBLE_COLUMN,
    MODELS,
    POINTS_PER_MM,
    SINGLE_COLUMN,
    SMALL,
    TITLE,
    Look,
    Page,
    applied,
    model_looks,
)
from .whiskers import recognising

COLUMNS = 3
WIDEST, TALL = 70.0, 34.0  # mm, of a panel
LEFT, GUTTER, TITLE_ROOM, NUMBERS, TICKS, BETWEEN = 14.0, 14.0, 4.0, 2.0, 8.0, 3.0  # mm
ROW, NUMBER = 3.0, 4.4  # mm and points, of the networks' numbers
KEY_WIDTH = 44.0  # mm, of a numbered name
PLAIN = Look("#1B4F8A", "-", "o")
WORDS = {
    "baseline_accuracy": "accuracy untransformed",
    "parameters": "parameters",
    "multiply_adds": "multiply-adds a picture",
}
READS = {"ranking": "ranking.csv", "networks": "networks.csv", "curves": "curves.parquet"}


@figure(
    "tradeoff/accuracy",
    reads=READS,
    category="Comparison",
    labels={"figure": "thresholds against accuracy"},
    kind="tradeoff",
    cases="ranked",
)
def tradeoff_accuracy(
    ranking: pd.DataFrame,
    networks: pd.DataFrame,
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Each network's median threshold against its accuracy on the untransformed pictures, by transform, to
    both sides of the identity (dashed). Marks: the median of the pictures' own thresholds (of those
    recognised untransformed), open where half of the pictures keep their prediction throughout; lines: 95 %
    intervals that hold for all networks at once, dotted where one is open.
    """
    return draw_tradeoff(
        ranking, networks, transforms, ranges_of(curves), "baseline_accuracy", width=width
    )


@figure(
    "tradeoff/parameters",
    reads=READS,
    category="Comparison",
    labels={"figure": "thresholds against parameters"},
    kind="tradeoff",
    cases="ranked",
)
def tradeoff_parameters(
    ranking: pd.DataFrame,
    networks: pd.DataFrame,
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Each network's median threshold against its number of parameters, by transform, to both sides of the
    identity (dashed); networks without any are left out. Marks: the median of the pictures' own thresholds
    (of those recognised untransformed), open where half of the pictures keep their prediction throughout;
    lines: 95 % intervals that hold for all networks at once, dotted where one is open.
    """
    return draw_tradeoff(
        ranking, networks, transforms, ranges_of(curves), "parameters", width=width
    )


@figure(
    "tradeoff/multiply_adds",
    reads=READS,
    category="Comparison",
    labels={"figure": "thresholds against multiply-adds"},
    kind="tradeoff",
    cases="counted",
)
def tradeoff_multiply_adds(
    ranking: pd.DataFrame,
    networks: pd.DataFrame,
    curves: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Each network's median threshold against the multiply-adds of its forward pass of one picture, by
    transform, to both sides of the identity (dashed); networks whose operations could not be counted are
    left out. Marks: the median of the pictures' own thresholds (of those recognised untransformed), open
    where half of the pictures keep their prediction throughout; lines: 95 % intervals that hold for all
    networks at once, dotted where one is open.
    """
    return draw_tradeoff(
        ranking, networks, transforms, ranges_of(curves), "multiply_adds", width=width
    )


def draw_tradeoff(
    ranking: pd.DataFrame,
    networks: pd.DataFrame,
    transforms: Mapping[str, TransformAxis],
    ranges: Mapping[str, tuple[float, float]],
    against: str,
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw a panel a transform: its magnitude upwards, one of `WORDS` to the right.

    Up to as many networks as there are looks are told apart by these, more by numbers above the panels.

    Parameters
    ----------
    ranking, networks : the rows of ranking.csv and networks.csv.
    ranges : the lowest and highest magnitude screened, by transform.
    against : a key of `WORDS`; networks of which it is not known, or no parameters, are left out.
    """
    rows = ranking[ranking["transform"] != ALL].merge(networks, on="model", validate="many_to_one")
    # On an axis by factors there is no place for 0; NaN is not above it either.
    known = rows[against].notna() if against == "baseline_accuracy" else rows[against] > 0
    rows = recognising(rows[known])
    rows = rows.assign(x=rows[against] * (1e9 if against == "multiply_adds" else 1.0))
    models = list(dict.fromkeys(rows.sort_values("x")["model"]))
    places = rows.drop_duplicates("model").set_index("model")["x"].loc[models].to_numpy(float)
    shown = [name for name in transforms if name in set(rows["transform"])]
    few = len(networks) <= len(MODELS)
    # By the run's order, as in every figure.
    looks = model_looks(list(networks["model"])) if few else dict.fromkeys(models, PLAIN)
    columns = min(COLUMNS, max(1, len(shown)))
    inner = min((width - LEFT - 3.0 - (columns - 1) * GUTTER) / columns, WIDEST)
    width = max(SINGLE_COLUMN, LEFT + columns * (inner + GUTTER) - GUTTER + 3.0)
    lines = 0 if few else _number_lines(len(models), inner)
    room = TITLE_ROOM + NUMBERS * lines
    height = room + TALL + TICKS + BETWEEN
    with applied():
        named = look_signs({spaced(name): look for name, look in looks.items() if name in models})
        signs = [(keywords | {"linestyle": "none"}, name) for keywords, name in named]
        deep = -(-len(models) // max(1, int((width - 2.4) // KEY_WIDTH)))
        header = 6.0 + (key_height(signs, width) if few else ROW * deep) + 2.0
        page = Page(width, header - (-len(shown) // columns) * height)
        noun = "network" if len(models) == 1 else "networks"
        title = f"Thresholds of {len(models)} {noun} against {WORDS[against]}"
        page.text(
            0.5,
            0.8,
            shortened(title, width - 1.0, TITLE + 1.0, "bold"),
            fontsize=TITLE + 1.0,
            weight="bold",
        )
        if few:
            draw_key(page, 1.2, 6.0, signs)
        else:
            _numbered(page, models, deep)
        for index, name in enumerate(shown):
            line, column = divmod(index, columns)
            left, top = LEFT + column * (inner + GUTTER), header + line * height
            page.text(left, top, shortened(transforms[name].heading, inner, TITLE), fontsize=TITLE)
            axes = page.axes(left, top + room, inner, TALL)
            own = rows[rows["transform"] == name]
            _panel(axes, own, transforms[name], ranges[name], looks)
            _across(axes, places, against)
            _numbers(axes, places, inner, lines)
            page.text(
                left + inner / 2, top + room + TALL + 3.8, WORDS[against], ha="center", fontsize=SMALL,
            )  # fmt: skip
    return page.figure


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    transform: TransformAxis,
    ends: tuple[float, float],
    looks: Mapping[str, Look],
) -> None:
    magnitude_axis(axes, transform, ends, TALL)
    for name, own in rows.groupby("model", sort=False):
        draw_medians(axes, own, own["x"].to_numpy(float), transform, ends, looks[str(name)])


def _across(axes: Axes, places: npt.NDArray[np.float64], against: str) -> None:
    """The horizontal axis: accuracy evenly, counts by their logarithm."""
    low, high = float(places.min()), float(places.max())
    if against == "baseline_accuracy":
        pad = max(0.06 * (high - low), 0.01)
        ends = low - pad, high + pad
        ticks = np.asarray(MaxNLocator(5).tick_values(*ends))
    else:
        factor = max((high / low) ** 0.06, 1.1)
        ends = low / factor, high * factor
        steps = (1.0,) if high / low > 30 else (1.0, 2.0, 5.0)
        ticks = np.asarray(LogLocator(subs=steps).tick_values(*ends))
        axes.set_xscale("log")
    kept = [float(tick) for tick in ticks if ends[0] <= tick <= ends[1]]
    written = EngFormatter(sep="") if against != "baseline_accuracy" else number
    axes.set_xlim(*ends)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(kept, [written(tick) for tick in kept])


def _numbered(page: Page, models: Sequence[str], lines: int) -> None:
    """The networks' names behind their numbers, column by column."""
    for place, name in enumerate(models):
        column, line = divmod(place, lines)
        left, top = 1.2 + column * KEY_WIDTH, 6.0 + line * ROW
        page.text(left + 4.0, top, str(place + 1), ha="right", fontsize=SMALL, color=PLAIN.colour)
        text = shortened(spaced(name), KEY_WIDTH - 7.0, SMALL)
        page.text(left + 5.0, top, text, fontsize=SMALL)


def _number_lines(count: int, width: float) -> int:
    """In how many lines above a panel the numbers of so many networks stand."""
    return -(-int(sum(_number_sizes(range(count)))) // int(width))


def _number_sizes(members: Sequence[int]) -> list[float]:
    return [text_width(str(place + 1), NUMBER) + 0.5 for place in members]


def _numbers(axes: Axes, places: npt.NDArray[np.float64], width: float, lines: int) -> None:
    """The networks' numbers above the panel, each over its marks or, in a crowd, beside that place."""
    low, high = axes.get_xlim()
    if axes.get_xscale() == "log":
        places, low, high = np.log(places), np.log(low), np.log(high)
    at = (places - low) / (high - low) * width
    for line in range(lines):
        members = range(line, len(at), lines)
        where = spread(at[line::lines].tolist(), _number_sizes(members), 0.0, width)
        for place, x in zip(members, where, strict=True):
            axes.annotate(
                str(place + 1), (x / width, 1.0), xycoords="axes fraction",
                xytext=(0, 1.5 + POINTS_PER_MM * NUMBERS * line), textcoords="offset points",
                ha="center", va="bottom", fontsize=NUMBER, color=PLAIN.colour, gid="number",
            )  # fmt: skip
