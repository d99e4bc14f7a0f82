"""Answers in a coarse arithmetic, those that it could have got wrong asked again in float32.

A prediction is wrong only where the coarse one's lead over the next category is below its error. How large
errors are is found out on some of the run's own pictures, before the others are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.inference.prepared import Pictures, Rows

CALIBRATED = 64
"""Answers in both precisions from which the bound follows."""
SAFETY = 2.0
"""The bound, in the largest error among them."""
EVERY = 53
"""One in so many of the others is asked in float32 as well. A prime: a grid's magnitudes take turns."""

MOST = 0.4
"""The share that may be asked again: beyond it, float32 alone takes no longer."""

Logits = Callable[[nn.Module, Rows, NDArray[np.float64]], Tensor]
"""(network, rows [R], magnitudes [R]) -> its logits [R, K] of pictures transformed."""


@dataclass
class Tally:
    """What was asked again, and what came of it.

    Attributes
    ----------
    bound : answers whose lead is not above it are asked again, in nats.
    answers, asked_again : how many in all, and how many of them for their lead.
    sampled : how many of the others were asked in float32 to see what differs.
    differing : sampled predictions that float32 has otherwise; 0 if the bound is one.
    error : the largest error of a lead among the calibration's and the sample's, in nats.
    doubtful : how many of the calibration's own leads are within the bound.
    softmax_error, softmax_errors : the largest change of a category's softmax in the sample, and the sum
        of each answer's largest.
    """

    bound: float
    error: float
    doubtful: int = 0
    answers: int = 0
    asked_again: int = 0
    sampled: int = 0
    differing: int = 0
    softmax_error: float = 0.0
    softmax_errors: float = 0.0

    @property
    def too_many(self) -> str:
        """Why nothing is to be gained, in words; empty where something is."""
        if self.doubtful <= MOST * CALIBRATED:
            return ""
        return f"{self.doubtful} of {CALIBRATED} answers would be asked again"

    @property
    def not_held(self) -> str:
        """Why the answers are not to be kept, in words; empty where they are."""
        if not self.differing:
            return ""
        return f"{self.differing} of {self.sampled} sampled answers were predicted otherwise"

    def note(self, coarse: Tensor, exact: Tensor) -> None:
        """Take up a sample's logits [S, K] in both precisions."""
        if not len(coarse):
            return
        change = (coarse.softmax(dim=1) - exact.softmax(dim=1)).abs().amax(dim=1)
        self.sampled += len(coarse)
        self.differing += int((coarse.argmax(dim=1) != exact.argmax(dim=1)).sum())
        self.error = max(self.error, float(errors(coarse, exact).max()))
        self.softmax_error = max(self.softmax_error, float(change.max()))
        self.softmax_errors += float(change.double().sum())


class Checked(nn.Module):
    """A network's coarse answers, the doubtful ones replaced by its exact ones.

    Shapes: pictures [N, 3, H, W] in [0, 255]; returns logits float32 [N, K], sampled ones exact as well.

    Parameters
    ----------
    exact, coarse : the same network in float32 and in another arithmetic, on one device.
    tally : with the bound; counts go on in it.
    """

    def __init__(self, exact: nn.Module, coarse: nn.Module, tally: Tally) -> None:
        super().__init__()
        self.exact, self.coarse, self.tally = exact, coarse, tally

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.coarse(pictures)
        place = torch.arange(len(logits), device=logits.device) + self.tally.answers
        # So that what is not finite is asked again, as is everything where the bound is not.
        doubtful = ~(lead(logits, logits.argmax(dim=1)) > self.tally.bound)
        sampled = ~doubtful & (place % EVERY == 0)
        again = (doubtful | sampled).nonzero()[:, 0]
        self.tally.answers += len(logits)
        if len(again):
            exact, of_sample = self.exact(pictures[again]), sampled[again]
            self.tally.note(logits[again][of_sample], exact[of_sample])
            self.tally.asked_again += len(again) - int(of_sample.sum())
            logits[again] = exact
        return logits


def lead(logits: Tensor, category: Tensor) -> Tensor:
    """How far a category [N] is above the highest other one, in logits [N, K]; below zero where it is not.

    A difference of logits is one of log softmax, in nats. Of a network with one category it is infinite.
    """
    own = logits.gather(1, category[:, None])[:, 0]
    rival = logits.scatter(1, category[:, None], -torch.inf).amax(dim=1)
    return own - rival


def errors(coarse: Tensor, exact: Tensor) -> Tensor:
    """By how much the lead of each coarse prediction is off [N], of logits [N, K] in both precisions.

    The exact prediction is another where the coarse lead is below this and the exact one negative.
    """
    predicted = coarse.argmax(dim=1)
    off = (lead(coarse, predicted) - lead(exact, predicted)).abs()
    # Of one category no lead is ever in doubt.
    return off if coarse.shape[1] > 1 else torch.zeros_like(off)


def calibrated(
    exact: nn.Module,
    coarse: nn.Module,
    pictures: Pictures,
    magnitudes: NDArray[np.float64],
    identity: int,
    logits: Logits,
) -> Checked:
    """The two networks as one that is right wherever the bound, twice the largest of 64 errors, is one.

    Parameters
    ----------
    pictures, magnitudes, identity : of the sweep: [M], and the identity's place among them.
    logits : how a network is asked.
    """
    rows, places = spread(len(pictures), len(magnitudes), identity)
    with torch.inference_mode():
        answers = [logits(network, rows, magnitudes[places]) for network in (coarse, exact)]
        largest = float(errors(*answers).max())
        leads = lead(answers[0], answers[0].argmax(dim=1))
    bound = SAFETY * largest
    return Checked(exact, coarse, Tally(bound, largest, int((~(leads > bound)).sum())))


def spread(pictures: int, magnitudes: int, identity: int) -> tuple[Rows, NDArray[np.int64]]:
    """Which pictures [64] calibrate, at which places [64] of the grid: evenly, an eighth untransformed."""
    number = np.arange(CALIBRATED)
    # Multiples of the golden ratio are spread evenly over a grid of any size.
    grid = (number * (np.sqrt(5) - 1) / 2 % 1 * magnitudes).astype(np.int64)
    return number * pictures // CALIBRATED, np.where(number % 8 == 0, identity, grid)
