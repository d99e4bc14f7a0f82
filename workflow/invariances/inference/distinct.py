"""Pictures that a transform has made equal: a network is asked once, and the answer shared."""

import torch
from torch import Tensor

STEP = 16
"""Every so many pixels are looked at first, along both sides."""
WHOLE = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
"""Whole numbers by their bytes; a user's own transform may give pictures of whole numbers too."""


def distinct(pictures: Tensor) -> Tensor | None:
    """For each picture [N, 3, H, W] the first that equals it in every bit: int64 [N]; None if all differ.

    Equal are pictures that were clamped to black or white, or moved out of the frame. On a GPU, which would
    have to be waited for, none is looked for.
    """
    if pictures.device.type == "cuda":
        return None
    # As integers: 0 and -0 are equal numbers, and other bits.
    bits = pictures.view(WHOLE[pictures.element_size()])
    seen: dict[bytes, int] = {}
    firsts: list[int] = []
    for row, sample in enumerate(bits[:, :, ::STEP, ::STEP].contiguous().numpy()):
        first = seen.setdefault(sample.tobytes(), row)
        # What differs between the pixels looked at is another picture.
        same = first == row or torch.equal(bits[first], bits[row])
        firsts.append(first if same else row)
    found = torch.tensor(firsts)
    return None if torch.equal(found, torch.arange(len(found))) else found
