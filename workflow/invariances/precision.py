"""What a coarser arithmetic than float32 does to a network's answers: measured, and kept with them."""

from copy import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from invariances.inference import Pictures
from invariances.inference.responder import Responder

SAMPLE = 16
"""Pictures that are shown to the network a second time, spread over all."""


def change(
    responder: Responder, pictures: Pictures, magnitudes: NDArray[np.float64]
) -> dict[str, Any]:
    """The responder's answers against the same network's in float32, over the whole grid.

    Returns ``precision``, the number of ``answers`` compared, the share of them in which the
    ``prediction_changed``, and the mean and the largest change of any category's softmax.
    """
    exact = copy(responder)
    exact.precision = "float32"
    count = len(pictures)
    chosen = np.unique(np.linspace(0, count - 1, min(SAMPLE, count)).round().astype(np.int64))
    rows = np.repeat(chosen, len(magnitudes))
    values = np.concatenate([magnitudes] * len(chosen))
    compared: list[tuple[float, float, float]] = []
    pairs = zip(
        responder(pictures, rows, values),
        exact(pictures, rows, values),
        strict=True,
    )
    with torch.inference_mode():
        for (_, coarse), (_, fine) in pairs:
            off = (coarse - fine).abs()
            differs = (coarse.argmax(dim=1) != fine.argmax(dim=1)).sum()
            compared.append((float(differs), float(off.mean(dim=1).sum()), float(off.max())))
    differing, total, largest = zip(*compared, strict=True)
    return {
        "precision": responder.precision,
        "answers": len(rows),
        "prediction_changed": sum(differing) / len(rows),
        "softmax_change_mean": sum(total) / len(rows),
        "softmax_change_max": max(largest),
    }
