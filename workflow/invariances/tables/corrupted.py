"""The table of corruption errors, as ImageNet-C's benchmark has them."""

from dataclasses import replace
from math import inf

from invariances.tables.columns import MODEL, TRANSFORM, count, limits, share
from invariances.tables.declaration import Column, Table

CORRUPTION_ERRORS = Table(
    "corruption_errors",
    ("corruption_errors.csv",),
    row="a network under one of ImageNet-C's corruptions, or under all that are whole",
    key=("model", "transform"),
    columns=(
        MODEL,
        replace(
            TRANSFORM, meaning="the corruption", missing="the row is the mean over corruptions"
        ),
        Column(
            "measure",
            "text",
            meaning="what `relative_error` is called: `CE`, or of the mean over all fifteen `mCE`, else "
            "`mean corruption error over k of 15`",
        ),
        count("images", meaning="pictures"),
        share(
            "error", meaning="the share of pictures not recognised, the mean over severities 1 to 5"
        ),
        *limits(meaning="`error` over pictures", prefix="error_", bounds=(0, 1)),
        share("alexnet_error", meaning="that of the paper's AlexNet on ImageNet-C, published"),
        Column(
            "relative_error",
            "float",
            meaning="`error` by `alexnet_error`, or the mean of these quotients over corruptions",
            low=0,
        ),
        *limits(
            meaning="`relative_error` over pictures", prefix="relative_error_", bounds=(0, inf)
        ),
    ),
    where="with ImageNet-C's corruptions at all severities",
)
