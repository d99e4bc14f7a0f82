"""What a figure takes out of the tables: one class's response curve and its thresholds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from invariances.errors import unknown

Array = npt.NDArray[np.float64]
NAMED_FROM = 0.05  # a category whose mean softmax never reaches this is not worth a line of its own


@dataclass(frozen=True)
class Curve:
    """The response of one classifier to one transform of one class's pictures.

    Magnitudes [M] ascend; accuracy and its interval are [M]; softmax, softmax_low, softmax_high
    hold, for each predicted class, the mean softmax [M] over the class's pictures.
    """

    model: str
    transform: str
    name: str
    images: int
    magnitudes: Array
    accuracy: Array
    accuracy_low: Array
    accuracy_high: Array
    softmax: dict[str, Array]
    softmax_low: dict[str, Array]
    softmax_high: dict[str, Array]

    @property
    def own(self) -> str | None:
        """The predicted class that is this class, if it is among the predicted ones.

        A data set and a classifier may write one category differently ("tench" and "tench, Tinca
        tinca"): the same name counts first, then the same name up to the first comma, case and
        underscores.
        """
        if self.name in self.softmax:
            return self.name
        return next((p for p in self.softmax if _plain(p) == _plain(self.name)), None)

    def strongest(self, count: int = 3) -> list[str]:
        """Return the `count` predicted classes that reach the highest mean softmax anywhere.

        The class itself is always among them and comes first, the others follow by strength;
        those that never reach 0.05 are left to "others" (paper, section IV.A).
        """
        peaks = {name: float(np.nanmax(values)) for name, values in self.softmax.items()}
        ranked = sorted(peaks, key=lambda name: (-peaks[name], name))
        own = [self.own] if self.own is not None else []
        rivals = [n for n in ranked if n not in own and peaks[n] >= NAMED_FROM]
        return own + rivals[: count - len(own)]

    def others(self, named: Collection[str]) -> Array | None:
        """Return the largest mean softmax [M] among the classes not named, None if there are none."""
        rest = [values for name, values in self.softmax.items() if name not in named]
        return np.nanmax(np.stack(rest), axis=0) if rest else None


@dataclass(frozen=True)
class Mark:
    """The thresholds of one class in one direction from the identity (see thresholds.csv)."""

    direction: str
    threshold: float
    low: float
    high: float
    censored: bool
    flips_to: str
    half: float
    half_censored: bool
    baseline_accuracy: float
    interval: str
    images: int = 0


def curves_of(
    table: pd.DataFrame, model: str, transform: str, names: Iterable[str] | None = None
) -> dict[str, Curve]:
    """Return the response curves of classes, by name, from the curves' table.

    Parameters
    ----------
    table
        The rows of curves.parquet.
    names
        The classes wanted, all of them in the table's order if None.

    Raises
    ------
    InputError
        For a classifier, transform or class that the table does not have.
    """
    table = _cell(table, model, transform, "curves")
    groups = {str(name): rows for name, rows in table.groupby("class", sort=False, observed=True)}
    wanted = list(groups) if names is None else list(names)
    what = f"class in the curves of {model} under {transform}"
    return {
        name: _curve(groups[known(what, name, groups)], model, transform, name) for name in wanted
    }


def _curve(rows: pd.DataFrame, model: str, transform: str, name: str) -> Curve:
    # The limits of one picture's answers are all that there is: a band as wide as the panel says nothing.
    alone = int(rows["images"].iloc[0]) == 1
    predicted, columns = pd.factorize(rows["predicted_class"])
    level, magnitudes = pd.factorize(rows["magnitude"], sort=True)

    def spread_out(column: str) -> dict[str, Array]:
        values = np.full((len(columns), len(magnitudes)), np.nan)
        if not (alone and column != "mean_softmax"):
            values[predicted, level] = rows[column].to_numpy(dtype=float)
        return dict(zip(map(str, columns), values, strict=True))

    def one_each(column: str) -> Array:
        values = np.full(len(magnitudes), np.nan)
        if not (alone and column != "accuracy"):
            values[level] = rows[column].to_numpy(dtype=float)
        return values

    return Curve(
        model=model,
        transform=transform,
        name=name,
        images=int(rows["images"].iloc[0]),
        magnitudes=np.asarray(magnitudes, dtype=float),
        accuracy=one_each("accuracy"),
        accuracy_low=one_each("accuracy_low"),
        accuracy_high=one_each("accuracy_high"),
        softmax=spread_out("mean_softmax"),
        softmax_low=spread_out("softmax_low"),
        softmax_high=spread_out("softmax_high"),
    )


def marks_of(
    table: pd.DataFrame, model: str, transform: str, names: Iterable[str] | None = None
) -> dict[str, list[Mark]]:
    """Return the thresholds of classes, by name, from the thresholds' table.

    A class that has no rows is an error only if it is among the names asked for.

    Raises
    ------
    InputError
        For a classifier, transform or class that the table does not have.
    """
    table = _cell(table, model, transform, "thresholds")
    marks: dict[str, list[Mark]] = {}
    for row in table.to_dict("records"):
        marks.setdefault(str(row["class"]), []).append(
            Mark(
                direction=str(row["direction"]),
                threshold=float(row["threshold"]),
                low=float(row["low"]),
                high=float(row["high"]),
                censored=bool(row["censored"]),
                flips_to=str(row["flips_to"]),
                half=float(row["half_accuracy"]),
                half_censored=bool(row["half_accuracy_censored"]),
                baseline_accuracy=float(row["baseline_accuracy"]),
                interval=str(row["interval"]),
                images=int(row.get("images", 0)),
            )
        )
    what = f"class in the thresholds of {model} under {transform}"
    wanted = list(marks) if names is None else list(names)
    return {name: marks[known(what, name, marks)] for name in wanted}


def ranges_of(curves: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the lowest and highest magnitude screened, by transform."""
    grouped = curves.groupby("transform", sort=False, observed=True)["magnitude"]
    ends = zip(grouped.min().items(), grouped.max(), strict=True)
    return {str(name): (float(low), float(high)) for (name, low), high in ends}


def present(table: pd.DataFrame, column: str) -> list[str]:
    """Return the names in a column of a table, each once, in their order of appearance."""
    return [str(name) for name in table[column].unique()]


def known(what: str, name: str, names: Collection[str]) -> str:
    """Return the name if it is among the names.

    Raises
    ------
    InputError
        If it is not; the message names it, the nearest name, and those that there are.
    """
    if name not in names:
        raise unknown(what, name, sorted(map(str, names)))
    return name


def chosen(what: str, names: Sequence[str] | None, available: Sequence[str]) -> list[str]:
    """Return the names asked for, checked, or all available ones if none were asked for."""
    return [known(what, name, available) for name in names] if names else list(available)


def _cell(table: pd.DataFrame, model: str, transform: str, what: str) -> pd.DataFrame:
    known(f"model in the {what}", model, present(table, "model"))
    table = table[table["model"] == model]
    known(f"transform in the {what} of {model}", transform, present(table, "transform"))
    return table[table["transform"] == transform]


def _plain(name: str) -> str:
    return name.split(",")[0].replace("_", " ").strip().casefold()
