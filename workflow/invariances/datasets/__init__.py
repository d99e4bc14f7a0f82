"""Where pictures and their classes come from. One file a dataset, registered in ``DATASETS``.

Everything here is light (no torch): the workflow lists datasets while it builds its DAG.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal, Protocol

from PIL import Image

from invariances.errors import InputError, unknown
from invariances.extension import Registry, is_own, load
from invariances.names import composed

Split = Literal["screening", "training", "validation"]


class Dataset(Protocol):
    """A set of labelled pictures.

    Attributes
    ----------
    categories : every class's name, in the order of a network's logits.
    present : the categories of which there are pictures.
    """

    @property
    def categories(self) -> tuple[str, ...]: ...

    @property
    def present(self) -> tuple[str, ...]: ...

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        """Names of `count` pictures of a category, chosen by seed; splits have none in common."""
        ...

    def read(self, picture: str) -> Image.Image:
        """One picture, RGB."""
        ...

    def path(self, picture: str) -> str:
        """Where the picture comes from, for the manifest."""
        ...

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        """A digest that changes when the files behind these categories do; of one split, or of all."""
        ...

    def aliases(self) -> dict[str, str]:
        """Other names of categories (indices, WordNet ids, synonyms) -> category."""
        ...


PARTS = ("categories", "present", "pictures", "read", "path", "state", "aliases")
"""What every dataset has."""


@dataclass(frozen=True)
class Settings:
    """What of a config's ``dataset`` section decides a dataset's pictures.

    Attributes
    ----------
    root : folder or archive, for datasets of files.
    training_root : a second folder whose pictures train classifiers, for ``folder``.
    size : side of rendered pictures in pixels, for ``phantoms``.
    images : pictures of each class that are screened.
    categories : what a folder's names mean, for ``folder``.
    file : table of pictures, for ``table``.
    decode : how files are read, ``upright`` or ``torchvision`` (``pictures.decode``).
    alone : of which classes each screened picture is a class of its own, as a config names them; empty
        where classes are the dataset's.
    seed : that draws these pictures.
    """

    name: str
    root: Path | None
    training_root: Path | None
    size: int
    images: int
    categories: str
    decode: str
    file: Path | None = None
    alone: tuple[str, ...] = ()
    seed: int = 0


DATASETS: Registry[Callable[[Settings], Dataset]] = Registry("dataset")


def dataset(name: str) -> Callable[[Callable[[Settings], Dataset]], Callable[[Settings], Dataset]]:
    """Register a dataset's constructor under its name in a config; raises InputError if that is taken."""

    def register(build: Callable[[Settings], Dataset]) -> Callable[[Settings], Dataset]:
        DATASETS.add(name, build, build)
        return build

    return register


def open_dataset(settings: Settings) -> Dataset:
    """The dataset that these settings name, one of ours or ``my_module:build``.

    Raises InputError if it cannot be used.
    """
    from invariances.datasets import (  # noqa: F401
        digits,
        folder,
        imagenet,
        imagenette,
        photographs,
        rendered,
        table,
    )

    name = settings.name
    if not is_own(name) and name not in DATASETS:
        raise unknown("dataset.name", name, DATASETS)
    build = load("dataset.name", name) if is_own(name) else DATASETS[name]
    opened: Dataset = build(settings)
    lacking = [part for part in PARTS if not hasattr(opened, part)]
    if lacking:
        raise InputError(
            f"dataset.name {name!r}: what it returns is no Dataset, it has no {', '.join(lacking)}"
        )
    if settings.alone:
        from invariances.datasets.individuals import Individuals

        chosen = select(opened, "all" if settings.alone == ("all",) else settings.alone)
        return Individuals(opened, chosen, settings.images, settings.seed)
    return opened


def select(dataset: Dataset, wanted: str | Sequence[str | int]) -> list[str]:
    """Categories from a config's ``classes``: ``all``, or names, indices and WordNet ids."""
    if wanted == "all":
        return list(dataset.present)
    if isinstance(wanted, str):
        raise InputError(f"dataset.classes: {wanted!r}; give `all` or a list of classes")
    aliases = dataset.aliases()
    chosen: list[str] = []
    for key in wanted:
        typed = composed(str(key))
        category = aliases.get(typed, aliases.get(typed.lower()))
        if category is None and isinstance(key, int):
            for name in filter(str.isdecimal, aliases):
                if key in (int(name), _as_yaml_reads(name)):
                    raise InputError(
                        f"dataset.classes: unknown {key}; unquoted, {name} is a number: write '{name}'"
                    )
        if category is None:
            raise _shared(dataset, typed) or unknown("dataset.classes", str(key), dataset.present)
        if category not in dataset.present:
            raise unknown("dataset.classes (no pictures of it)", category, dataset.present)
        if category in chosen:
            raise InputError(f"dataset.classes: {key!r} names {category!r} a second time")
        chosen.append(category)
    return chosen


def _shared(dataset: Dataset, word: str) -> InputError | None:
    """The error for a word that several of ImageNet's classes share, where the classes are those."""
    if len(dataset.categories) != 1000:
        return None
    from invariances.datasets.synsets import ImageNetTable

    table = ImageNetTable.load()
    return table.shared("dataset.classes", word) if dataset.categories == table.names else None


def named_alike(names: Sequence[str], dataset: Dataset) -> tuple[str, ...]:
    """Names of a network's logits; ImageNet's thousand, whoever wrote them, as the dataset calls them."""
    if len(names) == len(dataset.categories) == 1000:
        from invariances.datasets.synsets import ImageNetTable

        table = ImageNetTable.load()
        if dataset.categories == table.names and table.are_these(names):
            return table.names
    return tuple(names)


def _as_yaml_reads(digits: str) -> int:
    """An unquoted number with zeros before it is octal."""
    try:
        return int(digits, 8)
    except ValueError:
        return int(digits)


def drawn(names: Sequence[str], split: Split, screened: int, count: int, seed: int) -> list[str]:
    """`count` names of a split, from one pool: a seeded order, the first `screened` for the screening.

    The order ranks each name by a hash of (seed, name), so that one more picture in the pool displaces
    at most one of the screened. Validation takes every fifth of the remainder, training the others.
    """
    ranked = sorted(names, key=lambda name: digest(f"{seed}/{name}"))
    rest = ranked[screened:]
    pools = {
        "screening": ranked[:screened],
        "validation": rest[::5],
        "training": [name for place, name in enumerate(rest) if place % 5],
    }
    return pools[split][:count]


def digest(text: str) -> str:
    """A short stable hash of a text."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def files_state(paths: Sequence[Path]) -> str:
    """A digest of files' names, sizes and times of change; a link to nowhere or to itself is missing."""
    lines = []
    for path in sorted(paths):
        try:
            stat = path.stat()
        except OSError:
            lines.append(f"{path}\0missing")
        else:
            lines.append(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return digest("\n".join(lines))
