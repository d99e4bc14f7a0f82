"""Columns that several tables have, and short ways to declare the usual kinds."""

from dataclasses import replace
from math import inf

from invariances.tables.declaration import Column

LEVEL = "95 % interval"
MAGNITUDE = "the transform's unit"

MODEL = Column("model", "text", meaning="the network, by its name in the config")
TRANSFORM = Column("transform", "text", meaning="the transform, by its name in the config")
PAIR = replace(TRANSFORM, meaning="the pair of transforms, as `translate_x+translate_y`")
CLASS = Column("class", "text", meaning="the true class")
OF_ALL = replace(CLASS, missing="the row is of all classes' pictures together")
"""The class of tables that have a row of each and one of all; that one's name is free for a class."""
PICTURE = Column("picture", "text", meaning="the picture, by its name in the dataset")
DIRECTION = Column(
    "direction",
    "text",
    meaning="the side of the identity: `up` towards larger magnitudes, `down` towards smaller ones",
    allowed=("up", "down"),
)
CENSORED = Column(
    "censored",
    "bool",
    meaning="no flip within the range: the threshold is the range's end, a bound",
)
FLIPS_TO = Column(
    "flips_to", "text", meaning="the category that overtakes there", missing="there is no flip"
)
FIRST = Column("first", "text", meaning="a network")
SECOND = Column("second", "text", meaning="the network compared with it")


def share(name: str, *, meaning: str, missing: str = "", where: str = "") -> Column:
    """A fraction in [0, 1]."""
    return Column(name, "float", meaning=meaning, low=0, high=1, missing=missing, where=where)


def count(name: str, *, meaning: str, low: float = 1) -> Column:
    """A number of things."""
    return Column(name, "int", meaning=meaning, low=low)


def magnitude(name: str, *, meaning: str, missing: str = "") -> Column:
    """A magnitude, in its transform's unit."""
    return Column(name, "float", meaning=meaning, unit=MAGNITUDE, missing=missing)


def limits(
    *,
    meaning: str,
    prefix: str = "",
    unit: str = "",
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
            meaning=f"{words} end of the {LEVEL} of {meaning}",
            unit=unit,
            low=low,
            high=high,
            missing=missing,
            infinite=infinite,
        )
        for end, words in (("low", "lower"), ("high", "upper"))
    )
    return lower, upper


IMAGES = count("images", meaning="screened pictures of the class")
ACCURACY = share("accuracy", meaning="the share of pictures whose prediction is the true class")
ACCURACY_LIMITS = limits(meaning="the accuracy", prefix="accuracy_", bounds=(0, 1))
BASELINE_ACCURACY = share(
    "baseline_accuracy", meaning="the accuracy at the identity, untransformed"
)
SOFTMAX_LIMITS = limits(meaning="the mean softmax", prefix="softmax_", bounds=(0, 1))
