"""C1 to C4: what thresholds, curves and correlations of a run say of the paper's first strategy."""

from collections.abc import Collection
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from invariances.claims.statements import CONSTANT, EFFECT, FACTOR, STRONG
from invariances.claims.verdicts import UNKNOWN, Estimate, share
from invariances.statistics.bootstrap import LEVEL

Floats = NDArray[np.float64]
LARGEST_EFFECT = 0.99
"""Effects are held below this: where classes do not overlap at all the F statistic is infinite."""
HALF_TURN = 180.0
CELL = ["transform", "class", "direction"]


def existing(thresholds: pd.DataFrame, curves: pd.DataFrame) -> Estimate:
    """Share of cells that switch inside the range, beyond the identity (C1a, C2a).

    Of cells that are not recognised untransformed, whose threshold is the identity, none counts. A
    cell surely has a threshold if its whole interval lies inside the range and beyond the identity,
    and possibly if its near limit lies inside the range.

    Parameters
    ----------
    thresholds : rows of one network, with the transform's ``identity``.
    curves : its response curves, for the ranges.
    """
    rows, near, far, end = _limits(thresholds, curves)
    home = rows["identity"].to_numpy(float)
    censored = rows["censored"].to_numpy(bool)
    recognised = censored | _differ(rows["threshold"].to_numpy(float), home)
    surely = ~censored & _differ(far, end) & _differ(near, home)
    return share((~censored)[recognised], surely[recognised], _differ(near, end)[recognised])


def _limits(
    thresholds: pd.DataFrame, curves: pd.DataFrame
) -> tuple[pd.DataFrame, Floats, Floats, Floats]:
    """Thresholds of transforms that have curves, their near and far limits and their range's end."""
    ends = curves.groupby("transform")["magnitude"].agg(["min", "max"])
    rows = thresholds[thresholds["transform"].isin(ends.index)]
    up = (rows["direction"] == "up").to_numpy()
    low, high = (rows[name].to_numpy(float) for name in ("low", "high"))
    # An empty table would map to objects.
    last, first = (rows["transform"].map(ends[name]).to_numpy(float) for name in ("max", "min"))
    return rows, np.where(up, low, high), np.where(up, high, low), np.where(up, last, first)


def _differ(first: Floats, second: Floats) -> NDArray[np.bool_]:
    """Whether magnitudes differ by more than the seven digits to which tables are written."""
    different: NDArray[np.bool_] = ~np.isclose(first, second, rtol=1e-6, atol=1e-9)
    return different


def class_effect(values: ArrayLike, classes: ArrayLike, level: float = LEVEL) -> Estimate:
    """Share of the variance of ranks that classes explain (Kruskal-Wallis), with its interval.

    Ranks need no scale, and pictures that do not flip within range tie as the highest: all are
    censored at the same distance, so that their order among the others is known. The estimate is
    corrected for its bias (epsilon squared; Kelley 1935, PNAS 21), the interval inverts the
    noncentral F distribution (Steiger, Psychol. Methods 9, 2004) on ranks (Conover & Iman 1981).

    Parameters
    ----------
    values, classes : [n], distances of pictures' thresholds from the identity, and their classes.

    Returns
    -------
    Estimate in [0, 1]; 0 with the whole of [0, 1] for its interval where all values tie, or no class
    has two pictures; unknown for fewer than two classes.
    """
    ranks = stats.rankdata(np.asarray(values, dtype=float))
    group = np.unique(np.asarray(classes), return_inverse=True)[1]
    n, k = len(ranks), int(group.max(initial=-1)) + 1
    if k < 2:
        return UNKNOWN
    total = float(((ranks - ranks.mean()) ** 2).sum())
    if total == 0 or n <= k:
        return Estimate(0.0, 0.0, 1.0)
    count = np.bincount(group)
    means = np.bincount(group, ranks) / count
    explained = min(float((count * (means - ranks.mean()) ** 2).sum()) / total, LARGEST_EFFECT)
    unbiased = max(0.0, 1 - (1 - explained) * (n - 1) / (n - k))
    ratio = (explained / (k - 1)) / ((1 - explained) / (n - k))
    # Classes more alike than chance makes them (F under 1) do not bound the effect any closer.
    low, high = (
        _noncentrality(value, k - 1, n - k, tail)
        for value, tail in ((ratio, 0.5 + level / 2), (max(ratio, 1.0), 0.5 - level / 2))
    )
    low, high = low / (low + n), high / (high + n)
    return Estimate(unbiased, min(low, unbiased), max(high, unbiased))


def _noncentrality(ratio: float, between: int, within: int, probability: float) -> float:
    """The noncentrality at which an F as large as `ratio` has this distribution function."""

    def excess(value: float) -> float:
        return float(stats.ncf.cdf(ratio, between, within, value)) - probability

    if excess(0.0) <= 0:
        return 0.0
    top = 1.0
    while excess(top) > 0:
        top *= 2
    return float(optimize.brentq(excess, 0.0, top, xtol=1e-6))


def class_dependence(pictures: pd.DataFrame) -> Estimate:
    """Share of transforms and directions in which thresholds depend on the class (C1b).

    The effects' intervals are Bonferroni's for the number of transforms and directions, so that all
    hold together with 95 %.

    Parameters
    ----------
    pictures : measured rows of one network, with ``distance`` from the identity.
    """
    cells = [cell for _, cell in pictures.groupby(["transform", "direction"], sort=False)]
    level = 1 - (1 - LEVEL) / max(len(cells), 1)
    found = [class_effect(cell["distance"], cell["class"], level) for cell in cells]
    effects = [effect for effect in found if effect.known]
    return share(
        [effect.value >= EFFECT for effect in effects],
        [effect.low >= EFFECT for effect in effects],
        [effect.high >= EFFECT for effect in effects],
    )


