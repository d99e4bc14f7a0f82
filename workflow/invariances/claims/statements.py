"""The paper's statements, one of related work, and the rules that decide them, fixed before any run.

Every constant stands here with its reason. Changing one changes what a verdict means: say so.
"""

from dataclasses import dataclass
from math import inf

MOST = 0.5
"""A statement about classes or transforms in general holds if it does for at least half of them."""

EFFECT = 0.06
"""Least share of the variance of ranks that classes must explain to be said to differ: Cohen's
medium effect, (0.25^2) / (1 + 0.25^2) (Statistical Power Analysis, 1988, section 8.2)."""

FACTOR = 1.25
"""Two transforms count as different if one changes the picture by a quarter more at its threshold."""

STRONG = 0.5
"""A strong reduction of the softmax: to less than half of the untransformed."""

CONSTANT = 0.75
"""A constant or regained softmax: nowhere less than three quarters of the untransformed, half way
between no loss and a strong one."""

CORRELATED = 0.2
"""Below this, one network's ranks explain less than 4 % of the variance of the other's."""

LOSS = 0.25
"""Nats of cross-entropy by which a constant loss may change: the true class's softmax, in geometric
mean, by at most a factor of exp(0.25) = 1.28."""

ACCURACY = 0.05
"""Accuracy that may be lost while "the classification does not change": one picture in twenty."""

ZOOM_IN = 0.8
"""A strong zoom in shows less than 0.8 of the picture's width, 64 % of its area."""

ZOOM_OUT = 1.05
"""Zooming out at all: 5 % beyond the identity."""

DEGREES = 10.0
"""More than a few degrees: beyond 10."""

GREY_LEVELS = 25.5
"""A low colour change: under a tenth of the full scale, root mean square."""


@dataclass(frozen=True)
class Statement:
    """A part of one of the paper's claims, or of related work's.

    Attributes
    ----------
    claim, part : C1 to C8 (R1 of related work), and a letter where a claim has several parts.
    text : what the paper, or the work named, says, in our words.
    statistic : what is measured.
    claimed : the lowest and highest value that the statement allows.
    rule : the same in words.
    evidence : where in a run's results it is decided.
    interval : how the statistic's interval is found.
    """

    claim: str
    part: str
    text: str
    statistic: str
    claimed: tuple[float, float]
    rule: str
    evidence: str
    interval: str


AT_LEAST_HALF = (MOST, 1.0)
CELLS = "closed testing of cells"
POINT = "none: read off the net"

