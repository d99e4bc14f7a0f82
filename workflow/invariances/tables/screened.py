"""Tables of the screening: response curves, thresholds, pairs and sizes."""

from dataclasses import replace

from invariances.tables.columns import (
    ACCURACY,
    ACCURACY_LIMITS,
    BASELINE_ACCURACY,
    CENSORED,
    CLASS,
    DIRECTION,
    FLIPS_TO,
    IMAGES,
    LEVEL,
    MAGNITUDE,
    MODEL,
    PAIR,
    PICTURE,
    SOFTMAX_LIMITS,
    TRANSFORM,
    count,
    limits,
    magnitude,
    share,
)
from invariances.tables.declaration import Column, Table

CELL = ("model", "transform", "class")
SIDE = (*CELL, "direction")
UNCHECKED = "with `thresholds.search: grid`"

HALF_ACCURACY = (
    magnitude("half_accuracy", meaning="where accuracy falls to half its untransformed value"),
    *limits(meaning="`half_accuracy`", prefix="half_accuracy_", unit=MAGNITUDE),
    Column(
        "half_accuracy_censored",
        "bool",
        meaning="accuracy is not halved within the range: `half_accuracy` is its end",
    ),
    Column(
        "half_accuracy_interval",
        "text",
        meaning="how the interval of `half_accuracy` is found; an open far limit is the range's end",
        allowed=("Bayesian bootstrap", "Bayesian bootstrap, far limit open", "open"),
    ),
)

SWITCH_INTERVAL = Column(
    "interval",
    "text",
    meaning="how the interval of the threshold is found; an open far limit is the range's end",
    allowed=("Bonferroni's t", "Bonferroni's t, far limit open", "open"),
)

MEDIAN_INTERVAL = Column(
    "interval",
    "text",
    meaning="how the median's interval is found; an open far limit is the range's end",
    allowed=("order statistics", "order statistics, far limit open", "open"),
)

THRESHOLDS = Table(
    "thresholds",
    (
        "thresholds.csv",
        "thresholds/{model}/{transform}.csv",
        "borders/{padding}/{model}/{transform}.csv",
        "resamplings/{resampling}/{model}/{transform}.csv",
    ),
    row="a class in one direction from the identity",
    key=SIDE,
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        DIRECTION,
        magnitude(
            "threshold",
            meaning="the first magnitude at which the class's mean softmax is no longer the highest; the "
            "identity where it is not the highest there",
        ),
        *limits(meaning="the threshold, in the order of numbers", unit=MAGNITUDE),
        CENSORED,
        SWITCH_INTERVAL,
        FLIPS_TO,
        *HALF_ACCURACY,
        IMAGES,
        BASELINE_ACCURACY,
        Column(
            "recognised",
            "intervals",
            meaning="all magnitudes, of both directions, at which the class's mean softmax is the highest; "
            "none where it never is",
            unit=MAGNITUDE,
        ),
        Column(
            "grid_error",
            "float",
            meaning="by how much the threshold moves when every second point of the grid is left out, or "
            "the others; none on an ordinal axis",
            unit=MAGNITUDE,
            low=0,
            missing="the grid has no point between the identity and its end",
        ),
        share("p_no_switch", meaning="the p-value of the hypothesis that the class does not lead at the "
              "identity, or leads up to the range's end"),
        share("p_switch", meaning="the p-value of the hypothesis that it leads at the identity and "
              "switches within the range"),
    ),
)  # fmt: skip

