"""``phantoms``: pictures rendered by the project, with known invariances. Nothing to fetch."""

from collections.abc import Sequence

from PIL import Image

from invariances import phantoms
from invariances.datasets import Settings, Split, dataset

FIRST = {"screening": 0, "validation": 1_000_000, "training": 2_000_000}
"""Index of the first picture of each split: none is in two."""


@dataset("phantoms")
class Phantoms:
    """The thirteen phantom classes at `settings.size` pixels; names are ``class/seed/index``."""

    def __init__(self, settings: Settings) -> None:
        self.size = settings.size
        self.categories = tuple(phantoms.CLASSES)
        self.present = self.categories

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        return [f"{category}/{seed}/{FIRST[split] + index:07d}" for index in range(count)]

    def read(self, picture: str) -> Image.Image:
        category, seed, index = picture.split("/")
        return Image.fromarray(
            phantoms.render(category, int(index), seed=int(seed), size=self.size)
        )

    def layers(self, picture: str) -> tuple[Image.Image, Image.Image]:
        """A picture without its object, and what that covers, see ``phantoms.layers``."""
        category, seed, index = picture.split("/")
        _, behind, covered = phantoms.layers(category, int(index), seed=int(seed), size=self.size)
        return Image.fromarray(behind), Image.fromarray(covered)

    def path(self, picture: str) -> str:
        return f"rendered at {self.size} px"

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        return f"size {self.size}"

    def aliases(self) -> dict[str, str]:
        numbered = {str(index): name for index, name in enumerate(self.categories)}
        return numbered | {name: name for name in self.categories}
