"""The ITN's k squares as the page reads them: pictures and answers over k, accuracy where evaluated."""

from typing import Any

import numpy as np
import pandas as pd

from invariances.explorer.pictures import COLUMNS, sheet
from invariances.figures.itn_gallery import Gallery
from invariances.figures.itn_kinds import HEADINGS, STEERED_BY, varied_kinds, varied_rows

DECIMALS = 5


def square_data(gallery: Gallery, evaluation: pd.DataFrame) -> dict[str, Any]:
    """One network's squares.

    Parameters
    ----------
    gallery
        Pictures over a grid of each k, the others at (0, 0): what scripts/explorer_itn.py makes.
    evaluation
        The ITN's evaluation.csv.

    Returns
    -------
    dict
        ``classes`` [P], names; ``kinds``, one entry a transform: ``values`` [V] of either component
        of k, ``sheets`` [P] of V * V pictures (the second component running fastest), ``answers``
        [P][V * V], ``right`` likewise, ``words`` [V * V], what the transform does there, and
        ``accuracy``, k with accuracy and its limits; ``baseline``, the accuracy untransformed.
    """
    kinds = [kind for kind in varied_kinds(evaluation) if kind in gallery.kinds]
    return {
        "classes": gallery.classes,
        "side": int(gallery.pictures.shape[2]),
        "columns": COLUMNS,
        "pictures": int(evaluation["pictures"].iloc[0]),
        "baseline": round(float(evaluation["baseline_accuracy"].iloc[0]), DECIMALS),
        "kinds": [_kind(gallery, evaluation, kind) for kind in kinds],
    }


def _kind(gallery: Gallery, evaluation: pd.DataFrame, kind: str) -> dict[str, Any]:
    values = sorted({first for first, _ in gallery.places(kind)})
    instances = [gallery.at(**{kind: (a, b)}) for a in values for b in values]
    rows = varied_rows(evaluation, kind)
    columns = ["k_0", "k_1", "accuracy", "accuracy_low", "accuracy_high"]
    shown = range(len(gallery.classes))
    return {
        "name": kind,
        "label": HEADINGS[kind],
        "steered": STEERED_BY[kind],
        "values": values,
        "sheets": [sheet(gallery.pictures[instances, index]) for index in shown],
        "answers": [[str(name) for name in gallery.prediction[instances, i]] for i in shown],
        "right": [[int(right) for right in gallery.right[instances, i]] for i in shown],
        "words": [", ".join(gallery.summary(kind, i, most=3)) or "unchanged" for i in instances],
        "accuracy": np.round(rows[columns].to_numpy(dtype=float), DECIMALS).tolist(),
    }
