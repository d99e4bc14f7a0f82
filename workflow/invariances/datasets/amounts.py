"""How many pictures of each class are screened, where some have fewer than are wanted."""

from collections.abc import Mapping, Sequence
from typing import Literal

from invariances.datasets import Dataset
from invariances.errors import InputError

ALL = 10**9
"""More pictures than a class has: what ``images: all`` asks datasets for."""

OnFew = Literal["take", "fail"]


def number_of(images: int | Literal["all"]) -> int:
    """How many pictures of a class are asked for."""
    return ALL if images == "all" else images


def amounts(
    dataset: Dataset, classes: Sequence[str], images: int | Literal["all"], on_few: OnFew, seed: int
) -> dict[str, int]:
    """How many pictures of each class there are to screen, `images` at most.

    Raises InputError for a class that has none, and with `on_few` ``fail`` for one that has fewer.
    """
    found = {
        name: len(dataset.pictures(name, "screening", number_of(images), seed)) for name in classes
    }
    for name, number in found.items():
        if not number:
            raise InputError(f"dataset.classes: {name!r} has no pictures; leave the class out")
        if images != "all" and number < images and on_few == "fail":
            raise InputError(
                f"dataset.images: {images} pictures a class are wanted, but {name!r} has {number}; lower "
                "dataset.images, leave the class out, or write `on_few_pictures: take`"
            )
    return found


def told_of_few(found: Mapping[str, int], images: int | Literal["all"]) -> str:
    """Which classes have fewer pictures than are asked for, as a line; "" where none has."""
    if images == "all":
        return ""
    few = {name: number for name, number in found.items() if number < images}
    if not few:
        return ""
    shown = ", ".join(f"{number} of {name}" for name, number in list(few.items())[:5])
    more = f", ... ({len(few)} classes)" if len(few) > 5 else ""
    return f"dataset.images: up to {images} a class; all pictures are taken, {shown}{more}"
