"""Each screened picture of another dataset as a class of its own: for networks without any classes."""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from invariances.datasets import Dataset, Split


class Individuals:
    """The screened pictures of some classes; a category's name is its picture's.

    Parameters
    ----------
    dataset : where they come from.
    classes, count, seed : of which classes, how many of each, and by which draw.
    """

    def __init__(self, dataset: Dataset, classes: Sequence[str], count: int, seed: int) -> None:
        self.dataset, self.classes = dataset, tuple(classes)
        self.categories: tuple[str, ...] = tuple(
            picture
            for name in classes
            for picture in dataset.pictures(name, "screening", count, seed)
        )
        self.present = self.categories

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        return [category][:count] if split == "screening" else []

    def read(self, picture: str) -> Image.Image:
        return self.dataset.read(picture)

    def __getattr__(self, name: str) -> Any:
        """What knows its pictures' objects (``datasets.objects.Layered``) knows them here."""
        if name == "layers":
            return self.dataset.layers  # type: ignore[attr-defined]
        raise AttributeError(name)

    def path(self, picture: str) -> str:
        return self.dataset.path(picture)

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        return self.dataset.state(self.classes, split)

    def aliases(self) -> dict[str, str]:
        return {name: name for name in self.categories}
