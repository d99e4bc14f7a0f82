"""The one loop that shows pictures to a network, transformed, a batch at a time.

What comes out depends on picture, magnitude and network alone: not on batch, chunk or order.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.errors import InputError
from invariances.inference import BATCH_SIZE
from invariances.inference.answers import Answers
from invariances.inference.prepared import Pictures, Rows
from invariances.inference.tensors import as_tensor
from invariances.transforms import Setting

Apply = Callable[[Tensor, Tensor, Setting], Tensor]
"""(pictures [N, 3, H, W] in [0, 255], magnitudes [N] or [N, D], setting) -> pictures."""

Magnitudes = NDArray[np.float64]


def unchanged(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
    """The pictures as they are."""
    return pictures


def transformed(
    pictures: Pictures,
    rows: Rows,
    magnitudes: Magnitudes,
    apply: Apply,
    setting: Setting | None = None,
    *,
    batch_size: int = BATCH_SIZE,
    device: torch.device | str = "cpu",
) -> Iterator[tuple[slice, Tensor]]:
    """Transformed pictures, a batch of rows (picture, magnitude) at a time.

    Parameters
    ----------
    rows : int [R], which picture each row shows; magnitudes : [R] or [R, D], how it is transformed.
    setting : padding and seed; ids are filled in from the pictures' names.

    Yields
    ------
    (slice into the rows, pictures [batch, 3, H, W] in [0, 255] on the device).
    """
    values, setting = torch.from_numpy(magnitudes), setting or Setting()
    for start in range(0, len(rows), batch_size):
        part = slice(start, min(start + batch_size, len(rows)))
        # Each picture travels once a batch: memory does not grow with their number.
        shown, place = np.unique(rows[part], return_inverse=True)
        index = torch.from_numpy(place)
        own = replace(setting, ids=torch.from_numpy(pictures.ids[shown])[index])
        with torch.inference_mode():
            batch = as_tensor(pictures.pixels[shown], device)[index.to(device)]
            batch = apply(batch, values[part], own)
        yield part, batch


class Responder:
    """What a classifier answers to transformed pictures.

    Parameters
    ----------
    classifier : pictures [N, 3, H, W] in [0, 255] -> logits [N, K]; frozen; where its weights lie it
        is asked.
    apply, setting : how pictures are transformed, see `transformed`.
    batch_size : rows (picture, magnitude) that go through the network together.
    precision : float32, tf32 (its matrix products on a GPU), or bfloat16 (autocast).
    """

    def __init__(
        self,
        classifier: nn.Module,
        apply: Apply = unchanged,
        setting: Setting | None = None,
        *,
        batch_size: int = BATCH_SIZE,
        precision: str = "float32",
    ) -> None:
        self.classifier, self.apply, self.setting = classifier, apply, setting
        self.batch_size, self.precision = batch_size, precision
        self.device = device_of(classifier)

    def logits(
        self, pictures: Pictures, rows: Rows | None = None, magnitudes: Magnitudes | None = None
    ) -> Iterator[tuple[slice, Tensor]]:
        """Logits of rows of (picture, magnitude), a batch at a time.

        Parameters
        ----------
        rows : int [R], which picture each row shows; every picture once by default.
        magnitudes : [R] or [R, D], how it is transformed; none for what takes no magnitude.

        Yields
        ------
        (slice into the rows, logits float32 [batch, K] on the device).
        """
        rows = np.arange(len(pictures)) if rows is None else rows
        values = np.zeros(len(rows)) if magnitudes is None else magnitudes
        changed = transformed(
            *(pictures, rows, values, self.apply, self.setting),
            batch_size=self.batch_size,
            device=self.device,
        )
        for part, batch in changed:
            with torch.inference_mode(), self._arithmetic():
                logits = self.classifier(batch)
            yield part, logits.float()

    def __call__(
        self, pictures: Pictures, rows: Rows | None = None, magnitudes: Magnitudes | None = None
    ) -> Iterator[tuple[slice, Tensor]]:
        """Softmax float32 [batch, K] of rows, as `logits` yields theirs."""
        for part, logits in self.logits(pictures, rows, magnitudes):
            yield part, torch.softmax(logits, dim=1)

    def answers(
        self, pictures: Pictures, rows: Rows | None = None, magnitudes: Magnitudes | None = None
    ) -> Answers:
        """Predictions and margins [R] of rows, as for `logits`.

        Raises
        ------
        InputError : an answer is not finite.
        """
        shown = np.arange(len(pictures)) if rows is None else rows
        own = torch.from_numpy(pictures.categories).to(self.device)
        predictions, margin = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.float32)]
        for part, softmax in self(pictures, shown, magnitudes):
            check_finite(
                softmax, pictures, shown[part], None if magnitudes is None else magnitudes[part]
            )
            predictions.append(softmax.argmax(dim=1).cpu().numpy())
            margin.append(margins(softmax, own[shown[part]]).cpu().numpy())
        return Answers(np.concatenate(predictions), np.concatenate(margin))

    @contextmanager
    def _arithmetic(self) -> Iterator[None]:
        """The precision asked for, of the network alone: a coarse warp would be another transform."""
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


def check_finite(
    softmax: Tensor, pictures: Pictures, rows: Rows, magnitudes: Magnitudes | None = None
) -> None:
    """Raise InputError naming the first picture and magnitude whose softmax [R, K] is not finite."""
    finite = torch.isfinite(softmax).all(dim=1)
    if bool(finite.all()):
        return
    row = int(finite.int().argmin())
    picture = int(rows[row])
    at = "" if magnitudes is None else f" at magnitude {magnitudes[row].tolist()}"
    raise InputError(
        f"class {pictures.classes[pictures.class_index[picture]]}, picture "
        f"{pictures.names[picture]}{at}: the network's answer is not finite"
    )


def margins(softmax: Tensor, labels: Tensor) -> Tensor:
    """Margins of the true class: its log softmax less that of the strongest other class, in nats.

    Parameters
    ----------
    softmax : [R, K]; labels : int64 [R]. What underflows counts as the smallest normal number.

    Returns
    -------
    [R], above zero where the label is the prediction.
    """
    own = softmax.gather(1, labels[:, None])[:, 0]
    rival = softmax.scatter(1, labels[:, None], -1).amax(dim=1)
    least = torch.finfo(softmax.dtype).tiny
    return own.clamp_min(least).log() - rival.clamp_min(least).log()


@contextmanager
def restored(network: nn.Module) -> Iterator[nn.Module]:
    """The network, to be used in any way that changes no weight's value; put back as it was after.

    What is put back: mode, gradients, and where and in which order in memory the weights lie.
    """
    modes = [(module, module.training) for module in network.modules()]
    weights = [(weight, weight.data, weight.requires_grad) for weight in network.parameters()]
    buffers = [(module, dict(module.named_buffers(recurse=False))) for module in network.modules()]
    try:
        yield network
    finally:
        for module, training in modes:
            module.training = training
        for weight, data, gradient in weights:
            weight.data = data
            weight.requires_grad_(gradient)
        for module, own in buffers:
            for name, value in own.items():
                setattr(module, name, value)


@contextmanager
def frozen(network: nn.Module) -> Iterator[nn.Module]:
    """The network in evaluation mode, its weights shut to gradients; put back as it was after."""
    with restored(network):
        network.eval()
        network.requires_grad_(False)
        yield network


def device_of(network: nn.Module) -> torch.device:
    """Where a network's weights are; the CPU where it has none."""
    tensors = [*network.parameters(), *network.buffers()]
    return tensors[0].device if tensors else torch.device("cpu")
