"""Does the net stop at the edge of the invariance? Along each learned transform's own path.

The learned matrix at a k is taken as a direction: its powers A^alpha are a path from the identity
(alpha 0) through the matrix itself (1) and beyond. The tightness is the alpha at which held-out
accuracy first falls by more than is allowed: 1 says that the net stops at the edge of the
invariance, more that room was left, less that it went too far.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import nn

from invariances.inference import BATCH_SIZE
from invariances.itn.evaluation import DRAWN, grid, respond
from invariances.itn.families import Kind
from invariances.itn.losses import expected_displacement
from invariances.itn.module import KINDS, InvariantTransformer
from invariances.statistics import bootstrap

POWERS = (0.25, 0.5, 0.75, 0.875, 1.0, 1.125, 1.25, 1.5, 2.0, 3.0, 4.0)
"""Where the paths are looked at: dense around 1, to where an answer would be a censored one."""

PLACES = (1.0, 0.5)
"""Of every component of k, where the default places are."""

BEYOND = 4
"""A path is left once this many times the allowed accuracy is lost: resamples of pictures may
cross the edge later than the sample, not that much later."""

STILL = 1e-9


@dataclass(frozen=True)
class Path:
    """One learned transform's powers: which kinds of transform take part, and at which k."""

    kinds: tuple[Kind, ...]
    k: tuple[float, ...]

    @property
    def name(self) -> str:
        """The kind, or ``all``."""
        return self.kinds[0] if len(self.kinds) == 1 else "all"


def tightness(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    accuracy_loss: float = 0.02,
    powers: Sequence[float] = POWERS,
    places: Sequence[tuple[float, ...]] | None = None,
    batch_size: int = BATCH_SIZE,
    seed: int = 0,
) -> pd.DataFrame:
    """The tightness at each of `places`, of each transform alone and of all together.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3], not trained on; labels : [N].
    accuracy_loss : fraction of accuracy that may be lost, at least one picture's.
    powers : ascending, above 0.
    places : k of each transform; by default all components 1, and all 1/2.

    Returns
    -------
    varied, k_0, k_1 (as many as k has); tightness, low, high (95 %, bootstrap over
    pictures); censored (no edge up to the last power: tightness is then that power, and so is a `high`
    beyond it); accuracy_at_one; displacement_at_one and displacement_at_edge of the kinds that take part,
    summed; pictures.
    A transform that stays at the identity has no path: NaN.
    """
    kinds = tuple(kind for kind in KINDS if kind in module.parts())
    together = [(kind,) for kind in kinds] + ([kinds] if len(kinds) > 1 else [])
    accuracy_loss = max(accuracy_loss, 1 / len(labels))
    baseline = respond(module, classifier, pictures, labels, [{}], batch_size).correct[0]
    rows = []
    dimensions = module.architecture.dimensions
    for place in places or [(value,) * dimensions for value in PLACES]:
        for taking_part in together:
            path = Path(taking_part, place)
            correct = _walk(
                *(module, classifier, pictures, labels, path, powers, baseline),
                *(accuracy_loss, batch_size),
            )
            rows.append(_row(module, path, baseline, correct, powers, accuracy_loss, seed))
    return pd.DataFrame(rows)


def ways(module: InvariantTransformer, points: int) -> int:
    """In how many ways at most each picture is shown by an evaluation, flips and tightness together."""
    kinds = len(module.parts())
    paths = len(PLACES) * (kinds + (kinds > 1))
    return 3 + len(grid(module, points)) + DRAWN + paths * len(POWERS)


@torch.no_grad()
def _matrices(module: InvariantTransformer, path: Path, power: float) -> dict[Kind, torch.Tensor]:
    parts = module.parts()
    return {
        kind: parts[kind](parts[kind].reach.new_tensor([path.k]), power)[0] for kind in path.kinds
    }


def _walk(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    path: Path,
    powers: Sequence[float],
    baseline: NDArray[np.bool_],
    accuracy_loss: float,
    batch_size: int,
) -> NDArray[np.bool_]:
    """Whether each picture is right at each power, bool [P, N], P as far as the path was followed."""
    found: list[NDArray[np.bool_]] = []
    for power in powers:
        way = _matrices(module, path, power)
        found.append(respond(module, classifier, pictures, labels, [way], batch_size).correct[0])
        if power > 1 and baseline.mean() - found[-1].mean() > BEYOND * accuracy_loss:
            break
    return np.stack(found)


def edge(
    accuracy: NDArray[np.float64], powers: NDArray[np.float64], floor: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The first power at which accuracy falls below `floor`, interpolated between powers.

    Shapes: accuracy [B, P + 1], its first column untransformed; powers [P + 1], the first 0; floor
    [B]; returns [B], NaN where there is none.
    """
    # One part in 10^9: a mean over resampled pictures that equals the floor must not fall below it.
    below = accuracy < floor[:, None] - 1e-9
    first = below.argmax(axis=1)
    rows = np.arange(len(accuracy))
    before = np.maximum(first - 1, 0)
    high, low = accuracy[rows, before], accuracy[rows, first]
    part = np.divide(high - floor, high - low, out=np.zeros(len(rows)), where=high > low)
    found = powers[before] + part * (powers[first] - powers[before])
    return np.where(below.any(axis=1), found, np.nan)


def _row(
    module: InvariantTransformer,
    path: Path,
    baseline: NDArray[np.bool_],
    correct: NDArray[np.bool_],
    powers: Sequence[float],
    accuracy_loss: float,
    seed: int,
) -> dict[str, Any]:
    walked = np.array([0.0, *powers[: len(correct)]])
    answers = np.vstack([baseline, correct]).T.astype(float)
    end = float(powers[-1])

    def first_crossing(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        accuracy = weights @ answers
        found = edge(accuracy, walked, accuracy[:, 0] - accuracy_loss)
        return np.where(np.isnan(found), walked[-1], found)

    mean = answers.mean(axis=0, keepdims=True)
    censored = bool(np.isnan(edge(mean, walked, mean[:, 0] - accuracy_loss))[0])
    estimate, low, high = bootstrap(first_crossing, len(baseline), seed=seed)
    moved = _displacement(module, path, 1.0)
    still = moved < STILL
    value = np.nan if still else (end if censored else float(estimate))
    one = list(powers).index(1.0) if 1.0 in powers else None
    return {
        "varied": path.name,
        **{f"k_{j}": value for j, value in enumerate(path.k)},
        "tightness": value,
        "low": np.nan if still else float(low),
        "high": np.nan if still else float(high),
        "censored": censored,
        "accuracy_at_one": np.nan if one is None else float(correct[one].mean()),
        "displacement_at_one": moved,
        "displacement_at_edge": _displacement(module, path, 0.0 if still else value),
        "pictures": len(baseline),
    }


def _displacement(module: InvariantTransformer, path: Path, power: float) -> float:
    matrices = _matrices(module, path, power)
    return sum(float(expected_displacement(kind, m[None])) for kind, m in matrices.items())
