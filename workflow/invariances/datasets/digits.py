"""``digits``: scikit-learn's 1,797 handwritten digits, 8 x 8 pixels, real and on every machine."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from invariances.datasets import Settings, Split, dataset, drawn


@dataset("digits")
class Digits:
    """Ten classes, ``0`` to ``9``; names are ``digit/row`` of scikit-learn's table."""

    def __init__(self, settings: Settings) -> None:
        self.screened = settings.images
        self.categories = tuple(str(digit) for digit in range(10))
        self.present = self.categories

    @cached_property
    def table(self) -> Any:
        # scikit-learn takes a second to import: not while the DAG is built.
        from sklearn.datasets import load_digits

        return load_digits()

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        rows = np.flatnonzero(self.table.target == int(category))
        names = [f"{category}/{row:04d}" for row in rows]
        return drawn(names, split, self.screened, count, seed)

    def read(self, picture: str) -> Image.Image:
        grey = self.table.images[int(picture.split("/")[1])]
        return Image.fromarray(np.rint(grey * (255 / 16)).astype(np.uint8)).convert("RGB")

    def path(self, picture: str) -> str:
        return "sklearn.datasets.load_digits"

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        return "fixed"

    def aliases(self) -> dict[str, str]:
        return {name: name for name in self.categories}
