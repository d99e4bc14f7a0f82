"""Shift consistency (Zhang, "Making convolutional networks shift-invariant again", ICML 2019).

How often a network's predictions for two random crops of one picture are equal, right or wrong. As in
the author's evaluation, pictures are prepared at the size of the resized side, and both crops' offsets are
drawn uniformly from it; several pairs a picture.
"""

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from invariances.inference import Pictures
from invariances.inference.responder import Apply, Responder
from invariances.statistics import mean_interval
from invariances.tables import CONSISTENCY
from invariances.tables.checking import checked
from invariances.transforms import Setting


def window(side: int) -> Apply:
    """Cut squares out of pictures [N, 3, H, W], at offsets [N, 2] from the top and from the left."""

    def apply(pictures: Tensor, offsets: Tensor, setting: Setting) -> Tensor:
        places = offsets.round().long().tolist()
        cuts = [
            picture[:, top : top + side, left : left + side]
            for picture, (top, left) in zip(pictures, places, strict=True)
        ]
        return torch.stack(cuts)

    return apply


def random_offsets(ids: NDArray[np.int64], room: int, pairs: int, seed: int) -> NDArray[np.int64]:
    """Offsets [N, pairs, 2 crops, 2] in [0, room); a picture's depend on (seed, its id) alone.

    Zhang draws from [0, 32) for crops of 224 out of 256: the last offset, 32, is left out.
    """
    if room < 2:
        raise ValueError(f"two crops need at least 2 pixels of room to differ, not {room}")
    draws = [
        np.random.default_rng([seed, int(number)]).integers(0, room, (pairs, 2, 2))
        for number in ids
    ]
    return np.stack(draws)


def consistency_table(
    responder: Responder, pictures: Pictures, model: str, *, side: int, pairs: int, seed: int
) -> pd.DataFrame:
    """Agreement of the predictions of random crops of `side` pixels, by class and over all pictures.

    `responder` applies ``window(side)``; `pictures` are square and larger than `side`.

    Returns
    -------
    The table ``CONSISTENCY``, last the row of all pictures, without a class: ``consistency`` is the share
    of pairs with equal predictions, its 95 % interval over pictures; ``accuracy`` that of all crops.
    """
    count = len(pictures)
    offsets = random_offsets(pictures.ids, pictures.pixels.shape[1] - side, pairs, seed)
    rows = np.repeat(np.arange(count), pairs * 2)
    flat = offsets.reshape(-1, 2).astype(np.float64)
    predicted = responder.answers(pictures, rows, flat).prediction.reshape(count, pairs, 2)
    agreed = (predicted[..., 0] == predicted[..., 1]).mean(axis=1)
    right = (predicted == pictures.categories[:, None, None]).mean(axis=(1, 2))
    groups = [
        (str(name), pictures.class_index == place) for place, name in enumerate(pictures.classes)
    ]
    table = []
    for name, members in [*groups, (None, np.ones(count, dtype=bool))]:
        low, high = mean_interval(agreed[members][:, None], seed=seed)
        share, accuracy = float(agreed[members].mean()), float(right[members].mean())
        table.append(
            (model, name, int(members.sum()), pairs, share, float(low[0]), float(high[0]), accuracy)
        )
    return checked(pd.DataFrame(table, columns=CONSISTENCY.names), CONSISTENCY, CONSISTENCY.name)
