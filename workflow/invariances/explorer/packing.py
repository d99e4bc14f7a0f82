"""Arrays of numbers as short texts: sixteen bits a number, in base64.

A page of many cells is as large as its numbers are long. Between two known ends a step of 1 / 65534 of the
range lies far below what three decimals or a pixel show.
"""

import base64

import numpy as np
from numpy.typing import ArrayLike

STEPS = 65534
"""Steps between the two ends; one more means that there is no number."""


def packed(values: ArrayLike, low: float = 0.0, high: float = 1.0) -> str:
    """Numbers, in the order of their memory, as base64 of unsigned 16-bit integers, low byte first.

    Parameters
    ----------
    values : of any shape, within [low, high]; what is not finite is no number, and is read as null.

    Raises
    ------
    ValueError for numbers outside of [low, high] by more than rounding.
    """
    flat = np.asarray(values, dtype=float).ravel()
    known = np.isfinite(flat)
    places = np.full(len(flat), STEPS + 1, dtype="<u2")
    share = (flat[known] - low) / (high - low)
    slack = 0.5 / STEPS
    if ((share < -slack) | (share > 1 + slack)).any():
        raise ValueError(f"numbers outside of [{low}, {high}] cannot be packed")
    places[known] = np.rint(np.clip(share, 0, 1) * STEPS)
    return base64.b64encode(places.tobytes()).decode()
