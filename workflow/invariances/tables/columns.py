"""Columns that several tables have, and short ways to declare the usual kinds."""

from dataclasses import replace
from math import inf

from invariances.tables.declaration import Column

LEVEL = "95 % interval"
MAGNITUDE = "the transform's unit"

MODEL = Column("model", "text", "the network, by its name in the config")
TRANSFORM = Column("transform", "text", "the transform, by its name in the config")
PAIR = replace(TRANSFORM, meaning="the pair of transforms, as `translate_x+translate_y`")
CLASS = Column("class", "text", "the true class")
PICTURE = Column("picture", "text", "the picture, by its name in the dataset")
DIRECTION = Column(
    "direction",
    "text",
    "the side of the identity: `up` towards larger magnitudes, `down` towards smaller ones",
    allowed=("up", "down"),
)
CENSORED = Column(
    "censored", "bool", "no flip within the range: the threshold is the range's end, a bound"
)
FLIPS_TO = Column(
    "flips_to", "text", "the category that overtakes there", missing="there is no flip"
)
FIRST = Column("first", "text", "a network")
SECOND = Column("second", "text", "the network compared with it")


def share(name: str, meaning: str, *, missing: str = "", where: str = "") -> Column:
    """A fraction in [0, 1]."""
    return Column(name, "float", meaning, low=0, high=1, missing=missing, where=where)


def count(name: str, meaning: str, *, low: float = 1) -> Column:
    """A number of things."""
    return Column(name, "int", meaning, low=low)


def magnitude(name: str, meaning: str, *, missing: str = "") -> Column:
    """A magnitude, in its transform's unit."""
    return Column(name, "float", meaning, unit=MAGNITUDE, missing=missing)


def limits(
    of: str,
    prefix: str = "",
    unit: str = "",
    *,
    bounds: tuple[float, float] = (-inf, inf),
    missing: str = "",
    infinite: bool = False,
) -> tuple[Column, Column]:
    """The two ends of an interval, ``{prefix}low`` and ``{prefix}high``."""
    low, high = bounds
    lower, upper = (
        Column(
            f"{prefix}{end}",
            "float",
            f"{words} end of the {LEVEL} of {of}",
            unit=unit,
            low=low,
            high=high,
            missing=missing,
            infinite=infinite,
        )
        for end, words in (("low", "lower"), ("high", "upper"))
    )
    return lower, upper


IMAGES = count("images", "screened pictures of the class")
ACCURACY = share("accuracy", "the share of pictures whose prediction is the true class")
ACCURACY_LIMITS = limits("the accuracy", "accuracy_", bounds=(0, 1))
BASELINE = share("baseline_accuracy", "the accuracy at the identity, untransformed")
SOFTMAX_LIMITS = limits("the mean softmax", "softmax_", bounds=(0, 1))
