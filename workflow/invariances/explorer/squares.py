"""The ITN's k squares as the page reads them: pictures and answers over k, accuracy where evaluated."""

from typing import Any

import numpy as np
import pandas as pd

from invariances.explorer.pictures import COLUMNS, sheet
from invariances.figures.itn_directions import sentence
from invariances.figures.itn_gallery import Gallery
from invariances.figures.itn_kinds import HEADINGS, STEERED_BY, varied_kinds, varied_rows

DECIMALS = 5


def square_data(
    gallery: Gallery, evaluation: pd.DataFrame, certificate: pd.DataFrame, directions: pd.DataFrame
) -> dict[str, Any]:
    """One network's squares.

    Parameters
    ----------
    gallery
        Pictures over a grid of each k, the others at (0, 0): what scripts/explorer_itn.py makes.
    evaluation
        The ITN's evaluation.csv.
    certificate, directions
        Its certificate.csv and directions.csv.

    Returns
    -------
    dict
        ``classes`` [P], names; ``kinds``, one entry a transform: ``values`` [V] of the first component
        of k and ``seconds`` [W] of the second, ``sheets`` [P] of V * W pictures (the second component
        running fastest), ``answers`` [P][V * W], ``right`` likewise, ``words`` [V * W], what the
        transform does there, ``directions``, what each component of k is, and ``accuracy``, k with
        accuracy and its limits; ``baseline``, the accuracy untransformed; ``certificate``, in words.
        A k of one component has 0 alone as its second, of one of three the third is 0.
    """
    kinds = [kind for kind in varied_kinds(evaluation) if kind in gallery.kinds]
    return {
        "classes": gallery.classes,
        "side": int(gallery.pictures.shape[2]),
        "columns": COLUMNS,
        "pictures": int(evaluation["pictures"].iloc[0]),
        "baseline": round(float(evaluation["baseline_accuracy"].iloc[0]), DECIMALS),
        "certificate": sentence(certificate),
        "kinds": [_kind(gallery, evaluation, directions, kind) for kind in kinds],
    }


def _kind(
    gallery: Gallery, evaluation: pd.DataFrame, directions: pd.DataFrame, kind: str
) -> dict[str, Any]:
    # Of three components the first two, the third at 0.
    places = [k for k in gallery.places(kind) if not any(k[2:])]
    values = sorted({k[0] for k in places})
    seconds = sorted({k[1] for k in places if len(k) > 1}) or [0.0]
    dimensions = len(gallery.still)
    grid = [(a, b, *gallery.still[2:])[:dimensions] for a in values for b in seconds]
    instances = [gallery.at(**{kind: k}) for k in grid]
    rows = varied_rows(evaluation, kind)
    rows = rows.assign(k_1=rows.get("k_1", 0.0))
    rows = rows[rows.get("k_2", pd.Series(0.0, rows.index)) == 0]
    named = directions[directions["kind"] == kind]
    columns = ["k_0", "k_1", "accuracy", "accuracy_low", "accuracy_high"]
    shown = range(len(gallery.classes))
    return {
        "name": kind,
        "label": HEADINGS[kind],
        "steered": STEERED_BY[kind],
        "values": values,
        "seconds": seconds,
        "directions": [str(name) for name in named["name"]],
        "sheets": [sheet(gallery.pictures[instances, index]) for index in shown],
        "answers": [[str(name) for name in gallery.prediction[instances, i]] for i in shown],
        "right": [[int(right) for right in gallery.right[instances, i]] for i in shown],
        "words": [", ".join(gallery.summary(kind, i, most=3)) or "unchanged" for i in instances],
        "accuracy": np.round(rows[columns].to_numpy(dtype=float), DECIMALS).tolist(),
    }
