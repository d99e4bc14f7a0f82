"""Predictions with their margins."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Answers(NamedTuple):
    """A network's predictions: of a grid [N, M], or of single rows (picture, magnitude) [R].

    Attributes
    ----------
    prediction : int, the category with the highest softmax.
    margin : float, the log softmax of the picture's own category less that of the strongest other,
        in nats; below zero where the prediction is another.
    """

    prediction: NDArray[np.integer]
    margin: NDArray[np.floating]

    def reshape(self, *shape: int) -> "Answers":
        """The same answers in another shape."""
        return Answers(self.prediction.reshape(shape), self.margin.reshape(shape))
