"""Searches begun from predictions alone, for tests of the search and of the tables made of it."""

import numpy as np
from numpy.typing import ArrayLike

from invariances.inference import Answers
from invariances.thresholds import Bisection


def alike(prediction: ArrayLike, label: int = 0) -> Answers:
    """Predictions, each as sure as any other: nothing is known of how near a flip is."""
    said = np.asarray(prediction)
    return Answers(said, np.where(said == label, 1.0, -1.0))


def begin(prediction: ArrayLike, grid: ArrayLike, identity: int, tolerance: float) -> Bisection:
    """A search of pictures of label 0 that halves only what the grid shows."""
    labels = np.zeros(len(np.asarray(prediction)))
    known = alike(prediction)
    return Bisection.start(known, labels, grid, identity, tolerance=tolerance, doubt=1)
