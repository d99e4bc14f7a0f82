"""Where curves on a grid of magnitudes cross: the switch of a class and the half of its accuracy.

Curves are read as linear between grid points (on the axis's coordinate, log2 of the magnitude where
the grid is log-spaced); on an ordinal axis there is nothing between them, and what is found is the first
point at which something is lost. A class leads where its mean softmax is strictly higher than any other's.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from invariances.statistics import dirichlet_weights
from invariances.thresholds.axes import Floats, Indices

MANY = 2000
"""Pictures from which on those that are right and wrong at the same points are drawn together."""


class Crossing(NamedTuple):
    """First crossings of curves: coordinate [...], censored [...], the candidate that overtook."""

    coordinate: Floats
    censored: NDArray[np.bool_]
    candidate: Indices


def first_crossing(margins: Floats, coordinate: Floats, *, ordinal: bool = False) -> Crossing:
    """First point, going outwards, at which the smallest of several margins is no longer positive.

    Between two grid points the margins are linear and their minimum is concave, so a segment whose
    ends are both positive holds no root, and the earliest root over candidates is exact even where
    the strongest rival changes inside the segment.

    Parameters
    ----------
    margins : [..., M, L], the class's value minus each of L rivals', at M points from the identity.
    coordinate : [M], monotone.
    ordinal : whether nothing lies between the points.

    Returns
    -------
    Crossing with arrays [...]: coordinate of the crossing, the identity's own where a margin is not
    positive there, the last where none crosses (censored); index of the rival that crosses first
    (the strongest at the identity or at the end in those two cases). On an ordinal axis the first point
    that is lost, and the strongest rival there.
    """
    leads = np.asarray((margins > 0).all(axis=-1))
    censored = np.asarray(leads.all(axis=-1))
    outer = np.argmin(leads, axis=-1)  # the first point that is lost; 0 if none or the identity
    inner = np.maximum(outer - 1, 0)
    before = np.take_along_axis(margins, inner[..., None, None], axis=-2)[..., 0, :]
    after = np.take_along_axis(margins, outer[..., None, None], axis=-2)[..., 0, :]
    if ordinal:
        candidate = np.argmin(np.where(censored[..., None], margins[..., -1, :], after), axis=-1)
        lost = np.where(censored, coordinate[-1], coordinate[outer])
        return Crossing(lost, censored, candidate)
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = np.where(after <= 0, before / (before - after), np.inf)
    at_identity = (outer == 0) & ~censored
    fraction = np.where(at_identity[..., None], before, fraction)
    fraction = np.where(censored[..., None], margins[..., -1, :], fraction)
    candidate = np.argmin(fraction, axis=-1)
    share = np.take_along_axis(fraction, candidate[..., None], axis=-1)[..., 0]
    share = np.where(at_identity | censored, 0.0, share)
    crossing = coordinate[inner] + share * (coordinate[outer] - coordinate[inner])
    crossing = np.where(censored, coordinate[-1], crossing)
    return Crossing(crossing, censored, candidate)


def leading_intervals(
    margins: Floats, coordinate: Floats, *, ordinal: bool = False
) -> list[tuple[float, float]]:
    """All intervals in which every margin is positive, in ascending order of an ascending grid.

    Parameters
    ----------
    margins : [M, L]; coordinate : [M] ascending; ordinal : whether nothing lies between.

    Returns
    -------
    Disjoint (low, high) with low < high. Empty where the class never leads. A point at which the
    smallest margin only touches zero parts two intervals. On an ordinal axis the first and the last of
    neighbouring points at which it leads, which may be one.
    """
    if ordinal:
        return runs(np.asarray((margins > 0).all(axis=1)), coordinate)
    before, after = margins[:-1], margins[1:]
    slope = after - before
    with np.errstate(divide="ignore", invalid="ignore"):
        root = -before / slope
    low = np.where(slope > 0, root, np.where((slope == 0) & (before <= 0), np.inf, 0.0)).max(axis=1)
    high = np.where(slope < 0, root, 1.0).min(axis=1)
    low, high = np.clip(low, 0, None), np.clip(high, None, 1)
    intervals: list[tuple[float, float]] = []
    for index in np.flatnonzero(low < high):
        left, right = coordinate[index], coordinate[index + 1]
        start = float(left + (right - left) * low[index])
        # The grid's own number, not its sum of rounded steps, so that neighbours touch exactly.
        end = float(right if high[index] == 1 else left + (right - left) * high[index])
        if intervals and intervals[-1][1] == start and (margins[index] > 0).all():
            start = intervals.pop()[0]
        intervals.append((start, end))
    return intervals


def runs(held: NDArray[np.bool_], coordinate: Floats) -> list[tuple[float, float]]:
    """The first and the last of neighbouring points [M] at which something holds, in their order."""
    edges = np.diff(np.concatenate([[False], held, [False]]).astype(int))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return list(zip(coordinate[first].tolist(), coordinate[last].tolist(), strict=True))


def half_accuracy(
    right: NDArray[np.bool_], coordinate: Floats, *, ordinal: bool = False
) -> Crossing:
    """Where accuracy falls to half its untransformed value.

    Parameters
    ----------
    right : [N, M], from the identity outwards; coordinate : [M]; ordinal : see `first_crossing`.

    Returns
    -------
    Crossing of zero dimensions; the identity itself where no picture is right there.
    """
    accuracy = right.mean(axis=0)
    return first_crossing((accuracy - accuracy[0] / 2)[:, None], coordinate, ordinal=ordinal)


def half_accuracy_interval(
    right: NDArray[np.bool_],
    coordinate: Floats,
    *,
    resamples: int,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """The two limits of `half_accuracy_limits`, coordinates from the identity outwards."""
    inner, outer = half_accuracy_limits(
        right, coordinate, resamples=resamples, level=level, seed=seed
    )
    return float(inner.coordinate), float(outer.coordinate)


def half_accuracy_limits(
    right: NDArray[np.bool_],
    coordinate: Floats,
    *,
    resamples: int,
    level: float = 0.95,
    seed: int = 0,
    ordinal: bool = False,
) -> tuple[Crossing, Crossing]:
    """Interval of `half_accuracy` by the Bayesian bootstrap with an unseen picture.

    Right and wrong are steps: an ordinary bootstrap of ten pictures calls the threshold almost certain
    where all fall within one step of the grid (51 % coverage), and covers 84 to 96 % elsewhere. Here each
    limit comes from Dirichlet weights over the pictures and half a picture more, one that is right at the
    identity and, for the inner limit, wrong at once, for the outer limit right throughout.
    At a single magnitude this is Jeffreys' interval of a proportion; along the grid it keeps how
    answers hang together. The limits are where the quantiles at each magnitude first fall to half: a
    quantile of the resamples' own first crossings would lie too near the identity where accuracy stays a
    little above half over many magnitudes, at one or another of which each resample falls below.

    Parameters
    ----------
    right : [N, M], from the identity outwards; coordinate : [M]; ordinal : see `first_crossing`.

    Returns
    -------
    inner, outer : of zero dimensions; the whole range, the outer one censored, where fewer than two
    pictures are right at the identity.
    """
    if right[:, 0].sum() < 2:
        ends = zip(coordinate[[0, -1]], (False, True), strict=True)
        inner, outer = (Crossing(np.array(at), np.array(far), np.array(0)) for at, far in ends)
        return inner, outer
    # Of many pictures most are right and wrong at the same points: their weights are drawn together.
    patterns, counts = right, ()
    if len(right) > MANY:
        patterns, numbers = np.unique(right, axis=0, return_counts=True)
        counts = tuple(numbers.tolist())
    weights = dirichlet_weights(len(patterns), resamples, seed, counts=counts)
    unseen = weights[:, -1:]
    known = weights[:, :-1] @ patterns.astype(float)
    base = known[:, :1] + unseen
    near, far = known - base / 2, known + unseen - base / 2
    near[:, 0] += unseen[:, 0]
    inner, outer = (
        first_crossing(np.quantile(margins, tail, axis=0)[:, None], coordinate, ordinal=ordinal)
        for margins, tail in ((near, 0.5 - level / 2), (far, 0.5 + level / 2))
    )
    return inner, outer
