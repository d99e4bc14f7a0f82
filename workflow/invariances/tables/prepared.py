"""Tables of pictures: what was prepared, what was skipped, on what a classifier was validated."""

from invariances.tables.columns import CLASS, PICTURE, count, share
from invariances.tables.declaration import Column, Table

PATH = Column("path", "text", meaning="where it was read from, or how it was made")

MANIFEST = Table(
    "manifest",
    ("images/{preparation}/{part}.csv",),
    row="a picture, in the order of the array beside it; a skipped one is in the manifest alone",
    key=("picture",),
    columns=(
        PICTURE,
        CLASS,
        Column("label", "int", meaning="the class's place among the dataset's categories", low=0),
        PATH,
        Column(
            "sha256",
            "text",
            meaning="SHA-256 of its prepared pixels",
            missing="the picture was skipped",
        ),
        Column(
            "skipped",
            "text",
            meaning="why it cannot be used",
            missing="it is used: a row of the array",
        ),
    ),
)

SKIPPED = Table(
    "skipped",
    ("skipped.csv",),
    row="a picture that cannot be read",
    key=("path",),
    columns=(PICTURE, CLASS, PATH, Column("skipped", "text", meaning="why it cannot be used")),
    where="with `dataset.on_bad_picture: skip` in the config",
)

VALIDATION = Table(
    "validation",
    ("models/{model}/validation.csv",),
    row="the classifier",
    key=(),
    columns=(
        count("images", meaning="held-out pictures"),
        share("accuracy", meaning="the share of them whose prediction is the true class"),
    ),
    where="for a classifier that the workflow trains",
)
