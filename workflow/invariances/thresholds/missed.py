"""How many first flips a search has missed: some of what it left unasked is asked, drawn at random.

An exhaustive search asks at every multiple of the tolerance. Of those that a search left out, only what
lies between two right answers short of a picture's first wrong one can hide an earlier flip. Of each class
as many are drawn as fit into a tenth of what its grid cost, each with the same chance. A class's draw
depends on the seed and its own pictures, not on which classes share a job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from invariances.costs import CHECKED
from invariances.inference import Pictures, picture_ids
from invariances.statistics.bootstrap import LEVEL
from invariances.thresholds.axes import Floats, Indices, from_axis
from invariances.thresholds.bisection import Bisection

if TYPE_CHECKING:  # tables are made by scripts that need no torch
    from invariances.inference.responder import Responder

NEAR = 1e-6
"""Of the tolerance: a multiple as near to a point as this is that point."""


@dataclass(frozen=True)
class Check:
    """What was asked after a search, of N pictures upwards and downwards from the identity.

    Attributes
    ----------
    unasked : [N, 2], multiples of the tolerance at which an earlier flip may be hidden.
    checked : [N, 2], how many of them were asked; missed : bool [N, 2], whether one is wrong.
    """

    unasked: Indices
    checked: Indices
    missed: NDArray[np.bool_]


def check(
    responder: Responder,
    pictures: Pictures,
    found: Bisection,
    points: int,
    seed: int,
    sweep: str = "",
) -> Check:
    """Ask some of what a search left out.

    Parameters
    ----------
    responder, pictures : those that were searched; found : the finished search.
    points : of the grid, for the number of passes that a tenth is taken of.
    seed : the run's; sweep : its name, each has draws of its own.
    """
    picture, coordinate = unasked(found)
    drawn = draw(picture, pictures, points, seed, sweep)
    rows, shown = picture[drawn], coordinate[drawn]
    answers = responder.answers(pictures, rows, from_axis(shown, found.axis))
    wrong = answers.prediction != found.labels[rows]
    size = len(pictures)
    return Check(
        _counted(picture, coordinate < found.identity, size),
        _counted(rows, shown < found.identity, size),
        _counted(rows[wrong], (shown < found.identity)[wrong], size) > 0,
    )


def _counted(picture: Indices, downwards: NDArray[np.bool_], size: int) -> Indices:
    """How many points [Q] each picture has upwards and downwards, [N, 2]."""
    return np.bincount(2 * picture + downwards, minlength=2 * size).reshape(size, 2)


def unasked(found: Bisection) -> tuple[Indices, Floats]:
    """Where a search may have stepped over an earlier flip: pictures [U] and coordinates [U].

    The multiples of the tolerance from the identity, not asked, that lie between two right answers
    short of the first wrong one in each direction.
    """
    gap = np.flatnonzero(found.unbroken())
    ends = [(found.coordinate[gap + side] - found.identity) / found.tolerance for side in (0, 1)]
    first = np.floor(ends[0] + NEAR).astype(int) + 1
    count = np.maximum(np.ceil(ends[1] - NEAR).astype(int) - first, 0)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    multiple = np.repeat(first, count) + within
    return found.picture[np.repeat(gap, count)], found.identity + found.tolerance * multiple


def draw(picture: Indices, pictures: Pictures, points: int, seed: int, sweep: str = "") -> Indices:
    """Which of the points [U] of these pictures are asked, ascending: of each class what it may cost.

    Each sweep's draw is its own, so that what several have missed adds up as independent.
    """
    owner = pictures.class_index[picture]
    chosen = [np.empty(0, dtype=np.intp)]
    for place, name in enumerate(pictures.classes):
        own = np.flatnonzero(owner == place)
        most = int(CHECKED * points * (pictures.class_index == place).sum() + NEAR)
        generator = np.random.default_rng([seed, *picture_ids([f"{sweep}/{name}"])])
        chosen.append(generator.choice(own, min(most, len(own)), replace=False))
    return np.sort(np.concatenate(chosen))


def missed_at_most(pictures: pd.DataFrame, level: float = LEVEL) -> float:
    """Upper limit of the share of pictures, in a direction, whose first flip was missed, in [0, 1].

    A missed flip is found if one of its multiples is drawn, in a class with a chance of at least
    checked / unasked. The number found is then at most as small as a Poisson number whose mean is
    the sum of these chances over all missed flips; Clopper and Pearson's limit of that (Garwood,
    Biometrika 28, 1936: 3 if none is found) is spread over the classes checked least, which gives
    the largest number of missed flips, at most one a picture and direction. What was checked wholly
    is counted.

    Parameters
    ----------
    pictures : `picture_table` of one network and transform, or of several together; a trial is a picture
        in one direction that is recognised at the identity.

    Returns
    -------
    NaN without trials, or where nothing of what was left out was asked.
    """
    trials = pictures[pictures["status"] == "measured"]
    if trials.empty or trials["unasked"].isna().any():
        return np.nan
    trials = trials.astype({"unasked": int, "checked": int, "missed": bool})
    trials = trials.assign(open=trials["unasked"] > 0)
    counts = ["unasked", "checked", "missed", "open"]
    classes = trials.groupby(["model", "transform", "class"])[counts].sum()
    whole = classes["checked"] == classes["unasked"]
    rest = classes[~whole]
    if len(rest) and not rest["checked"].any():
        return np.nan
    chance = (rest["checked"] / rest["unasked"]).to_numpy(float)
    limit = float(special.gammaincinv(rest["missed"].sum() + 1, level))
    hidden = _most(chance, rest["open"].to_numpy(float), limit)
    return float(classes.loc[whole, "missed"].sum() + hidden) / len(trials)


def _most(chance: Floats, size: Floats, limit: float) -> float:
    """The largest sum of numbers x [C], 0 <= x <= size, of which the sum of chance x is `limit` at most."""
    order = np.argsort(chance, kind="stable")
    cost = (chance * size)[order]
    left = np.clip(limit - (np.cumsum(cost) - cost), 0, None)
    share = np.divide(left, cost, out=np.ones_like(cost), where=cost > 0)
    return float((size[order] * np.minimum(share, 1)).sum())