STATEMENTS: dict[str, Statement] = {
    item.claim + item.part: item
    for item in (
        Statement(
            "C1", "a", "There are thresholds: up to some magnitude the prediction stays, then it switches",
            "share of cells (class, transform, direction; recognised untransformed) that switch inside "
            "the range and beyond the identity",
            AT_LEAST_HALF, f"at least {MOST:g}", "thresholds.csv; figures/overview", CELLS,
        ),
        Statement(
            "C1", "b", "Thresholds depend on the class",
            "share of transforms and directions in which classes explain at least "
            f"{EFFECT:g} of the variance of the ranks of pictures' thresholds",
            AT_LEAST_HALF, f"at least {MOST:g}", "pictures.parquet; figures/overview", CELLS,
        ),
        Statement(
            "C1", "c", "Thresholds depend on the transform",
            "share of pairs of transforms, class by class, whose changes at the threshold (RMS grey "
            f"levels) differ by a factor of at least {FACTOR:g}",
            AT_LEAST_HALF, f"at least {MOST:g}", "sizes.csv; figures/sizes", CELLS,
        ),
        Statement(
            "C2", "a", "Growing noise switches the prediction",
            "share of classes (recognised untransformed) that switch within the range of noise",
            AT_LEAST_HALF, f"at least {MOST:g}", "thresholds.csv; figures/sheets/{model}/noise", CELLS,
        ),
        Statement(
            "C2", "b", "The critical level of noise depends on the class",
            "share of the variance of the ranks of pictures' noise thresholds that classes explain",
            (EFFECT, 1.0), f"at least {EFFECT:g}", "pictures.parquet; figures/sheets/{model}/noise",
            "bootstrap within classes",
        ),
        Statement(
            "C3", "a", "Rotation reduces the softmax strongly",
            "share of classes that are not point-symmetric whose mean softmax falls, at some angle, "
            f"below {STRONG:g} of the untransformed",
            AT_LEAST_HALF, f"at least {MOST:g}", "curves.parquet; figures/sheets/{model}/rotate", CELLS,
        ),
        Statement(
            "C3", "b", "Point-symmetric classes are constant under rotation",
            f"share of point-symmetric classes whose mean softmax stays above {CONSTANT:g} of the "
            "untransformed at every angle",
            AT_LEAST_HALF, f"at least {MOST:g}", "curves.parquet; figures/sheets/{model}/rotate", CELLS,
        ),
        Statement(
            "C3", "c", "Axisymmetric classes recover at 180 degrees",
            f"share of axisymmetric classes whose mean softmax falls below {CONSTANT:g} of the "
            "untransformed on the way and is above it again at 180 degrees",
            AT_LEAST_HALF, f"at least {MOST:g}", "curves.parquet; figures/sheets/{model}/rotate", CELLS,
        ),
        Statement(
            "C4", "", "The invariances of the two networks correlate",
            "Spearman's correlation of class thresholds within transforms and directions",
            (CORRELATED, 1.0), f"at least {CORRELATED:g}", "correlations.csv; figures/comparison/{model}",
            "bootstrap over classes",
        ),
        Statement(
            "C5", "a", "While the ITN is trained, the classifier's loss stays constant",
            "mean loss over the last third of the steps, less that over the first (nats)",
            (-LOSS, LOSS), f"between -{LOSS:g} and {LOSS:g}", "{itn}/history.csv",
            "Welch's t of blocks",
        ),
        Statement(
            "C5", "b", "... and the transforms' loss falls",
            "summed loss of the transforms over the last third of the steps, less that over the first",
            (-inf, 0.0), "at most 0", "{itn}/history.csv",
            "Welch's t of blocks",
        ),
        Statement(
            "C6", "", "The classification of pictures that the ITN transforms does not change",
            "largest loss of accuracy at any k, on pictures not trained on",
            (-inf, ACCURACY), f"at most {ACCURACY:g}", "{itn}/evaluation.csv", "paired flips",
        ),
        Statement(
            "C7", "a", "The ITN never zooms in strongly",
            "smallest learned zoom at any k (the part of the picture's width shown; above 1 zooms out)",
            (ZOOM_IN, inf), f"at least {ZOOM_IN:g}", "{itn}/evaluation.csv", POINT,
        ),
        Statement(
            "C7", "b", "The ITN zooms out",
            "largest learned zoom at any k",
            (ZOOM_OUT, inf), f"at least {ZOOM_OUT:g}", "{itn}/evaluation.csv", POINT,
        ),
        Statement(
            "C7", "c", "The ITN turns by no more than a few degrees",
            "largest learned rotation at any k, either way (degrees)",
            (0.0, DEGREES), f"at most {DEGREES:g}", "{itn}/evaluation.csv", POINT,
        ),
        Statement(
            "C8", "", "The ITN changes colours little",
            "largest learned colour change at any k, of evenly distributed colours (RMS grey levels)",
            (0.0, GREY_LEVELS), f"at most {GREY_LEVELS:g}", "{itn}/evaluation.csv", POINT,
        ),
        Statement(
            "R1", "", "Related work (Goodfellow et al. 2009): invariance increases with depth",
            "share of transforms under which a layer's depth and its mean invariance correlate positively "
            "(Spearman)",
            AT_LEAST_HALF, f"at least {MOST:g}", "layer_trends.csv; figures/layers/{model}", CELLS,
        ),
    )
}  # fmt: skip