def transform_dependence(
    sizes: pd.DataFrame, thresholds: pd.DataFrame, curves: pd.DataFrame
) -> Estimate:
    """Share of pairs of transforms, class by class, that are borne differently (C1c).

    Parameters
    ----------
    sizes : rows of one network; cells of size 0 (classes not recognised untransformed) are left out.
    thresholds, curves : its others. A size is known only to be exceeded where the threshold is
        censored, or its interval reaches the range's end.
    """
    cells, _, far, end = _limits(thresholds, curves)
    open_ended = cells.loc[~_differ(far, end), CELL].assign(open_ended=True)
    sizes = sizes.merge(open_ended, on=CELL, how="left")
    measured, surely, possibly = [], [], []
    rows = sizes[sizes["rms_grey_levels"] > 0]
    for _, cell in rows.groupby("class", sort=False):
        exceeded = cell["censored"].to_numpy(bool) | cell["open_ended"].notna().to_numpy()
        high = np.where(exceeded, np.inf, cell["rms_high"].to_numpy(float))
        low, value = cell["rms_low"].to_numpy(float), cell["rms_grey_levels"].to_numpy(float)
        names = cell["transform"].to_numpy(str)
        pairs = [(i, j) for i, j in combinations(range(len(cell)), 2) if names[i] != names[j]]
        for i, j in pairs:
            larger, smaller = max(value[i], value[j]), min(value[i], value[j])
            measured.append(larger >= FACTOR * smaller)
            surely.append(low[i] >= FACTOR * high[j] or low[j] >= FACTOR * high[i])
            possibly.append(high[i] >= FACTOR * low[j] or high[j] >= FACTOR * low[i])
    return share(measured, surely, possibly)


def noise_dependence(pictures: pd.DataFrame) -> Estimate:
    """How much of the variance of noise thresholds' ranks classes explain (C2b)."""
    rows = pictures[pictures["transform"] == "noise"]
    return class_effect(rows["distance"], rows["class"])


def own_softmax(curves: pd.DataFrame, transform: str, identity: float) -> dict[str, pd.DataFrame]:
    """By class recognised untransformed: its own mean softmax, limits and magnitude, relative to the
    untransformed (``mean_softmax``, ``softmax_low``, ``softmax_high`` divided by it).
    """
    found = {}
    for name, rows in curves[curves["transform"] == transform].groupby("class", sort=False):
        still = rows[np.isclose(rows["magnitude"], identity)]
        own = rows[rows["predicted_class"] == name].sort_values("magnitude")
        at_rest = still.loc[still["predicted_class"] == name, "mean_softmax"]
        if at_rest.empty or at_rest.iloc[0] < still["mean_softmax"].max() or at_rest.iloc[0] <= 0:
            continue
        columns = ["mean_softmax", "softmax_low", "softmax_high"]
        found[str(name)] = own[["magnitude"]].join(own[columns] / at_rest.iloc[0])
    return found


def _falls(curve: pd.DataFrame, below: float) -> tuple[bool, bool, bool]:
    """Whether a curve falls below a level at some magnitude: measured, surely, possibly."""
    columns = ("mean_softmax", "softmax_high", "softmax_low")
    first, second, third = (bool((curve[column] < below).any()) for column in columns)
    return first, second, third


def reduction(own: dict[str, pd.DataFrame], point_symmetric: Collection[str]) -> Estimate:
    """Share of the other classes that rotation reduces strongly (C3a)."""
    found = [_falls(own[name], STRONG) for name in own if name not in point_symmetric]
    return share(*np.array(found, dtype=bool).reshape(-1, 3).T)


def constancy(own: dict[str, pd.DataFrame], point_symmetric: Collection[str]) -> Estimate:
    """Share of point-symmetric classes that stay constant; unknown short of half a turn (C3b)."""
    found = []
    for name in own:
        if name in point_symmetric and _half_turn(own[name]).any():
            measured, surely_falls, may_fall = _falls(own[name], CONSTANT)
            found.append((not measured, not may_fall, not surely_falls))
    return share(*np.array(found, dtype=bool).reshape(-1, 3).T)


def comeback(own: dict[str, pd.DataFrame], axisymmetric: Collection[str]) -> Estimate:
    """Share of axisymmetric classes that fall and are back at 180 degrees (C3c)."""
    found = []
    for name in own:
        turned = own[name][_half_turn(own[name])]
        if name in axisymmetric and len(turned):
            fell = _falls(own[name], CONSTANT)
            back = [
                bool((turned[column] >= CONSTANT).all())
                for column in ("mean_softmax", "softmax_low", "softmax_high")
            ]
            found.append([one and other for one, other in zip(fell, back, strict=True)])
    return share(*np.array(found, dtype=bool).reshape(-1, 3).T)


def _half_turn(curve: pd.DataFrame) -> NDArray[np.bool_]:
    turned: NDArray[np.bool_] = np.isclose(np.abs(curve["magnitude"]), HALF_TURN)
    return turned


def correlation(correlations: pd.DataFrame) -> Estimate:
    """The correlation of one pair of networks, over all transforms, within them (C4)."""
    rows = correlations[
        (correlations["transform"] == "all") & (correlations["statistic"] == "within transforms")
    ]
    if rows.empty:
        return UNKNOWN
    row = rows.iloc[0]
    return Estimate(float(row["correlation"]), float(row["low"]), float(row["high"]))
