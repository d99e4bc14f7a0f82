"""Tables that hold networks, paddings and the paper's statements against each other."""

from dataclasses import replace

from invariances.tables.columns import (
    CENSORED,
    CLASS,
    DIRECTION,
    FIRST,
    IMAGES,
    LEVEL,
    MAGNITUDE,
    MODEL,
    SECOND,
    TRANSFORM,
    count,
    limits,
    magnitude,
    share,
)
from invariances.tables.declaration import Column, Table
from invariances.tables.screened import SWITCH_INTERVAL

AXIS = "the transform's unit, or octaves where magnitudes multiply"
VERDICTS = ("supported", "not supported", "cannot be told from this run", "not asked")

NO_DIFFERENCE = "every picture is censored for both networks"
DIFFERENCES = Table(
    "differences",
    ("differences.csv",),
    row="two networks on one class in one direction",
    key=("first", "second", "transform", "class", "direction"),
    columns=(
        FIRST,
        SECOND,
        TRANSFORM,
        CLASS,
        DIRECTION,
        Column(
            "difference",
            "float",
            meaning="the first network's distance of a picture's threshold from the identity less the "
            "second's, the mean over the pictures that both recognise untransformed",
            unit=AXIS,
            missing=NO_DIFFERENCE,
        ),
        *limits(
            meaning="the difference, infinite of a single picture", unit=AXIS, infinite=True,
            missing=NO_DIFFERENCE,
        ),
        share("p_value", meaning="the p-value of the sign-flip test", missing=NO_DIFFERENCE),
        share("p_holm", meaning="the same, corrected by Holm over all rows", missing=NO_DIFFERENCE),
        count("images", meaning="pictures that both networks recognise untransformed"),
        count("limited", meaning="pictures censored for either network, compared within the range", low=0),
        share(
            "p_adjusted", missing=NO_DIFFERENCE,
            meaning="corrected over all rows by Westfall and Young's maximum: the one to read",
        ),
        share(
            "p_least", missing=NO_DIFFERENCE,
            meaning="the least `p_adjusted` that this row's pictures could have given",
        ),
        Column(
            "interval", "text", meaning="how the interval is found",
            allowed=("Bayesian bootstrap", "open"), missing=NO_DIFFERENCE,
        ),
    ),
    where="for two networks or more",
)  # fmt: skip

MIXED_DIFFERENCES = Table(
    "mixed_differences",
    ("mixed_differences.csv",),
    row="two networks on the pictures of all classes together, in one direction",
    key=tuple(name for name in DIFFERENCES.key if name != "class"),
    columns=tuple(column for column in DIFFERENCES.columns if column.name != "class"),
    where=DIFFERENCES.where,
)

SPREAD_UNSEEN = "every training is censored on every picture"
TRAININGS = Table(
    "trainings",
    ("trainings.csv",),
    row="a network that was trained several times, on one class in one direction",
    key=("model", "transform", "class", "direction"),
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        DIRECTION,
        Column(
            "distance", "float", low=0, unit=AXIS,
            meaning="distance of pictures' own thresholds from the identity, the mean over trainings and "
            "over the pictures that all trainings recognise untransformed",
        ),
        Column(
            "spread", "float", low=0, unit=AXIS, missing=SPREAD_UNSEEN,
            meaning="standard deviation between trainings of their means over these pictures",
        ),
        count("trainings", meaning="networks trained, each by a seed of its own", low=2),
        count("images", meaning="pictures that all trainings recognise untransformed"),
    ),
    where="for networks with `training.seeds` of two or more",
)  # fmt: skip

TRAINING_DIFFERENCES = Table(
    "training_differences",
    ("training_differences.csv",),
    row="two networks, each trained several times, on one class in one direction",
    key=("first", "second", "transform", "class", "direction"),
    columns=(
        FIRST,
        SECOND,
        TRANSFORM,
        CLASS,
        DIRECTION,
        Column(
            "difference", "float", unit=AXIS, missing=SPREAD_UNSEEN,
            meaning="the first network's distance of a picture's threshold from the identity less the "
            "second's, the mean over trainings and over the pictures that all of them recognise "
            "untransformed",
        ),
        *limits(
            meaning="the difference, over other pictures and other trainings, infinite of a single picture",
            unit=AXIS, infinite=True, missing=SPREAD_UNSEEN,
        ),
        share("p_value", meaning="the p-value of the t test", missing=SPREAD_UNSEEN),
        share("p_holm", meaning="the same, corrected by Holm over all rows", missing=SPREAD_UNSEEN),
        Column(
            "from_trainings", "float", low=0, unit=AXIS, missing=SPREAD_UNSEEN,
            meaning="standard error of the difference that the choice of trainings has",
        ),
        Column(
            "from_pictures", "float", low=0, unit=AXIS,
            missing=f"{SPREAD_UNSEEN}, or there is a single picture",
            meaning="standard error of the difference that the choice of pictures has",
        ),
        count("trainings_first", meaning="trainings of the first network", low=2),
        count("trainings_second", meaning="trainings of the second network", low=2),
        count("images", meaning="pictures that all trainings recognise untransformed"),
        Column(
            "interval", "text", meaning="how the interval is found",
            allowed=("pictures and trainings", "open"), missing=SPREAD_UNSEEN,
        ),
    ),
    where="for two networks or more with `training.seeds` of two or more",
)  # fmt: skip

