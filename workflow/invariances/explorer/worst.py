"""Each picture's worst case under transforms combined, as the page shows it: point, margin, and picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from invariances.explorer.cells import transform_data
from invariances.explorer.marks import decimal
from invariances.explorer.pictures import sheet, side_within
from invariances.figures.axes import TransformAxis
from invariances.inference import Pictures
from invariances.inference.responder import transformed
from invariances.inference.tensors import as_pixels, shrunk
from invariances.screening.grid import transform_of
from invariances.tables.combined import ORDER
from invariances.transforms import Setting, find

POINTS = ("worst", "refined")
"""The prefixes of the columns that tell of a point."""


def worst_data(
    pictures: pd.DataFrame,
    prepared: Mapping[str, Pictures],
    transforms: Mapping[str, TransformAxis],
    classes: Sequence[str],
    shown: Mapping[str, Sequence[str]],
    setting: Setting,
) -> dict[str, Any]:
    """The worst cases of the pictures that the page shows.

    Parameters
    ----------
    pictures : the run's worst_pictures.parquet.
    prepared : each network's pictures, which know their objects where a transform moves these alone.
    transforms : label, unit, identity and axis of each transform.
    classes, shown : the run's classes, and the names of the pictures shown, by class.

    Returns
    -------
    ``combined``, the combinations with their transforms in order; ``worst``, by network (in the order of
    `prepared`), combination, class and picture, see `_case`; ``worst_side``, the pictures' side in pixels.
    """
    names = list(dict.fromkeys(pictures["transform"].astype(str)))
    key = ["model", "transform", "class", "picture"]
    rows = {tuple(row[part] for part in key): row for row in pictures.to_dict("records")}
    views = (1 + len(POINTS)) * len(prepared) * len(names) * sum(map(len, shown.values()))
    # A quarter of what the strips of single transforms may take.
    side = side_within(4 * views, min(own.pixels.shape[2] for own in prepared.values()))
    cases = [
        [
            [
                [
                    _case(rows[model, name, each, picture], own, setting, side)
                    for picture in shown.get(each, ())
                ]
                for each in classes
            ]
            for name in names
        ]
        for model, own in prepared.items()
    ]
    axes = [[transform_data(transforms[part], ()) for part in name.split("+")] for name in names]
    combined = [
        {"name": name, "label": " + ".join(axis["label"] for axis in own), "transforms": own}
        for name, own in zip(names, axes, strict=True)
    ]
    return {"combined": combined, "worst": cases, "worst_side": side}


def _case(
    row: Mapping[Any, Any], prepared: Pictures, setting: Setting, side: int
) -> dict[str, Any]:
    """One picture before one network: its sheet, untransformed and at each of ``points``.

    A point has its magnitudes, the margin and the prediction there. A refined one stands beside the grid's
    worst where it was looked for. ``right``: the points of the grid at which it is recognised, and all.
    """
    names = str(row["transform"]).split("+")
    order = ORDER[: len(names)]
    found = [
        {
            "at": [decimal(float(row[f"{prefix}_{place}"])) for place in order],
            "margin": decimal(float(row[f"{prefix}_margin"])),
            "prediction": str(row[f"{prefix}_prediction"]),
        }
        for prefix in POINTS
        if np.isfinite(row[f"{prefix}_margin"])
    ]
    at = [[find(name).identity for name in names], *(point["at"] for point in found)]
    place = np.flatnonzero(prepared.names == row["picture"])
    views = transformed(
        *(prepared, np.repeat(place, len(at)), np.array(at, dtype=np.float64)),
        *(transform_of(names), setting),
    )
    strip = np.concatenate([as_pixels(shrunk(batch, side)) for _, batch in views])
    return {
        "sheet": sheet(strip),
        "margin": decimal(float(row["margin"])),
        "recognised": bool(row["recognised"]),
        "right": [int(row["right"]), int(row["points"])],
        "points": found,
    }
