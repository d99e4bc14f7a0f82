"""What a search has found of one picture: where it is recognised."""

from dataclasses import dataclass


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
    points : on an ordinal axis the coordinates that there are, ascending. A crossing is then the first of
        them, going outwards, at which the prediction has changed, and intervals end at them.
    """

    right: bool
    intervals: tuple[tuple[float, float], ...]
    crossings: tuple[float, ...]
    beyond: tuple[int, ...]
    identity: float
    points: tuple[float, ...] = ()

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
        to 1 for one lost only for a moment. `end` is the range's end on the axis. Of an ordinal one it
        is the share of the points, from the crossing on.
        """
        crossing = self.first(sign)
        if crossing is None or end == crossing[0]:
            return 0.0
        low, high = sorted((crossing[0], end))
        if self.points:
            beyond = [point for point in self.points if low <= point <= high]
            again = sum(any(a <= point <= b for a, b in self.intervals) for point in beyond)
            return again / len(beyond)
        covered = sum(max(0.0, min(high, b) - max(low, a)) for a, b in self.intervals)
        return covered / (high - low)
