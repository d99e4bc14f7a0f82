"""Encoders: networks without classes, and what their heads are made from.

A head's vectors are embeddings of pictures (prototypes, neighbours, the pictures themselves) or of texts.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.classifiers import Classifier
from invariances.classifiers.heads import Head, Nearest, Neighbours, mean_directions, vectors
from invariances.classifiers.trial import reason
from invariances.errors import InputError, unknown
from invariances.inference import Pictures
from invariances.inference.responder import Responder

SAME = 1e-5
"""Distance between unit embeddings up to which they are the same: float32's rounding, and no direction."""


def width_of(classifier: Classifier, pictures: Tensor, name: str) -> int:
    """The width of an encoder's embedding.

    Parameters
    ----------
    classifier : of an `Embedding`, frozen; pictures : [N, 3, H, W] in [0, 255], two or more.

    Raises
    ------
    InputError : it fails, or puts out no tensor of embeddings.
    """
    try:
        with torch.no_grad():
            found = classifier(pictures)
    except InputError as error:
        raise InputError(f"network {name!r}: {error}") from error
    except Exception as error:  # a network's own code may raise anything
        raise InputError(
            f"network {name!r}: no embedding of pictures of {pictures.shape[-1]} pixels ({reason(error)}); "
            "it must put out a tensor [N, D], [N, D, S, S], [N, S, S, D] or [N, T, D], or be cut at a "
            "layer that does (head.layer)"
        ) from error
    if not isinstance(found, Tensor) or found.ndim != 2 or len(found) != len(pictures):
        raise InputError(
            f"network {name!r} puts out {list(found.shape)} for {len(pictures)} pictures, not an embedding "
            "of each"
        )
    return int(found.shape[1])


def check_spread(embeddings: Tensor, name: str) -> None:
    """Refuse an encoder whose unit embeddings [N, D] of different pictures are all the same.

    Every picture would tie with every class: nothing could flip but by rounding.
    """
    if not bool(torch.isfinite(embeddings).all()):
        raise InputError(f"network {name!r} puts out NaN or Inf as embeddings")
    spread = float((embeddings - embeddings.mean(dim=0)).norm(dim=1).max())
    if spread < SAME:
        raise InputError(
            f"network {name!r} puts out the same embedding for all of {len(embeddings)} pictures (to "
            f"{spread:.1g} of its length): all classes tie whatever is done to a picture, and nothing can "
            "be measured; are these its weights, its preprocessing, and the right layer?"
        )


def embeddings_of(classifier: Classifier, pictures: Pictures, name: str) -> Tensor:
    """Unit embeddings [N, D] of prepared pictures, on the CPU; `classifier` is of an `Embedding`."""
    found = torch.cat([part.cpu() for _, part in Responder(classifier).logits(pictures)])
    check_spread(found, name)
    return found


def fitted(
    head: Head, classifier: Classifier, pictures: Pictures, classes: int, name: str
) -> nn.Module:
    """A head made from pictures.

    Parameters
    ----------
    classifier : of an `Embedding`, frozen.
    pictures : of every class, in any order: training pictures for ``prototypes`` and ``knn``, for
        ``identity`` those that are screened, each its own class.

    Raises
    ------
    InputError : all embeddings are the same, two that should be told apart are, or there are fewer
        pictures than neighbours.
    """
    found = embeddings_of(classifier, pictures, name)
    labels = torch.from_numpy(pictures.categories)
    made = vectors(head, len(found), found.shape[1], classes)
    if isinstance(made, Neighbours):
        if head.k > len(found):
            raise InputError(
                f"network {name!r}: head.k: {head.k} neighbours, but there are {len(found)} training "
                f"pictures; write so many at most, as `head: {{kind: knn, k: {min(5, len(found))}}}`"
            )
        made.bank, made.labels = found, labels
    elif isinstance(made, Nearest):
        made.prototypes = mean_directions(found, labels, classes)
        named = dict(zip(pictures.labels.tolist(), pictures.classes.tolist(), strict=True))
        what = "pictures" if head.kind == "identity" else "mean embeddings of the classes"
        _check_apart(made.prototypes, named, f"network {name!r}: the {what}")
    return made


def _check_apart(prototypes: Tensor, named: Mapping[int, str], what: str) -> None:
    """Refuse two classes with one vector: which of them wins would be chance."""
    cosines = (prototypes @ prototypes.T).fill_diagonal_(-1)
    closest = int(cosines.argmax())
    one, two = sorted(divmod(closest, len(cosines)))
    if float((prototypes[one] - prototypes[two]).norm()) < SAME:
        raise InputError(
            f"{what} {named.get(one)!r} and {named.get(two)!r} are the same: they tie; leave one out"
        )


def from_texts(head: Head, file: Path, categories: Sequence[str]) -> Nearest:
    """The head of a file of class embeddings, each scaled to length 1.

    Parameters
    ----------
    file : ``.npy`` [classes, width] in the order of `categories`, or ``.npz`` with a vector [width] or
        several [prompts, width] by class; of several the mean of the unit vectors is taken.

    Raises
    ------
    InputError : it cannot be read, lacks a class, holds something else than numbers of one width, or the
        same for two classes.
    """
    key = f"head.file {str(file)!r}"
    try:
        content: Any = np.load(file, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{key}: cannot be read as .npy or .npz: {error}") from error
    if isinstance(content, Mapping):
        rows = []
        for name in categories:
            if name not in content:
                raise unknown(f"{key}: no embedding of the class", name, content)
            rows.append(_direction(np.atleast_2d(content[name]), key))
        if len({len(row) for row in rows}) > 1:
            raise InputError(f"{key}: embeddings of different widths")
        table = np.stack(rows)
    else:
        if content.ndim != 2 or len(content) != len(categories):
            raise InputError(
                f"{key}: holds {list(content.shape)}, not a row for each of {len(categories)} classes"
            )
        table = np.stack([_direction(row[None], key) for row in content])
    vectors_of = torch.from_numpy(table.astype(np.float32))
    _check_apart(vectors_of, dict(enumerate(categories)), f"{key}: the embeddings of")
    return Nearest(vectors_of, head.temperature)


def _direction(prompts: NDArray[Any], key: str) -> NDArray[np.float64]:
    """The mean of unit vectors [prompts, width], of length 1."""
    if prompts.dtype.kind not in "fiu" or not np.isfinite(prompts).all():
        raise InputError(f"{key}: holds what are no finite numbers")
    values = prompts.astype(float)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    if not (lengths > 0).all():
        raise InputError(f"{key}: an embedding of zeros has no direction")
    mean = (values / lengths).mean(axis=0)
    whole: NDArray[np.float64] = mean / np.linalg.norm(mean)
    return whole
