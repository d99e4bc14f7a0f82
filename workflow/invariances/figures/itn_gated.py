"""Figures 4 and 5 of the paper's own net, where it is trained beside the run's."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from .itn_curves import draw_curves
from .itn_gallery import draw_gallery, read_gallery
from .itn_training import draw_training
from .registry import figure
from .style import DOUBLE_COLUMN

NAMED = "{model}, the paper's net"


@figure(
    "itn_gated/{model}/training",
    reads={"history": "itn_gated/{model}/history.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "4a: training, the paper's net"},
    kind="itn",
    cases="gated",
)
def itn_gated_training(history: pd.DataFrame, model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """Training the paper's own net (`objective: gated`) before **{model}**, as its figure 4a: each batch
    either lowers the classifier's loss or moves pictures further, which the strip shows.
    """
    return draw_training(history, NAMED.format(model=model), width=width)


@figure(
    "itn_gated/{model}/curves",
    reads={"evaluation": "itn_gated/{model}/evaluation.csv"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "4b: accuracy over k, the paper's net"},
    kind="itn",
    cases="gated",
)
def itn_gated_curves(evaluation: pd.DataFrame, model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """Accuracy and mean true-class softmax of **{model}** on pictures that the paper's own net
    (`objective: gated`) transforms, none of which trained it, along each component of k1 and k2.
    """
    return draw_curves(evaluation, NAMED.format(model=model), width=width)


@figure(
    "itn_gated/{model}/gallery",
    reads={"gallery": "itn_gated/{model}/gallery.npz"},
    category="Invariant Transformer Net",
    labels={"network": "{model}", "figure": "5: gallery, the paper's net"},
    kind="itn",
    cases="gated",
)
def itn_gated_gallery(gallery: Sequence[Path], model: str, width: float = DOUBLE_COLUMN) -> Figure:
    """Pictures as the paper's own net (`objective: gated`) before **{model}** transforms them, one set
    for each k1 (columns) and k2 (rows), to be held beside the family's gallery.
    """
    return draw_gallery(read_gallery(gallery[0]), NAMED.format(model=model), width=width)
