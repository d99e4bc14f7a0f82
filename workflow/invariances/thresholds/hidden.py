"""How likely a gap between two right answers hides a wrong one, and which gaps may stay shut.

The margin along the axis is taken for a Brownian path, of which nothing is assumed but how rough it is;
how rough is learned from the answers themselves (docs/method.md).
"""

import numpy as np
from numpy.typing import NDArray

from invariances.thresholds.axes import Floats, Indices

COARSER = 4.0
"""How many observations the roughness known so far counts at most, when new ones come."""


def flip_probability(
    low: Floats, high: Floats, width: Floats, roughness: Floats, observations: Floats
) -> Floats:
    """How likely a margin that is positive at both ends of a gap is not so everywhere between.

    Of a Brownian path of known roughness r, pinned at both ends, that is exp(-c) with
    c = 2 low high / (r width) (Karatzas and Shreve 1991, section 4.3). With r the mean of nu squares it
    is the mean of that over what r may be, (1 + 2 c / nu)^(-nu / 2): as of a t, its tail is longer
    than that of a normal.

    Parameters
    ----------
    low, high : [Q], the margins at the ends, not negative; width : [Q], above zero.
    roughness : [Q], the variance of the path's change a unit of width; where zero nothing is likely.
    observations : [Q], nu, on how many roughness rests; where zero a flip is certain.
    """
    spread = roughness * width
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where(spread > 0, 2 * low * high / spread, np.inf)
        tail = np.log1p(2 * exponent / observations) * observations / 2
    probability: Floats = np.where(observations > 0, np.exp(-tail), 1.0)
    return probability


def improbable(picture: Indices, probability: Floats, missed: float) -> NDArray[np.bool_]:
    """The largest sets of each picture's gaps that all together hide a flip in `missed` of cases.

    Parameters
    ----------
    picture : [Q], ascending, whose gap it is; probability : [Q], that it hides a flip.

    Returns
    -------
    bool [Q]: each picture's least probable gaps, as many as sum up to at most `missed`.
    """
    order = np.lexsort((probability, picture))
    _, row, count = np.unique(picture, return_inverse=True, return_counts=True)
    place = np.arange(len(picture)) - np.repeat(np.cumsum(count) - count, count)
    # A row a picture: sums are the same whichever pictures share a job.
    ascending = np.zeros((len(count), count.max(initial=0)))
    ascending[row, place] = probability[order]
    shut = np.empty(len(picture), dtype=bool)
    shut[order] = (np.cumsum(ascending, axis=1) <= missed)[row, place]
    return shut


def observed_roughness(
    low: Floats, middle: Floats, high: Floats, before: Floats, after: Floats
) -> Floats:
    """What three points say of a path's roughness: how far the middle is off the others' straight line.

    Of a Brownian path the square of that is roughness before after / (before + after) on the average;
    of a straight one it is zero, however steep, and of a smooth one it shrinks with the scale.

    Parameters
    ----------
    low, middle, high : the margins; before, after : the middle's distances from the other two.
    """
    off = middle - (low * after + high * before) / (before + after)
    observed: Floats = np.square(off) * (before + after) / (before * after)
    return observed


def grid_roughness(margin: Floats, steps: Floats) -> tuple[Floats, float]:
    """What a grid says of each picture's roughness.

    Parameters
    ----------
    margin : [N, M]; steps : [M - 1], the distances between the grid's points.

    Returns
    -------
    roughness : [N], the mean over the M - 2 inner points; 0 for a grid of two.
    observations : as many independent ones as say as much. Neighbours share a step: their distances off
        the line correlate by -1/2, the squares by 1/4, so that n of them are worth
        n / (1 + (n - 1) / (2 n)).
    """
    count = len(steps) - 1
    if count == 0:
        return np.zeros(len(margin)), 0.0
    low, middle, high = margin[:, :-2], margin[:, 1:-1], margin[:, 2:]
    mean: Floats = observed_roughness(low, middle, high, steps[:-1], steps[1:]).mean(axis=1)
    return mean, count / (1 + (count - 1) / (2 * count))
