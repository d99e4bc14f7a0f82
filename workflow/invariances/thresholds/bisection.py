"""Exact thresholds of single pictures: every change of mind on the grid, halved until it is narrow.

The search asks for answers at magnitudes of its own choosing, one per bracket of every picture, so
that a whole job's pictures go through the network in one batch a round:

    search = Bisection.start(prediction, labels, magnitudes, identity, tolerance=range / 256)
    while not search.done:
        pictures, magnitudes = search.propose()
        search.accept(predict(pictures, magnitudes))
    found = search.responses()

Responses are rarely monotone. All changes that the grid shows are narrowed down; two changes inside
one step of the grid cancel and stay unseen, which only an exhaustive search excludes: give
`exhaustive_grid` instead of the sweep's grid, and the same code finds every bracket narrow already.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from invariances.thresholds.axes import Axis, Floats, Indices, from_axis, infer_axis, to_axis

Predictions = NDArray[np.int64]


@dataclass
class Bisection:
    """Brackets of all pictures, between two magnitudes of which one is answered rightly.

    Attributes
    ----------
    right : bool [N, M], answers on the grid; coordinate : [M], the grid on its axis.
    picture : [Q], which picture each bracket belongs to; step : [Q], the grid's step it began as.
    low, high : [Q], the brackets' ends on the axis; low_prediction, high_prediction : [Q].
    """

    labels: Predictions
    right: NDArray[np.bool_]
    coordinate: Floats
    identity: int
    axis: Axis
    tolerance: float
    picture: Indices
    step: Indices
    low: Floats
    high: Floats
    low_prediction: Predictions
    high_prediction: Predictions
    rounds: int = field(default=0)

    @classmethod
    def start(
        cls,
        prediction: ArrayLike,
        labels: ArrayLike,
        magnitudes: ArrayLike,
        identity: int,
        *,
        tolerance: float,
        axis: Axis | None = None,
    ) -> "Bisection":
        """Find the brackets on a grid.

        Parameters
        ----------
        prediction : int [N, M]; labels : int [N], the true categories.
        magnitudes : [M], strictly ascending; identity : index of the identity among them.
        tolerance : width at which a bracket is narrow enough, as a share of the grid's range on its
            axis (1/256 of log2's range on a log axis, where halving is geometric).
        axis : by default ``log`` where the grid is log-spaced.

        Pictures wrong at the identity get no brackets: they have no invariance to lose.
        """
        answers, truth = np.asarray(prediction, np.int64), np.asarray(labels, np.int64)
        grid = np.asarray(magnitudes, dtype=float)
        if answers.ndim != 2 or answers.shape != (len(truth), len(grid)):
            raise ValueError(
                f"predictions {answers.shape} do not fit {len(truth)} labels and {len(grid)} magnitudes"
            )
        if not 0 <= identity < len(grid) or np.any(np.diff(grid) <= 0):
            raise ValueError("magnitudes must be strictly ascending and hold the identity")
        if not 0 < tolerance < 1:
            raise ValueError(f"tolerance must be a share of the range in (0, 1), got {tolerance}")
        scale = axis or infer_axis(grid)
        coordinate = to_axis(grid, scale)
        right = answers == truth[:, None]
        changes = (right[:, 1:] != right[:, :-1]) & right[:, [identity]]
        picture, step = np.nonzero(changes)
        return cls(
            labels=truth,
            right=right,
            coordinate=coordinate,
            identity=identity,
            axis=scale,
            tolerance=tolerance * float(coordinate[-1] - coordinate[0]),
            picture=picture,
            step=step,
            low=coordinate[step],
            high=coordinate[step + 1],
            low_prediction=answers[picture, step],
            high_prediction=answers[picture, step + 1],
        )

    @property
    def open(self) -> Indices:
        """Brackets still wider than the tolerance."""
        # A hair of slack: an exhaustive grid's own steps must count as narrow.
        return np.flatnonzero(self.high - self.low > self.tolerance * (1 + 1e-6))

    @property
    def done(self) -> bool:
        """Whether every bracket is narrow enough."""
        return len(self.open) == 0

    def propose(self) -> tuple[Indices, Floats]:
        """The next questions: pictures [Q] and the magnitudes [Q] to show them at."""
        chosen = self.open
        return self.picture[chosen], from_axis(self._middle(chosen), self.axis)

    def _middle(self, chosen: Indices) -> Floats:
        middle: Floats = (self.low[chosen] + self.high[chosen]) / 2
        return middle

    def accept(self, prediction: ArrayLike) -> None:
        """Take the answers to the last `propose`, int [Q], and halve the brackets.

        Of the two halves the one whose ends still differ is kept; where the middle hides more
        changes, one of them is found.
        """
        answers, chosen = np.asarray(prediction, np.int64), self.open
        if answers.shape != chosen.shape:
            raise ValueError(f"expected {len(chosen)} answers, got {answers.shape}")
        truth = self.labels[self.picture[chosen]]
        as_low = (answers == truth) == (self.low_prediction[chosen] == truth)
        middle = self._middle(chosen)
        inner, outer = chosen[as_low], chosen[~as_low]
        self.low[inner], self.low_prediction[inner] = middle[as_low], answers[as_low]
        self.high[outer], self.high_prediction[outer] = middle[~as_low], answers[~as_low]
        self.rounds += 1

    def responses(self) -> list["Response"]:
        """What is known of each picture [N], in order."""
        starts = np.searchsorted(self.picture, np.arange(len(self.labels) + 1))
        return [
            self._response(index, slice(starts[index], starts[index + 1]))
            for index in range(len(self.labels))
        ]

    def _response(self, index: int, brackets: slice) -> "Response":
        if not self.right[index, self.identity]:
            return Response(False, (), (), (), float(self.coordinate[self.identity]))
        crossings = (self.low[brackets] + self.high[brackets]) / 2
        falls = self.low_prediction[brackets] == self.labels[index]
        beyond = np.where(falls, self.high_prediction[brackets], self.low_prediction[brackets])
        ends = [float(value) for value in crossings]
        if self.right[index, 0]:
            ends.insert(0, float(self.coordinate[0]))
        if self.right[index, -1]:
            ends.append(float(self.coordinate[-1]))
        intervals = tuple(zip(ends[::2], ends[1::2], strict=True))
        return Response(
            True,
            intervals,
            tuple(float(value) for value in crossings),
            tuple(int(value) for value in beyond),
            float(self.coordinate[self.identity]),
        )


@dataclass(frozen=True)
class Response:
    """One picture's intervals of invariance, on the axis's coordinate.

    Attributes
    ----------
    right : whether it is recognised untransformed; if not, the rest is empty.
    intervals : ascending (low, high) in which the prediction is right.
    crossings : ascending coordinates at which it changes between right and wrong.
    beyond : the prediction on the wrong side of each crossing.
    identity : the coordinate of the identity.
    """

    right: bool
    intervals: tuple[tuple[float, float], ...]
    crossings: tuple[float, ...]
    beyond: tuple[int, ...]
    identity: float

    def first(self, sign: int) -> tuple[float, int] | None:
        """The first crossing upwards (+1) or downwards (-1) and the prediction beyond, if any."""
        found = [
            (crossing, category)
            for crossing, category in zip(self.crossings, self.beyond, strict=True)
            if sign * (crossing - self.identity) > 0
        ]
        return min(found, key=lambda pair: abs(pair[0] - self.identity), default=None)

    def crossings_towards(self, sign: int) -> int:
        """How often the prediction changes between right and wrong in one direction."""
        return sum(sign * (crossing - self.identity) > 0 for crossing in self.crossings)

    def regained(self, sign: int, end: float) -> float:
        """Share of the range beyond the first crossing in which the prediction is right again.

        The index of non-monotonicity: 0 for a prediction that is lost for good (or never), close
        to 1 for one lost only for a moment. `end` is the range's end on the axis.
        """
        crossing = self.first(sign)
        if crossing is None or end == crossing[0]:
            return 0.0
        low, high = sorted((crossing[0], end))
        covered = sum(max(0.0, min(high, b) - max(low, a)) for a, b in self.intervals)
        return covered / (high - low)


def exhaustive_grid(
    magnitudes: ArrayLike, identity: int, *, tolerance: float, axis: Axis | None = None
) -> tuple[Floats, int]:
    """Grid at the tolerance's spacing over the same range, equally spaced from the identity.

    Parameters
    ----------
    magnitudes, identity, tolerance, axis : as for `Bisection.start`.

    Returns
    -------
    magnitudes [M'] ascending, with the identity, multiples of the tolerance away from it, and both
    ends; and the identity's index among them.
    """
    grid = np.asarray(magnitudes, dtype=float)
    scale = axis or infer_axis(grid)
    coordinate = to_axis(grid, scale)
    step = tolerance * float(coordinate[-1] - coordinate[0])
    origin = coordinate[identity]
    # Half a millionth of a step before an end counts as the end: no two magnitudes nearly equal.
    below = int(np.ceil((origin - coordinate[0]) / step - 1e-6))
    above = int(np.ceil((coordinate[-1] - origin) / step - 1e-6))
    dense = origin + step * np.arange(-below, above + 1)
    dense[0], dense[-1] = coordinate[0], coordinate[-1]
    values = from_axis(dense, scale)
    values[0], values[-1], values[below] = grid[0], grid[-1], grid[identity]
    return values, below
