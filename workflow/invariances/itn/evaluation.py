"""What a trained net does on pictures that it was not trained on, over a grid of k.

The grid varies k1 with k2 = (0, 0), then k2 with k1 = (0, 0) (and k3 likewise), then all together
along the diagonal. k = (0, 0) is the identity for a net trained as ``volume`` or ``constrained``; for the
paper's it is whatever the net has learned there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from invariances.inference import BATCH_SIZE, Pictures
from invariances.inference.responder import Responder, check_finite, frozen
from invariances.itn.decomposition import columns
from invariances.itn.families import Kind
from invariances.itn.losses import expected_displacement
from invariances.itn.module import KINDS, InvariantTransformer, fixed
from invariances.statistics import mean_interval, proportion_interval

NAMES: dict[Kind, str] = {"spatial": "k1", "colour": "k2", "convolution": "k3"}

DRAWN = 50
"""Random k between the grid's, at which flips are counted."""

Point = dict[Kind, tuple[float, ...]]


@dataclass(frozen=True)
class Responses:
    """A classifier's answers to one set of pictures, transformed in several ways.

    correct : bool [P, N]; softmax : float64 [P, N], of the true class; P ways, N pictures.
    """

    correct: NDArray[np.bool_]
    softmax: NDArray[np.float64]


def respond(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    ways: Sequence[Mapping[Kind, Tensor]],
    batch_size: int = BATCH_SIZE,
) -> Responses:
    """The classifier's answers to every picture under every way.

    `pictures` is uint8 [N, H, W, 3]; a way holds one homogeneous matrix [n, n] for each kind of
    transform that takes part: an empty one leaves the pictures untransformed.
    """
    shown = Pictures.numbered(pictures, labels)
    truth = torch.from_numpy(shown.categories)
    correct = np.zeros((len(ways), len(labels)), dtype=bool)
    softmax = np.zeros((len(ways), len(labels)))
    with frozen(classifier):
        for index, way in enumerate(ways):
            responder = Responder(classifier, fixed(module, way), batch_size=batch_size)
            for rows, logits in responder.logits(shown):
                own = truth[rows].to(logits.device)
                probability = logits.double().softmax(dim=1)
                check_finite(probability, shown, np.arange(len(shown))[rows])
                correct[index, rows] = (logits.argmax(dim=1) == own).cpu().numpy()
                softmax[index, rows] = probability.gather(1, own[:, None])[:, 0].cpu().numpy()
    return Responses(correct, softmax)


def grid(module: InvariantTransformer, points: int) -> list[tuple[str, Point]]:
    """(varied, k by kind) for each row of an evaluation, see the module's head.

    `points` values of each component of k, from 0 (or -1) to 1; of three components at most 3.
    """
    if points < 2:
        raise ValueError(f"points {points}: a grid of k needs at least 2, for 0 and 1")
    dimensions, signed = module.architecture.dimensions, module.architecture.signed
    if dimensions > 2:
        points = min(points, 3)
    values = [round(float(value), 6) + 0.0 for value in np.linspace(-1 if signed else 0, 1, points)]
    kinds = [kind for kind in KINDS if kind in module.parts()]
    still: Point = dict.fromkeys(kinds, (0.0,) * dimensions)
    found: list[tuple[str, Point]] = []
    for kind in kinds:
        found += [(kind, still | {kind: k}) for k in product(values, repeat=dimensions)]
    if len(kinds) > 1:
        found += [("all", dict.fromkeys(kinds, (value,) * dimensions)) for value in values]
    return found


@torch.no_grad()
def matrices_at(module: InvariantTransformer, point: Point) -> dict[Kind, Tensor]:
    """The matrices [n, n] of each transform at one k a kind."""
    parts = module.parts()
    return {kind: parts[kind](parts[kind].reach.new_tensor([k]))[0] for kind, k in point.items()}


