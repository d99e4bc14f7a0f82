"""The section ``head`` of a model: how a network without classes tells those of the pictures."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from invariances.configuration.section import PathText, Section
from invariances.errors import InputError

if TYPE_CHECKING:  # torch takes seconds to import, at each start
    from invariances.classifiers.heads import Head as Settings
    from invariances.configuration.declaration import Config, Model

Kind = Literal["prototypes", "knn", "text", "identity"]
TEMPERATURES: dict[Kind, float] = {"prototypes": 0.07, "knn": 0.07, "text": 0.01, "identity": 0.07}
"""By which cosines are divided where a config says nothing: Wu et al.'s (2018), and CLIP's of texts."""
FITTED = ("prototypes", "knn")
"""Heads that are made from training pictures."""


class Head(Section):
    """How a network without classes tells those of the pictures."""

    kind: Kind
    """`prototypes` (cosine to the mean embedding of each class's training pictures), `knn` (a vote of the
    nearest training pictures), `text` (cosine to a class embedding in `file`), or `identity` (no classes -
    each screened picture is its own, right while it is nearest to itself among all screened)."""
    layer: str | None = None
    """The module at whose output the network is cut, as `avgpool` or `blocks.11`; maps and tokens are
    averaged over their places. `null` takes what the network puts out, of timm's networks before their
    classifier (unless `options` has `num_classes`)."""
    temperature: float | None = Field(None, gt=0)
    """By which cosines are divided to be logits; `null` is 0.07, of `text` 0.01. It changes the softmax,
    and of `knn` alone the prediction."""
    k: int = Field(20, ge=1)
    """Neighbours that vote (`knn`)."""
    file: PathText | None = None
    """Class embeddings (`text`) - `.npy` [classes, width] in the order of the classes, or `.npz` with a
    vector, or several [prompts, width], under each class's name."""

    @property
    def divisor(self) -> float:
        """The temperature, the default's where none is given."""
        return self.temperature or TEMPERATURES[self.kind]


def _spelt_out(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


OptionalHead = Annotated[
    Head | None, BeforeValidator(_spelt_out, json_schema_input_type=Kind | Head | None)
]
"""A head, or its kind alone."""


def settings_of(model: "Model") -> "Settings | None":
    """What jobs must know of a model's head; None of a classifier's."""
    head = model.head
    if head is None:
        return None
    from invariances.classifiers.heads import Head as Settings

    plain = head.layer is None and "num_classes" not in model.options
    return Settings(
        kind=head.kind,
        temperature=head.divisor,
        k=head.k if head.kind == "knn" else 0,
        layer=head.layer or "",
        reset=plain and model.network.startswith("timm/"),
    )


def check_heads(config: "Config") -> None:
    """That what goes with a head is there, and nothing that means nothing; raises InputError."""
    models = config.models
    for name, model in models.items():
        head, key = model.head, f"models.{name}"
        if head is None:
            continue
        if model.weights == "train":
            raise InputError(
                f"{key}.head: {head.kind!r} is for networks that are trained already; `weights: train` "
                "trains a classifier, which needs no head"
            )
        if model.outputs != "logits":
            raise InputError(
                f"{key}.outputs: {model.outputs!r}, but with a head it puts out embeddings"
            )
        if (head.kind == "text") != (head.file is not None):
            says = "needs `file`, class embeddings" if head.kind == "text" else "reads no `file`"
            raise InputError(f"{key}.head: {head.kind!r} {says}")
        if head.kind != "text" and model.categories != "dataset":
            raise InputError(
                f"{key}.categories: {model.categories!r}, but the head {head.kind!r} has the dataset's "
                "classes"
            )
        if head.kind != "knn" and head.k != Head.model_fields["k"].default:
            raise InputError(
                f"{key}.head.k: {head.k}, but the head {head.kind!r} asks no neighbours; `knn` does"
            )
        if head.layer is None and model.network.startswith("torchvision/"):
            raise InputError(
                f"{key}.head: torchvision's networks are classifiers: say where it is cut, as "
                f"`head: {{kind: {head.kind}, layer: avgpool}}`"
            )
    kinds = {model.head.kind if model.head else None for model in models.values()}
    if "identity" in kinds and len(kinds) > 1:
        others = [name for name, m in models.items() if not m.head or m.head.kind != "identity"]
        raise InputError(
            f"models.{others[0]}: classes are the pictures' own with `head: identity`, no other "
            "network has them: put it into a run of its own"
        )
