"""Tables that hold networks, paddings and the paper's statements against each other."""

from dataclasses import replace

from invariances.tables.columns import (
    CENSORED,
    CLASS,
    DIRECTION,
    FIRST,
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

AXIS = "the transform's unit, or octaves where magnitudes multiply"
VERDICTS = ("supported", "not supported", "cannot be told from this run")

DIFFERENCES = Table(
    "differences",
    ("differences.csv",),
    "two networks on one class in one direction",
    ("first", "second", "transform", "class", "direction"),
    (
        FIRST,
        SECOND,
        TRANSFORM,
        CLASS,
        DIRECTION,
        Column(
            "difference",
            "float",
            "the first network's distance of a picture's threshold from the identity less the "
            "second's, the mean over the pictures that both recognise untransformed",
            unit=AXIS,
        ),
        *limits("the difference, infinite of a single picture", unit=AXIS, infinite=True),
        share("p_value", "the p-value of the sign-flip test"),
        share("p_holm", "the same, corrected by Holm over all rows"),
        count("images", "pictures that both networks recognise untransformed"),
        count("limited", "pictures censored for either network, compared within the range", low=0),
    ),
    where="for two networks or more",
)  # fmt: skip

TIED = "all cells of a network tie"
CORRELATIONS = Table(
    "correlations",
    ("correlations.csv",),
    "two networks over the classes of one transform, or of `all`",
    ("first", "second", "transform", "statistic"),
    (
        FIRST,
        SECOND,
        replace(TRANSFORM, meaning="the transform, or `all` of them"),
        Column(
            "statistic",
            "text",
            "how thresholds are ranked",
            allowed=("over all cells", "within transforms"),
        ),
        Column(
            "correlation",
            "float",
            "Spearman's, of the classes' thresholds",
            low=-1,
            high=1,
            missing=TIED,
        ),
        *limits("the correlation", bounds=(-1, 1), missing=TIED),
        count("cells", "classes and directions compared", low=0),
        count("classes", "classes among them", low=0),
        count("censored", "cells that are censored for either network", low=0),
    ),
    where="for two networks or more",
)

PADDING = Column("padding", "text", "what lies outside the picture, or `crop` for real crops")
BORDERS = Table(
    "borders",
    ("borders.csv",),
    "a class in one direction from the identity, under one padding",
    ("model", "transform", "class", "direction", "padding"),
    (
        MODEL,
        TRANSFORM,
        CLASS,
        DIRECTION,
        PADDING,
        magnitude("threshold", "under this padding"),
        *limits("the threshold", unit=MAGNITUDE),
        CENSORED,
        Column("own_padding", "text", "the run's own padding"),
        magnitude("own_threshold", "the threshold under it"),
        *limits("`own_threshold`", "own_", MAGNITUDE),
        replace(CENSORED, name="own_censored"),
        magnitude("change", "`threshold` less `own_threshold`, within the range that both have"),
        Column("change_is_bound", "bool", "one of both is censored: the change is at least this large"),
        Column("intervals_disjoint", "bool", f"the two {LEVEL}s do not meet"),
    ),
    where="with `borders` in the config",
)  # fmt: skip

NOT_HELD = "the run does not hold what the statement needs"
PART = Column("part", "text", "the part of the statement", missing="the statement has one part")
VALUE = Column("value", "float", "the statistic's value", missing=NOT_HELD)
VERDICT = Column("verdict", "text", "the verdict on this part", allowed=VERDICTS)
STATEMENT = (
    Column("claim", "text", "the paper's statement, `C1` to `C8`"),
    PART,
    replace(MODEL, meaning="the network; for C4 two, as `one+two`"),
    Column("statement", "text", "in words"),
)
CLAIMS = Table(
    "claims",
    ("claims.csv",),
    "a part of a statement, for one network (C4: two)",
    ("claim", "part", "model"),
    (
        *STATEMENT,
        Column("statistic", "text", "what is computed for it"),
        VALUE,
        *limits("the value", missing=NOT_HELD),
        Column("claimed_low", "float", "the least value that supports it", infinite=True),
        Column("claimed_high", "float", "the largest value that supports it", infinite=True),
        Column("rule", "text", "the same in words"),
        VERDICT,
        Column("claim_verdict", "text", "the verdict on all parts together", allowed=VERDICTS),
        Column("evidence", "text", "the tables and figures that show it"),
    ),
)

BORDER_CLAIMS = Table(
    "border_claims",
    ("border_claims.csv",),
    "a part of a statement under another padding",
    ("claim", "part", "model", "padding"),
    (
        *STATEMENT,
        PADDING,
        VALUE,
        *limits("the value", missing=NOT_HELD),
        VERDICT,
        replace(VALUE, name="own_value", meaning="its value under the run's own padding"),
        replace(VERDICT, name="own_verdict", meaning="the verdict under the run's own padding"),
        Column("same_verdict", "bool", "both verdicts are the same"),
    ),
    where="with `borders` in the config",
)
