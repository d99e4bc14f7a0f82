"""Tables of a network's layers: how invariant and how equivariant each is."""

from dataclasses import replace
from math import inf

from invariances.tables.columns import (
    ACCURACY,
    IMAGES,
    MODEL,
    TRANSFORM,
    count,
    limits,
    magnitude,
    share,
)
from invariances.tables.declaration import Column, Table

NO_MAP = "the layer has no map of two units a side or more, or the transform moves nothing"
NOTHING_SHOWN = f"{NO_MAP}, or no unit is shown in both"
ALIKE = "all pictures are alike to the layer"
FEW = "there are fewer than eight pictures"
NO_DERIVATIVE = "the transform moves nothing, or its axis is ordinal"
WHERE = "with `layers` in the config, or asked for"
WEIGHTS = Column(
    "weights",
    "text",
    meaning="the network's own, or drawn at random: the baseline",
    allowed=("trained", "random"),
)
HEAD = (
    MODEL,
    WEIGHTS,
    TRANSFORM,
    Column("layer", "text", meaning="the module within the network whose output is measured"),
    count("depth", meaning="its place among the layers measured, in the order of a pass"),
    Column(
        "nonlinearity", "text", allowed=("after", "before"),
        meaning="whether the output stands after an activation or before the next",
    ),
    Column("shape", "text", meaning="of the output for one picture, as `64x16x16`"),
)  # fmt: skip


def stated(
    name: str,
    *,
    meaning: str,
    missing: str,
    unit: str = "",
    bounds: tuple[float, float] = (-inf, 1),
) -> tuple[Column, ...]:
    """A number and its interval, by default a likeness: 1 at most."""
    low, high = bounds
    value = Column(name, "float", meaning=meaning, unit=unit, missing=missing, low=low, high=high)
    ends = limits(meaning=f"`{name}`", prefix=f"{name}_", unit=unit, missing=f"{missing}; or {FEW}")
    return value, *ends


def similar(name: str, distance: str) -> tuple[Column, ...]:
    """Invariance or equivariance by a distance."""
    if name.startswith("invariance"):
        meaning = (
            f"1 less the mean {distance} distance of the layer's outputs for the transformed pictures and "
            "for the pictures themselves, by that for two pictures: 1 the same, 0 as different as strangers"
        )
        return stated(name, meaning=meaning, missing=ALIKE)
    meaning = (
        f"1 less the mean {distance} distance of the layer's map for the transformed pictures and of its "
        "map for the pictures moved alike, by that of another picture's map moved alike; over units shown"
    )
    return stated(name, meaning=meaning, missing=f"{NOTHING_SHOWN}, or {ALIKE}")


LAYERS = Table(
    "layers",
    ("layers.parquet", "layers/{model}/{transform}.parquet"),
    row="a layer of a network at a magnitude",
    key=("model", "weights", "transform", "layer", "magnitude"),
    columns=(
        *HEAD,
        magnitude("magnitude", meaning="how strongly pictures are transformed"),
        replace(IMAGES, meaning="screened pictures, of all classes"),
        replace(ACCURACY, meaning="the share of pictures that the network, of these weights, recognises"),
        share(
            "spread", missing="the layer puts out nothing but zeros",
            meaning="how much of its output differs between the transformed pictures: their standard "
            "deviation by the root mean square, over units; 0 where the layer has collapsed",
        ),
        *similar("invariance", "Euclidean"),
        *similar("invariance_cosine", "cosine"),
        *similar("equivariance", "Euclidean"),
        *similar("equivariance_cosine", "cosine"),
        share("shown", missing=NO_MAP, meaning="the share of the map's units that are shown in both"),
    ),
    where=WHERE,
)  # fmt: skip

LAYER_SCORES = Table(
    "layer_scores",
    ("layer_scores.csv", "layers/{model}/{transform}.scores.csv"),
    row="a layer of a network under a transform",
    key=("model", "weights", "transform", "layer"),
    columns=(
        *HEAD,
        replace(IMAGES, meaning="screened pictures, of all classes"),
        *stated(
            "mean_invariance", missing=ALIKE,
            meaning="`invariance`, its mean over the grid's magnitudes other than the identity",
        ),
        *stated(
            "mean_equivariance", missing=f"{NOTHING_SHOWN}, or {ALIKE}",
            meaning="`equivariance`, its mean over those at which units are shown",
        ),
        *stated(
            "local_change", bounds=(0, inf), missing=f"{NO_DERIVATIVE}, or {ALIKE}",
            unit="1 / the transform's unit, or 1 / octave where magnitudes multiply",
            meaning="how fast the output changes at the identity: the size of its derivative by the "
            "distance of two pictures' outputs",
        ),
        *stated(
            "local_equivariance", missing=f"{NO_DERIVATIVE}, {NOTHING_SHOWN}",
            meaning="1 less the size of the Lie derivative by that of the derivative, at the identity: "
            "1 where the map moves with the picture, 0 where the map's own movement tells nothing",
        ),
        count("units", meaning="units looked at one by one"),
        Column(
            "deviation_ratio", "float", low=0, missing=ALIKE,
            meaning="a unit's standard deviation over magnitudes by that over pictures, median of units",
        ),
        Column(
            "goodfellow", "float", low=0, missing="no unit ever fires",
            meaning="how often a unit goes on firing under the transform, by how often it fires at all, "
            "the mean of the fifth of units with the highest",
        ),
        share("firing", meaning="the share of untransformed pictures at which a unit fires, mean of units"),
        Column(
            "first_px", "float", unit="pixels", missing=NO_MAP,
            meaning="where the first unit's receptive field has its centre, from the first pixel's",
        ),
        Column(
            "step_px", "float", unit="pixels", low=0, missing=NO_MAP,
            meaning="how far the centres of neighbouring units are apart",
        ),
    ),
    where=WHERE,
)  # fmt: skip

LAYER_TRENDS = Table(
    "layer_trends",
    ("layer_trends.csv", "layers/{model}/{transform}.trends.csv"),
    row="a network under a transform",
    key=("model", "weights", "transform"),
    columns=(
        MODEL,
        WEIGHTS,
        TRANSFORM,
        replace(IMAGES, meaning="screened pictures, of all classes"),
        count("layers", meaning="layers measured"),
        Column(
            "correlation", "float", low=-1, high=1, missing=f"there are fewer than four layers, or {ALIKE}",
            meaning="Spearman's, of a layer's depth and its `mean_invariance`",
        ),
        *limits(
            meaning="the correlation, over pictures", bounds=(-1, 1),
            missing=f"there are fewer than four layers, or {ALIKE}; or {FEW}",
        ),
        Column(
            "verdict", "text",
            meaning="on the statement that invariance increases with depth (Goodfellow et al. 2009): "
            "whether the whole interval is above 0, or none of it",
            allowed=("supported", "not supported", "cannot be told from this run"),
        ),
    ),
    where=WHERE,
)  # fmt: skip