CURVES = Table(
    "curves",
    (
        "curves.parquet",
        "thresholds/{model}/{transform}.parquet",
        "borders/{padding}/{model}/{transform}.parquet",
        "resamplings/{resampling}/{model}/{transform}.parquet",
    ),
    row="one category's mean softmax over a class's pictures at one magnitude",
    key=(*CELL, "magnitude", "predicted_class"),
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        magnitude("magnitude", meaning="at which the pictures are transformed"),
        IMAGES,
        ACCURACY,
        *ACCURACY_LIMITS,
        Column(
            "predicted_class",
            "text",
            meaning="a category: the true class, or one of those strongest at some magnitude",
        ),
        share("mean_softmax", meaning="the category's softmax, the mean over the pictures"),
        *SOFTMAX_LIMITS,
        Column(
            "softmax_deviation",
            "float",
            meaning="the standard deviation of the softmax over the pictures",
            low=0,
            high=1,
        ),
        Column(
            "identity_covariance",
            "float",
            meaning="over the pictures, of the softmax with that at the identity",
            low=-1,
            high=1,
        ),
        Column(
            "interval",
            "text",
            meaning="how the interval of the mean softmax is found",
            allowed=("Bayesian bootstrap", "Gaffke's bound", "between the two", "open"),
        ),
    ),
)

PICTURES = Table(
    "pictures",
    (
        "pictures.parquet",
        "thresholds/{model}/{transform}.pictures.parquet",
        "sweeps/{model}/{transform}/{chunk}.pictures.parquet",
        "borders/{padding}/{model}/{transform}.pictures.parquet",
        "resamplings/{resampling}/{model}/{transform}.pictures.parquet",
    ),
    row="a picture in one direction from the identity",
    key=(*CELL, "picture", "direction"),
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        PICTURE,
        DIRECTION,
        Column(
            "status",
            "text",
            meaning="whether it is recognised untransformed; one that is not has the identity for its "
            "threshold, and summaries leave it out",
            allowed=("measured", "wrong_at_identity"),
        ),
        magnitude(
            "threshold",
            meaning="where its prediction first changes, within half the tolerance; the range's end where "
            "it is censored",
        ),
        CENSORED,
        FLIPS_TO,
        count("crossings", meaning="changes between right and wrong in this direction", low=0),
        share(
            "nonmonotonicity",
            meaning="the share of the range beyond the first crossing at which it is right again; of an "
            "ordinal axis the share of the points from there on",
        ),
        Column(
            "intervals",
            "intervals",
            meaning="all magnitudes, of both directions, at which it is right",
            unit=MAGNITUDE,
        ),
        Column(
            "unasked",
            "int",
            meaning="multiples of the tolerance at which the search left an earlier flip possible",
            low=0,
            missing=UNCHECKED,
        ),
        Column(
            "checked",
            "int",
            meaning="those of them that were drawn and asked after the search",
            low=0,
            missing=UNCHECKED,
        ),
        Column(
            "missed",
            "bool",
            meaning="the prediction is wrong at one of these: the search missed the first flip",
            missing=UNCHECKED,
        ),
    ),
)

MEDIANS = Table(
    "medians",
    (
        "medians.csv",
        "thresholds/{model}/{transform}.medians.csv",
        "borders/{padding}/{model}/{transform}.medians.csv",
        "resamplings/{resampling}/{model}/{transform}.medians.csv",
    ),
    row="a class in one direction from the identity",
    key=SIDE,
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        DIRECTION,
        magnitude(
            "median_threshold",
            meaning="the median of the pictures' thresholds; the identity where no picture "
            "is recognised untransformed",
        ),
        *limits(meaning="the median, in the order of numbers", unit=MAGNITUDE),
        Column(
            "censored", "bool", meaning="half of the pictures do not flip: the median is a bound"
        ),
        Column(
            "far_limit_open", "bool", meaning="the limit away from the identity is the range's end"
        ),
        count("images", meaning="pictures recognised untransformed", low=0),
        count("flipped", meaning="those of them that flip within the range", low=0),
        MEDIAN_INTERVAL,
        share(
            "missed_at_most",
            meaning="upper 95 % limit of the share of pictures whose first flip the search missed, of all "
            "classes under the transform, each picture in both directions",
            missing="nothing that could tell was asked",
        ),
    ),
)

