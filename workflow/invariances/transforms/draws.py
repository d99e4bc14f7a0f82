"""Random numbers of pictures: the same on a CPU and a GPU, whichever other pictures are drawn for.

A counter-based generator: number i of a picture is a hash of its key and i, no state goes from one to the
next, so that all are drawn at once, where the pictures lie. The hash is that of SplitMix64 (Steele, Lea and
Flood 2014, "Fast splittable pseudorandom number generators"), whose stream from the seed `key` it is.
"""

from collections import OrderedDict
from collections.abc import Callable
from math import pi, prod

import numpy as np
import torch
from torch import Tensor

from invariances.transforms.devices import onto
from invariances.transforms.registry import Setting

KEPT = 2**26
"""Bytes of draws that are kept for pictures' next magnitudes, of each kind."""

Key = tuple[int, int, tuple[int, ...], torch.device]
"""(seed, picture's number, shape, device)."""
Draw = Callable[[Tensor, tuple[int, ...]], Tensor]
"""(keys int64 [N], shape) -> numbers [N, *shape]."""


def words(keys: Tensor, count: int) -> Tensor:
    """64 random bits int64 [N, count] of each key [N]: the first numbers of SplitMix64 from it."""
    place = torch.arange(1, count + 1, device=keys.device)
    state = keys[:, None] + place * _signed(0x9E3779B97F4A7C15)
    state = (state ^ _shifted(state, 30)) * _signed(0xBF58476D1CE4E5B9)
    state = (state ^ _shifted(state, 27)) * _signed(0x94D049BB133111EB)
    return state ^ _shifted(state, 31)


def _signed(number: int) -> int:
    """64 bits as the integer that has them in two's complement: products wrap as unsigned ones do."""
    return number - 2**64 if number >= 2**63 else number


def _shifted(state: Tensor, bits: int) -> Tensor:
    """To the right, zeros from the left."""
    shifted: Tensor = (state >> bits) & (2 ** (64 - bits) - 1)
    return shifted


def uniform(keys: Tensor, shape: tuple[int, ...]) -> Tensor:
    """float64 [N, *shape] in [0, 1), of 53 bits each."""
    drawn: Tensor = _shifted(words(keys, prod(shape)), 11).double() * 2.0**-53
    return drawn.reshape(-1, *shape)


def normal(keys: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Standard normal float32 [N, *shape], by Box and Muller's pairs (1958), each of one word's halves."""
    count = prod(shape)
    drawn = words(keys, (count + 1) // 2)
    first, second = _shifted(drawn, 32).double(), (drawn & 2**32 - 1).double()
    # Above zero, so that the radius is finite: at most 6.7.
    radius = torch.sqrt(-2 * torch.log((first + 1) * 2.0**-32))
    angle = second * (2 * pi * 2.0**-32)
    pairs = torch.cat([radius * torch.cos(angle), radius * torch.sin(angle)], dim=1)
    return pairs[:, :count].float().reshape(-1, *shape)


class Drawn:
    """Draws of one kind: made once a picture, kept for its next magnitudes.

    Parameters
    ----------
    name : the transform's; no two of different names share their numbers.
    """

    def __init__(self, name: str, draw: Draw) -> None:
        self.name, self.draw = name, draw
        self.kept: OrderedDict[Key, Tensor] = OrderedDict()

    def of(
        self, pictures: Tensor, setting: Setting, shape: tuple[int, ...]
    ) -> tuple[Tensor, Tensor]:
        """Draws [U, *shape] of the different pictures among these [N], and whose each picture's is [N].

        They belong to (seed, picture) alone: a curve over magnitudes is smooth, and nothing depends on how
        pictures are put together. Not to be written to.
        """
        ids = torch.arange(pictures.shape[0]) if setting.ids is None else setting.ids.cpu()
        different, place = torch.unique(ids, return_inverse=True)
        where: list[Key] = [
            (setting.seed, int(number), shape, pictures.device) for number in different
        ]
        missing = [key for key in where if key not in self.kept]
        if missing:
            # Ordinary tensors also where they are first asked for without gradients.
            with torch.inference_mode(False), torch.no_grad():
                numbers = torch.tensor([self._key(seed, number) for seed, number, *_ in missing])
                keys = onto(numbers, pictures.device)
                # On a CPU one by one: its arithmetic may round last bits by the place among others.
                parts = [keys] if pictures.device.type == "cuda" else torch.split(keys, 1)
                drawn = torch.cat([self.draw(part, shape) for part in parts])
            self.kept.update(zip(missing, drawn.unbind(), strict=True))
        own = torch.stack([self.kept[key] for key in where])
        for key in where:
            self.kept.move_to_end(key)
        while len(self.kept) > max(1, KEPT // own[0].nbytes):
            self.kept.popitem(last=False)
        return own, onto(place, pictures.device)

    def __call__(self, pictures: Tensor, setting: Setting, shape: tuple[int, ...]) -> Tensor:
        """The draw [N, *shape] of each of these pictures, see `of`."""
        own, place = self.of(pictures, setting, shape)
        return own[place]

    def _key(self, seed: int, number: int) -> int:
        name = int.from_bytes(self.name.encode(), "little")
        state = np.random.SeedSequence([seed, number % 2**64], spawn_key=(name,))
        return _signed(int(state.generate_state(1, np.uint64)[0]))
