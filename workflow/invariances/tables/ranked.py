"""Tables of many networks: their ranks, and how large they are."""

from dataclasses import replace

from invariances.tables.columns import (
    BASELINE_ACCURACY,
    DIRECTION,
    MAGNITUDE,
    MODEL,
    TRANSFORM,
    count,
    limits,
    magnitude,
)
from invariances.tables.compared import AXIS
from invariances.tables.declaration import Column, Table
from invariances.tables.screened import HALF_ACCURACY, MEDIAN_INTERVAL

SUMMARY = "the row is of `(all)` transforms"
TOGETHER = "of all networks at once"

RANKING = Table(
    "ranking",
    ("ranking.csv",),
    row="a network in one direction from the identity, or over `(all)` transforms",
    key=("model", "transform", "direction"),
    columns=(
        MODEL,
        replace(TRANSFORM, meaning="the transform, or `(all)` of them"),
        replace(
            DIRECTION,
            meaning=f"{DIRECTION.meaning}; `both` of `(all)` transforms",
            allowed=(*DIRECTION.allowed, "both"),
        ),
        Column(
            "series", "text", meaning="the series that it belongs to", missing="it belongs to none"
        ),
        Column("at", "float", meaning="where in the series it stands", missing="it is in none"),
        count("images", meaning="screened pictures, the same of all networks"),
        BASELINE_ACCURACY,
        Column(
            "distance", "float", low=0, unit=f"{AXIS}; of `(all)` the share of the range",
            meaning="how far from the identity a picture keeps its prediction, the mean over all pictures: "
            "0 of one that is wrong untransformed, the range's end of one that never flips; of `(all)` the "
            "mean over transforms and directions",
        ),
        count("rank", meaning="1 and the number of networks of a larger `distance`"),
        count("rank_low", meaning=f"the best rank that it may have: {TOGETHER}, with 95 % certainty"),
        count("rank_high", meaning="the worst one, likewise"),
        magnitude(
            "median_threshold", missing=SUMMARY,
            meaning="the median of the pictures' own thresholds, of those recognised untransformed",
        ),
        *(
            replace(column, meaning=f"{column.meaning}, {TOGETHER}")
            for column in limits(
                meaning="`median_threshold`", prefix="median_", unit=MAGNITUDE, missing=SUMMARY
            )
        ),
        Column(
            "median_censored", "bool", missing=SUMMARY,
            meaning="half of the pictures do not flip: the median is a bound",
        ),
        replace(MEDIAN_INTERVAL, name="median_interval", missing=SUMMARY),
        *(replace(column, missing=SUMMARY) for column in HALF_ACCURACY),
    ),
    where="for three networks or more",
)  # fmt: skip

NETWORKS = Table(
    "networks",
    ("networks.csv",),
    row="a network",
    key=("model",),
    columns=(
        MODEL,
        count("parameters", low=0, meaning="numbers that training sets, each once where layers share it"),
        Column(
            "multiply_adds", "float", low=0, unit="billions",
            meaning="multiplications with additions of one picture's forward pass, of matrix products and "
            "convolutions",
            missing="they cannot be counted, or are fewer than 50,000",
        ),
    ),
    where="for three networks or more",
)  # fmt: skip
