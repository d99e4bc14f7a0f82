"""What single units do over pictures and magnitudes, as running statistics: nothing is kept of either.

A unit is one number of a layer's output. Of large layers a fixed draw of units stands for all.

References
----------
Goodfellow, Le, Saxe, Lee and Ng, Measuring invariances in deep networks, NeurIPS 2009 (firing).
Quiroga, Torrents-Barrena, Lanzarini and Puig-Valls, Measuring (in)variances in convolutional networks,
2019, and their package tmeasures (deviations).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

UNITS = 512
"""Units of a layer that are looked at one by one."""
PICTURES = 1000
"""Pictures on which thresholds are found, at most."""
FIRING = 0.01
"""Of the untransformed pictures, a unit fires at so many: Goodfellow's G."""
TOP = 0.2
"""Of the units, those with the highest scores, are a layer's score: Goodfellow's p."""

Floats = NDArray[np.float64]


@lru_cache(maxsize=64)
def drawn(units: int) -> Tensor:
    """The places of the units that are looked at, ascending; all of a small layer."""
    if units <= UNITS:
        return torch.arange(units)
    places = np.random.default_rng(units).choice(units, UNITS, replace=False)
    return torch.from_numpy(np.sort(places))


def thresholds(untransformed: Tensor) -> Tensor:
    """What units [U] exceed at `FIRING` of the pictures, at one of them at least, of answers [N, U].

    Ties at the threshold do not fire: a unit that is silent at more pictures fires at fewer.
    """
    count = len(untransformed)
    firing = min(max(1, round(FIRING * count)), count - 1)
    return untransformed.sort(dim=0, descending=True).values[firing]


@dataclass(frozen=True)
class UnitScores:
    """Of U units over N pictures and M magnitudes.

    Attributes
    ----------
    deviation_ratio : [U], the standard deviation over magnitudes, its mean over pictures, by that over
        pictures, its mean over magnitudes; NaN of a unit that is the same for all pictures.
    firing : [U], the share of untransformed pictures at which it fires: G.
    firing_transformed : [U], the share of pictures and magnitudes at which it fires.
    firing_kept : [U], of the pictures at which it fires untransformed, the share of magnitudes at which
        it does: L; NaN where there is none.
    spread : [M], the standard deviation between pictures, root mean square over units, by the root
        mean square of the answers themselves.
    """

    deviation_ratio: Floats
    firing: Floats
    firing_transformed: Floats
    firing_kept: Floats
    spread: Floats

    @property
    def goodfellow(self) -> float:
        """The layer's score: the mean of L / G over the `TOP` of its units; NaN if none ever fires."""
        fires = self.firing > 0
        scores = np.sort(self.firing_kept[fires] / self.firing[fires])[::-1]
        if not len(scores):
            return float("nan")
        return float(scores[: max(1, round(TOP * len(scores)))].mean())


class Units:
    """Running statistics of units, fed picture by picture.

    Parameters
    ----------
    limits : what units [U] exceed when they fire, see `thresholds`.
    magnitudes : how many there are.
    """

    def __init__(self, limits: Tensor, magnitudes: int) -> None:
        self.limits, self.magnitudes = limits.double(), magnitudes
        count, device = len(limits), limits.device
        self.pictures = 0
        self.own = torch.zeros(2, count, dtype=torch.float64, device=device)
        self.within = torch.zeros(count, dtype=torch.float64, device=device)
        shape = (magnitudes, count)
        self.mean = torch.zeros(shape, dtype=torch.float64, device=device)
        self.squares = torch.zeros(shape, dtype=torch.float64, device=device)
        self.fired = torch.zeros(3, count, dtype=torch.float64, device=device)
        self.reference = self.limits

    def begin(self, untransformed: Tensor) -> None:
        """The next picture, by its answers [U] untransformed."""
        self._end()
        self.pictures += 1
        self.reference = untransformed.double()
        self.fired[0] += self.reference > self.limits

    def add(self, answers: Tensor, places: Tensor) -> None:
        """Answers [m, U] of this picture at magnitudes of these places [m], each once a picture."""
        values = answers.double()
        away = values - self.reference
        self.own += torch.stack([away.sum(dim=0), away.square().sum(dim=0)])
        before = values - self.mean[places]
        self.mean[places] += before / self.pictures
        self.squares[places] += before * (values - self.mean[places])
        fires = values > self.limits
        self.fired[1] += fires.sum(dim=0)
        self.fired[2] += (fires & (self.reference > self.limits)).sum(dim=0)

    def _end(self) -> None:
        """Take the deviation over the magnitudes of the picture that was last begun."""
        total, squares = self.own
        variance = (squares - total.square() / self.magnitudes) / (self.magnitudes - 1)
        self.within += variance.clamp_min(0).sqrt()
        self.own.zero_()

    def scores(self) -> UnitScores:
        """What was found, once all pictures, two or more, were added at all magnitudes."""
        self._end()
        between = (self.squares / (self.pictures - 1)).sqrt().mean(dim=0)
        transformed = self.within / self.pictures
        # Of a mean square that is not zero: a unit that is zero throughout has no part in it.
        power = self.squares / self.pictures + self.mean.square()
        spread = (self.squares.sum(dim=1) / self.pictures / power.sum(dim=1)).sqrt()
        first, all_fired, kept = self.fired
        return UnitScores(
            deviation_ratio=_array(transformed / torch.where(between > 0, between, torch.nan)),
            firing=_array(first / self.pictures),
            firing_transformed=_array(all_fired / (self.pictures * self.magnitudes)),
            firing_kept=_array(kept / (first * self.magnitudes)),
            spread=_array(spread),
        )


def _array(values: Tensor) -> Floats:
    found: Floats = values.cpu().numpy()
    return found
