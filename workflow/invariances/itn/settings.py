"""How an Invariant Transformer Net is built and trained: every choice, with its default."""

from dataclasses import dataclass
from math import log
from typing import Literal

from invariances.itn.families import Chart, Kind
from invariances.itn.module import Architecture
from invariances.transforms import Padding

Objective = Literal["gated", "constrained"]


@dataclass(frozen=True)
class TrainingSettings:
    """How a net is built and trained; every field may be a key of a config.

    Attributes
    ----------
    objective : ``constrained`` or ``gated`` (the paper's).
    spatial, colour, convolution : families, see ``families.FAMILIES``; None leaves one out.
    seed : of initial weights, batches and draws of k.
    steps, batch_size : optimiser steps and pictures in each.
    learning_rate : Adam's; it falls to a tenth over the last third of the steps.
    hidden : units of each transform's first layer.
    vectors : random unit vectors a step, the paper's |S|.
    accuracy_wanted : gated only: the gate's acc_orig; None takes the untransformed accuracy of the
        training pictures.
    weight_colour, weight_convolution : the colour's and the convolution's weight beside the spatial
        transform's 1, the paper's c_theta.
    chart : see ``families``; None takes ``direct`` if gated and ``exponential`` if constrained.
    padding : what lies outside the picture.
    accuracy_loss : constrained only: the fraction of accuracy that may be lost at any k. The multiplier,
        on the mean over k, and the retraction, at the worst k of the training pictures, aim at half of
        it: what is lost on pictures held out varies by about as much again.
    margin : constrained only: lead in logits under which a picture counts as endangered.
    start : constrained only: the reach, as a fraction of the bounds, at the first step.
    widening : constrained only: the part of the steps in which the reach comes from `start` to the
        whole bound where nothing is endangered.
    multiplier, multiplier_rate : constrained only: first Lagrange multiplier, and its rate of ascent.
    corner : constrained only: fraction of pictures at k = (1, 1) for every transform.
    retraction_pictures : constrained only: training pictures, at most, on which the net is brought
        to the edge of the accuracy wanted; 0 takes all.
    checkpoint_every : steps between two checkpoints.
    """

    objective: Objective = "constrained"
    spatial: str | None = "affine"
    colour: str | None = "full"
    convolution: str | None = None
    seed: int = 0
    steps: int = 240
    batch_size: int = 40
    learning_rate: float = 0.01
    hidden: int = 32
    vectors: int = 64
    accuracy_wanted: float | None = None
    weight_colour: float = 1.0
    weight_convolution: float = 1.0
    chart: Chart | None = None
    padding: Padding = "black"
    accuracy_loss: float = 0.02
    margin: float = 1.0
    start: float = 0.002
    widening: float = 0.7
    multiplier: float = 10.0
    multiplier_rate: float = 0.05
    corner: float = 0.5
    retraction_pictures: int = 1000
    checkpoint_every: int = 20

    def __post_init__(self) -> None:
        if self.objective not in ("gated", "constrained"):
            raise ValueError(f"objective {self.objective!r}: must be gated or constrained")
        if (self.spatial, self.colour, self.convolution) == (None, None, None):
            raise ValueError("spatial, colour and convolution are all None: nothing to learn")
        if not 0 < self.start <= 1 or not 0 < self.accuracy_loss < 1:
            raise ValueError(
                f"start {self.start} must lie in (0, 1], accuracy_loss {self.accuracy_loss} in (0, 1)"
            )
        for name in ("steps", "batch_size", "hidden", "vectors", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: must be at least 1")

    @property
    def architecture(self) -> Architecture:
        """The module that these settings train."""
        constrained = self.objective == "constrained"
        chart = self.chart or ("exponential" if constrained else "direct")
        return Architecture(
            *(self.spatial, self.colour, self.convolution, self.hidden, self.padding, chart),
            bounded=constrained,
            anchored=constrained,
        )

    @property
    def reach_rate(self) -> float:
        """The largest change of the reach's logarithm in a step."""
        return -log(self.start) / max(self.widening * self.steps, 1.0)

    @property
    def weights(self) -> dict[Kind, float]:
        """Weight of each transform's term in the objective."""
        return {
            "spatial": 1.0,
            "colour": self.weight_colour,
            "convolution": self.weight_convolution,
        }
