"""One network's layers under one transform, layers down, magnitude across, beside random weights'."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from .axes import TransformAxis
from .heatmap import COLOURS, edges, scale_bar
from .labels import page_title, shortened, spaced
from .registry import figure
from .responses import known, present
from .style import DOUBLE_COLUMN, NORMAL, SMALL, TITLE, Page, applied

Array = npt.NDArray[np.float64]
NAMES, RIGHT, GUTTER, BAR = 27.0, 1.0, 8.0, 9.0  # mm beside the maps
HEAD, TITLE_ROOM, CURVE, BETWEEN, TICKS, LABEL = 7.0, 4.0, 8.0, 1.2, 3.6, 4.0  # mm above and below
ROW = 4.4  # mm, a layer
MEASURES = {"invariance": "Invariance", "equivariance": "Equivariance"}
WEIGHTS = {"trained": "trained", "random": "random weights"}
NOTHING = "#E4E4E4"


@figure(
    "layers/{model}/{single}",
    reads={"layers": "layers/{model}/{single}.parquet"},
    category="Layers",
    labels={"network": "{model}", "transform": "{single}"},
    kind="layers",
    cases="layers",
)
def layers(
    layers: pd.DataFrame,
    model: str,
    single: str,
    transforms: Mapping[str, TransformAxis],
    width: float = DOUBLE_COLUMN,
) -> Figure:
    """Layers of **{model}** under **{single}**, from the first to the last downwards. Invariance: how near
    a layer's output for the transformed picture is to that for the picture itself, from 0, as far as
    another picture's, to 1, the same. Equivariance: how near its map is to the picture's own map, moved
    alike; grey where there is none, or where nothing of it is seen any more. Above: the network's accuracy.
    Values below 0 are drawn as 0. Below: the same network of random weights.
    """
    known("model in the layers", model, present(layers, "model"))
    rows = layers[(layers["model"] == model) & (layers["transform"] == single)]
    known(f"transform in the layers of {model}", single, present(layers, "transform"))
    axis = transforms[single]
    weights = [name for name in WEIGHTS if name in set(rows["weights"])]
    measures = [name for name in MEASURES if rows[name].notna().any()]
    names = list(dict.fromkeys(rows.sort_values("depth")["layer"]))
    panel = (width - NAMES - BAR - RIGHT - GUTTER) / 2
    tall = ROW * len(names)
    each = TITLE_ROOM + CURVE + BETWEEN + tall + TICKS + LABEL + 2.0
    with applied():
        page = Page(
            NAMES + panel * len(measures) + GUTTER * (len(measures) - 1) + BAR + RIGHT,
            HEAD + each * len(weights),
        )
        page_title(page, f"{spaced(model)}: {axis.label}")
        for number, kind in enumerate(weights):
            top = HEAD + number * each
            own = rows[rows["weights"] == kind]
            for column, measure in enumerate(measures):
                left = NAMES + column * (panel + GUTTER)
                heading = f"{MEASURES[measure]}, {WEIGHTS[kind]}"
                page.text(left, top, heading, fontsize=TITLE)
                _panel(
                    page, (left, top + TITLE_ROOM, panel, tall), own, measure, names, axis, column
                )
            if number == 0:
                start = NAMES + len(measures) * (panel + GUTTER) - GUTTER + 1.5
                below = top + TITLE_ROOM + CURVE + BETWEEN
                scale_bar(page, start, below, min(tall, 40.0), label="")
    return page.figure


def _panel(
    page: Page,
    box: tuple[float, float, float, float],
    rows: pd.DataFrame,
    measure: str,
    names: list[str],
    axis: TransformAxis,
    column: int,
) -> None:
    """The accuracy above, the map of one measure below it; layers are named before the first column."""
    left, top, width, tall = box
    magnitudes = np.sort(rows["magnitude"].unique())
    cells = pd.MultiIndex.from_product([names, magnitudes])
    values = rows.set_index(["layer", "magnitude"])[measure].reindex(cells).to_numpy(dtype=float)
    x = edges(axis, magnitudes)
    curve = page.axes(left, top, width, CURVE)
    accuracy = rows.drop_duplicates("magnitude").sort_values("magnitude")
    curve.plot(
        accuracy["magnitude"], accuracy["accuracy"], color="black", lw=0.8, marker="o", ms=1.4,
        gid="accuracy",
    )  # fmt: skip
    axis.apply(curve, float(x[0]), float(x[-1]))
    curve.set_xticklabels([])
    curve.set_ylim(-0.05, 1.05)
    curve.set_yticks([0, 1], ["0", "1"] if column == 0 else ["", ""])
    if column == 0:
        curve.set_ylabel("Accuracy", fontsize=SMALL)
    axes = page.axes(left, top + CURVE + BETWEEN, width, tall)
    axes.set_facecolor(NOTHING)
    shown = np.ma.masked_invalid(values.reshape(len(names), -1))
    axes.pcolormesh(
        x, np.arange(len(names) + 1) - 0.5, shown, cmap=COLOURS, vmin=0, vmax=1, gid=measure,
        rasterized=True,
    )  # fmt: skip
    axis.apply(axes, float(x[0]), float(x[-1]))
    axes.set_ylim(len(names) - 0.5, -0.5)
    labels = [shortened(name, NAMES - 3.0, SMALL) for name in names]
    axes.set_yticks(range(len(names)), labels if column == 0 else [""] * len(names))
    axes.set_xlabel(axis.title_within(width, NORMAL), linespacing=1.0)
