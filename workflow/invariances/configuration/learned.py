"""The section ``itn`` of a config."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from invariances.configuration.section import Listed, Section, unrepeated


def _ascending(values: tuple[float, ...]) -> tuple[float, ...]:
    if not all(one < two for one, two in zip((0.0, *values), values, strict=False)) or (
        values[-1] > 1
    ):
        raise ValueError("must ascend, each above 0 and at most 1")
    return values


class ITN(Section):
    """The Invariant Transformer Net, one before each classifier."""

    enabled: bool = True
    """Whether it is trained at all."""
    objective: Literal["volume", "constrained", "gated"] = "volume"
    """`volume` (a family in independent directions, of the largest volume that leaves the predictions),
    `constrained` (the one largest transform within a loss of accuracy) or `gated` (the paper's)."""
    gated: Annotated[tuple[str, ...], Listed, AfterValidator(unrepeated)] = ()
    """Classifiers before which the paper's own net (`gated`) is trained as well, into `itn_gated/{model}/`.
    It decides the paper's claims C5 to C8, which are not asked of other nets; superfluous where the
    objective is `gated`."""
    layers: Literal["paper", "none"] | None = None
    """From k to the transform - `paper` (two fully connected layers with ReLU) or `none` (the generators'
    exponential, straight in k); `null` is `none` for `volume`, which alone may do without, else `paper`."""
    dimensions: int = Field(2, ge=1, le=3)
    """Components of each k; another number than the paper's two for `volume` only."""
    signed: bool = False
    """Whether k lies in [-1, 1] instead of [0, 1], so that each direction is asked for in both senses
    (`volume` only)."""
    spatial: Literal["affine", "rotation", "scale", "zoom", "similarity", "translation"] | None = (
        "affine"
    )
    """Which spatial transforms may be learned; `null` for none."""
    colour: Literal["full", "photographic", "brightness", "gain", "saturation", "hue"] | None = (
        "full"
    )
    """Which colour transforms may be learned; `null` for none."""
    convolution: Literal["kernel3", "kernel5"] | None = None
    """A learned convolution as a third transform (the paper's future work); `null` for none."""
    weight_colour: float = Field(1.0, gt=0)
    """Weight of the colour transform beside the spatial one's 1, the paper's c_theta."""
    weight_convolution: float = Field(1.0, gt=0)
    """Weight of the convolution beside the spatial one's 1."""
    accuracy_wanted: float | None = Field(None, gt=0, le=1)
    """The accuracy under which a batch trains for the classifier, the paper's acc_orig (`gated` only);
    `null` is the untransformed accuracy of the training pictures."""
    accuracy_loss: float | None = Field(None, gt=0, lt=1)
    """What training may lose - for `volume` of the pictures right untransformed, the mean over k, `null` is
    half of `alpha`; for `constrained` of accuracy, half of it in training, `null` is 0.02."""
    alpha: float = Field(0.05, gt=0, lt=1)
    """The certificate - the share of the pictures right untransformed that may be flipped at any k of its
    grid."""
    delta: float = Field(0.05, gt=0, lt=1)
    """The certificate - how probable it may be that more are flipped of all such pictures."""
    scales: Annotated[tuple[float, ...], Listed, Field(min_length=1), AfterValidator(_ascending)] = (
        0.25, 0.4, 0.55, 0.7, 0.85, 1.0,
    )  # fmt: skip
    """The certificate - factors on the trained family, tested in turn up to the first that fails."""
    calibration_images: int = Field(40, ge=1)
    """Pictures of each class that certify, at most; none of them trains or evaluates."""
    when_few: Literal["least_alpha", "identity"] = "least_alpha"
    """Where there are too few pictures to certify `alpha` - the least alpha that they can, or the
    `identity`."""
    certified_points: int = Field(2, ge=2)
    """The certificate - values of each component of k in its grid; 2 are the cube's corners."""
    steps: int | None = Field(None, ge=1)
    """Steps of training; `null` is 160 for `volume` and 240 for the others."""
    batch_size: int = Field(40, ge=1)
    """Pictures a step."""
    learning_rate: float = Field(0.01, gt=0)
    """Adam's."""
    pictures: Literal["auto", "training", "validation", "screening"] = "auto"
    """`training` or `validation` pictures train and all that are screened evaluate; `screening` divides
    those that are screened; `auto` takes validation pictures where a classifier is trained here
    (it is too sure of its own training pictures), else training pictures where there are any."""
    images: int = Field(40, ge=1)
    """Pictures of each class that train, at most."""
    held_out: float = Field(0.4, gt=0, lt=1)
    """The share of the screened pictures that evaluates, where they are divided."""
    points: int = Field(5, ge=2)
    """Values of each component of k in the evaluation."""
