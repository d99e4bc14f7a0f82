"""Tables of what an Invariant Transformer Net keeps its word on, and of the directions that it learned."""

from invariances.tables.columns import count, limits, share
from invariances.tables.declaration import Column, Table
from invariances.tables.trained import KINDS, STEERING, having, steering

FEW = "so few pictures can certify nothing, and the identity was asked for then"

CERTIFICATE = Table(
    "certificate",
    ("itn/{model}/certificate.csv", "itn_objectives/{model}/{objective}-{seed}/certificate.csv"),
    row="a scale of the family, tested on the calibration's pictures; the first that fails is the last",
    key=("scale",),
    columns=(
        share("scale", meaning="the factor on the family's coordinates, 1 as it was trained"),
        share("alpha", meaning="the share of flips that is certified"),
        share("alpha_asked", meaning="`itn.alpha`: less where the pictures are too few for it"),
        share("delta", meaning="how probable it may be that more are flipped"),
        count("pictures", meaning="the calibration's pictures that are right untransformed", low=0),
        count(
            "allowed",
            meaning="the most flips with which a scale passes: c = max{c: P(Bin(pictures, alpha) <= c) <= "
            "delta}; -1 where there is none",
            low=-1,
        ),
        count("ks", meaning="values of k looked at: all of the grid, or up to the one that failed", low=0),
        Column("flips", "int", meaning="pictures flipped at the worst k", low=0, missing=FEW),
        Column("worst_k", "text", meaning="that k; components that are not named are 0", missing=FEW),
        Column(
            "flipped_at_some_k",
            "int",
            meaning="pictures flipped at one k or more, a stricter count",
            low=0,
            missing=FEW,
        ),
        Column("passed", "bool", meaning="whether no k has more flips than `allowed`"),
        Column("kept", "bool", meaning="whether this scale is certified; where none is, the identity"),
    ),
    where="with `itn.enabled` in the config",
)  # fmt: skip

FLIPS = Table(
    "flips",
    ("itn/{model}/flips.csv", "itn_gated/{model}/flips.csv"),
    row="a k drawn at random, every transform's own, on pictures that neither trained nor calibrated",
    key=("number",),
    columns=(
        count("number", meaning="the draw's number"),
        *(steering(f"{k}_{j}", kind, j) for kind, k in STEERING.items() for j in range(3)),
        count("pictures", meaning="pictures that are right untransformed", low=0),
        count("flips", meaning="those of them that are wrong at this k", low=0),
        share("flipped", meaning="their share", missing="no picture is right untransformed"),
        *limits(
            meaning="the share",
            prefix="flipped_",
            bounds=(0, 1),
            missing="no picture is right untransformed",
        ),
    ),
    where="with `itn.enabled` in the config",
)

STILL = "it moves nothing"
PARTS = {
    "spatial": {
        "rotation": "degrees, counter-clockwise",
        "zoom": "logarithm; above 0 the content shrinks",
        "stretch": "logarithm; above 0 it shrinks along x and grows along y",
        "shear": "the symmetric matrix's other entry",
        "shift_x": "of the width, to the right",
        "shift_y": "of the height, downwards",
    },
    "colour": {
        "brightness": "of full scale",
        "gain": "logarithm of the factor on colours",
        "saturation": "logarithm of the factor on the distance from grey",
        "hue": "degrees, from red towards green",
    },
}
"""What a direction is told in, by kind of transform, each with its unit."""

DIRECTIONS = Table(
    "directions",
    ("itn/{model}/directions.csv", "itn_objectives/{model}/{objective}-{seed}/directions.csv"),
    row="a direction of a learned transform: the generator of one component of k, at k = 1 of it",
    key=("kind", "direction"),
    columns=(
        Column("kind", "text", meaning="the transform", allowed=KINDS),
        count("direction", meaning="which component of k, 1 the first; the largest first for `volume`"),
        Column("name", "text", meaning="the part that accounts for most of it, with its amount"),
        Column(
            "size",
            "float",
            meaning="root mean squared displacement: of the picture's points in halves of its side, or of "
            "colours evenly distributed (kernels: the pictures') in full scales",
            low=0,
        ),
        Column(
            "pixels",
            "float",
            meaning="the same in pixels of the pictures",
            low=0,
            where=having("spatial"),
            missing="it is no spatial transform",
        ),
        Column(
            "angle_degrees",
            "float",
            meaning="the least angle to another direction of the transform, as fields of displacement",
            low=0,
            high=90,
            missing="there is no other that moves",
        ),
        Column(
            "principal_size",
            "float",
            meaning="the spectrum: the sizes of independent directions that span the same, falling",
            low=0,
        ),
        Column(
            "log_volume",
            "float",
            meaning="logarithm of the volume that the transform's directions span, the mean over k",
        ),
        *(
            column
            for kind, parts in PARTS.items()
            for part, unit in parts.items()
            for column in (
                Column(
                    part,
                    "float",
                    meaning=f"its part of {part}",
                    unit=unit,
                    where=having(kind),
                    missing=f"it is no {kind} transform",
                ),
                share(
                    f"{part}_fraction",
                    meaning=f"the part of the squared size that {part} accounts for",
                    where=having(kind),
                    missing=f"it is no {kind} transform, or {STILL}",
                ),
            )
        ),
        share(
            "other_fraction",
            meaning="the part of a colour's squared size that none of these accounts for",
            where=having("colour"),
            missing=f"it is no colour transform, or {STILL}",
        ),
    ),
    where="with `itn.enabled` in the config",
)  # fmt: skip
