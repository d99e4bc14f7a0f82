"""Strategy 1 (section III.C): transform pictures by growing magnitudes, watch what the network says.

A sweep is one classifier, one transform, the pictures of some classes and a grid of magnitudes. All
magnitudes of a picture go through the network together; answers do not depend on how they are batched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # tables of sweeps are read by scripts that need no torch
    import torch
    from torch import Tensor, nn

    from invariances.transforms import Setting

CANDIDATES = 16
"""Categories whose softmax is kept for each picture: the strongest of its class's mean."""

Apply = Callable[["Tensor", "Tensor", "Setting"], "Tensor"]
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


@dataclass(frozen=True)
class Pictures:
    """Prepared pictures of some classes: uint8 [N, H, W, 3], names [N], classes [C], places [N] and [C]."""

    pixels: NDArray[np.uint8]
    names: NDArray[np.str_]
    classes: NDArray[np.str_]
    labels: NDArray[np.int64]
    class_index: NDArray[np.int64]


class Responder:
    """What a classifier answers to transformed pictures, a batch at a time.

    Parameters
    ----------
    classifier : pictures [N, 3, H, W] in [0, 255] -> logits [N, K]; frozen, on `device`.
    apply : (pictures, magnitudes [N] or [N, 2], setting) -> pictures.
    setting : padding and seed; ids are filled in from the pictures' names.
    batch_size : rows (picture, magnitude) that go through the network together.
    precision : float32, tf32 (its matrix products on a GPU), or bfloat16 (autocast).
    """

    def __init__(
        self,
        classifier: nn.Module,
        apply: Apply,
        setting: Setting,
        *,
        batch_size: int = 64,
        device: torch.device | str = "cpu",
        precision: str = "float32",
    ) -> None:
        import torch

        self.classifier, self.apply, self.setting = classifier, apply, setting
        self.batch_size, self.device = batch_size, torch.device(device)
        self.precision = precision

    def __call__(
        self,
        pixels: NDArray[np.uint8],
        ids: NDArray[np.int64],
        rows: NDArray[np.int64],
        magnitudes: NDArray[np.float64],
    ) -> Iterator[tuple[slice, Tensor]]:
        """Softmax for rows of (picture, magnitude).

        Parameters
        ----------
        pixels, ids : uint8 [n, H, W, 3], may lie on disk, and int64 [n].
        rows : int64 [R], which picture each row shows.
        magnitudes : [R] or [R, 2], how it is transformed.

        Yields
        ------
        (slice into the rows, softmax float32 [batch, K] on the device).
        """
        import torch

        values = torch.from_numpy(magnitudes)
        for start in range(0, len(rows), self.batch_size):
            part = slice(start, min(start + self.batch_size, len(rows)))
            # Each picture travels once a batch, as bytes: memory does not grow with their number.
            shown, place = np.unique(rows[part], return_inverse=True)
            stored = torch.from_numpy(np.asarray(pixels[shown])).to(self.device, non_blocking=True)
            pictures = stored.permute(0, 3, 1, 2).float().contiguous()
            index = torch.from_numpy(place)
            setting = replace(self.setting, ids=torch.from_numpy(ids[shown])[index])
            with torch.inference_mode():
                batch = self.apply(pictures[index.to(self.device)], values[part], setting)
                with self._arithmetic():
                    logits = self.classifier(batch)
            yield part, torch.softmax(logits.float(), dim=1)

    def predict(
        self,
        pixels: NDArray[np.uint8],
        ids: NDArray[np.int64],
        rows: NDArray[np.int64],
        magnitudes: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """The category with the highest softmax, int64 [R], for rows as in a call."""
        answers = [s.argmax(dim=1).cpu().numpy() for _, s in self(pixels, ids, rows, magnitudes)]
        return np.concatenate(answers) if answers else np.empty(0, dtype=np.int64)

    @contextmanager
    def _arithmetic(self) -> Iterator[None]:
        """The precision asked for, of the network alone: a coarse warp would be another transform."""
        import torch

        backends: tuple[Any, ...] = (torch.backends.cuda.matmul, torch.backends.cudnn)
        before = [backend.allow_tf32 for backend in backends]
        half = torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.precision == "bfloat16"
        )
        try:
            for backend in backends:
                backend.allow_tf32 = self.precision == "tf32"
            with half:
                yield
        finally:
            for backend, allowed in zip(backends, before, strict=True):
                backend.allow_tf32 = allowed


def picture_ids(names: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
    """A stable number for each picture, from its name alone."""
    return np.array(
        [int.from_bytes(blake2b(str(name).encode(), digest_size=7).digest()) for name in names],
        dtype=np.int64,
    )


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

    order = np.flatnonzero(pictures.class_index == index)
    label, count, steps = int(pictures.labels[index]), len(order), len(magnitudes)
    # Picture by picture, so that a batch shares its pictures' noise.
    rows = np.repeat(np.arange(count), steps)
    values = np.tile(magnitudes, (count,) + (1,) * (magnitudes.ndim - 1))
    answers: list[torch.Tensor] = []
    ids = picture_ids(pictures.names[order])
    for part, softmax in responder(pictures.pixels[order], ids, rows, values):
        answers.append(softmax)
        progress(part.stop - part.start)
    softmax = torch.cat(answers).reshape(count, steps, -1)
    if not bool(torch.isfinite(softmax).all()):
        raise ValueError(f"class {pictures.classes[index]}: the network's answers are not finite")
    mean = softmax.double().mean(dim=0)
    candidates = _strongest(mean, label)
    return {
        "order": order,
        "prediction": softmax.argmax(dim=2).int().cpu().numpy(),
        "true_softmax": softmax[:, :, label].cpu().numpy(),
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
