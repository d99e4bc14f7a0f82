"""The gallery (figure 5): a few pictures as the net transforms them, with their predictions.

Each instance is one choice of k1 and k2 (and k3). The first two transforms that the net has are
combined, every place of the one with every place of the other; a third is shown alone, the others at
k = (0, 0). The first instance are the untransformed pictures.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from invariances.inference import Pictures
from invariances.inference.responder import Apply, Responder, frozen, transformed
from invariances.inference.tensors import as_pixels, shrunk
from invariances.itn.decomposition import ENTRIES, columns
from invariances.itn.evaluation import Point, matrices_at
from invariances.itn.families import Kind
from invariances.itn.module import KINDS, InvariantTransformer, fixed

PLACES: dict[int, tuple[tuple[float, ...], ...]] = {
    1: ((0.0,), (0.25,), (0.5,), (0.75,), (1.0,)),
    2: ((0.0, 0.0), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)),
    3: ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 1.0, 1.0)),
}
"""The k that are shown, by its number of components: ends, and of few components the centre."""

SIGNED: dict[int, tuple[tuple[float, ...], ...]] = {
    1: ((-1.0,), (-0.5,), (0.0,), (0.5,), (1.0,)),
    2: ((0.0, 0.0), (-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)),
    3: ((0.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
"""The same where k has a sign."""

SIDE = 96
"""Of a thumbnail, in pixels, at most."""


@torch.no_grad()
def gallery(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    categories: Sequence[str],
    count: int = 4,
    places: Sequence[tuple[float, ...]] | None = None,
    side: int = SIDE,
    points: Sequence[Point | None] | None = None,
) -> dict[str, NDArray[Any]]:
    """Transformed thumbnails of a few pictures over k.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3], not trained on; labels : [N], indices among `categories`.
    count : classes shown, one picture of each, see `choose`.
    places : k of each transform; those of PLACES, or of SIGNED, by default.
    side : of a thumbnail in pixels, at most; pictures are never enlarged.
    points : other instances than those of `places`; the first is None, the untransformed pictures.

    Returns
    -------
    Arrays, for P pictures in I instances: classes [P]; kinds [D], the transforms that there are; k
    [I, D, d], NaN in the first instance, the untransformed pictures; pictures uint8 [I, P, h, w, 3];
    prediction [I, P], names of categories; right bool [I, P]; measures [F] and values float64 [I, F]:
    the matrices' decompositions (``decomposition.columns``), NaN where the picture is untransformed.
    """
    kinds = [kind for kind in KINDS if kind in module.parts()]
    dimensions = module.architecture.dimensions
    usual = (SIGNED if module.architecture.signed else PLACES)[dimensions]
    points = points or instances(kinds, places or usual)
    with frozen(classifier):
        chosen = choose(classifier, pictures, labels, count)
        shown = Pictures.numbered(pictures[chosen], labels[chosen])
        thumbnails, predicted, measured = [], [], []
        for point in points:
            matrices = {} if point is None else matrices_at(module, point)
            apply = fixed(module, matrices)
            predicted.append(Responder(classifier, apply).answers(shown).prediction)
            thumbnails.append(_thumbnails(shown, apply, side))
            measured.append(
                columns({kind: m.double().cpu().numpy() for kind, m in matrices.items()})
            )
    prediction = np.stack(predicted)
    names = np.array(list(categories))
    measures = [name for name in measured[-1] if not name.startswith(tuple(ENTRIES.values()))]
    return {
        "classes": names[labels[chosen]],
        "kinds": np.array(kinds),
        "k": np.array([_row(point, kinds, dimensions) for point in points]),
        "pictures": np.stack(thumbnails),
        "prediction": names[prediction],
        "right": prediction == labels[chosen],
        "measures": np.array(measures),
        "values": np.array([[row.get(name, np.nan) for name in measures] for row in measured]),
    }


def instances(kinds: Sequence[Kind], places: Sequence[tuple[float, ...]]) -> list[Point | None]:
    """The k of every instance by kind, in the gallery's order; None is the untransformed one."""
    still: Point = dict.fromkeys(kinds, (0.0,) * len(places[0]))
    found: list[Point | None] = [None]
    if len(kinds) == 1:
        return found + [{kinds[0]: k} for k in places]
    first, second, *others = kinds
    found += [still | {first: across, second: down} for down in places for across in places]
    return found + [still | {kind: k} for kind in others for k in places]


def choose(
    classifier: nn.Module, pictures: NDArray[np.uint8], labels: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Which pictures are shown: indices [P], P at most `count`, one a class.

    Classes are spread evenly over those that there are. Each shows its first picture on which the
    classifier is right untransformed; a class without one gives way to the next that has one.
    """
    if len(pictures) != len(labels) or not len(labels) or count < 1:
        raise ValueError(f"{len(pictures)} pictures, {len(labels)} labels, {count} to show")
    present = [int(label) for label in np.unique(labels)]
    spread = np.linspace(0, len(present) - 1, min(count, len(present))).round().astype(int)
    found: dict[int, int] = {}
    passed: list[int] = []
    for place in spread:
        for label in present[place:] + present[:place]:
            if label in found or label in passed:
                continue
            first = _first_right(classifier, pictures, labels, label)
            if first is not None:
                found[label] = first
                break
            passed.append(label)
    for label in passed[: len(spread) - len(found)]:
        found[label] = int(np.flatnonzero(labels == label)[0])
    return np.array([found[label] for label in sorted(found)])


def _first_right(
    classifier: nn.Module, pictures: NDArray[np.uint8], labels: NDArray[np.int64], label: int
) -> int | None:
    own = np.flatnonzero(labels == label)
    shown = Pictures.numbered(pictures[own], labels[own])
    for rows, logits in Responder(classifier, batch_size=16).logits(shown):
        right = logits.argmax(dim=1).cpu().numpy() == label
        if right.any():
            return int(own[rows][right.argmax()])
    return None


def _row(point: Point | None, kinds: Sequence[Kind], dimensions: int) -> list[tuple[float, ...]]:
    return [(np.nan,) * dimensions if point is None else point[kind] for kind in kinds]


def _thumbnails(pictures: Pictures, apply: Apply, side: int) -> NDArray[np.uint8]:
    """Transformed pictures as uint8 [N, h, w, 3], the longer side at most `side`."""
    rows = np.arange(len(pictures))
    batches = transformed(pictures, rows, np.zeros(len(rows)), apply)
    return np.concatenate([as_pixels(shrunk(batch, side)) for _, batch in batches])
