"""Several transforms at once: the answers at every point of their grid.

Of each point the prediction and the margin are kept and no more: a grid of three transforms has hundreds of
points, and softmax of all categories at each of them would be gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from invariances.inference import Pictures
from invariances.screening.swept import Swept

if TYPE_CHECKING:  # worst cases are told from arrays by scripts that need no torch
    from invariances.inference.responder import Responder

REFINED = ("refined", "refined_prediction", "refined_margin")


@dataclass(frozen=True)
class Points(Swept):
    """The answers at all combinations of the grids of D transforms, the magnitudes [M, D].

    Attributes
    ----------
    margin : float32 [N, M], the own category's log softmax less that of the strongest other one, in nats.
    refined : float64 [N, D], where between the points a lower margin was found; [0, D] if not asked for.
    refined_prediction, refined_margin : [N], the answers there; [0] if not asked for.
    """

    margin: NDArray[np.float32]
    refined: NDArray[np.float64]
    refined_prediction: NDArray[np.int32]
    refined_margin: NDArray[np.float32]

    @property
    def worst(self) -> NDArray[np.intp]:
        """The place [N] of each picture's lowest margin: among wrong answers, where there is one.

        Margins of zero, a tie, may be right and wrong.
        """
        right = self.right
        counted = np.where(right & ~right.all(axis=1, keepdims=True), np.inf, self.margin)
        lowest: NDArray[np.intp] = counted.argmin(axis=1)
        return lowest

    def arrays(self) -> dict[str, Any]:
        """As named arrays, for a file."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Points:
        """The inverse of ``arrays``; also of a pair's `Sweep`, which holds more, and nothing refined."""
        given: dict[str, Any] = {entry.name: arrays.get(entry.name) for entry in fields(cls)}
        if "refined" not in arrays:
            given |= dict(zip(REFINED, unrefined(arrays["magnitudes"].shape[1]), strict=True))
        return cls(**{**given, "identity": int(arrays["identity"])})


def unrefined(
    transforms: int,
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float32]]:
    """Of no picture a refined point of so many transforms, its prediction and margin."""
    return np.empty((0, transforms)), np.empty(0, np.int32), np.empty(0, np.float32)


def answered(
    responder: Responder, pictures: Pictures, magnitudes: NDArray[np.float64], identity: int
) -> Points:
    """Every picture at every point [M, D] of a grid (`grid.expanded`)."""
    count, points = len(pictures), len(magnitudes)
    # Picture by picture, so that a batch shares its pictures' noise.
    rows = np.repeat(np.arange(count), points)
    found = responder.answers(pictures, rows, np.tile(magnitudes, (count, 1)))
    return Points(
        pictures.classes,
        pictures.labels,
        magnitudes,
        identity,
        pictures.names,
        pictures.class_index,
        found.prediction.astype(np.int32).reshape(count, points),
        found.margin.astype(np.float32).reshape(count, points),
        *unrefined(magnitudes.shape[1]),
    )