MIXED = Table(
    "mixed",
    (
        "mixed.csv",
        "thresholds/{model}/{transform}.mixed.csv",
        "borders/{padding}/{model}/{transform}.mixed.csv",
        "resamplings/{resampling}/{model}/{transform}.mixed.csv",
    ),
    row="the pictures of all classes together, in one direction from the identity",
    key=("model", "transform", "direction"),
    columns=(
        MODEL,
        TRANSFORM,
        DIRECTION,
        count("images", meaning="screened pictures"),
        BASELINE_ACCURACY,
        *limits(meaning="`baseline_accuracy`", prefix="baseline_accuracy_", bounds=(0, 1)),
        *HALF_ACCURACY,
        magnitude(
            "median_threshold",
            meaning="the median of the pictures' own thresholds; the identity where no picture is "
            "recognised untransformed",
        ),
        *limits(meaning="`median_threshold`", prefix="median_", unit=MAGNITUDE),
        Column(
            "median_censored",
            "bool",
            meaning="half of the pictures do not flip: the median is a bound",
        ),
        count("recognised", meaning="pictures recognised untransformed", low=0),
        count("flipped", meaning="those of them that flip within the range", low=0),
        replace(MEDIAN_INTERVAL, name="median_interval"),
    ),
)

PAIRS = Table(
    "pairs",
    ("pairs.parquet", "pairs/{model}/{pair}.parquet"),
    row="a class at one pair of magnitudes",
    key=(*CELL, "magnitude_first", "magnitude_second"),
    columns=(
        MODEL,
        PAIR,
        CLASS,
        magnitude(
            "magnitude_first", meaning="the magnitude of the transform that is applied first"
        ),
        magnitude("magnitude_second", meaning="the other's magnitude"),
        IMAGES,
        ACCURACY,
        *ACCURACY_LIMITS,
        share("mean_softmax", meaning="the true class's softmax, the mean over the pictures"),
        *SOFTMAX_LIMITS,
        Column("predicted_class", "text", meaning="the category whose mean softmax is the highest"),
    ),
    where="with `pairs` in the config",
)

REGIONS = Table(
    "regions",
    ("regions.csv", "pairs/{model}/{pair}.regions.csv"),
    row="a class under a pair of transforms",
    key=CELL,
    columns=(
        MODEL,
        PAIR,
        CLASS,
        IMAGES,
        share("area", meaning="the share of the rectangle of magnitudes in which the class leads"),
        *limits(meaning="the area", prefix="area_", bounds=(0, 1)),
        share("connected_area", meaning="the part of it that is connected with the identity"),
        Column(
            "worst_direction",
            "float",
            meaning="the direction in which the class is lost soonest, counter-clockwise from axis one",
            unit="degrees",
            low=0,
            high=360,
        ),
        magnitude(
            "worst_first", meaning="the first transform's magnitude at which it is lost there"
        ),
        magnitude("worst_second", meaning="the second transform's"),
        Column("reach", "float", meaning="how far that is from the identity", unit="ranges", low=0),
        Column(
            "censored", "bool", meaning="the class leads up to the range's end in every direction"
        ),
        Column(
            "interval",
            "text",
            meaning="how the interval of the area is found",
            allowed=("Bonferroni's t", "open"),
        ),
    ),
    where="with `pairs` in the config",
)

SIZES = Table(
    "sizes",
    ("sizes.csv", "sizes/{chunk}.csv"),
    row="a threshold",
    key=SIDE,
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        DIRECTION,
        magnitude("threshold", meaning="as in `thresholds.csv`"),
        CENSORED,
        Column(
            "rms_grey_levels",
            "float",
            meaning="root mean square change of the class's pictures at the threshold",
            unit="grey levels",
            low=0,
            high=255,
        ),
        *(
            Column(
                f"rms_{end}",
                "float",
                meaning=f"the {words} of the sizes at the threshold and at both ends of its {LEVEL}",
                unit="grey levels",
                low=0,
                high=255,
            )
            for end, words in (("low", "least"), ("high", "largest"))
        ),
        Column(
            "rms_half_accuracy",
            "float",
            meaning="the same where half of the accuracy is lost",
            unit="grey levels",
            low=0,
            high=255,
            missing="more than half of the accuracy is kept throughout",
        ),
        Column(
            "mean_displacement_px",
            "float",
            meaning="how far a pixel moves, on average; 0 for transforms that move nothing, or the object "
            "alone",
            unit="pixels",
            low=0,
        ),
    ),
)
