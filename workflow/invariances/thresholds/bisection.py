"""Exact thresholds of single pictures: gaps of the grid that hold a flip, or may hide one, are halved.

The search asks for answers at magnitudes of its own choosing, all pictures of a job together:

    search = Bisection.start(
        answers, labels, magnitudes, identity, tolerance=1 / 256, missed=0.02
    )
    while not search.done:
        pictures, magnitudes = search.propose()
        search.accept(respond(pictures, magnitudes))
    found = search.responses()

Responses are rarely monotone. A gap between two magnitudes whose answers differ is halved to the
tolerance. A gap between two right answers may hide a wrong one: short of the first wrong answer in each
direction the most probable ones (`hidden.flip_probability`) are halved, as many of each picture's as
it takes for the others to hide one with a probability of `missed` at most. That holds for curves that
are everywhere as rough as where they were looked at; only an exhaustive search excludes a hidden flip:
give `exhaustive_grid` instead of the sweep's grid, and the same code finds every gap narrow already.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from invariances.inference import Answers
from invariances.thresholds.axes import Axis, Floats, Indices, from_axis, infer_axis, to_axis
from invariances.thresholds.crossings import runs
from invariances.thresholds.hidden import (
    COARSER,
    flip_probability,
    grid_roughness,
    improbable,
    observed_roughness,
)
from invariances.thresholds.responses import Response

Predictions = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass
class Bisection:
    """All that is known of every picture: points (picture, magnitude) with their answers.

    Attributes
    ----------
    labels : [N], the true categories; identity : its coordinate on the axis.
    tolerance : width on the axis at which a gap is narrow enough; infinite on an ordinal one.
    missed : the sum that the probabilities of a flip in a picture's gaps left alone may reach.
    roughness : [N], of each picture's margin a unit of the axis, at the scale looked at last.
    observations : [N], on how many that rests; what coarser scales said counts `COARSER` at most.
    picture, coordinate, prediction, margin : [P], the points, by picture, then ascending.
    open : [Q], the points after which a gap begins that must be halved.
    """

    labels: Predictions
    identity: float
    axis: Axis
    tolerance: float
    missed: float
    roughness: Floats
    observations: Floats
    picture: Indices
    coordinate: Floats
    prediction: Predictions
    margin: Floats
    rounds: int = field(default=0, init=False)
    open: Indices = field(init=False)

    def __post_init__(self) -> None:
        self.open = self._open()

    @classmethod
    def start(
        cls,
        answers: Answers,
        labels: ArrayLike,
        magnitudes: ArrayLike,
        identity: int,
        *,
        tolerance: float,
        missed: float,
        axis: Axis | None = None,
    ) -> "Bisection":
        """Begin with the answers to a grid.

        Parameters
        ----------
        answers : [N, M]; labels : int [N], the true categories.
        magnitudes : [M], strictly ascending; identity : index of the identity among them.
        tolerance : width at which a gap is narrow enough, as a share of the grid's range on its
            axis (1/256 of log2's range on a log axis, where halving is geometric).
        missed : how probable a hidden flip may be in all of a picture's gaps left alone, above 0;
            infinity halves only gaps in which the grid shows a flip.
        axis : by default ``log`` where the grid is log-spaced. On an ordinal one nothing is asked
            beyond the grid.

        Of pictures wrong at the identity nothing is asked: they have no invariance to lose.
        """
        prediction, truth = np.asarray(answers.prediction, np.int64), np.asarray(labels, np.int64)
        margin, grid = np.asarray(answers.margin, float), np.asarray(magnitudes, dtype=float)
        if prediction.shape != (len(truth), len(grid)) or margin.shape != prediction.shape:
            raise ValueError(
                f"predictions {prediction.shape} and margins {margin.shape} do not fit "
                f"{len(truth)} labels and {len(grid)} magnitudes"
            )
        if not 0 <= identity < len(grid) or np.any(np.diff(grid) <= 0):
            raise ValueError("magnitudes must be strictly ascending and hold the identity")
        if not 0 < tolerance < 1:
            raise ValueError(f"tolerance must be a share of the range in (0, 1), got {tolerance}")
        if not missed > 0:
            raise ValueError(f"missed must be above 0, got {missed}")
        scale = axis or infer_axis(grid)
        coordinate = to_axis(grid, scale)
        span = float(coordinate[-1] - coordinate[0])
        roughness, observations = grid_roughness(margin, np.diff(coordinate))
        return cls(
            labels=truth,
            identity=float(coordinate[identity]),
            axis=scale,
            # Nothing lies between the points of an ordinal axis: every gap is narrow already.
            tolerance=np.inf if scale == "ordinal" else tolerance * span,
            missed=missed,
            roughness=roughness,
            observations=np.full(len(truth), observations),
            picture=np.repeat(np.arange(len(truth)), len(grid)),
            coordinate=np.tile(coordinate, len(truth)),
            prediction=prediction.ravel(),
            margin=margin.ravel(),
        )

    @property
    def right(self) -> Truths:
        """Which points [P] are answered rightly."""
        right: Truths = self.prediction == self.labels[self.picture]
        return right

    def unbroken(self) -> Truths:
        """Gaps between two right answers short of the first wrong one, in each direction.

        Returns
        -------
        bool [P - 1], of the points after which the gaps begin; none of pictures wrong at the identity.
        """
        right = self.right
        own_identity = np.flatnonzero(self.coordinate == self.identity)[self.picture]
        # Short of the first wrong answer as many are passed as at the identity.
        passed = np.cumsum(~right)
        short = right & right[own_identity] & (passed == passed[own_identity])
        between: Truths = short[:-1] & right[1:] & (np.diff(self.picture) == 0)
        return between

    def _open(self) -> Indices:
        right, same = self.right, np.diff(self.picture) == 0
        # A hair of slack: an exhaustive grid's own steps must count as narrow.
        wide = np.diff(self.coordinate) > self.tolerance * (1 + 1e-6)
        own_identity = np.flatnonzero(self.coordinate == self.identity)[self.picture]
        changes = same & wide & right[own_identity][:-1] & (right[1:] != right[:-1])
        doubtful = wide & self.unbroken()
        gap = np.flatnonzero(doubtful)
        picture = self.picture[gap]
        probability = flip_probability(
            self.margin[gap],
            self.margin[gap + 1],
            self.coordinate[gap + 1] - self.coordinate[gap],
            self.roughness[picture],
            self.observations[picture],
        )
        doubtful[gap] = ~improbable(picture, probability, self.missed)
        return np.flatnonzero(changes | doubtful)

    @property
    def done(self) -> bool:
        """Whether there is nothing left to ask."""
        return len(self.open) == 0

    def propose(self) -> tuple[Indices, Floats]:
        """The next questions: pictures [Q] and the magnitudes [Q] to show them at."""
        gap = self.open
        return self.picture[gap], from_axis(self._middle(gap), self.axis)

    def _middle(self, gap: Indices) -> Floats:
        """The multiple of the tolerance from the identity next to the middle of each gap [Q].

        An exhaustive search asks there too: what both ask they answer alike, however narrow the
        flip. A gap wider than the tolerance has such a multiple inside.
        """
        middle = (self.coordinate[gap] + self.coordinate[gap + 1]) / 2
        multiple: Floats = self.tolerance * np.round((middle - self.identity) / self.tolerance)
        return self.identity + multiple

    def accept(self, answers: Answers) -> None:
        """Take the answers [Q] to the last `propose`."""
        gap = self.open
        if not answers.prediction.shape == answers.margin.shape == gap.shape:
            raise ValueError(
                f"expected {len(gap)} answers, got {answers.prediction.shape} predictions and "
                f"{answers.margin.shape} margins"
            )
        picture, coordinate = self.picture[gap], self._middle(gap)
        before, after = coordinate - self.coordinate[gap], self.coordinate[gap + 1] - coordinate
        ends = self.margin[gap], answers.margin.astype(float), self.margin[gap + 1]
        # What is smooth at a finer scale, or rougher there, shows only now. Of the other gaps, across
        # a change, nothing is learned: a cliff is no roughness of what lies before it.
        doubted = self.right[gap] & self.right[gap + 1]
        observed = observed_roughness(*ends, before, after)[doubted]
        count = np.bincount(picture[doubted], minlength=len(self.labels))
        found = np.bincount(picture[doubted], observed, minlength=len(self.labels))
        coarser = np.minimum(self.observations, COARSER)
        new = count > 0
        total = (coarser + count)[new]
        self.roughness[new] = ((coarser * self.roughness + found)[new]) / total
        self.observations[new] = total
        self.picture = np.insert(self.picture, gap + 1, picture)
        self.coordinate = np.insert(self.coordinate, gap + 1, coordinate)
        self.prediction = np.insert(self.prediction, gap + 1, answers.prediction)
        self.margin = np.insert(self.margin, gap + 1, answers.margin)
        self.rounds += 1
        self.open = self._open()

    def responses(self) -> list[Response]:
        """What is known of each picture [N], in order."""
        starts = np.searchsorted(self.picture, np.arange(len(self.labels) + 1))
        return [self._response(slice(start, end)) for start, end in pairwise(starts)]

    def _response(self, points: slice) -> Response:
        coordinate, prediction = self.coordinate[points], self.prediction[points]
        right = prediction == self.labels[self.picture[points]]
        if not right[coordinate == self.identity].all():
            return Response(False, (), (), (), self.identity)
        before = np.flatnonzero(right[1:] != right[:-1])
        if self.axis == "ordinal":
            # The first point, going outwards, at which the answer has changed.
            outer = np.where(coordinate[before] < self.identity, before, before + 1)
            return Response(
                True,
                tuple(runs(right, coordinate)),
                tuple(coordinate[outer].tolist()),
                tuple(prediction[np.where(right[before], before + 1, before)].tolist()),
                self.identity,
                tuple(coordinate.tolist()),
            )
        crossings = (coordinate[before] + coordinate[before + 1]) / 2
        # Of the two points around a crossing, the wrong one.
        beyond = prediction[np.where(right[before], before + 1, before)]
        ends = [float(value) for value in crossings]
        if right[0]:
            ends.insert(0, float(coordinate[0]))
        if right[-1]:
            ends.append(float(coordinate[-1]))
        return Response(
            True,
            tuple(zip(ends[::2], ends[1::2], strict=True)),
            tuple(float(value) for value in crossings),
            tuple(int(value) for value in beyond),
            self.identity,
        )


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
