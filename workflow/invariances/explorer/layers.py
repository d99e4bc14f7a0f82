"""Layers as the page reads them: what is measured of each at every magnitude, packed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from invariances.explorer.marks import decimal
from invariances.explorer.packing import packed

WEIGHTS = ("trained", "random")
MEASURES = ("invariance", "equivariance")
Array = npt.NDArray[np.float64]


def layer_data(
    layers: pd.DataFrame, models: Sequence[str], transforms: Sequence[str]
) -> list[list[dict[str, Any]]]:
    """What layers.parquet says, by network and transform.

    Parameters
    ----------
    layers : the run's layers.parquet. models, transforms : their names, in the page's order.

    Returns
    -------
    ``[model][transform]``, each with the ``names`` and ``shapes`` of its L layers, the ``magnitudes`` [M],
    and by weights (trained, random; those that there are) ``images``, packed ``accuracy`` [M] and
    ``spread`` [L, M], and ``invariance`` and ``equivariance`` [L, M], packed between their ``low`` and
    ``high``; None of a measure that no layer has.
    """
    rows = layers.groupby(["model", "transform"], sort=False, observed=True)
    cells = {(str(model), str(name)): cell for (model, name), cell in rows}
    return [[_cell(cells[model, name]) for name in transforms] for model in models]


def _cell(rows: pd.DataFrame) -> dict[str, Any]:
    each = rows.sort_values("depth").drop_duplicates("layer")
    names = [str(name) for name in each["layer"]]
    magnitudes = np.sort(rows["magnitude"].unique())
    return {
        "names": names,
        "shapes": [str(shape) for shape in each["shape"]],
        "magnitudes": [decimal(value) for value in magnitudes],
        "weights": {
            kind: _measured(rows[rows["weights"] == kind], names, magnitudes)
            for kind in WEIGHTS
            if (rows["weights"] == kind).any()
        },
    }


def _measured(rows: pd.DataFrame, names: list[str], magnitudes: Array) -> dict[str, Any]:
    cells = pd.MultiIndex.from_product([names, magnitudes])
    table = rows.set_index(["layer", "magnitude"]).reindex(cells)
    of_all = rows.drop_duplicates("magnitude").sort_values("magnitude")
    found: dict[str, Any] = {
        "images": int(rows["images"].iloc[0]),
        "accuracy": packed(of_all["accuracy"]),
        "spread": packed(table["spread"]),
    }
    return found | {name: _between(table[name].to_numpy(dtype=float)) for name in MEASURES}


def _between(values: Array) -> dict[str, Any] | None:
    """Numbers packed between the least and the largest of them."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    # Of one number alone any range will do.
    high = high if high > low else low + 1.0
    return {"low": low, "high": high, "numbers": packed(values, low, high)}
