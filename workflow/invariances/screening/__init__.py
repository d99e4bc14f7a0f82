"""Strategy 1 (section III.C): transform pictures by growing magnitudes, record the predictions.

A sweep is one classifier, one transform, the pictures of some classes and a grid of magnitudes. All
magnitudes of a picture go through the network together; answers do not depend on how they are batched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from invariances.inference import Answers, Pictures, picture_ids

if TYPE_CHECKING:  # tables of sweeps are read by scripts that need no torch
    import torch
    from torch import Tensor

    from invariances.inference.responder import Responder

__all__ = ["Answers", "Pictures", "Sweep", "picture_ids", "sweep"]

CANDIDATES = 16
"""Categories whose softmax is kept for each picture: the strongest of its class's mean."""

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Sweep:
    """A sweep's result: C classes, N pictures, M magnitudes, K categories, L candidates.

    Attributes
    ----------
    classes, labels : names [C] of the classes and their places [C] among the categories.
    magnitudes, identity : [M], or [M, 2] for a pair of transforms, and the identity's place there.
    picture, class_index : names [N] of the pictures and their classes' places in `classes`.
    prediction : int32 [N, M], the category with the highest softmax.
    true_softmax : float32 [N, M], the softmax of the picture's own class.
    margin : float32 [N, M], its log less that of the strongest other category.
    mean_softmax : float32 [C, M, K], the mean over the class's pictures.
    candidates : int32 [C, L], the own category, then the strongest at any magnitude.
    candidate_softmax : float32 [N, M, L], their softmax for each picture.
    """

    classes: NDArray[np.str_]
    labels: NDArray[np.int64]
    magnitudes: NDArray[np.float64]
    identity: int
    picture: NDArray[np.str_]
    class_index: NDArray[np.int64]
    prediction: NDArray[np.int32]
    true_softmax: NDArray[np.float32]
    margin: NDArray[np.float32]
    mean_softmax: NDArray[np.float32]
    candidates: NDArray[np.int32]
    candidate_softmax: NDArray[np.float32]

    def arrays(self) -> dict[str, Any]:
        """As named arrays, for a file."""
        return asdict(self)

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Sweep:
        """The inverse of ``arrays``."""
        return cls(**{**arrays, "identity": int(arrays["identity"])})


def sweep(
    responder: Responder,
    pictures: Pictures,
    magnitudes: NDArray[np.float64],
    identity: int,
    progress: Progress = lambda rows: None,
) -> Sweep:
    """Every picture at every magnitude.

    Parameters
    ----------
    magnitudes, identity : [M], or [M, 2] for a pair, and the place of the identity in it.
    progress : called with the number of rows (picture, magnitude) just answered.
    """
    parts = [
        _sweep_class(responder, pictures, index, magnitudes, progress)
        for index in range(len(pictures.classes))
    ]
    order = np.concatenate([part["order"] for part in parts])
    width = max(part["candidates"].shape[0] for part in parts)

    def joined(key: str) -> Any:
        # Pictures keep the order in which they came, whatever their classes.
        return np.concatenate([part[key] for part in parts])[np.argsort(order)]

    return Sweep(
        classes=pictures.classes,
        labels=pictures.labels,
        magnitudes=magnitudes,
        identity=identity,
        picture=pictures.names,
        class_index=pictures.class_index,
        prediction=joined("prediction"),
        true_softmax=joined("true_softmax"),
        margin=joined("margin"),
        mean_softmax=np.stack([part["mean_softmax"] for part in parts]),
        candidates=np.stack([part["candidates"] for part in parts])[:, :width],
        candidate_softmax=joined("candidate_softmax"),
    )


def _sweep_class(
    responder: Responder,
    pictures: Pictures,
    index: int,
    magnitudes: NDArray[np.float64],
    progress: Progress,
) -> dict[str, NDArray[Any]]:
    import torch

    from invariances.inference.responder import check_finite, margins

    order = np.flatnonzero(pictures.class_index == index)
    label, count, steps = int(pictures.labels[index]), len(order), len(magnitudes)
    # Picture by picture, so that a batch shares its pictures' noise.
    rows = np.repeat(order, steps)
    values = np.tile(magnitudes, (count,) + (1,) * (magnitudes.ndim - 1))
    answers: list[torch.Tensor] = []
    for part, softmax in responder(pictures, rows, values):
        answers.append(softmax)
        progress(part.stop - part.start)
    # Once a class: a GPU is not waited for after each batch.
    softmax = torch.cat(answers)
    check_finite(softmax, pictures, rows, values)
    softmax = softmax.reshape(count, steps, -1)
    mean = softmax.double().mean(dim=0)
    candidates = _strongest(mean, label)
    own = torch.full((count * steps,), label, device=softmax.device)
    return {
        "order": order,
        "prediction": softmax.argmax(dim=2).int().cpu().numpy(),
        "true_softmax": softmax[:, :, label].cpu().numpy(),
        "margin": margins(softmax.flatten(0, 1), own).reshape(count, steps).cpu().numpy(),
        "mean_softmax": mean.float().cpu().numpy(),
        "candidates": candidates.int().cpu().numpy(),
        "candidate_softmax": softmax[:, :, candidates].cpu().numpy(),
    }


def _strongest(mean: Tensor, label: int) -> Tensor:
    """The own category, then those with the highest mean softmax [M, K] at any magnitude."""
    import torch

    peak = mean.amax(dim=0).clone()
    peak[label] = torch.inf
    return peak.argsort(descending=True, stable=True)[: min(CANDIDATES, mean.shape[1])]
