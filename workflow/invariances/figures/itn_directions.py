"""Directions, spectrum, certificate: in how many ways a network is invariant, how far, how certainly.

On the left one bar a direction of each learned transform, as long as the direction is large and divided
by what it consists of; under them the spectrum, the sizes of independent directions that span the same.
On the right the scales that were tested, each with its flips at the worst k.
"""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from invariances.errors import InputError
from invariances.tables.trained import KINDS

from .axes import number
from .itn_kinds import HEADINGS, LOOKS, STEERED_BY, components, evenly
from .key import Sign, draw_key, key_height
from .labels import page_title, shortened, spaced, wrapped
from .registry import figure
from .style import DOUBLE_COLUMN, NORMAL, SMALL, TITLE, Page, applied

Row = Mapping[Hashable, object]

PARTS = {
    "spatial": {
        "rotation": "#0072B2", "zoom": "#E69F00", "stretch": "#009E73", "shear": "#CC79A7",
        "shift_x": "#56B4E9", "shift_y": "#8C6D31",
    },
    "colour": {
        "brightness": "#F0C93A", "gain": "#D55E00", "saturation": "#7B5EA7", "hue": "#2A9D8F",
        "other": "#C9C9C9",
    },
}  # fmt: skip
"""The parts of a direction, in the order of directions.csv, each with its colour."""
UNITS = {
    "spatial": "size: root mean square displacement, in halves of the picture's side",
    "colour": "size: root mean square displacement of colours, in full scales",
    "convolution": "size: root mean square change of pictures, in full scales",
}
PASSED, FAILED, STRICTER = "#0072B2", "#B2182B", "#999999"
LEFT, GAP, RIGHT, EDGE = (
    9.0,
    12.0,
    52.0,
    2.0,
)  # mm: the names of directions; the certificate's panel
HEAD, SECTION, BAR, NOTE, SPECTRUM, AXIS = 7.0, 8.0, 3.4, 3.2, 5.0, 8.5  # mm
LEAST = 49.0  # mm, of the certificate's panel with its words


