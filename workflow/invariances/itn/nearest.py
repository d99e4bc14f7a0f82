"""The two strategies held together: learned transforms beside the screening's thresholds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.itn.decomposition import turn
from invariances.itn.families import LUMA, Kind
from invariances.tables import COMPARISON
from invariances.tables.frames import frame

Array = NDArray[np.float64]

CLOSE = 0.5
"""A learned matrix is close to a transform that explains at least half of its displacement."""

BESIDE = ("class", "direction", "threshold", "low", "high", "censored")
"""Columns of thresholds.csv that stand beside a learned transform."""

MULTIPLYING = ("zoom", "scale_x", "scale_y", "contrast")
"""Transforms whose magnitudes multiply: their distance from the identity is a logarithm's."""


@dataclass(frozen=True)
class Nearest:
    """The screening's transform nearest to a learned matrix A.

    explained_fraction is 1 - ||A - T(magnitude)||_F^2 / ||A - I||_F^2: the part of the displacement
    that the transform T accounts for, at the magnitude that makes it largest.
    """

    transform: str
    magnitude: float
    explained_fraction: float


def nearest(kind: Kind, matrix: Array) -> Nearest | None:
    """The nearest transform to a spatial [2, 3] or colour [3, 4] matrix; None at the identity."""
    identity = np.eye(*matrix.shape)
    change = float(((matrix - identity) ** 2).sum())
    if change < 1e-12 or kind == "convolution":
        return None
    candidates = _spatial(matrix) if kind == "spatial" else _colour(matrix)
    found = [
        Nearest(name, magnitude, 1 - float(((matrix - alone) ** 2).sum()) / change)
        for name, (magnitude, alone) in candidates.items()
    ]
    return max(found, key=lambda candidate: candidate.explained_fraction)


def _spatial(matrix: Array) -> dict[str, tuple[float, Array]]:
    angle = float(np.rad2deg(np.arctan2(matrix[1, 0] - matrix[0, 1], matrix[0, 0] + matrix[1, 1])))
    across, down = float(matrix[0, 0]), float(matrix[1, 1])
    zoom = (across + down) / 2
    shift_x, shift_y = float(-matrix[0, 2] / 2), float(-matrix[1, 2] / 2)
    none = np.zeros((2, 1))
    return {
        "rotate": (angle, np.hstack([turn(angle), none])),
        "zoom": (zoom, np.hstack([np.diag([zoom, zoom]), none])),
        "scale_x": (across, np.hstack([np.diag([across, 1.0]), none])),
        "scale_y": (down, np.hstack([np.diag([1.0, down]), none])),
        "translate_x": (shift_x, np.array([[1.0, 0.0, -2 * shift_x], [0.0, 1.0, 0.0]])),
        "translate_y": (shift_y, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -2 * shift_y]])),
    }


def _colour(matrix: Array) -> dict[str, tuple[float, Array]]:
    identity = np.eye(3, 4)
    shift, gain = float(matrix[:, 3].mean()), float(np.trace(matrix[:, :3]) / 3)
    greying = np.zeros((3, 4))
    greying[:, :3] = np.array(LUMA) - np.eye(3)
    grey = float(((matrix - identity) * greying).sum() / (greying**2).sum())
    grey = min(max(grey, 0.0), 1.0)
    brighter = identity.copy()
    brighter[:, 3] = shift
    return {
        "brightness": (shift, brighter),
        "contrast": (gain, gain * identity),
        "grayscale": (grey, identity + grey * greying),
    }


def comparison(evaluation: pd.DataFrame, thresholds: pd.DataFrame) -> pd.DataFrame:
    """Each learned transform beside the thresholds of the screening's transform nearest to it.

    Parameters
    ----------
    evaluation : as `evaluate` gives it.
    thresholds : of the same classifier: transform, class, direction, threshold, low, high, censored.

    Returns
    -------
    One row for each k of the grid (each transform varied alone, away from the identity) and class:
    varied, k_0, k_1 (as many as k has), accuracy, baseline_accuracy (of the net, over all classes),
    transform, magnitude, explained_fraction, close; then class, direction, threshold, low, high, censored,
    and reached_fraction: how far the net goes on the way from the identity to that class's threshold, in
    logarithms where magnitudes multiply. The last seven are empty where no transform is close and k is no
    direction's end, one component 1 and the others 0, or the screening has none of that name.
    """
    sides = {"spatial": ("k1", "theta", (2, 3)), "colour": ("k2", "phi", (3, 4))}
    kinds: dict[str, Kind] = {"spatial": "spatial", "colour": "colour"}
    rows = []
    for row in evaluation.to_dict("records"):
        if row["varied"] not in sides:
            continue
        name, entry, shape = sides[row["varied"]]
        matrix = np.array([row[f"{entry}_{i}{j}"] for i, j in np.ndindex(*shape)]).reshape(shape)
        found = nearest(kinds[row["varied"]], matrix)
        if found is None:
            continue
        learned = {
            "varied": row["varied"],
        }
        learned |= {f"k_{j}": row[f"{name}_{j}"] for j in range(3) if f"{name}_{j}" in row}
        learned |= {key: row[key] for key in ("accuracy", "baseline_accuracy")}
        learned |= vars(found) | {"close": found.explained_fraction >= CLOSE}
        # A direction is told beside the screening however far off it is; other k only where they are close.
        k = [value for key, value in learned.items() if key.startswith("k_") and value]
        near = found.explained_fraction >= CLOSE or k == [1]
        rows += [learned | beside for beside in _beside(found, thresholds, near)]
    return frame(COMPARISON, rows)


def _beside(found: Nearest, thresholds: pd.DataFrame, near: bool) -> list[dict[str, object]]:
    """The thresholds on the side of the identity to which the learned magnitude lies."""
    multiplies = found.transform in MULTIPLYING
    if not near or (multiplies and found.magnitude <= 0):
        return [{}]
    moved = float(np.log(found.magnitude)) if multiplies else found.magnitude
    same = (thresholds["transform"] == found.transform) & (
        thresholds["direction"] == ("up" if moved > 0 else "down")
    )
    rows: list[dict[str, object]] = []
    for row in thresholds[same].to_dict("records"):
        threshold = float(row["threshold"])
        reach = float(np.log(threshold)) if multiplies else threshold
        shown = {key: row[key] for key in BESIDE}
        rows.append(shown | {"reached_fraction": moved / reach if reach else np.nan})
    return rows or [{}]
