"""Pictures that a transform has made equal: a network is asked once, and the answer shared."""

import torch
from torch import Tensor

STEP = 16
"""Every so many pixels are looked at first, along both sides."""


def distinct(pictures: Tensor) -> Tensor | None:
    """For each picture [N, 3, H, W] the first that equals it in every bit: int64 [N]; None if all differ.

    Equal are pictures that were clamped to black or white, or moved out of the frame. On a GPU, which would
    have to be waited for, none is looked for.
    """
    if pictures.device.type == "cuda":
        return None
    seen: dict[bytes, int] = {}
    firsts: list[int] = []
    for row, sample in enumerate(pictures[:, :, ::STEP, ::STEP].contiguous().numpy()):
        first = seen.setdefault(sample.tobytes(), row)
        # What differs between the pixels looked at is another picture.
        same = first == row or torch.equal(pictures[first], pictures[row])
        firsts.append(first if same else row)
    found = torch.tensor(firsts)
    return None if torch.equal(found, torch.arange(len(found))) else found
