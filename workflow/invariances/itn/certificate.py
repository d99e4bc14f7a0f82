"""The certificate: how much of a family's scale may be kept, with a limit on the pictures it flips.

A family that was trained on some pictures is held against others, which neither weights, multiplier nor
learning rate have seen. Its coordinates are multiplied by a scale; of a sequence of scales, fixed before
training, each is tested in turn: does some k of the grid flip more than alpha of the pictures that are
right untransformed? Learn then Test (Angelopoulos, Bates, Candes, Jordan & Lei 2021) with fixed sequence
testing: for one scale and one k the number of flips is binomial, and P(Bin(n, p) <= c) <= delta for every
p > alpha by the choice of c. A scale passes where all k have at most c flips, and the first that fails
ends it. The first scale of the sequence that is not good at some k passes with a probability of at most
delta, that k's alone; so with confidence 1 - delta none is kept that is not good, whatever the number of
scales and of k. What is certified holds for pictures drawn like the calibration's, at each k of the grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import nn

from invariances.inference import BATCH_SIZE
from invariances.itn.evaluation import NAMES, Point, matrices_at, respond
from invariances.itn.module import KINDS, InvariantTransformer
from invariances.itn.steered import Architecture
from invariances.tables import CERTIFICATE
from invariances.tables.frames import frame

WhenFew = Literal["least_alpha", "identity"]


@dataclass(frozen=True)
class Asked:
    """What a certificate is asked for.

    Attributes
    ----------
    alpha : the share of the pictures right untransformed that may be flipped at any k of the grid.
    delta : how probable it may be that more are, over draws of the calibration's pictures.
    scales : in (0, 1], ascending: those tested, in turn.
    when_few : where even no flip at all among so few pictures could certify `alpha`: the least alpha that
        they can, or the identity.
    points : values of each component of k in the certificate's grid, from 0 to 1; with sign as many below.
    """

    alpha: float = 0.05
    delta: float = 0.05
    scales: tuple[float, ...] = (0.25, 0.4, 0.55, 0.7, 0.85, 1.0)
    when_few: WhenFew = "least_alpha"
    points: int = 2

    def __post_init__(self) -> None:
        for name in ("alpha", "delta"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: must lie in (0, 1)")
        if self.points < 2:
            raise ValueError(f"points {self.points}: a grid of k needs at least 2, for 0 and 1")
        ascending = all(one < two for one, two in zip(self.scales, self.scales[1:], strict=False))
        if not self.scales or not ascending or not 0 < self.scales[0] <= self.scales[-1] <= 1:
            raise ValueError(f"scales {list(self.scales)}: must ascend within (0, 1]")


def most_flips(pictures: int, alpha: float, delta: float) -> int:
    """c = max{c: P(Bin(pictures, alpha) <= c) <= delta}; -1 where there is none, not even 0."""
    c = int(stats.binom.ppf(delta, pictures, alpha)) if pictures else 0
    while c >= 0 and stats.binom.cdf(c, pictures, alpha) > delta:
        c -= 1
    return c


def least_alpha(pictures: int, delta: float) -> float:
    """The least alpha that so many pictures can certify, by no flip at all: 1 - delta^(1 / pictures)."""
    return 1 - delta ** (1 / pictures) if pictures else 1.0


def passed(flips: NDArray[np.integer], allowed: NDArray[np.integer] | int) -> NDArray[np.int64]:
    """How many scales of a sequence pass, the first that fails ending it.

    flips : int [..., S, K], at each scale and k; allowed : [...] or a number. Returns [...].
    """
    worst = np.asarray(flips).max(axis=-1)
    good = worst <= np.asarray(allowed)[..., None]
    return np.asarray(np.cumprod(good, axis=-1).sum(axis=-1), dtype=np.int64)


def certified_grid(module: InvariantTransformer, points: int = 2) -> list[tuple[str, Point]]:
    """(varied, k by kind): each transform's k alone over its cube's grid, then all at the same k.

    `points` values of each component from 0 to 1, and their negatives where k has a sign: 2 are the
    corners. 0, where a family is the identity, is left out; so are components that lead nowhere.
    """
    architecture, parts = module.architecture, module.parts()
    values = [round(float(value), 6) for value in np.linspace(0, 1, points)]
    if architecture.signed:
        values = sorted({*values, *(-value for value in values[1:])})
    still: Point = dict.fromkeys(parts, (0.0,) * architecture.dimensions)
    found: list[tuple[str, Point]] = []
    for kind, part in parts.items():
        own = [_padded(k, architecture) for k in product(values, repeat=part.used) if any(k)]
        found += [(kind, still | {kind: k}) for k in own]
    if len(parts) > 1:
        for k in product(values, repeat=max(part.used for part in parts.values())):
            point = {kind: _padded(k[: part.used], architecture) for kind, part in parts.items()}
            if any(k):
                found.append(("all", point))
    return found


def _padded(k: Sequence[float], architecture: Architecture) -> tuple[float, ...]:
    return (*k, *(0.0,) * (architecture.dimensions - len(k)))


def certify(
    module: InvariantTransformer,
    classifier: nn.Module,
    pictures: NDArray[np.uint8],
    labels: NDArray[np.int64],
    asked: Asked | None = None,
    keep: bool = True,
    batch_size: int = BATCH_SIZE,
) -> pd.DataFrame:
    """Scale a trained net to what its certificate allows, and say how that was found.

    Parameters
    ----------
    pictures : uint8 [N, H, W, 3], none of which training has seen; labels : [N].
    keep : whether the net's reach becomes the certified scale. Otherwise the net is tested as it is, at
        scale 1 alone, and only what was found is noted.

    Returns
    -------
    The table CERTIFICATE, one row a scale tested; `module.certificate` holds its summary. Where nothing
    passes the net becomes the identity.
    """
    asked = asked or Asked()
    scales = asked.scales if keep else (1.0,)
    baseline = respond(module, classifier, pictures, labels, [{}], batch_size).correct[0]
    shown, truth = pictures[baseline], labels[baseline]
    count = len(truth)
    alpha, allowed = asked.alpha, most_flips(count, asked.alpha, asked.delta)
    few = allowed < 0
    if few and asked.when_few == "least_alpha" and count:
        alpha, allowed = least_alpha(count, asked.delta), 0
    whole = {kind: part.reach.item() for kind, part in module.parts().items()}
    places = certified_grid(module, asked.points)
    order = list(range(len(places)))
    rows: list[dict[str, Any]] = []
    about = {"alpha": alpha, "alpha_asked": asked.alpha, "delta": asked.delta}
    about |= {"pictures": count, "allowed": allowed, "ks": len(places)}
    for scale in scales if allowed >= 0 else scales[:1]:
        row: dict[str, Any] = {"scale": scale} | about | {"passed": False}
        rows.append(row)
        if allowed < 0:
            break
        _scale(module, whole, scale)
        flipped = np.zeros((0, count), dtype=np.bool_)
        counts: list[int] = []
        for place in order:
            way = matrices_at(module, places[place][1])
            right = respond(module, classifier, shown, truth, [way], batch_size).correct
            flipped = np.concatenate([flipped, ~right])
            counts.append(int(flipped[-1].sum()))
            if counts[-1] > allowed:
                break
        worst = int(np.argmax(counts))
        row |= {"flips": counts[worst], "worst_k": said(places[order[worst]][1])}
        row |= {"ks": len(counts), "flipped_at_some_k": int(flipped.any(axis=0).sum())}
        row["passed"] = counts[worst] <= allowed
        if not row["passed"]:
            break
        # What flips most at one scale will at the next: one that fails is known by its first k.
        order = [order[place] for place in np.argsort(-np.array(counts), kind="stable")]
    kept = max((row["scale"] for row in rows if row["passed"]), default=0.0)
    _scale(module, whole, kept if keep else 1.0)
    for row in rows:
        row["kept"] = row["scale"] == kept
    module.certificate = about | {"scale": kept, "applied": keep, "scales": list(scales)}
    return frame(CERTIFICATE, rows)


@torch.no_grad()
def _scale(module: InvariantTransformer, whole: dict[Any, float], scale: float) -> None:
    for kind, part in module.parts().items():
        part.reach.fill_(whole[kind] * scale)


def said(point: Point) -> str:
    """A place of the grid in words: ``k1 = (1, 0)``; of several kinds, all that are not 0."""
    kinds = [kind for kind in KINDS if kind in point and any(point[kind])]
    shown = (
        f"{NAMES[kind]} = ({', '.join(f'{value:g}' for value in point[kind])})" for kind in kinds
    )
    return ", ".join(shown)


def told(table: pd.DataFrame, asked: Asked) -> str:
    """A certificate in words, with the remedy where it is not what was asked for."""
    first, kept = table.iloc[0], table[table["kept"]]
    alpha, count = first["alpha"], int(first["pictures"])
    few = ""
    if first["allowed"] < 0 or alpha > asked.alpha:
        few = (
            f"{count} pictures that are right untransformed certify at least alpha "
            f"{least_alpha(count, asked.delta):.3f} at delta {asked.delta:g}, not itn.alpha: "
            f"{asked.alpha:g}; give more pictures, or raise itn.alpha. "
        )
    if kept.empty:
        as_it_is = table["scale"].tolist() == [1.0] and asked.scales[0] != 1
        left = "as it is, uncertified" if as_it_is else "as the identity"
        return f"{few}Certificate: no scale passes, the net is left {left}"
    return (
        f"{few}Certificate: scale {kept['scale'].iloc[0]:g}; with confidence {1 - asked.delta:g} at most "
        f"{alpha:.3g} of the pictures that are right untransformed are flipped at each k of its grid"
    )
