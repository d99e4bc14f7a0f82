"""Tables of an Invariant Transformer Net (ITN): its training, and what it does on other pictures."""

from itertools import product

from invariances.tables.columns import (
    ACCURACY,
    ACCURACY_LIMITS,
    BASELINE,
    CENSORED,
    MAGNITUDE,
    MODEL,
    count,
    limits,
    magnitude,
    share,
)
from invariances.tables.declaration import Column, Table

KINDS = ("spatial", "colour", "convolution")
STEERING = {"spatial": "k1", "colour": "k2", "convolution": "k3"}
SQUARED = "mean ||Ax - x||^2"
VARIED = Column(
    "varied",
    "text",
    "the transform whose k is varied, the others at 0; `all`: all together",
    allowed=(*KINDS, "all"),
)
RETRACTION = "the retraction after the last step"


def having(kind: str) -> str:
    """For which nets a column of that kind of transform is there."""
    return f"with a {kind} transform"


def of_each(name: str, meaning: str, unit: str = "", *, low: float = 0) -> tuple[Column, ...]:
    """The same column for each kind of transform."""
    return tuple(
        Column(
            f"{kind}_{name}",
            "float",
            f"{meaning} of the {kind} transform",
            unit,
            low=low,
            where=having(kind),
        )
        for kind in KINDS
    )


def entries(kind: str, name: str, rows: int, columns: int, matrix: str) -> tuple[Column, ...]:
    """A matrix's entries, row by row."""
    return tuple(
        Column(f"{name}_{i}{j}", "float", f"entries of {matrix}", where=having(kind))
        for i, j in product(range(rows), range(columns))
    )


def spatial(name: str, meaning: str, unit: str = "") -> Column:
    """A part of the spatial transform."""
    return Column(name, "float", meaning, unit, where=having("spatial"))


def colour(name: str, meaning: str, unit: str = "", missing: str = "") -> Column:
    """A part of the colour transform."""
    return Column(name, "float", meaning, unit, missing=missing, where=having("colour"))


HISTORY = Table(
    "history",
    ("itn/{model}/history.csv",),
    "a step of the training; the last one of a constrained training is the retraction",
    ("step", "branch"),
    (
        count("step", "the step's number"),
        Column(
            "classifier_loss", "float", "cross-entropy of the batch", low=0, missing=RETRACTION
        ),
        share(
            "accuracy", "the share of the batch that is right, transformed", missing=RETRACTION
        ),
        Column(
            "multiplier",
            "float",
            "the Lagrange multiplier on the classifier's margin",
            low=0,
            missing="the objective is gated",
        ),
        *(
            Column(
                f"{kind}_loss",
                "float",
                f"the paper's loss of the {kind} transform",
                missing=RETRACTION,
                where=having(kind),
            )
            for kind in KINDS
        ),
        Column(
            "branch",
            "text",
            "which losses the step descended",
            allowed=("classifier", "transform", "both", "retraction"),
        ),
        *(
            column
            for kind in zip(
                of_each("displacement", f"{SQUARED} at k = (1, 1)"),
                of_each("reach", "the factor on the fully connected layers"),
                strict=True,
            )
            for column in kind
        ),
    ),
    where="with `itn.enabled` in the config",
)  # fmt: skip

EVALUATION = Table(
    "evaluation",
    ("itn/{model}/evaluation.csv", "itn_objectives/{model}/{objective}-{seed}/evaluation.csv"),
    "a value of k, on pictures that the net was not trained on",
    ("varied", "k1_0", "k1_1", "k2_0", "k2_1", "k3_0", "k3_1"),
    (
        VARIED,
        *(
            share(f"{k}_{j}", f"{part} component of the {kind} transform's k", where=having(kind))
            for kind, k in STEERING.items()
            for j, part in enumerate(("first", "second"))
        ),
        count("pictures", "pictures evaluated"),
        ACCURACY,
        *ACCURACY_LIMITS,
        BASELINE,
        share("softmax", "the softmax of the true class, the mean over the pictures"),
        *limits("the softmax", "softmax_", bounds=(0, 1)),
        share("baseline_softmax", "the same, untransformed"),
        *of_each("displacement", SQUARED),
        *entries("spatial", "theta", 2, 3, "the paper's A_theta"),
        *entries("colour", "phi", 3, 4, "the paper's A_phi"),
        *entries("convolution", "kernel", 5, 5, "the kernel (3 x 3 or 5 x 5)"),
        spatial("rotation_degrees", "of the polar decomposition, counter-clockwise", "degrees"),
        spatial("scale_x", "horizontal scale; above 1 the content shrinks"),
        spatial("scale_y", "vertical scale; above 1 the content shrinks"),
        spatial("shear", "the symmetric stretch's other entry"),
        spatial("translation_x_fraction", "the centre's shift to the right", "of the width"),
        spatial("translation_y_fraction", "the centre's shift downwards", "of the height"),
        spatial("zoom", "the scale of a square of equal area; negative if it mirrors"),
        colour("brightness_fraction", "the channels' mean shift", "of full scale"),
        colour("gain", "what a grey is multiplied by"),
        colour(
            "saturation",
            "the factor on the distance from grey, beside the gain",
            missing="the transform makes all grey",
        ),
        colour("hue_degrees", "the turn about the grey axis, from red towards green", "degrees"),
        colour("colour_residual_fraction", "the part of the matrix's change that these four leave"),
    ),
    where="with `itn.enabled` in the config",
)  # fmt: skip

