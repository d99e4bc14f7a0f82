"""Tables that tell of the measurement: known truth, calibration, baselines, interpolation, precision."""

from dataclasses import replace

from invariances.tables.columns import (
    CLASS,
    DIRECTION,
    MODEL,
    OF_ALL,
    PICTURE,
    TRANSFORM,
    count,
    limits,
    magnitude,
    share,
)
from invariances.tables.compared import RESAMPLING
from invariances.tables.declaration import Column, Table

IN_FLOAT32 = "all is in float32"
NONE_SAMPLED = f"{IN_FLOAT32}, or nothing was sampled"


def _counted(name: str, *, meaning: str) -> Column:
    return Column(name, "int", meaning=meaning, low=0, missing=IN_FLOAT32)


TRUTH = Table(
    "truth",
    ("truth.csv",),
    row="a declared range of magnitudes of a class",
    key=("model", "transform", "class", "low", "high"),
    columns=(
        MODEL,
        TRANSFORM,
        CLASS,
        magnitude("low", meaning="where the range begins"),
        magnitude("high", meaning="where it ends"),
        Column(
            "expected",
            "text",
            meaning="what an ideal observer sees there: a class, or `nothing` where none can be told",
        ),
        count(
            "pictures",
            meaning="whose answers count: of a class that stays those recognised untransformed, for "
            "`nothing` those of all classes that are lost there",
            low=0,
        ),
        share(
            "measured",
            meaning="the share of answers beyond the identity that agree; of wrong ones for `nothing`",
            missing="no picture is recognised untransformed",
        ),
        share("upper", meaning="its upper one-sided 95 % binomial limit, a picture being a trial"),
        share(
            "untransformed",
            meaning="the share of such answers to the untransformed pictures",
            missing="the class stays",
        ),
        share("required", meaning="the least share that agrees with the truth"),
        Column(
            "met",
            "bool",
            meaning="`upper` is at least `required`, and, where the class does not stay, `measured` is "
            "above `untransformed`",
        ),
    ),
    where="for phantoms",
)

CALIBRATION = Table(
    "calibration",
    ("calibration.csv",),
    row="a picture before an observer whose threshold is known, in one direction from the identity",
    key=("transform", "direction", "quantity", "picture"),
    columns=(
        TRANSFORM,
        DIRECTION,
        Column(
            "quantity",
            "text",
            meaning="which threshold: the picture's own, searched to the tolerance; or, read on the grid, "
            "the switch or the half of accuracy of a class of this picture alone",
            allowed=("picture", "switch", "half_accuracy"),
        ),
        replace(PICTURE, missing="the row is the mean of what is known in expectation"),
        magnitude("expected", meaning="the threshold that follows from the formula"),
        magnitude("measured", meaning="the threshold found by sweep, search and tables"),
        Column(
            "difference",
            "float",
            meaning="by how much the two differ, on the transform's axis",
            unit="ranges",
            low=0,
        ),
        Column("tolerance", "float", meaning="by how much they may", unit="ranges", low=0),
        Column("met", "bool", meaning="whether `difference` is at most `tolerance`"),
    ),
    where="for phantoms",
)

BASELINE = Table(
    "baseline",
    ("baseline/{model}.csv",),
    row="a class, or all classes together",
    key=("model", "class"),
    columns=(
        MODEL,
        OF_ALL,
        count("images", meaning="screened pictures"),
        count("recognised", meaning="those recognised untransformed", low=0),
        share("accuracy", meaning="their share"),
        share("guessing", meaning="the share that guessing among the network's categories gives"),
        Column(
            "doubtful",
            "bool",
            meaning="none of at least five pictures of the class is recognised; of all classes: no more "
            "than the upper 99 % binomial limit of guessing",
        ),
    ),
)

CONSISTENCY = Table(
    "consistency",
    ("consistency/{model}.csv",),
    row="a class, or all classes together",
    key=("model", "class"),
    columns=(
        MODEL,
        OF_ALL,
        count("images", meaning="pictures"),
        count("pairs", meaning="pairs of random crops of each picture"),
        share("consistency", meaning="the share of pairs with equal predictions"),
        *limits(meaning="the consistency", bounds=(0, 1)),
        share("accuracy", meaning="the share of crops whose prediction is the true class"),
    ),
    where="with `consistency` in the config",
)

INTERPOLATION = Table(
    "interpolation",
    ("interpolation.csv",),
    row="an angle of rotation, under one resampling",
    key=("resampling", "angle"),
    columns=(
        RESAMPLING,
        Column("angle", "float", meaning="by which pictures are rotated", unit="degrees"),
        Column(
            "sharpness",
            "float",
            meaning="the energy of the Laplacian that is kept, a fraction, the mean over pictures",
            low=0,
            missing="no picture has any structure",
        ),
        Column(
            "low", "float", meaning="its least value", low=0, missing="no picture has any structure"
        ),
        Column(
            "high",
            "float",
            meaning="its largest value",
            low=0,
            missing="no picture has any structure",
        ),
        count("images", meaning="pictures with any structure", low=0),
    ),
    where="with `borders` or `resamplings` in the config",
)

PRECISION = Table(
    "precision",
    ("precision.csv",),
    row="a network under a transform, of all pictures and magnitudes of the grid",
    key=("model", "transform", "arithmetic"),
    columns=(
        MODEL,
        TRANSFORM,
        Column(
            "arithmetic",
            "text",
            meaning="in which answers were asked first, those in doubt again in float32",
            allowed=("bfloat16", "float32"),
        ),
        count("answers", meaning="answers of the grid, a picture at a magnitude each"),
        _counted(
            "asked_again", meaning="those of them asked again, as their lead was within `bound`"
        ),
        Column(
            "bound",
            "float",
            meaning="twice the largest error of a lead (of a prediction over the next category) among 64 "
            "answers of each job, asked in both; the largest of all jobs'",
            unit="nats",
            low=0,
            missing=IN_FLOAT32,
        ),
        Column(
            "error",
            "float",
            meaning="the largest error of a lead among those and the sample's",
            unit="nats",
            low=0,
            missing=IN_FLOAT32,
        ),
        _counted("sampled", meaning="answers beyond `bound` that were asked in float32 as well"),
        _counted(
            "differing",
            meaning="those of them whose prediction float32 has otherwise: 0, as a job with any is swept "
            "in float32",
        ),
        share(
            "softmax_error",
            meaning="the largest change of any category's softmax in the sample: no mean softmax is "
            "further off than what its pictures' are",
            missing=NONE_SAMPLED,
        ),
        share(
            "softmax_error_mean",
            meaning="the mean of each sampled answer's largest: how far a mean softmax over many "
            "pictures is off at most",
            missing=NONE_SAMPLED,
        ),
        Column(
            "because",
            "text",
            meaning="why all is in float32: what the machine or the network lacks, that too much would be "
            "asked again, or that sampled answers were predicted otherwise; of several chunks all reasons",
            missing="it is not",
        ),
    ),
    where="with `precision: checked` in the config",
)
