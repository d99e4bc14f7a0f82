"""Tables of pictures: what was prepared, what was skipped, on what a classifier was validated."""

from invariances.tables.columns import CLASS, PICTURE, count, share
from invariances.tables.declaration import Column, Table

PATH = Column("path", "text", "where it was read from, or how it was made")

MANIFEST = Table(
    "manifest",
    ("images/{preparation}/{part}.csv",),
    "a picture, in the order of the array beside it; a skipped one is in the manifest alone",
    ("picture",),
    (
        PICTURE,
        CLASS,
        Column("label", "int", "the class's place among the dataset's categories", low=0),
        PATH,
        Column(
            "sha256", "text", "SHA-256 of its prepared pixels", missing="the picture was skipped"
        ),
        Column(
            "skipped", "text", "why it cannot be used", missing="it is used: a row of the array"
        ),
    ),
)

SKIPPED = Table(
    "skipped",
    ("skipped.csv",),
    "a picture that cannot be read",
    ("path",),
    (PICTURE, CLASS, PATH, Column("skipped", "text", "why it cannot be used")),
    where="with `dataset.on_bad_picture: skip` in the config",
)

VALIDATION = Table(
    "validation",
    ("models/{model}/validation.csv",),
    "the classifier",
    (),
    (
        count("images", "held-out pictures"),
        share("accuracy", "the share of them whose prediction is the true class"),
    ),
    where="for a classifier that the workflow trains",
)
