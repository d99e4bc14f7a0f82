"""How an Invariant Transformer Net is built and trained: every choice, with its default."""

from dataclasses import dataclass
from math import log
from typing import Literal

from invariances.itn.families import Chart, Family, Kind, family
from invariances.itn.steered import Architecture, Layers
from invariances.transforms import Padding

Objective = Literal["volume", "constrained", "gated"]

DEFAULT_LOSS = 0.02
"""Of accuracy, that `constrained` may lose where the config names no other loss."""


@dataclass(frozen=True)
class TrainingSettings:
    """How a net is built and trained; every field may be a key of a config.

    Attributes
    ----------
    objective : ``volume``, ``constrained`` or ``gated`` (the paper's).
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
    chart : see ``families``; None takes ``direct`` if gated and ``exponential`` otherwise.
    layers : from k to the transform, ``paper`` or ``none`` (``steered.Architecture``); None takes ``none``
        for volume, which alone may do without.
    dimensions, signed : components of each k, and whether they lie in [-1, 1] (volume only, else 2 in
        [0, 1]).
    padding : what lies outside the picture.
    accuracy_loss : constrained: the fraction of accuracy that may be lost at any k, 0.02 if None. The
        multiplier, on the mean over k, and the retraction, at the worst k of the training pictures, aim
        at half of it: what is lost on pictures held out varies by about as much again. volume: the
        fraction of the pictures right untransformed that the training lets be flipped, the mean over the
        k that it draws, half of `alpha` if None.
    alpha : volume only: what the certificate will allow, at the worst k of other pictures.
    margin : volume and constrained: lead in logits under which a picture counts as endangered.
    start : constrained only: the reach, as a fraction of the bounds, at the first step.
    widening : constrained only: the part of the steps in which the reach comes from `start` to the
        whole bound where nothing is endangered.
    multiplier, multiplier_rate : volume and constrained: first Lagrange multiplier, its rate of ascent.
    corner : constrained: fraction of pictures at k = (1, 1) for every transform; volume: of pictures at
        corners of each k's cube.
    retraction_pictures : constrained only: training pictures, at most, on which the net is brought
        to the edge of the accuracy wanted; 0 takes all.
    checkpoint_every : steps between two checkpoints.
    """

    objective: Objective = "volume"
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
    layers: Layers | None = None
    dimensions: int = 2
    signed: bool = False
    padding: Padding = "black"
    accuracy_loss: float | None = None
    alpha: float = 0.05
    margin: float = 1.0
    start: float = 0.002
    widening: float = 0.7
    multiplier: float = 10.0
    multiplier_rate: float = 0.05
    corner: float = 0.5
    retraction_pictures: int = 1000
    checkpoint_every: int = 20

    def __post_init__(self) -> None:
        if self.objective not in ("volume", "constrained", "gated"):
            raise ValueError(f"objective {self.objective!r}: must be volume, constrained or gated")
        if (self.spatial, self.colour, self.convolution) == (None, None, None):
            raise ValueError("spatial, colour and convolution are all None: nothing to learn")
        if not 0 < self.start <= 1 or not 0 < self.loss_allowed < 1:
            raise ValueError(
                f"start {self.start} must lie in (0, 1], accuracy_loss {self.accuracy_loss} in (0, 1)"
            )
        for name in ("steps", "batch_size", "hidden", "vectors", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: must be at least 1")
        if not 1 <= self.dimensions <= 3:
            raise ValueError(f"dimensions {self.dimensions}: must be 1, 2 or 3")
        asked = (self.layers or "paper", self.dimensions, self.signed)
        if self.objective != "volume" and asked != ("paper", 2, False):
            raise ValueError(
                f"layers {self.layers!r}, dimensions {self.dimensions}, signed {self.signed}: "
                f"objective {self.objective} has the paper's layers and two components in [0, 1]"
            )

    @property
    def loss_allowed(self) -> float:
        """The fraction that the training may lose, see `accuracy_loss`."""
        if self.accuracy_loss is not None:
            return self.accuracy_loss
        return self.alpha / 2 if self.objective == "volume" else DEFAULT_LOSS

    @property
    def architecture(self) -> Architecture:
        """The module that these settings train."""
        gated, volume = self.objective == "gated", self.objective == "volume"
        return Architecture(
            *(self.spatial, self.colour, self.convolution, self.hidden, self.padding),
            chart=self.chart or ("direct" if gated else "exponential"),
            bounded=not gated,
            anchored=not gated,
            layers=self.layers or ("none" if volume else "paper"),
            dimensions=self.dimensions,
            signed=self.signed,
        )

    @property
    def families(self) -> dict[Kind, Family]:
        """The families that are learned, by kind."""
        kinds: tuple[Kind, ...] = ("spatial", "colour", "convolution")
        named = {kind: getattr(self, kind) for kind in kinds}
        return {kind: family(kind, name) for kind, name in named.items() if name is not None}

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
