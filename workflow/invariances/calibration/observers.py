"""Networks that read one number off a picture, and tell by it whether they see what they saw."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from invariances.calibration.expected import Known
from invariances.inference.responder import Apply
from invariances.transforms import Setting


class Observers(nn.Module):
    """An observer for each of P pictures, which is told whose turn it is.

    Pictures [N, 4, H, W], the fourth channel the picture's number, to logits [N, 2]: the picture itself, or
    another. The first less the second is how far the reading is from the limit, on the side of the
    untransformed picture, whose own distance is 1. Sums are in double precision.

    Parameters
    ----------
    pictures : float [P, 3, H, W] in [0, 255], untransformed.
    ids : int64 [P], a number of each, as transforms are given it.
    known : one each.
    """

    pictures: Tensor
    ids: Tensor
    weights: Tensor
    limit: Tensor
    start: Tensor

    def __init__(self, pictures: Tensor, ids: Tensor, known: Sequence[Known]) -> None:
        super().__init__()
        self.spread = known[0].reading.spread
        self.register_buffer("pictures", pictures.double())
        self.register_buffer("ids", ids)
        self.register_buffer(
            "weights", torch.stack([torch.from_numpy(each.reading.weights) for each in known])
        )
        for name in ("limit", "start"):
            values = np.array([getattr(each, name) for each in known])
            self.register_buffer(name, torch.from_numpy(values))

    def told(self, apply: Apply) -> Apply:
        """The transform, with the number of each picture as a fourth channel."""

        def numbered(pictures: Tensor, magnitudes: Tensor, setting: Setting) -> Tensor:
            changed = apply(pictures, magnitudes, setting)
            assert setting.ids is not None
            same = setting.ids.to(self.ids.device)[:, None] == self.ids
            number = same.int().argmax(dim=1)[:, None, None, None].to(changed)
            return torch.cat([changed, number.expand_as(changed[:, :1])], dim=1)

        return numbered

    def forward(self, numbered: Tensor) -> Tensor:
        number, pictures = numbered[:, 3, 0, 0].long(), numbered[:, :3].double()
        limit, start = self.limit[number], self.start[number]
        distance = (self.read(pictures, number) - limit) / (start - limit)
        return torch.stack([distance / 2, -distance / 2], dim=1)

    def read(self, pictures: Tensor, number: Tensor) -> Tensor:
        """Readings [N] of transformed pictures [N, 3, H, W] of these numbers."""
        if self.spread:
            change = pictures - self.pictures[number]
            return change.square().mean(dim=(1, 2, 3)).sqrt()
        return (pictures * self.weights[number]).sum(dim=(1, 2, 3))
