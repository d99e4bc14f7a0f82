"""Strategy 1 (section III.C): transform pictures by growing magnitudes, record the predictions.

A sweep is one classifier, one transform, the pictures of some classes and a grid of magnitudes. All
magnitudes of a picture go through the network together; answers do not depend on how they are batched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from invariances.costs import CANDIDATES
from invariances.inference import Answers, Pictures, picture_ids
from invariances.screening.swept import Swept

if TYPE_CHECKING:  # tables of sweeps are read by scripts that need no torch
    from torch import Tensor

    from invariances.inference.responder import Responder

__all__ = ["Answers", "Pictures", "Sweep", "picture_ids", "sweep"]

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Sweep(Swept):
    """A sweep's result beside its predictions: K categories, L candidates.

    Attributes
    ----------
    true_softmax : float32 [N, M], the softmax of the picture's own class.
    margin : float32 [N, M], its log less that of the strongest other category.
    mean_softmax : float32 [C, M, K], the mean over the class's pictures.
    candidates : int32 [C, L], the own category, then the strongest at any magnitude.
    candidate_softmax : float32 [N, M, L], their softmax for each picture.
    """

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
    import torch

    from invariances.inference.responder import check_finite

    # Class by class, and picture by picture, so that a batch shares its pictures' noise.
    order = np.argsort(pictures.class_index, kind="stable")
    sizes = np.bincount(pictures.class_index, minlength=len(pictures.classes))
    steps = len(magnitudes)
    rows = np.repeat(order, steps)
    values = np.tile(magnitudes, (len(order),) + (1,) * (magnitudes.ndim - 1))
    # Batches run across classes; of a class that is answered its softmax is not kept.
    answered = (softmax for _, softmax in _told(responder(pictures, rows, values), progress))
    classes = zip(_regrouped(answered, sizes * steps), pictures.labels, strict=True)
    parts = [_reduced(softmax, int(label), steps) for softmax, label in classes]
    # Read once: a GPU is not waited for after each class.
    joined = {key: torch.cat([part[key] for part in parts]).cpu().numpy() for key in parts[0]}
    check_finite(torch.from_numpy(joined["margin"]).reshape(-1, 1), pictures, rows, values)
    # Pictures keep the order in which they came, whatever their classes.
    back = np.argsort(order)
    by_class = ("mean_softmax", "candidates")
    return Sweep(
        classes=pictures.classes,
        labels=pictures.labels,
        magnitudes=magnitudes,
        identity=identity,
        picture=pictures.names,
        class_index=pictures.class_index,
        **{key: value if key in by_class else value[back] for key, value in joined.items()},
    )


def _told(answers: Iterator[tuple[slice, Tensor]], progress: Progress) -> Iterator[Any]:
    """What comes, told of as it does."""
    for part, softmax in answers:
        progress(part.stop - part.start)
        yield part, softmax


def _regrouped(parts: Iterable[Tensor], sizes: NDArray[np.integer]) -> Iterator[Tensor]:
    """Rows that come in batches, in groups of these sizes; no more is held than a group and a batch."""
    import torch

    coming = iter(parts)
    held: list[Tensor] = []
    for size in sizes.tolist():
        while sum(map(len, held)) < size:
            held.append(next(coming))
        group, rest = torch.split(torch.cat(held), [size, sum(map(len, held)) - size])
        # A copy: a view would keep the whole batch.
        held = [rest.clone()] if len(rest) else []
        yield group


def _reduced(softmax: Tensor, label: int, steps: int) -> dict[str, Tensor]:
    """What is kept of a class's softmax [n * steps, K], see ``Sweep``; C is 1."""
    import torch

    from invariances.inference.responder import margins

    own = torch.full((len(softmax),), label, device=softmax.device)
    margin = margins(softmax, own).reshape(-1, steps)
    softmax = softmax.reshape(-1, steps, softmax.shape[1])
    mean = softmax.double().mean(dim=0)
    candidates = _strongest(mean, label)
    return {
        "prediction": softmax.argmax(dim=2).int(),
        # A copy: a view would keep all of the class's softmax.
        "true_softmax": softmax[:, :, label].clone(),
        "margin": margin,
        "mean_softmax": mean.float()[None],
        "candidates": candidates.int()[None],
        "candidate_softmax": softmax[:, :, candidates],
    }


def _strongest(mean: Tensor, label: int) -> Tensor:
    """The own category, then those with the highest mean softmax [M, K] at any magnitude."""
    import torch

    peak = mean.amax(dim=0).clone()
    peak[label] = torch.inf
    return peak.argsort(descending=True, stable=True)[: min(CANDIDATES, mean.shape[1])]
