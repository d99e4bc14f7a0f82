"""Searches of known responses: of predictions alone, or of whole curves of margins."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import ArrayLike

from invariances.inference import Answers, Pictures
from invariances.thresholds import Bisection
from invariances.thresholds.search import search


def alike(prediction: ArrayLike, label: int = 0) -> Answers:
    """Predictions, each as sure as any other: nothing is known of how near a flip is."""
    said = np.asarray(prediction)
    return Answers(said, np.where(said == label, 1.0, -1.0))


def begin(prediction: ArrayLike, grid: ArrayLike, identity: int, tolerance: float) -> Bisection:
    """A search of pictures of label 0 that halves only what the grid shows."""
    labels = np.zeros(len(np.asarray(prediction)))
    known = alike(prediction)
    return Bisection.start(known, labels, grid, identity, tolerance=tolerance, missed=np.inf)


@dataclass
class Curves:
    """Margins [N, T + 1] of pictures of category 0 at the multiples of 1 / T of [0, 1], as a responder.

    `home` is the identity's place; classes of `size` pictures each.
    """

    margin: np.ndarray
    home: int = 0
    size: int = 1

    @property
    def steps(self) -> int:
        return self.margin.shape[1] - 1

    @property
    def pictures(self) -> Pictures:
        count = len(self.margin)
        owner = np.arange(count) // self.size
        classes = np.array([f"class {place}" for place in range(owner[-1] + 1)])
        return Pictures(
            np.zeros((count, 1, 1, 3), np.uint8),
            np.arange(count).astype(str),
            classes,
            np.zeros(len(classes), int),
            owner,
        )

    def answers(self, pictures: Pictures, rows: np.ndarray, magnitudes: np.ndarray) -> Answers:
        place = np.rint(magnitudes * self.steps).astype(int)
        np.testing.assert_allclose(place, magnitudes * self.steps, atol=1e-6)
        margin = self.margin[pictures.names[rows].astype(int), place]
        return Answers((margin < 0).astype(int), margin)

    def sweep(self, points: int) -> SimpleNamespace:
        """The answers on a grid of so many points."""
        step = self.steps // (points - 1)
        margin = self.margin[:, ::step]
        return SimpleNamespace(
            magnitudes=np.linspace(0, 1, points),
            identity=self.home // step,
            prediction=(margin < 0).astype(int),
            margin=margin,
        )

    def search(self, points: int, missed: float = 0.02) -> Bisection:
        tolerance = 1 / self.steps
        known = self.pictures, self.sweep(points)
        return search(self, *known, tolerance=tolerance, missed=missed, axis="linear")

    def missed(self, found: Bisection) -> np.ndarray:
        """Whether the search found another first flip than there is [N, 2], up and down."""
        first = np.full((len(self.margin), 2), np.inf)
        for place, response in enumerate(found.responses()):
            for side, sign in enumerate((1, -1)):
                crossing = response.first(sign)
                if crossing is not None:
                    first[place, side] = np.ceil(abs(crossing[0] - found.identity) * self.steps)
        return first != self.first_wrong()

    def first_wrong(self) -> np.ndarray:
        """How many steps from the identity the first wrong answer is [N, 2]; infinite if there is none."""
        paths = self.margin[:, self.home :], self.margin[:, self.home :: -1]
        found = []
        for path in paths:
            wrong = path < 0
            found.append(np.where(wrong.any(axis=1), wrong.argmax(axis=1), np.inf))
        return np.stack(found, axis=1)
