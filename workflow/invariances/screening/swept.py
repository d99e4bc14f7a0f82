"""What sweeps have in common, of one transform and of several combined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Swept:
    """The predictions of N pictures, of C classes, at the M points of a grid of D transforms.

    Attributes
    ----------
    classes, labels : names [C] of the classes and their places [C] among the categories.
    magnitudes, identity : [M], or [M, D] of transforms combined, and the identity's place there.
    picture, class_index : names [N] of the pictures and their classes' places in `classes`.
    prediction : int32 [N, M], the category with the highest softmax.
    """

    classes: NDArray[np.str_]
    labels: NDArray[np.int64]
    magnitudes: NDArray[np.float64]
    identity: int
    picture: NDArray[np.str_]
    class_index: NDArray[np.int64]
    prediction: NDArray[np.int32]

    @property
    def categories(self) -> NDArray[np.int64]:
        """Each picture's own category [N]."""
        return self.labels[self.class_index]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each picture is seen as its own class at each point [N, M]."""
        found: NDArray[np.bool_] = self.prediction == self.categories[:, None]
        return found
