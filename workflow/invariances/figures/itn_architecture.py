"""The paper's figure 1, of the net as it was built: from k to matrices, from the picture to the prediction.

What is drawn is read from the trained file: which transforms there are, their layers, the shapes of their
weights, and the chart from coordinates to matrices.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from invariances.errors import InputError

from .itn_kinds import HEADINGS, LOOKS, STEERED_BY
from .labels import page_title, shortened, spaced
from .registry import figure
from .style import DOUBLE_COLUMN, NORMAL, SMALL, Page, applied

ORDER = ("colour", "convolution", "spatial")
"""As pictures pass through them."""
HEAD, BOX, STEP, BELOW = (
    9.0,
    8.6,
    13.4,
    3.0,
)  # mm: title, a box, from one box to the next, the page's end
INK, LINE, FROZEN = "#222222", "#555555", "#EDEDED"
WHOLE = ("affine", "full")
"""Families of all matrices."""
SHARE = 0.84  # of a column that its boxes take


@figure(
    "itn/{model}/architecture",
    reads={"net": "itn/{model}/itn.safetensors"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "architecture"},
    kind="itn",
    cases="learners",
)
def itn_architecture(net: list[Path], model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """The Invariant Transformer Net before **{model}** as it was built (the paper's figure 1): each k
    steers one transform by coordinates of its generators; the picture passes through the transforms and
    then the network, whose weights stay as they are.
    """
    return draw_architecture(*read_net(net[0]), model, width=width)


def read_net(path: Path) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    """A net's description and the shapes of its weights, by name.

    Raises
    ------
    InputError
        For a file that is none.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            about = json.loads((file.metadata() or {})["itn"])
            return about, {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, ValueError) as error:
        raise InputError(f"{path}: no Invariant Transformer Net") from error


def draw_architecture(
    about: Mapping[str, Any],
    shapes: Mapping[str, tuple[int, ...]],
    model: str,
    *,
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Draw a net's parts: a column a transform, its layers from k down to the picture's own row.

    Parameters
    ----------
    about, shapes
        The net's description, and the shapes of its weights by name, as its file holds them.
    model
        The classifier's name.
    """
    architecture = about["architecture"]
    kinds = [kind for kind in ORDER if architecture.get(kind)]
    chains = {kind: chain(kind, architecture, shapes) for kind in kinds}
    rows = max(map(len, chains.values()))
    with applied():
        page = Page(width, HEAD + rows * STEP + BOX + BELOW + 4.0)
        page_title(page, f"The Invariant Transformer Net before {spaced(model)}")
        axes = page.axes(0, 0, page.width, page.height)
        axes.set_xlim(0, page.width)
        axes.set_ylim(page.height, 0)
        axes.set_axis_off()
        column = width / (len(kinds) + 2)
        way = HEAD + rows * STEP
        words = [
            "Picture I",
            *(HEADINGS[kind] for kind in kinds),
            f"{spaced(model)}, frozen",
        ]
        for place, text in enumerate(words):
            kind = kinds[place - 1] if 0 < place <= len(kinds) else None
            fill = FROZEN if place == len(words) - 1 else "white"
            edge = LOOKS[kind].colour if kind else INK
            _box(axes, column * (place + 0.5), way, SHARE * column, [text], edge, fill)
            if place:
                gap = column * (1 - SHARE)
                _arrow(
                    axes,
                    (column * place - gap / 2, way + BOX / 2),
                    (column * place + gap / 2, way + BOX / 2),
                )
        for place, kind in enumerate(kinds, start=1):
            _column(
                axes, column * (place + 0.5), way, SHARE * column, chains[kind], LOOKS[kind].colour
            )
        axes.text(column * (len(words) - 0.5), way + BOX + 3.2, "prediction", ha="center", va="center",
                  fontsize=SMALL, color=INK)  # fmt: skip
    return page.figure


def chain(
    kind: str, architecture: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]
) -> list[list[str]]:
    """What stands between a k and its transform, from the top down, each in one or two lines."""
    interval = "[\N{MINUS SIGN}1, 1]" if architecture.get("signed") else "[0, 1]"
    dimensions = int(architecture.get("dimensions", 2))
    k = STEERED_BY[kind]
    steps = [[f"{k} \N{ELEMENT OF} {interval}" + "\u00b9\u00b2\u00b3"[dimensions - 1]]]
    if f"{kind}.weight" in shapes:
        generators, used = shapes[f"{kind}.weight"]
        steps.append([f"{used} directions, no layers", f"{generators} coordinates each"])
    else:
        hidden, inputs = shapes[f"{kind}.hidden.weight"]
        generators, _ = shapes[f"{kind}.output.weight"]
        steps.append([f"fully connected, {inputs} to {hidden}", "ReLU"])
        steps.append([f"fully connected, {hidden} to {generators}"])
    family = spaced(str(architecture[kind]))
    steps.append([f"{family}: {generators} generators", _matrix(kind, family, architecture)])
    return steps


def _matrix(kind: str, family: str, architecture: Mapping[str, Any]) -> str:
    if kind == "convolution":
        taps = family.removeprefix("kernel")
        return f"kernel of {taps} \N{MULTIPLICATION SIGN} {taps}"
    side = 3 if kind == "spatial" else 4
    # As the net is built: the layers put out a whole matrix, where the family is one.
    direct = architecture.get("chart") == "direct" and family in WHOLE
    way = "matrix" if direct else "exponential"
    return f"{way}: {side} \N{MULTIPLICATION SIGN} {side}"


def _column(
    axes: Axes, middle: float, way: float, width: float, steps: Sequence[Sequence[str]], colour: str
) -> None:
    """A transform's boxes, the last of them over the picture's row."""
    for place, lines in enumerate(steps):
        top = way - STEP * (len(steps) - place)
        _box(axes, middle, top, width, lines, colour, "white")
        _arrow(axes, (middle, top + BOX), (middle, top + STEP))


def _box(
    axes: Axes, middle: float, top: float, width: float, lines: Sequence[str], edge: str, fill: str
) -> None:
    style = "round,pad=0,rounding_size=1.2"
    patch = FancyBboxPatch(
        (middle - width / 2, top), width, BOX, boxstyle=style, ec=edge, fc=fill, lw=0.9
    )
    axes.add_patch(patch)
    for place, text in enumerate(lines):
        y = top + BOX * (place + 1) / (len(lines) + 1)
        size = NORMAL if len(lines) == 1 else SMALL
        shown = shortened(text, width - 1.5, size)
        axes.text(middle, y, shown, ha="center", va="center", fontsize=size, color=INK)


def _arrow(axes: Axes, start: tuple[float, float], stop: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            stop,
            arrowstyle="-|>",
            mutation_scale=6,
            color=LINE,
            lw=0.8,
            shrinkA=0,
            shrinkB=0,
        )
    )
