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
from invariances.inference import BATCH_SIZE, BatchSize
from invariances.inference.answers import Answers
from invariances.inference.distinct import distinct
from invariances.inference.prepared import Pictures, Rows
from invariances.inference.tensors import as_tensor
from invariances.transforms import Setting
from invariances.transforms.devices import onto

Apply = Callable[[Tensor, Tensor, Setting], Tensor]
"""(pictures [N, 3, H, W] in [0, 255], magnitudes [N] or [N, D], setting) -> pictures."""

Magnitudes = NDArray[np.float64]

MOST = 512
"""Pictures at once on a GPU: from 256 to 512 networks gain 3 to 5 % on an H100."""
PLANES = 75
"""Pictures' own memory that a network needs for each: Lite0's most, measured at 224 pixels."""


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
    setting : padding and seed; ids are filled in from the pictures' names, and what is behind their objects
        where it is known.

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
        if pictures.behind is not None:
            behind = as_tensor(pictures.behind[shown], device)[onto(index, device)]
            own = replace(own, behind=behind)
        with torch.inference_mode():
            batch = as_tensor(pictures.pixels[shown], device)[onto(index, device)]
            batch = apply(batch, values[part], own)
        yield part, batch


class Responder:
    """What a classifier answers to transformed pictures.

    Parameters
    ----------
    classifier : pictures [N, 3, H, W] in [0, 255] -> logits [N, K]; frozen; where its weights lie it
        is asked.
    apply, setting : how pictures are transformed, see `transformed`.
    batch_size : rows (picture, magnitude) that go through the network together, or ``auto``, see `fitting`.
    precision : float32, tf32 (its matrix products on a GPU), or bfloat16 (autocast).
    once : show pictures of a batch that are equal after the transform once. Not where more than logits is
        read off the network, row by row, nor of a network whose answer is not a function of the picture.
    """

    def __init__(
        self,
        classifier: nn.Module,
        apply: Apply = unchanged,
        setting: Setting | None = None,
        *,
        batch_size: BatchSize = BATCH_SIZE,
        precision: str = "float32",
        once: bool = False,
    ) -> None:
        self.classifier, self.apply, self.setting, self.once = classifier, apply, setting, once
        self.batch_size, self.precision = batch_size, precision
        self.device = device_of(classifier)
        self._fitted: dict[tuple[int, ...], int] = {}

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
            batch_size=self._rows_of(pictures),
            device=self.device,
        )
        for part, batch in changed:
            with torch.inference_mode(), self._arithmetic():
                logits = self._asked(batch)
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
        own = onto(torch.from_numpy(pictures.categories[shown]), self.device)
        prediction = torch.empty(len(shown), dtype=torch.int64, device=self.device)
        margin = torch.empty(len(shown), device=self.device)
        for part, softmax in self(pictures, shown, magnitudes):
            prediction[part] = softmax.argmax(dim=1)
            # Where a softmax is not finite, neither is its margin.
            margin[part] = margins(softmax, own[part])
        # Read once: a GPU is not waited for after each batch.
        check_finite(margin[:, None], pictures, shown, magnitudes)
        return Answers(prediction.cpu().numpy(), margin.cpu().numpy())

    def _asked(self, batch: Tensor) -> Tensor:
        """The classifier's logits of a batch."""
        firsts = distinct(batch) if self.once else None
        if firsts is None:
            logits: Tensor = self.classifier(batch)
            return logits
        shown, place = torch.unique(firsts, return_inverse=True)
        logits = self.classifier(batch[shown])
        return logits[place]

    def _rows_of(self, pictures: Pictures) -> int:
        """How many go together; on a GPU once for each size of pictures: what it has free changes."""
        side = tuple(pictures.pixels.shape[1:3])
        if self.batch_size != "auto":
            return self.batch_size
        if side not in self._fitted:
            self._fitted[side] = fitting(self.device, *side)
        return self._fitted[side]

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


def fitting(device: torch.device, height: int, width: int) -> int:
    """Pictures of this size that go through a network together.

    On a CPU 64: more are no faster, and do not fit its caches. On a GPU the largest power of two up to 512
    whose pictures fit into a quarter of its free memory, each reckoned at `PLANES` times its own floats.
    """
    if device.type != "cuda":
        return BATCH_SIZE
    free, _ = torch.cuda.mem_get_info(device)
    number = int(free) // 4 // (PLANES * 3 * height * width * 4)
    return min(MOST, 1 << max(0, number.bit_length() - 1))


def check_finite(
    softmax: Tensor, pictures: Pictures, rows: Rows, magnitudes: Magnitudes | None = None
) -> None:
    """Raise InputError naming the first picture and magnitude whose row [R, K] is not finite."""
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