def evaluate(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    points: int = 5,
    batch_size: int = BATCH_SIZE,
    seed: int = 0,
) -> pd.DataFrame:
    """The evaluation table: one row for each k of the grid.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3], not trained on; labels : [N].
    points : values of each k component, from 0 to 1.
    seed : of the resamples.

    Returns
    -------
    varied (spatial | colour | convolution | all); k1_0, k1_1, k2_0, k2_1 (k3_0, k3_1; as many as k has);
    pictures; accuracy, accuracy_low, accuracy_high, baseline_accuracy (untransformed, the same
    pictures); softmax (mean, true class), softmax_low, softmax_high, baseline_softmax; lost and
    gained, the pictures right untransformed and wrong there, and the other way round; for each kind
    {kind}_displacement, the mean of ||A x - x||^2; then the matrices' entries and decompositions,
    ``decomposition.columns``. Intervals are of 95 %.
    """
    places = grid(module, points)
    found = [matrices_at(module, point) for _, point in places]
    responses = respond(module, classifier, pictures, labels, [{}, *found], batch_size)
    right = responses.correct.sum(axis=1)
    low, high = proportion_interval(right, len(labels))
    softmax_low, softmax_high = mean_interval(responses.softmax.T, seed=seed)
    rows: list[dict[str, Any]] = []
    for index, ((varied, point), matrices) in enumerate(zip(places, found, strict=True), start=1):
        row: dict[str, Any] = {"varied": varied}
        row |= {
            f"{NAMES[kind]}_{j}": point[kind][j] for kind in point for j in range(len(point[kind]))
        }
        row |= {"pictures": len(labels), "accuracy": right[index] / len(labels)}
        row |= {"accuracy_low": low[index], "accuracy_high": high[index]}
        row |= {"baseline_accuracy": right[0] / len(labels)}
        row |= {"softmax": responses.softmax[index].mean(), "softmax_low": softmax_low[index]}
        row |= {"softmax_high": softmax_high[index]}
        row |= {"baseline_softmax": responses.softmax[0].mean()}
        row |= {"lost": int((responses.correct[0] & ~responses.correct[index]).sum())}
        row |= {"gained": int((~responses.correct[0] & responses.correct[index]).sum())}
        for kind, matrix in matrices.items():
            row[f"{kind}_displacement"] = float(expected_displacement(kind, matrix[None]))
        rows.append(row | columns({kind: m.double().cpu().numpy() for kind, m in matrices.items()}))
    return pd.DataFrame(rows)


def flips(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    count: int = DRAWN,
    batch_size: int = BATCH_SIZE,
    seed: int = 0,
) -> pd.DataFrame:
    """Flips at `count` random k, each transform's own, uniform over its cube: the table FLIPS.

    A certificate holds on its grid; what happens between is asked here. `pictures` uint8 [N, H, W, 3] and
    `labels` [N] were neither trained on nor calibrated with; flips are those of the pictures that are
    right untransformed, their share with exact limits of 95 % (Clopper and Pearson).
    """
    dimensions, signed = module.architecture.dimensions, module.architecture.signed
    low = -1.0 if signed else 0.0
    generator = np.random.default_rng(seed)
    drawn = generator.uniform(low, 1, (count, len(module.parts()), dimensions)).round(6)
    points: list[Point] = [
        {kind: tuple(map(float, k)) for kind, k in zip(module.parts(), row, strict=True)}
        for row in drawn
    ]
    baseline = respond(module, classifier, pictures, labels, [{}], batch_size).correct[0]
    shown, truth = pictures[baseline], labels[baseline]
    ways = [matrices_at(module, point) for point in points]
    flipped = (~respond(module, classifier, shown, truth, ways, batch_size).correct).sum(axis=1)
    shares, lows, highs = np.full((3, count), np.nan)
    if len(truth):
        shares = flipped / len(truth)
        lows, highs = proportion_interval(flipped, len(truth))
    rows: list[dict[str, Any]] = []
    for index, point in enumerate(points):
        row: dict[str, Any] = {"number": index + 1}
        row |= {
            f"{NAMES[kind]}_{j}": value for kind in point for j, value in enumerate(point[kind])
        }
        row |= {"pictures": len(truth), "flips": int(flipped[index]), "flipped": shares[index]}
        rows.append(row | {"flipped_low": lows[index], "flipped_high": highs[index]})
    return pd.DataFrame(rows)
