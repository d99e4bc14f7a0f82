"""``photographs``: twenty labelled photographs of ImageNet that come with the package foolbox.

Rauber et al., Foolbox Native, JOSS 2020. The package's code is under the MIT licence; the photographs are
ImageNet's, and are read where they are. Nineteen are of 512 x 512 pixels, one of 1024 x 683; of
eighteen classes there is one, of jeep there are two.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from PIL import Image

from invariances.datasets import Settings, Split, dataset, drawn, files_state
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError
from invariances.packages import file_in
from invariances.pictures import decode

NAME = re.compile(r"imagenet_(\d+)_(\d+)\.jpg")
"""A photograph's number, and the index of its class."""


@dataset("photographs")
class Photographs:
    """Foolbox's photographs; a picture's name is its file's."""

    def __init__(self, settings: Settings) -> None:
        if settings.root is not None:
            raise InputError(
                "dataset.root: `photographs` come with the package foolbox; leave it out"
            )
        self.folder = file_in("foolbox", "data", "dataset.name `photographs`")
        self.screened, self.style = settings.images, settings.decode
        self.categories = ImageNetTable.load().names

    @property
    def present(self) -> tuple[str, ...]:
        return tuple(name for name in self.categories if name in self.by_category)

    @cached_property
    def by_category(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for path in sorted(self.folder.iterdir()):
            if match := NAME.fullmatch(path.name):
                found[self.categories[int(match[2])]].append(path.name)
        if not found:
            raise InputError(
                f"{self.folder}: no imagenet_NN_LABEL.jpg; another version of foolbox?"
            )
        return dict(found)

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        return drawn(self.by_category.get(category, []), split, self.screened, count, seed)

    def read(self, picture: str) -> Image.Image:
        return decode(self.folder / picture, self.path(picture), self.style)

    def path(self, picture: str) -> str:
        return str(self.folder / picture)

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        names = [picture for name in categories for picture in self.by_category.get(name, [])]
        return files_state([Path(self.path(picture)) for picture in names])

    def aliases(self) -> dict[str, str]:
        return ImageNetTable.load().aliases()
