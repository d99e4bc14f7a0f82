"""C1 to C4: what thresholds, curves and correlations of a run say of the paper's first strategy."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from invariances.claims.effects import class_effect
from invariances.claims.statements import CONSTANT, EFFECT, FACTOR, STRONG
from invariances.claims.verdicts import UNKNOWN, Estimate, share
from invariances.statistics.bootstrap import LEVEL
from invariances.thresholds.differences import ALL, WITHIN

Floats = NDArray[np.float64]
QUANTILE = float(special.ndtri(0.5 + LEVEL / 2))
HALF_TURN = 180.0
CELL = ["transform", "class", "direction"]


def existing(thresholds: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Share of cells that switch inside the range, beyond the identity (C1a, C2a).

    Of cells that are not recognised untransformed, whose threshold is the identity, none counts.

    Parameters
    ----------
    thresholds : rows of one network, with the transform's ``identity``.
    """
    censored = thresholds["censored"].to_numpy(bool)
    origin, reached = (thresholds[name].to_numpy(float) for name in ("identity", "threshold"))
    recognised = censored | _differ(reached, origin)
    p_not, p_holds = (thresholds[name].to_numpy(float) for name in ("p_no_switch", "p_switch"))
    return share((~censored)[recognised], p_not[recognised], p_holds[recognised], level)


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


