"""Tables of transforms combined: each picture's worst case, and what it costs a class in accuracy."""

from dataclasses import replace

from invariances.tables.columns import (
    BASELINE_ACCURACY,
    CLASS,
    MODEL,
    OF_ALL,
    PICTURE,
    TRANSFORM,
    count,
    limits,
    magnitude,
    share,
)
from invariances.tables.declaration import Column, Table

COMBINED = replace(
    TRANSFORM,
    meaning="the transforms combined, in the order in which they are applied, as `rotate+translate_x`",
)
UNREFINED = "of a pair, or with `refine: false`"
ORDER = ("first", "second", "third")
WHERE = "with `pairs` or `tuples` in the config"


def point(prefix: str, *, meaning: str, missing: str = "") -> tuple[Column, ...]:
    """The magnitudes of a point; the third only of three transforms."""
    two = "two transforms are combined" + (f", or {missing}" if missing else "")
    return tuple(
        magnitude(
            f"{prefix}_{order}",
            meaning=f"{meaning}: the magnitude of the {order} transform",
            missing=two if order == "third" else missing,
        )
        for order in ORDER
    )


def margin(name: str, *, where: str, missing: str = "") -> Column:
    """A margin of the true class."""
    meaning = f"the true class's log softmax less that of the strongest other class, {where}"
    return Column(name, "float", meaning=meaning, unit="nats", missing=missing)


WORST_PICTURES = Table(
    "worst_pictures",
    ("worst_pictures.parquet", "worst/{model}/{combined}.pictures.parquet"),
    row="a picture under transforms combined",
    key=("model", "transform", "class", "picture"),
    columns=(
        MODEL,
        COMBINED,
        CLASS,
        PICTURE,
        count("points", meaning="points of the grid"),
        count("right", meaning="those of them at which it is recognised", low=0),
        Column("recognised", "bool", meaning="it is recognised untransformed"),
        margin("margin", where="untransformed"),
        Column("survives", "bool", meaning="it is recognised at every point of the grid"),
        *point("worst", meaning="the point of the grid with the lowest margin"),
        margin("worst_margin", where="at the worst point"),
        Column("worst_prediction", "text", meaning="the category that is predicted there"),
        Column(
            "refined_survives",
            "bool",
            meaning="it is recognised at every point of the grid and at the refined worst point",
            missing=UNREFINED,
        ),
        *point(
            "refined",
            meaning="the lowest margin found around the worst point, between the grid's points",
            missing=UNREFINED,
        ),
        margin("refined_margin", where="there, never above `worst_margin`", missing=UNREFINED),
        Column(
            "refined_prediction",
            "text",
            meaning="the category that is predicted there",
            missing=UNREFINED,
        ),
        *point(
            "lost",
            meaning="the point of the grid nearest to the identity at which it is not recognised",
            missing="it survives",
        ),
        Column(
            "reach",
            "float",
            meaning="how far that is from the identity, each axis in units of its grid's range",
            unit="ranges",
            low=0,
            missing="it survives",
        ),
        Column(
            "flips_to",
            "text",
            meaning="the category that is predicted there",
            missing="it survives",
        ),
        share("area", meaning="the share of the grid's region in which it is recognised"),
        Column("majority", "text", meaning="the category that is predicted in most of the region"),
        share("agreement", meaning="the share of the region in which that is predicted"),
    ),
    where=WHERE,
)


def stated(name: str, *, meaning: str, missing: str = "") -> tuple[Column, ...]:
    """A mean over pictures in [0, 1] and its interval."""
    ends = limits(meaning=f"`{name}`", prefix=f"{name}_", bounds=(0, 1), missing=missing)
    return share(name, meaning=meaning, missing=missing), *ends


WORST = Table(
    "worst",
    ("worst.csv", "worst/{model}/{combined}.csv"),
    row="a class, or all classes together, under transforms combined",
    key=("model", "transform", "class"),
    columns=(
        MODEL,
        COMBINED,
        OF_ALL,
        count("images", meaning="pictures"),
        count("points", meaning="points of the grid"),
        *stated("baseline_accuracy", meaning=BASELINE_ACCURACY.meaning),
        *stated(
            "random_accuracy", meaning="the accuracy at a random point, the mean over the grid's"
        ),
        count(
            "drawn", meaning="points of the grid that are drawn for `drawn_accuracy`, none twice"
        ),
        *stated(
            "drawn_accuracy",
            meaning="the accuracy at the worst of so many points drawn for each picture, its mean over "
            "draws",
        ),
        *stated(
            "worst_accuracy",
            meaning="the accuracy at each picture's worst point: the share recognised at every point",
        ),
        *stated(
            "refined_accuracy",
            meaning="the share recognised at every point and at the refined worst point as well",
            missing=UNREFINED,
        ),
        *stated(
            "area",
            meaning="the share of the region in which a picture is recognised, the mean over pictures",
        ),
        *stated(
            "agreement",
            meaning="the share of the region in which a picture's most frequent prediction is predicted, "
            "the mean over pictures",
        ),
    ),
    where=WHERE,
)
