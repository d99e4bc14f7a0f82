"""What a classifier answers to transformed pictures, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # tables of sweeps are read by scripts that need no torch
    import torch
    from torch import Tensor, nn

    from invariances.transforms import Setting

Apply = Callable[["Tensor", "Tensor", "Setting"], "Tensor"]


class Answers(NamedTuple):
    """What a network says, in one word and how surely: to a grid [N, M] or to single questions [Q].

    Attributes
    ----------
    prediction : int, the category with the highest softmax.
    margin : float, `margins` of the picture's own category; below zero where the prediction is another.
    """

    prediction: NDArray[np.integer]
    margin: NDArray[np.floating]


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

    def answers(
        self,
        pixels: NDArray[np.uint8],
        ids: NDArray[np.int64],
        labels: NDArray[np.int64],
        rows: NDArray[np.int64],
        magnitudes: NDArray[np.float64],
    ) -> Answers:
        """Predictions and margins [R] for rows as in a call; `labels` int64 [n], the own categories.

        Raises
        ------
        ValueError : an answer is not finite.
        """
        import torch

        predictions, margin = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.float32)]
        for part, softmax in self(pixels, ids, rows, magnitudes):
            finite = torch.isfinite(softmax).all(dim=1).cpu().numpy()
            if not finite.all():
                row = part.start + int(finite.argmin())
                raise ValueError(
                    f"picture {rows[row]} at {magnitudes[row]}: the answer is not finite"
                )
            own = torch.from_numpy(labels[rows[part]]).to(softmax.device)
            predictions.append(softmax.argmax(dim=1).cpu().numpy())
            margin.append(margins(softmax, own).cpu().numpy())
        return Answers(np.concatenate(predictions), np.concatenate(margin))

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


def margins(softmax: Tensor, labels: Tensor) -> Tensor:
    """How surely a category is said: its log softmax less that of the strongest other, in nats.

    Parameters
    ----------
    softmax : [R, K]; labels : int64 [R]. What underflows counts as the smallest normal number.

    Returns
    -------
    [R], above zero where the label is the prediction.
    """
    import torch

    own = softmax.gather(1, labels[:, None])[:, 0]
    rival = softmax.scatter(1, labels[:, None], -1).amax(dim=1)
    least = torch.finfo(softmax.dtype).tiny
    return own.clamp_min(least).log() - rival.clamp_min(least).log()


def picture_ids(names: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
    """A stable number for each picture, from its name alone."""
    return np.array(
        [int.from_bytes(blake2b(str(name).encode(), digest_size=7).digest()) for name in names],
        dtype=np.int64,
    )
