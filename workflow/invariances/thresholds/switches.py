"""What the pictures say of a class's switch: its interval, and whether it lies within the range.

At each magnitude the margin over a rival is a mean over pictures, with Student's t limits. Where the
upper limit first falls to zero the rival has surely overtaken; up to where the lower limit does it
surely has not. Nothing is resampled.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from invariances.statistics.bootstrap import LEVEL, Floats
from invariances.thresholds.crossings import first_crossing

STEPS = 4
"""Into how many parts a grid's step is divided: the error of a mean is not linear between its points."""


@dataclass(frozen=True)
class Switch:
    """The switch of a class in one direction.

    Attributes
    ----------
    inner, outer : the interval, coordinates from the identity outwards.
    open : nothing within the range bounds the switch from beyond; `outer` is then the range's end.
    rivals : how many the outer limit is corrected for.
    p_no_switch : p-value of the hypothesis that the class does not lead at the identity, or is not
        overtaken within the range; p_switch : of the hypothesis that it leads there and is overtaken.
    """

    inner: float
    outer: float
    open: bool
    rivals: int
    p_no_switch: float
    p_switch: float


def switch_interval(
    softmax: NDArray[np.floating],
    coordinate: Floats,
    *,
    level: float = LEVEL,
    ordinal: bool = False,
) -> Switch:
    """Interval of the switch: Bonferroni's t limits over the rivals that may be the first.

    The switch is the smallest of the rivals' crossings. It lies beyond the inner limit, the smallest
    of all rivals' lower limits, if the first rival's does, which needs no correction (Berger,
    Technometrics 24, 1982). It lies short of the smallest of the upper limits only if one of them
    fails: each then has its tail divided by the number of rivals whose lower limit comes before
    that smallest upper one, the only ones that can be first.

    P-values are not below 2^-N, what a sign test of N pictures can tell at best: margins that are
    all alike have no spread, and their t is not to be trusted with less. That a rival overtakes somewhere
    is Bonferroni's over the grid's points as well; the outer limit is not, and holds less often where a
    rival stays close behind over many of them (docs/method.md).

    Parameters
    ----------
    softmax : [N, M, L], each picture's softmax of its class (first) and of its rivals.
    coordinate : [M], from the identity outwards, monotone.
    ordinal : whether nothing lies between the points; limits are then points as well.

    Returns
    -------
    Switch; a single picture gives the whole range, open, and p-values of 1.
    """
    size, _, count = softmax.shape
    if count < 2:
        raise ValueError("a switch needs at least one category beside the true one")
    if size < 2:
        return Switch(float(coordinate[0]), float(coordinate[-1]), True, count - 1, 1.0, 1.0)
    curves = softmax.astype(float)
    margins, along = curves[..., :1] - curves[..., 1:], coordinate
    if not ordinal:
        margins, along = _finer(margins, along)
    mean = margins.mean(axis=0)
    error = margins.std(axis=0, ddof=1) / np.sqrt(size)
    sign = float(np.sign(along[-1] - along[0]))
    tail = (1 - level) / 2

    def crossings(limit: Floats) -> Floats:
        return sign * first_crossing(limit.T[..., None], along, ordinal=ordinal).coordinate

    lower = crossings(mean - _quantile(size, tail) * error)
    rivals, outer = 0, -np.inf
    while rivals < (needed := max(1, int((lower <= outer).sum()))):
        rivals = needed
        upper = mean + _quantile(size, tail / rivals) * error
        outer = float(crossings(upper).min())
    return Switch(
        sign * float(lower.min()),
        sign * outer,
        bool((upper > 0).all()),
        rivals,
        *_p_values(mean, error, size, rivals, len(coordinate) - 1),
    )


def _quantile(size: int, tail: float) -> float:
    return float(special.stdtrit(size - 1, 1 - tail))


def _finer(margins: Floats, coordinate: Floats) -> tuple[Floats, Floats]:
    """Margins [N, M, L] and coordinate [M], linear between grid points, at `STEPS` points a step."""
    step = np.repeat(np.arange(len(coordinate) - 1), STEPS)
    part = np.tile(np.arange(STEPS) / STEPS, len(coordinate) - 1)
    between = margins[:, step] + part[:, None] * (margins[:, step + 1] - margins[:, step])
    along = coordinate[step] + part * (coordinate[step + 1] - coordinate[step])
    return (
        np.concatenate([between, margins[:, -1:]], axis=1),
        np.concatenate([along, coordinate[-1:]]),
    )


def _p_values(
    mean: Floats, error: Floats, size: int, rivals: int, points: int
) -> tuple[float, float]:
    """Of "no switch within the range" and of "a switch within the range", from margins [P, L].

    `points` of the grid lie beyond the identity.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(mean == 0, 0.0, mean / error)
    negative, positive = special.stdtr(size - 1, score), special.stdtr(size - 1, -score)
    # It leads at the identity if every margin is positive there, and is overtaken if one is negative
    # somewhere.
    leads = float(positive[0].max())
    overtaken = min(1.0, rivals * points * float(negative.min()))
    stays = float(positive.max())
    behind = min(1.0, rivals * float(negative[0].min()))
    least = 0.5**size
    return max(least, leads, overtaken), max(least, min(1.0, 2 * min(stays, behind)))