TIED = "all cells of a network tie"
CORRELATIONS = Table(
    "correlations",
    ("correlations.csv",),
    row="two networks over the classes of one transform, or of `all`",
    key=("first", "second", "transform", "statistic"),
    columns=(
        FIRST,
        SECOND,
        replace(TRANSFORM, meaning="the transform, or `all` of them"),
        Column(
            "statistic",
            "text",
            meaning="how thresholds are ranked",
            allowed=("over all cells", "within transforms"),
        ),
        Column(
            "correlation",
            "float",
            meaning="Spearman's, of the classes' thresholds",
            low=-1,
            high=1,
            missing=TIED,
        ),
        *limits(meaning="the correlation", bounds=(-1, 1), missing=TIED),
        count("cells", meaning="classes and directions compared", low=0),
        count("classes", meaning="classes among them", low=0),
        count("censored", meaning="cells that are censored for either network", low=0),
        count("informative_cells", meaning="cells that are not censored for both networks", low=0),
        count(
            "unrecognised",
            low=0,
            meaning="cells left out, as the class does not lead untransformed for one of the networks",
        ),
        Column(
            "interval",
            "text",
            meaning="how the interval is found",
            allowed=("bootstrap over classes", "open"),
            missing=TIED,
        ),
    ),
    where="for two networks or more",
)

PADDING = Column(
    "padding", "text", meaning="what lies outside the picture, or `crop` for real crops"
)
BORDERS = Table(
    "borders",
    ("borders.csv",),
    row="a class in one direction from the identity, under one padding",
    key=("model", "transform", "class", "direction", "padding"),
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        DIRECTION,
        PADDING,
        magnitude("threshold", meaning="under this padding"),
        *limits(meaning="the threshold", unit=MAGNITUDE),
        CENSORED,
        SWITCH_INTERVAL,
        IMAGES,
        Column("own_padding", "text", meaning="the run's own padding"),
        magnitude("own_threshold", meaning="the threshold under it"),
        *limits(meaning="`own_threshold`", prefix="own_", unit=MAGNITUDE),
        replace(CENSORED, name="own_censored"),
        magnitude("change", meaning="`threshold` less `own_threshold`, within the range that both have"),
        Column("change_is_bound", "bool", meaning="one of both is censored: the change is a bound"),
        Column("intervals_disjoint", "bool", meaning=f"the two {LEVEL}s do not meet"),
    ),
    where="with `borders` in the config",
)  # fmt: skip

RESAMPLING = Column(
    "resampling",
    "text",
    meaning="how values between pixels are found",
    allowed=("bilinear", "antialiased", "bicubic"),
)


def resampled(table: Table, name: str) -> Table:
    """The same of resamplings, where a table is of paddings."""

    def said(text: str) -> str:
        return text.replace("padding", "resampling")

    return replace(
        table,
        name=name,
        paths=(f"{name}.csv",),
        row=said(table.row),
        key=tuple(map(said, table.key)),
        columns=tuple(
            RESAMPLING
            if column == PADDING
            else replace(column, name=said(column.name), meaning=said(column.meaning))
            for column in table.columns
        ),
        where="with `resamplings` in the config",
    )


RESAMPLINGS = resampled(BORDERS, "resamplings")

NOT_HELD = "the run does not hold what the statement needs"
PART = Column(
    "part", "text", meaning="the part of the statement", missing="the statement has one part"
)
VALUE = Column("value", "float", meaning="the statistic's value", missing=NOT_HELD)
VERDICT = Column("verdict", "text", meaning="the verdict on this part", allowed=VERDICTS)
STATEMENT = (
    Column("claim", "text", meaning="the paper's statement, `C1` to `C8`; `R1` of related work"),
    PART,
    replace(MODEL, meaning="the network; for C4 two, as `one+two`"),
    Column("statement", "text", meaning="in words"),
)
CLAIMS = Table(
    "claims",
    ("claims.csv",),
    row="a part of a statement, for one network (C4: two)",
    key=("claim", "part", "model"),
    columns=(
        *STATEMENT,
        Column("statistic", "text", meaning="what is computed for it"),
        VALUE,
        *limits(meaning="the value", missing=NOT_HELD),
        Column("claimed_low", "float", meaning="the least value that supports it", infinite=True),
        Column(
            "claimed_high", "float", meaning="the largest value that supports it", infinite=True
        ),
        Column("rule", "text", meaning="the same in words"),
        VERDICT,
        Column(
            "claim_verdict", "text", meaning="the verdict on all parts together", allowed=VERDICTS
        ),
        Column("evidence", "text", meaning="the tables and figures that show it"),
        Column("interval", "text", meaning="how the interval is found", missing=NOT_HELD),
        Column(
            "pictures_needed",
            "float",
            low=6,
            meaning="pictures of each class (C6: in all) at which it is decided with probability "
            "0.8, planned from this run's tests or interval (docs/claims.md)",
            missing=f"{NOT_HELD}, its interval is none of pictures, or no number decides it",
        ),
    ),
)

BORDER_CLAIMS = Table(
    "border_claims",
    ("border_claims.csv",),
    row="a part of a statement under another padding",
    key=("claim", "part", "model", "padding"),
    columns=(
        *STATEMENT,
        PADDING,
        VALUE,
        *limits(meaning="the value", missing=NOT_HELD),
        VERDICT,
        replace(VALUE, name="own_value", meaning="its value under the run's own padding"),
        replace(VERDICT, name="own_verdict", meaning="the verdict under the run's own padding"),
        Column("same_verdict", "bool", meaning="both verdicts are the same"),
    ),
    where="with `borders` in the config",
)

RESAMPLING_CLAIMS = resampled(BORDER_CLAIMS, "resampling_claims")
