"""Ranks of networks, and how far they are known.

The networks saw the same pictures. A rank is known as far as the signs of all pairwise differences of
means are, all together: it is at least one more than the number of networks that are surely better, and at
most the number of those that are not surely worse. All such intervals hold at once.

References
----------
Mogstad, Romano, Shaikh & Wilhelm, Inference for ranks with applications to mobility across neighbourhoods
and academic achievement across countries, Rev. Econ. Stud. 91, 2024 (section 3: ranks from simultaneous
differences, stepwise). Westfall & Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from invariances.statistics.bootstrap import LEVEL, Floats
from invariances.statistics.multiplicity import EXACT, sign_patterns

TINY = 1e-300


@dataclass(frozen=True)
class Ranks:
    """Ranks of P networks, the largest mean first.

    Attributes
    ----------
    mean : [P], of each.
    rank : int [P], 1 and the number of larger means; equal ones share it.
    low, high : int [P], the interval of each rank; all hold at once.
    """

    mean: Floats
    rank: NDArray[np.intp]
    low: NDArray[np.intp]
    high: NDArray[np.intp]


def ranks(values: ArrayLike, *, level: float = LEVEL, seed: int = 0) -> Ranks:
    """Ranks of means over the same pictures.

    Parameters
    ----------
    values : [P, N], of P networks on N pictures.

    Raises
    ------
    ValueError : they are not so many numbers.
    """
    given = np.asarray(values, dtype=float)
    if given.ndim != 2 or given.shape[1] == 0 or not np.isfinite(given).all():
        raise ValueError("ranks need finite values [networks, pictures]")
    above = surely_above(given, level=level, seed=seed)
    mean = given.mean(axis=1)
    return Ranks(
        mean,
        1 + (mean[None, :] > mean[:, None]).sum(axis=1),
        1 + above.sum(axis=0),
        len(given) - above.sum(axis=1),
    )


def surely_above(values: Floats, *, level: float = LEVEL, seed: int = 0) -> NDArray[np.bool_]:
    """Which means [P, P] are surely above which: [j, k], that of j above that of k.

    Each pair's |sum d| / sqrt(sum d^2) is held against the largest that is left of all pairs under flips of
    pictures' signs, one picture's in all pairs at once (as `westfall_young` does): the chance that any pair
    is put in the wrong order is at most 1 - `level`, exactly where differences of equal networks are
    symmetric, and about that of many pictures.
    """
    first, second = np.triu_indices(len(values), 1)
    differences = values[first] - values[second]
    scale = np.maximum(np.sqrt((differences**2).sum(axis=1)), TINY)
    signed = differences.sum(axis=1) / scale
    observed = np.abs(signed)
    order = np.argsort(-observed, kind="stable")
    scaled = (differences / scale[:, None])[order].T
    exceed, total = np.zeros(len(order)), 0
    for signs in sign_patterns(values.shape[1], seed):
        remaining = np.maximum.accumulate(np.abs(signs @ scaled)[:, ::-1], axis=1)[:, ::-1]
        exceed += (remaining >= observed[order] * (1 - 1e-9)).sum(axis=0)
        total += len(signs)
    extra = 0 if values.shape[1] <= EXACT else 1
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate((exceed + extra) / (total + extra))
    sure = (adjusted <= 1 - level) & (observed > 0)
    found = np.zeros((len(values), len(values)), dtype=bool)
    found[first, second] = sure & (signed > 0)
    found[second, first] = sure & (signed < 0)
    return found