def class_dependence(pictures: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Share of transforms and directions in which thresholds depend on the class (C1b).

    Parameters
    ----------
    pictures : measured rows of one network, with ``distance`` from the identity.
    """
    cells = [cell for _, cell in pictures.groupby(["transform", "direction"], sort=False)]
    found = [class_effect(cell["distance"], cell["class"], level=level) for cell in cells]
    effects = [effect for effect in found if effect is not None]
    return share(
        [effect.value >= EFFECT for effect in effects],
        [effect.p_at_most(EFFECT) for effect in effects],
        [effect.p_at_least(EFFECT) for effect in effects],
        level,
    )


def noise_dependence(pictures: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """How much of the variance of noise thresholds' ranks classes explain (C2b)."""
    rows = pictures[pictures["transform"] == "noise"]
    effect = class_effect(rows["distance"], rows["class"], level=level)
    return UNKNOWN if effect is None else Estimate(effect.value, effect.low, effect.high)


def transform_dependence(
    sizes: pd.DataFrame, thresholds: pd.DataFrame, curves: pd.DataFrame, level: float = LEVEL
) -> Estimate:
    """Share of pairs of transforms, class by class, whose thresholds differ in size (C1c).

    A size's error is read off its interval on the logarithmic scale, each side for itself; as both
    sizes of a pair are of the same pictures, that of their ratio is at most that of independent ones.

    Parameters
    ----------
    sizes : rows of one network; cells of size 0 (classes not recognised untransformed) are left out.
    thresholds, curves : its others. A size is known only to be exceeded where the threshold is
        censored, or its interval reaches the range's end.
    """
    cells, _, far, end = _limits(thresholds, curves)
    extra = cells[[*CELL, "images"]].assign(open_ended=~_differ(far, end))
    rows = sizes[sizes["rms_grey_levels"] > 0].merge(extra, on=CELL, how="left")
    tests: list[tuple[NDArray[np.bool_], Floats, Floats]] = []
    for _, cell in rows.groupby("class", sort=False):
        exceeded = cell["censored"].to_numpy(bool) | (cell["open_ended"] == True).to_numpy(bool)  # noqa: E712
        tests.append(_ratios(cell, exceeded))
    if not tests:
        return UNKNOWN
    measured, p_not, p_holds = (np.concatenate(part) for part in zip(*tests, strict=True))
    return share(measured, p_not, p_holds, level)


def _ratios(
    cell: pd.DataFrame, exceeded: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Of each pair of transforms of a class: whether its sizes differ by `FACTOR`, and both p-values."""
    names = cell["transform"].to_numpy(str)
    one, two = np.triu_indices(len(cell), 1)
    apart = names[one] != names[two]
    one, two = one[apart], two[apart]
    value, low, high = (
        np.log(cell[name].clip(lower=1e-6).to_numpy(float))
        for name in ("rms_grey_levels", "rms_low", "rms_high")
    )
    below, above = (value - low) / QUANTILE, np.where(exceeded, np.inf, (high - value) / QUANTILE)
    larger, smaller = np.where(value[one] >= value[two], (one, two), (two, one))
    ratio = value[larger] - value[smaller]
    least = 0.5 ** cell["images"].fillna(1).to_numpy(float)[one]
    p_not = _tail(ratio - np.log(FACTOR), np.hypot(below[larger], above[smaller]))
    wider = _tail(np.log(FACTOR) - ratio, np.hypot(above[larger], below[smaller]))
    other = _tail(np.log(FACTOR) + ratio, np.hypot(above[smaller], below[larger]))
    return (
        ratio >= np.log(FACTOR),
        np.maximum(p_not, least),
        np.maximum(np.maximum(wider, other), least),
    )


def _tail(distance: Floats, error: Floats) -> Floats:
    """Normal tail probability beyond a distance of an error; one where nothing bounds the error."""
    score = np.where(np.isinf(error), 0.0, distance / np.maximum(error, 1e-12))
    tail: Floats = np.where(np.isinf(error), 1.0, special.ndtr(-score))
    return tail


def own_softmax(curves: pd.DataFrame, transform: str, identity: float) -> dict[str, pd.DataFrame]:
    """By class recognised untransformed: the rows of its own mean softmax by magnitude, with that at the
    identity beside it (``identity_softmax``, ``identity_deviation``).
    """
    found = {}
    for name, rows in curves[curves["transform"] == transform].groupby("class", sort=False):
        still = rows[np.isclose(rows["magnitude"], identity)]
        own = rows[rows["predicted_class"] == name].sort_values("magnitude")
        untransformed = still[still["predicted_class"] == name]
        if untransformed.empty or not (
            0 < untransformed["mean_softmax"].iloc[0] >= still["mean_softmax"].max()
        ):
            continue
        mean, deviation = (
            float(untransformed[x].iloc[0]) for x in ("mean_softmax", "softmax_deviation")
        )
        found[str(name)] = own.assign(identity_softmax=mean, identity_deviation=deviation)
    return found


@dataclass(frozen=True)
class Relative:
    """A class's mean softmax against a share of the untransformed, at magnitudes [M].

    Attributes
    ----------
    below : bool, whether it is less; p_above, p_below : p-values of the hypotheses that it is at least
        that share, and that it is at most, by Student's t on the pictures' differences.
    """

    below: NDArray[np.bool_]
    p_above: Floats
    p_below: Floats

    @property
    def p_never_below(self) -> float:
        """Of the hypothesis that it is nowhere less: Bonferroni's over the magnitudes."""
        return min(1.0, float(self.p_above.min()) * len(self.p_above))

    @property
    def p_somewhere_below(self) -> float:
        """Of the hypothesis that it is less somewhere: refuted if it is at every magnitude."""
        return float(self.p_below.max())


def relative(curve: pd.DataFrame, part: float) -> Relative:
    """Compare a curve of `own_softmax` with `part` of its untransformed value, picture by picture.

    P-values are not below 2^-N (compare `switches.switch_interval`). That a mean is at least `part` cannot
    be surer than that N pictures hold none of the 1 - `part` of all that may have lost everything, which
    has the probability part^N; half of it counts, as in accuracy's mid-P interval.
    """
    mean, deviation, covariance, base, spread, images = (
        curve[name].to_numpy(float)
        for name in (
            "mean_softmax", "softmax_deviation", "identity_covariance", "identity_softmax",
            "identity_deviation", "images",
        )
    )  # fmt: skip
    difference = mean - part * base
    variance = deviation**2 - 2 * part * covariance + (part * spread) ** 2
    error = np.sqrt(np.maximum(variance, 0) / images)
    score = difference / np.maximum(error, 1e-12)
    freedom = np.maximum(images - 1, 1)
    tails = [
        np.maximum(special.stdtr(freedom, side * score), least)
        for side, least in ((1, 0.5**images), (-1, np.maximum(0.5**images, part**images / 2)))
    ]
    p_above, p_below = (np.where(images < 2, 1.0, tail) for tail in tails)
    return Relative(difference < 0, p_above, p_below)


def reduction(
    own: dict[str, pd.DataFrame], point_symmetric: Collection[str], level: float = LEVEL
) -> Estimate:
    """Share of the other classes that rotation reduces strongly (C3a)."""
    found = [relative(own[name], STRONG) for name in own if name not in point_symmetric]
    return share(
        [curve.below.any() for curve in found],
        [curve.p_never_below for curve in found],
        [curve.p_somewhere_below for curve in found],
        level,
    )


def constancy(
    own: dict[str, pd.DataFrame], point_symmetric: Collection[str], level: float = LEVEL
) -> Estimate:
    """Share of point-symmetric classes that stay constant; unknown short of half a turn (C3b)."""
    found = [
        relative(own[name], CONSTANT)
        for name in own
        if name in point_symmetric and _half_turn(own[name]).any()
    ]
    return share(
        [not curve.below.any() for curve in found],
        [curve.p_somewhere_below for curve in found],
        [curve.p_never_below for curve in found],
        level,
    )


def recovery(
    own: dict[str, pd.DataFrame], axisymmetric: Collection[str], level: float = LEVEL
) -> Estimate:
    """Share of axisymmetric classes that fall and are back at 180 degrees (C3c)."""
    holds, p_not, p_holds = [], [], []
    for name in own:
        turned = own[name][_half_turn(own[name])]
        if name in axisymmetric and len(turned):
            way, back = relative(own[name], CONSTANT), relative(turned, CONSTANT)
            holds.append(bool(way.below.any() and not back.below.any()))
            # It must both fall and recover; either alone refutes it.
            p_not.append(max(way.p_never_below, back.p_somewhere_below))
            p_holds.append(min(1.0, 2 * min(way.p_somewhere_below, back.p_never_below)))
    return share(holds, p_not, p_holds, level)


def _half_turn(curve: pd.DataFrame) -> NDArray[np.bool_]:
    turned: NDArray[np.bool_] = np.isclose(np.abs(curve["magnitude"]), HALF_TURN)
    return turned


def correlation(correlations: pd.DataFrame) -> Estimate:
    """The correlation of one pair of networks, over all transforms, within them (C4)."""
    rows = correlations[(correlations["transform"] == ALL) & (correlations["statistic"] == WITHIN)]
    if rows.empty:
        return UNKNOWN
    row = rows.iloc[0]
    return Estimate(float(row["correlation"]), float(row["low"]), float(row["high"]))