@figure(
    "itn/{model}/directions",
    reads={
        "directions": "itn/{model}/directions.csv",
        "certificate": "itn/{model}/certificate.csv",
        "comparison": "itn/{model}/comparison.csv",
    },
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "directions, spectrum, certificate"},
    kind="itn",
    cases="learners",
)
def itn_directions(
    directions: pd.DataFrame,
    certificate: pd.DataFrame,
    comparison: pd.DataFrame,
    model: str,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """What the net before **{model}** has learned: each direction's size and what it consists of, with
    the one-parameter transform nearest to it; the spectrum, the sizes of independent directions that
    span the same; and the certificate: the pictures flipped at the worst k of each scale tested, of
    those that are right untransformed, and the most that are allowed.
    """
    return draw_directions(directions, certificate, comparison, model, width=width)


def draw_directions(
    directions: pd.DataFrame,
    certificate: pd.DataFrame,
    comparison: pd.DataFrame,
    model: str,
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw bars of directions, the spectrum and the certificate.

    Parameters
    ----------
    directions, certificate, comparison
        The rows of directions.csv, certificate.csv and comparison.csv of one net.
    model
        The classifier's name.

    Raises
    ------
    InputError
        For tables without rows.
    """
    if directions.empty or certificate.empty:
        raise InputError("the table of directions, or the certificate, holds no row")
    sections = {kind: directions[directions["kind"] == kind] for kind in KINDS}
    sections = {kind: rows for kind, rows in sections.items() if len(rows)}
    heights = {kind: _height(len(rows)) for kind, rows in sections.items()}
    signs = _signs(sections)
    with applied():
        head = HEAD + key_height(signs, width) + 1.5
        page = Page(width, head + max(sum(heights.values()), LEAST) + 1.0)
        page_title(page, f"{spaced(model)}: directions, spectrum and certificate")
        draw_key(page, 1.2, HEAD, signs)
        room = width - LEFT - GAP - RIGHT - EDGE
        top = head
        for kind, rows in sections.items():
            _section(page, kind, rows, comparison, top, room)
            top += heights[kind]
        _certificate(page, certificate, LEFT + room + GAP, head)
    return page.figure


def _height(count: int) -> float:
    return SECTION - 3.0 + count * (BAR + NOTE) + SPECTRUM + AXIS


def _signs(sections: Mapping[str, pd.DataFrame]) -> list[Sign]:
    signs: list[Sign] = []
    for kind, rows in sections.items():
        for part, colour in PARTS.get(kind, {}).items():
            if rows[f"{part}_fraction"].max() >= 0.02:
                square = {"color": colour, "linestyle": "none", "marker": "s", "markersize": 4.5}
                signs.append(({**square, "markeredgewidth": 0.0}, spaced(part)))
    dot = {"color": "#222222", "linestyle": "none", "marker": "D", "markersize": 3.0}
    return [*signs, ({**dot, "markeredgewidth": 0.0}, "spectrum")]


def _section(
    page: Page, kind: str, rows: pd.DataFrame, comparison: pd.DataFrame, top: float, room: float
) -> None:
    """Draw one transform's directions, its spectrum under them on the same axis."""
    volume = f"log volume {number(round(float(rows['log_volume'].iloc[0]), 1))}"
    if float(rows["size"].max()) == 0:
        volume = "the identity"
    page.text(0.5, top, f"{HEADINGS[kind]}: {STEERED_BY[kind]}", fontsize=TITLE, weight="bold")
    page.text(LEFT + room, top + 0.3, volume, ha="right", fontsize=SMALL)
    first = top + SECTION - 3.0
    tall = len(rows) * (BAR + NOTE) + SPECTRUM
    axes = page.axes(LEFT, first, room, tall)
    most = float(rows[["size", "principal_size"]].max().max()) or 1.0
    axes.set_xlim(0.0, 1.05 * most)
    axes.set_ylim(tall, 0.0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    evenly(axes.xaxis, 0.0, 1.05 * most)
    for index, row in enumerate(rows.to_dict("records")):
        height = NOTE + index * (BAR + NOTE)
        _bar(axes, kind, row, height)
        page.text(
            LEFT - 1.5, first + height + BAR / 2, _component(kind, index, len(rows)),
            ha="right", va="center", fontsize=NORMAL,
        )  # fmt: skip
        words = shortened(_words(row, comparison, kind), room, SMALL)
        page.text(LEFT, first + height - 0.7, words, va="bottom", fontsize=SMALL, gid="words")
    below = tall - SPECTRUM / 2
    axes.plot(
        rows["principal_size"], [below] * len(rows), "D", color="#222222", markersize=3.0,
        markeredgewidth=0.0, clip_on=False, gid=f"spectrum:{kind}",
    )  # fmt: skip
    label = shortened(UNITS[kind], room, SMALL)
    page.text(LEFT + room / 2, first + tall + 4.2, label, ha="center", fontsize=SMALL)


def _component(kind: str, index: int, count: int) -> str:
    return f"{STEERED_BY[kind]}{',' + '₁₂₃'[index] if count > 1 else ''}"


def _bar(axes: Axes, kind: str, row: Row, top: float) -> None:
    """Draw a direction as long as it is large, divided by the shares of its squared size."""
    size, start = float(str(row["size"])), 0.0
    shares = {part: float(str(row[f"{part}_fraction"])) for part in PARTS.get(kind, {})}
    if not np.isfinite(list(shares.values())).all() or not shares:
        axes.barh(top + BAR / 2, size, BAR, color=LOOKS[kind].colour, lw=0, gid="direction")
        return
    total = sum(shares.values()) or 1.0
    for part, share in shares.items():
        length = size * share / total
        colour = PARTS[kind][part]
        axes.barh(top + BAR / 2, length, BAR, left=start, color=colour, lw=0, gid=f"part:{part}")
        start += length


def _words(row: Row, comparison: pd.DataFrame, kind: str) -> str:
    """Say what a direction mostly is, how far it moves pictures, and what is nearest to it."""
    said = [spaced(str(row["name"])).replace(" degrees", "°").replace("-", "\N{MINUS SIGN}")]
    if float(str(row["size"])) == 0:
        return said[0]
    pixels = float(str(row.get("pixels", "nan")))
    if pixels == pixels:
        said.append(f"{pixels:.1f} pixels")
    angle = float(str(row["angle_degrees"]))
    if angle == angle:
        said.append(f"{angle:.0f}° to the next")
    near = nearest_of(comparison, kind, int(str(row["direction"])))
    if near is not None:
        magnitude = number(round(float(near["magnitude"]), 2))
        said.append(
            f"nearest: {spaced(str(near['transform']))} {magnitude}, "
            f"{100 * float(near['explained_fraction']):.0f} % of it"
        )
    return "; ".join(said)


def nearest_of(comparison: pd.DataFrame, kind: str, direction: int) -> pd.Series | None:
    """Return the row of comparison.csv at the end of one direction: its component 1, the others 0."""
    names = components(comparison)
    rows = comparison[comparison["varied"] == kind]
    for place, name in enumerate(names, start=1):
        rows = rows[rows[name] == float(place == direction)]
    return rows.iloc[0] if len(rows) else None


def _certificate(page: Page, certificate: pd.DataFrame, left: float, top: float) -> None:
    """Draw the scales tested with their flips, the limit, and what is certified in words."""
    page.text(left - 6.0, top, "Certificate", fontsize=TITLE, weight="bold")
    lines = wrapped(sentence(certificate), RIGHT + 6.0, SMALL, lines=6)
    page.text(left - 6.0, top + 4.0, lines, fontsize=SMALL, linespacing=1.15, gid="sentence")
    room = 4.0 + 2.6 * (lines.count("\n") + 1) + 2.5
    height = max(LEAST - room - AXIS - NOTE, 14.0)
    axes = page.axes(left, top + room, RIGHT, height)
    shown = certificate.dropna(subset=["flips"])
    pictures = max(int(certificate["pictures"].iloc[0]), 1)
    allowed = float(certificate["allowed"].iloc[0]) / pictures
    values = shown[["flips", "flipped_at_some_k"]].to_numpy(dtype=float) / pictures
    most = max([allowed, *values.ravel()]) * 1.12 or 1.0
    axes.set_xlim(0.0, 1.06)
    axes.set_ylim(0.0, most)
    evenly(axes.yaxis, 0.0, most, 5)
    axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "", "0.5", "", "1"])
    axes.axhline(allowed, color="#222222", lw=0.7, gid="allowed")
    axes.plot(
        shown["scale"], values[:, 1], ".", color=STRICTER, ms=3.0, clip_on=False, gid="at some k"
    )
    for row in shown.to_dict("records"):
        colour = PASSED if row["passed"] else FAILED
        axes.plot(
            [float(row["scale"])], [float(row["flips"]) / pictures], "o" if row["passed"] else "X",
            color=colour, markerfacecolor=colour if row["kept"] or not row["passed"] else "white",
            markersize=4.2, markeredgewidth=0.8, clip_on=False, gid=f"scale:{row['scale']:g}",
        )  # fmt: skip
    axes.set_ylabel("Pictures flipped", labelpad=1.5)
    below = top + room + height + 3.8
    page.text(left + RIGHT / 2, below, "Scale of the family", ha="center", fontsize=NORMAL)
    keys = (
        f"line: allowed, {int(certificate['allowed'].iloc[0])} of {pictures}",
        "filled: kept; cross: too many flips; dots: at some k",
    )
    for place, key in enumerate(keys, start=1):
        words = shortened(key, RIGHT + 7.0, SMALL)
        page.text(left - 6.0, below + 2.9 * place, words, fontsize=SMALL)


def sentence(certificate: pd.DataFrame) -> str:
    """Say what is certified."""
    first, kept = certificate.iloc[0], certificate[certificate["kept"]]
    confidence = f"{100 * (1 - float(first['delta'])):g}\N{NO-BREAK SPACE}%"
    alpha = f"{100 * float(first['alpha']):.3g}\N{NO-BREAK SPACE}%"
    if kept.empty:
        return f"No scale passes: at some k of each more than {alpha} may be flipped."
    return (
        f"Scale {number(float(kept['scale'].iloc[0]))} of the family as trained. With confidence "
        f"{confidence}, of the pictures that are right untransformed at most {alpha} are flipped at each k "
        f"of the grid ({int(first['pictures'])} pictures that neither trained nor evaluate)."
    )
