"""Tables of an Invariant Transformer Net (ITN): its training, and what it does on other pictures."""

from itertools import product

from invariances.tables.columns import (
    ACCURACY,
    ACCURACY_LIMITS,
    BASELINE_ACCURACY,
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
    meaning="the transform whose k is varied, the others at 0; `all`: all together",
    allowed=(*KINDS, "all"),
)
RETRACTION = "the retraction after the last step"


def having(kind: str) -> str:
    """For which nets a column of that kind of transform is there."""
    return f"with a {kind} transform"


def of_each(name: str, *, meaning: str, unit: str = "", low: float = 0) -> tuple[Column, ...]:
    """The same column for each kind of transform."""
    return tuple(
        Column(
            f"{kind}_{name}",
            "float",
            meaning=f"{meaning} of the {kind} transform",
            unit=unit,
            low=low,
            where=having(kind),
        )
        for kind in KINDS
    )


def entries(kind: str, name: str, rows: int, columns: int, *, meaning: str) -> tuple[Column, ...]:
    """A matrix's entries, row by row."""
    return tuple(
        Column(f"{name}_{i}{j}", "float", meaning=f"entries of {meaning}", where=having(kind))
        for i, j in product(range(rows), range(columns))
    )


def spatial(name: str, *, meaning: str, unit: str = "") -> Column:
    """A part of the spatial transform."""
    return Column(name, "float", meaning=meaning, unit=unit, where=having("spatial"))


def colour(name: str, *, meaning: str, unit: str = "", missing: str = "") -> Column:
    """A part of the colour transform."""
    return Column(
        name, "float", meaning=meaning, unit=unit, missing=missing, where=having("colour")
    )


def steering(name: str, kind: str, component: int) -> Column:
    """A component of the k that steers a transform, in [0, 1], or in [-1, 1] with sign."""
    dimensions = ("", ", of two dimensions or more", ", of three dimensions")
    return Column(
        name,
        "float",
        meaning=f"{('first', 'second', 'third')[component]} component of the {kind} transform's k",
        low=-1,
        high=1,
        where=having(kind) + dimensions[component],
    )


HISTORY = Table(
    "history",
    ("itn/{model}/history.csv", "itn_gated/{model}/history.csv"),
    row="a step of the training; the last one of a constrained training is the retraction",
    key=("step", "branch"),
    columns=(
        count("step", meaning="the step's number"),
        Column(
            "classifier_loss", "float", meaning="cross-entropy of the batch", low=0, missing=RETRACTION
        ),
        share(
            "accuracy", meaning="the share of the batch that is right, transformed", missing=RETRACTION
        ),
        Column(
            "multiplier",
            "float",
            meaning="the Lagrange multiplier on the classifier's margin",
            low=0,
            missing="the objective is gated",
        ),
        *(
            Column(
                f"{kind}_loss",
                "float",
                meaning=f"the paper's loss of the {kind} transform",
                missing=RETRACTION,
                where=having(kind),
            )
            for kind in KINDS
        ),
        Column(
            "branch",
            "text",
            meaning="which losses the step descended",
            allowed=("classifier", "transform", "both", "retraction"),
        ),
        *(
            column
            for kind in zip(
                of_each("displacement", meaning=f"{SQUARED} at k = (1, 1)"),
                of_each("reach", meaning="the factor on the coordinates"),
                strict=True,
            )
            for column in kind
        ),
        *(
            Column(
                f"{kind}_volume",
                "float",
                meaning=f"logarithm of the volume that the {kind} transform's generators span",
                where=f"{having(kind)}, the objective volume",
            )
            for kind in KINDS
        ),
    ),
    where="with `itn.enabled` in the config",
)  # fmt: skip

EVALUATION = Table(
    "evaluation",
    (
        "itn/{model}/evaluation.csv",
        "itn_gated/{model}/evaluation.csv",
        "itn_objectives/{model}/{objective}-{seed}/evaluation.csv",
    ),
    row="a value of k, on pictures that the net was not trained on",
    key=("varied", *(f"{k}_{j}" for k in STEERING.values() for j in range(3))),
    columns=(
        VARIED,
        *(
            steering(f"{k}_{j}", kind, j) for kind, k in STEERING.items() for j in range(3)
        ),
        count("pictures", meaning="pictures evaluated"),
        ACCURACY,
        *ACCURACY_LIMITS,
        BASELINE_ACCURACY,
        share("softmax", meaning="the softmax of the true class, the mean over the pictures"),
        *limits(meaning="the softmax", prefix="softmax_", bounds=(0, 1)),
        share("baseline_softmax", meaning="the same, untransformed"),
        count("lost", meaning="pictures that are right untransformed and wrong at this k", low=0),
        count("gained", meaning="pictures that are wrong untransformed and right at this k", low=0),
        *of_each("displacement", meaning=SQUARED),
        *entries("spatial", "theta", 2, 3, meaning="the paper's A_theta"),
        *entries("colour", "phi", 3, 4, meaning="the paper's A_phi"),
        *entries("convolution", "kernel", 5, 5, meaning="the kernel (3 x 3 or 5 x 5)"),
        spatial("rotation_degrees", meaning="the polar decomposition's, counter-clockwise", unit="degrees"),
        spatial("scale_x", meaning="horizontal scale; above 1 the content shrinks"),
        spatial("scale_y", meaning="vertical scale; above 1 the content shrinks"),
        spatial("shear", meaning="the symmetric stretch's other entry"),
        spatial("translation_x_fraction", meaning="the centre's shift to the right", unit="of the width"),
        spatial("translation_y_fraction", meaning="the centre's shift downwards", unit="of the height"),
        spatial("zoom", meaning="the scale of a square of equal area; negative if it mirrors"),
        colour("brightness_fraction", meaning="the channels' mean shift", unit="of full scale"),
        colour("gain", meaning="what a grey is multiplied by"),
        colour(
            "saturation",
            meaning="the factor on the distance from grey, beside the gain",
            missing="the transform makes all grey",
        ),
        colour("hue_degrees", meaning="turn about the grey axis, from red towards green", unit="degrees"),
        colour("colour_residual_fraction", meaning="the part of the matrix's change that these four leave"),
    ),
    where="with `itn.enabled` in the config",
)  # fmt: skip

