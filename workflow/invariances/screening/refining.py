"""Each picture's worst point between the points of a grid, so that "worst" does not hang on the grid.

A coordinate search from the worst point of the grid: each transform in its turn is moved by a step either
way, all pictures together, and a picture goes where its margin is lowest. The step begins with half of the
grid's widest gap and is halved after each round, so that the number of passes is known beforehand
(`costs.combined_passes`). What is found is a minimum along the axes, not surely the lowest of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from invariances.inference import Pictures
from invariances.magnitudes import TransformAxis
from invariances.screening.tuples import Points

if TYPE_CHECKING:
    from invariances.inference.responder import Responder


def refine(
    responder: Responder,
    pictures: Pictures,
    points: Points,
    axes: Sequence[TransformAxis],
    tolerance: float,
) -> Points:
    """`points` with each picture's refined worst one: inside the grid's range, no margin above the grid's.

    Parameters
    ----------
    responder, pictures : those that `points` were answered with.
    axes : the D transforms on their grids.
    tolerance : as a fraction of each grid's range; the last step is no longer than that.
    """
    rows = np.arange(len(pictures))
    place = points.worst
    found = points.magnitudes[place].copy()
    margin, prediction = points.margin[rows, place], points.prediction[rows, place]
    halvings = [axis.halvings(tolerance) for axis in axes]
    for halving in range(max(halvings)):
        for number, axis in enumerate(axes):
            if halving >= halvings[number]:
                continue
            tried = np.repeat(found, 2, axis=0)
            step = axis.widest_gap / 2 ** (halving + 1)
            tried[:, number] = moved(found[:, number], axis, step).ravel()
            answers = responder.answers(pictures, np.repeat(rows, 2), tried).reshape(-1, 2)
            best = answers.margin.argmin(axis=1)
            lower = answers.margin[rows, best] < margin
            found[lower] = tried.reshape(-1, 2, len(axes))[rows, best][lower]
            margin = np.where(lower, answers.margin[rows, best], margin)
            prediction = np.where(lower, answers.prediction[rows, best], prediction)
    return replace(
        points,
        refined=found,
        refined_prediction=prediction.astype(np.int32),
        refined_margin=margin.astype(np.float32),
    )


def moved(magnitudes: NDArray[np.float64], axis: TransformAxis, step: float) -> NDArray[np.float64]:
    """Magnitudes [N] a step down and up [N, 2], as a fraction of the grid's range, not beyond its ends."""
    low, high = axis.magnitudes[0], axis.magnitudes[-1]
    ends = axis.position([low, high])
    length = step * (ends[1] - ends[0])
    positions = axis.position(magnitudes)[:, None] + length * np.array([-1.0, 1.0])
    # Clipped last: a power of two of an end's logarithm may lie beyond it by rounding.
    return np.clip(axis.magnitude(positions), low, high)
