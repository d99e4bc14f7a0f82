"""Whether a network recognises the pictures before they are transformed.

A network of which the order of labels, the normalisation or the size is not what it was trained with
answers all the same: its thresholds are numbers about nothing. Guessing is what it then does at best.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from invariances.plan import IMAGENET, Preprocessing

if TYPE_CHECKING:  # the workflow's parsing reads warnings, and needs no arrays
    from invariances.screening import Sweep

ENOUGH = 5
"""Pictures of a class of which none is recognised, before the class is doubted."""
LEVEL = 0.99
SHOWN = 5
CAUSES = "the usual causes are the order of labels, mean and std, and the size of pictures"


def baseline_rows(sweeps: Sequence[Sweep], model: str, categories: int) -> list[dict[str, object]]:
    """Rows of the table ``BASELINE``: each class, then all of them together, whose class is missing.

    Parameters
    ----------
    sweeps : the chunks of one sweep of the network; their identity is what is looked at.
    categories : how many the network tells apart.
    """
    right = [sweep.right[:, sweep.identity] for sweep in sweeps]
    rows: list[dict[str, object]] = []
    for sweep, own in zip(sweeps, right, strict=True):
        for place, name in enumerate(sweep.classes):
            members = own[sweep.class_index == place]
            never = len(members) >= ENOUGH and not members.any()
            rows.append(_row(model, str(name), len(members), int(members.sum()), categories, never))
    images, recognised = sum(map(len, right)), sum(int(own.sum()) for own in right)
    guessed = guesses(recognised, images, categories)
    return [*rows, _row(model, None, images, recognised, categories, guessed)]


def guesses(recognised: int, images: int, categories: int) -> bool:
    """Whether guessing would do as well: so many right of so many, of so many categories."""
    from scipy import stats  # takes most of a second

    return bool(recognised <= stats.binom.ppf(LEVEL, images, 1 / categories))


def first_line(
    model: str, preprocessing: Preprocessing, right: int, shown: int, categories: int
) -> str:
    """How a network sees pictures, and how many of the first it gets right; a warning where it guesses."""
    mean = "ImageNet mean" if preprocessing.mean == IMAGENET.mean else f"mean {preprocessing.mean}"
    line = (
        f"{model}: {preprocessing.crop} px, {preprocessing.interpolation}, {mean}; right on {right} "
        f"of {shown} untransformed pictures (chance {1 / categories:.2g})"
    )
    if shown >= ENOUGH and guesses(right, shown, categories):
        return f"warning: {line}, no more than guessing: {CAUSES}"
    return line


def _row(
    model: str, name: str | None, images: int, recognised: int, categories: int, doubtful: bool
) -> dict[str, object]:
    return {
        "model": model,
        "class": name,
        "images": images,
        "recognised": recognised,
        "accuracy": recognised / images,
        "guessing": 1 / categories,
        "doubtful": doubtful,
    }


def warnings(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """What is amiss with a network, of its rows as numbers or as texts; nothing for most."""
    doubted = [row for row in rows if str(row["doubtful"]) == "True"]
    # Missing is None of rows, "" of a file's texts, and NaN of a frame.
    overall = [row for row in doubted if not isinstance(row["class"], str) or row["class"] == ""]
    if overall:
        row = overall[0]
        return [
            f"network {row['model']} recognises {row['recognised']} of {row['images']} untransformed "
            f"pictures, no more than guessing would: its thresholds say nothing; {CAUSES}"
        ]
    if not doubted:
        return []
    names = [str(row["class"]) for row in doubted]
    listed = ", ".join(names[:SHOWN]) + (f" ({len(names)} classes)" if len(names) > SHOWN else "")
    return [
        f"network {doubted[0]['model']} recognises no untransformed picture of {listed}: {CAUSES}"
    ]