K = tuple(
    Column(
        f"k_{j}",
        "float",
        meaning=f"{part} component of its k",
        low=-1,
        high=1,
        where=("", "with k of two dimensions or more", "with k of three dimensions")[j],
    )
    for j, part in enumerate(("first", "second", "third"))
)
STILL = "the transform stays at the identity: there is no path"
TIGHTNESS = Table(
    "tightness",
    ("itn/{model}/tightness.csv", "itn_gated/{model}/tightness.csv"),
    row="a learned transform, followed along its powers A^alpha",
    key=("varied", "k_0", "k_1", "k_2"),
    columns=(
        VARIED,
        *K,
        Column(
            "tightness",
            "float",
            meaning="the alpha at which accuracy first falls by more than is allowed; 1 is the edge of the "
            "invariance",
            low=0,
            missing=STILL,
        ),
        *limits(meaning="the tightness", bounds=(0, float("inf")), missing=STILL),
        Column(
            "censored",
            "bool",
            meaning="no edge up to the largest alpha, which the tightness then is",
        ),
        share(
            "accuracy_at_one", meaning="accuracy at alpha 1", missing="alpha 1 was not looked at"
        ),
        Column("displacement_at_one", "float", meaning=f"{SQUARED} at alpha 1", low=0),
        Column("displacement_at_edge", "float", meaning=f"{SQUARED} at the tightness", low=0),
        count("pictures", meaning="pictures evaluated"),
    ),
    where="with `itn.enabled` in the config",
)

NO_THRESHOLD = (
    "no transform of the screening is close and k is no direction's end, or none is on that side"
)
COMPARISON = Table(
    "comparison",
    ("itn/{model}/comparison.csv",),
    row="a learned transform beside a class's threshold",
    key=("varied", "k_0", "k_1", "k_2", "class", "direction"),
    columns=(
        VARIED,
        *K,
        ACCURACY,
        BASELINE_ACCURACY,
        Column(
            "transform", "text", meaning="the screening's transform nearest to the learned matrix"
        ),
        magnitude("magnitude", meaning="its magnitude that explains the most"),
        Column(
            "explained_fraction",
            "float",
            meaning="the part of the matrix's displacement that it accounts for",
            high=1,
        ),
        Column("close", "bool", meaning="whether `explained_fraction` is at least a half"),
        Column("class", "text", meaning="a class of the screening", missing=NO_THRESHOLD),
        Column(
            "direction",
            "text",
            meaning="the side to which the learned magnitude lies",
            allowed=("up", "down"),
            missing=NO_THRESHOLD,
        ),
        magnitude(
            "threshold", meaning="the class's threshold in that direction", missing=NO_THRESHOLD
        ),
        *limits(meaning="the threshold", unit=MAGNITUDE, missing=NO_THRESHOLD),
        Column(CENSORED.name, "bool", meaning=CENSORED.meaning, missing=NO_THRESHOLD),
        Column(
            "reached_fraction",
            "float",
            meaning="how far the net goes from the identity to the threshold, in logarithms where "
            "magnitudes multiply",
            missing="no threshold, or one at the identity",
        ),
    ),
    where="with `itn.enabled` in the config",
)

OBJECTIVES = Table(
    "objectives",
    ("itn_objectives.csv",),
    row="a net trained with one objective and one seed",
    key=("model", "objective", "seed"),
    columns=(
        MODEL,
        Column(
            "objective",
            "text",
            meaning="the objective of its training",
            allowed=("gated", "constrained", "volume"),
        ),
        Column("seed", "int", meaning="the seed of its training"),
        count("pictures", meaning="pictures evaluated"),
        BASELINE_ACCURACY,
        share("worst_accuracy", meaning="the least accuracy at any k"),
        share("mean_accuracy", meaning="the mean over all k"),
        Column("worst_loss", "float", meaning="the most accuracy lost at any k", low=-1, high=1),
        share(
            "worst_flipped",
            meaning="of the pictures that are right untransformed, the share that is wrong at the worst k",
        ),
        *of_each("displacement", meaning=f"{SQUARED} at k = (1, 1)"),
        *of_each(
            "log_volume", meaning="logarithm of the volume of the directions", low=-float("inf")
        ),
    ),
    where="on request",
)