K = (share("k_0", "first component of its k"), share("k_1", "second component of its k"))
STILL = "the transform stays at the identity: there is no path"
TIGHTNESS = Table(
    "tightness",
    ("itn/{model}/tightness.csv",),
    "a learned transform, followed along its powers A^alpha",
    ("varied", "k_0", "k_1"),
    (
        VARIED,
        *K,
        Column(
            "tightness",
            "float",
            "the alpha at which accuracy first falls by more than is allowed; 1 is the edge of the "
            "invariance",
            low=0,
            missing=STILL,
        ),
        *limits("the tightness", bounds=(0, float("inf")), missing=STILL),
        Column("censored", "bool", "no edge up to the largest alpha, which the tightness then is"),
        share("accuracy_at_one", "accuracy at alpha 1", missing="alpha 1 was not looked at"),
        Column("displacement_at_one", "float", f"{SQUARED} at alpha 1", low=0),
        Column("displacement_at_edge", "float", f"{SQUARED} at the tightness", low=0),
        count("pictures", "pictures evaluated"),
    ),
    where="with `itn.enabled` in the config",
)

NO_THRESHOLD = "no transform of the screening is close, or none on that side"
COMPARISON = Table(
    "comparison",
    ("itn/{model}/comparison.csv",),
    "a learned transform beside a class's threshold",
    ("varied", "k_0", "k_1", "class", "direction"),
    (
        VARIED,
        *K,
        ACCURACY,
        BASELINE,
        Column("transform", "text", "the screening's transform nearest to the learned matrix"),
        magnitude("magnitude", "its magnitude that explains the most"),
        Column(
            "explained_fraction",
            "float",
            "the part of the matrix's displacement that it accounts for",
            high=1,
        ),
        Column("close", "bool", "whether `explained_fraction` is at least a half"),
        Column("class", "text", "a class of the screening", missing=NO_THRESHOLD),
        Column(
            "direction",
            "text",
            "the side to which the learned magnitude lies",
            allowed=("up", "down"),
            missing=NO_THRESHOLD,
        ),
        magnitude("threshold", "the class's threshold in that direction", missing=NO_THRESHOLD),
        *limits("the threshold", unit=MAGNITUDE, missing=NO_THRESHOLD),
        Column(CENSORED.name, "bool", CENSORED.meaning, missing=NO_THRESHOLD),
        Column(
            "reached_fraction",
            "float",
            "how far the net goes from the identity to the threshold, in logarithms where "
            "magnitudes multiply",
            missing="no threshold, or one at the identity",
        ),
    ),
    where="with `itn.enabled` in the config",
)

OBJECTIVES = Table(
    "objectives",
    ("itn_objectives.csv",),
    "a net trained with one objective and one seed",
    ("model", "objective", "seed"),
    (
        MODEL,
        Column(
            "objective", "text", "the objective of its training", allowed=("gated", "constrained")
        ),
        Column("seed", "int", "the seed of its training"),
        count("pictures", "pictures evaluated"),
        BASELINE,
        share("worst_accuracy", "the least accuracy at any k"),
        share("mean_accuracy", "the mean over all k"),
        Column("worst_loss", "float", "the most accuracy lost at any k", low=-1, high=1),
        *of_each("displacement", f"{SQUARED} at k = (1, 1)"),
    ),
    where="on request",
)
