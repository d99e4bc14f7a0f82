"""Prepared pictures: arrays (.npy) and their manifests (.csv), read as one whatever their chunks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from invariances.errors import InputError, unknown
from invariances.tables.arrays import read_pixels
from invariances.tables.files import damaged
from invariances.tables.frames import read_manifest

Rows = NDArray[np.integer]


class Pixels(Protocol):
    """Pictures uint8 [N, H, W, 3], in memory or on disk: rows are read when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """[N, H, W, 3]."""

    def __getitem__(self, rows: Rows, /) -> NDArray[np.uint8]:
        """The pictures of these rows."""


@dataclass(frozen=True)
class Stored:
    """Arrays of pictures of one size, one after the other, as if they were one."""

    parts: Sequence[NDArray[np.uint8]]

    @property
    def shape(self) -> tuple[int, ...]:
        """[N, H, W, 3]."""
        return (sum(map(len, self.parts)), *self.parts[0].shape[1:])

    def __getitem__(self, rows: Rows) -> NDArray[np.uint8]:
        """The pictures of these rows."""
        starts = np.cumsum([0, *map(len, self.parts)])
        owner = np.searchsorted(starts, rows, side="right") - 1
        found = np.empty((len(rows), *self.shape[1:]), dtype=np.uint8)
        for place in np.unique(owner):
            own = owner == place
            found[own] = self.parts[place][rows[own] - starts[place]]
        return found


@dataclass(frozen=True)
class Pictures:
    """Prepared pictures of some classes.

    Attributes
    ----------
    pixels : uint8 [N, H, W, 3], may lie on disk.
    names : [N]; a picture's name alone decides its noise and its random crops.
    classes, labels : names [C] of the classes and their places [C] among the network's categories.
    class_index : [N], each picture's place in `classes`.
    behind : uint8 [N, H, W, 4], what lies behind each picture's object (RGB), and how much of a pixel that
        covers (255: all); for transforms of the object.
    """

    pixels: Pixels
    names: NDArray[np.str_]
    classes: NDArray[np.str_]
    labels: NDArray[np.int64]
    class_index: NDArray[np.int64]
    behind: Pixels | None = None

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """A stable number [N] for each picture."""
        return picture_ids(self.names)

    @property
    def categories(self) -> NDArray[np.int64]:
        """Each picture's own category [N]."""
        return self.labels[self.class_index]

    @property
    def first_of_classes(self) -> NDArray[np.int64]:
        """The row [C] of each class's first picture."""
        rows = [np.flatnonzero(self.class_index == place)[0] for place in range(len(self.classes))]
        return np.array(rows, dtype=np.int64)

    def rows_of(self, name: str) -> Rows:
        """The rows of a class's pictures, in their order; none of a class that is not here."""
        return np.flatnonzero(self.classes[self.class_index] == name)

    def take(self, rows: Rows) -> "Pictures":
        """These pictures alone, in memory; all classes keep their places."""
        return replace(
            self,
            pixels=self.pixels[rows],
            names=self.names[rows],
            class_index=self.class_index[rows],
            behind=None if self.behind is None else self.behind[rows],
        )

    def part(
        self, classes: Sequence[str], count: int, start: float = 0.0, stop: float = 1.0
    ) -> "Pictures":
        """Some pictures of some classes, in memory: class after class, each in its own order.

        Parameters
        ----------
        count : pictures of each class at most.
        start, stop : the share of each class's pictures, in [0, 1]; [0, 1] takes all.

        Raises
        ------
        InputError where that is none.
        """
        chosen: list[Rows] = [np.empty(0, dtype=np.int64)]
        for name in classes:
            own = self.rows_of(name)
            first, last = (round(share * len(own)) for share in (start, stop))
            chosen.append(own[first:last][:count])
        rows = np.concatenate(chosen)
        if not len(rows):
            raise InputError(f"there are no prepared pictures of {', '.join(classes[:5])}")
        return self.take(rows)

    @classmethod
    def numbered(cls, pixels: Pixels, categories: NDArray[np.integer]) -> "Pictures":
        """Pictures uint8 [N, H, W, 3] that have no names but their numbers, and categories [N]."""
        count = pixels.shape[0]
        if np.shape(categories) != (count,):
            raise ValueError(
                f"{count} pictures need as many labels, not {list(np.shape(categories))}"
            )
        labels, class_index = np.unique(categories, return_inverse=True)
        return cls(
            pixels=pixels,
            names=np.arange(count).astype(str),
            classes=labels.astype(str),
            labels=labels.astype(np.int64),
            class_index=class_index.astype(np.int64),
        )


def read_pictures(
    files: Sequence[Path], categories: Sequence[str] | None = None, *, objects: bool = False
) -> Pictures:
    """Prepared pictures of one or many chunks, each an array with its manifest beside it.

    Parameters
    ----------
    files : arrays uint8 [n, H, W, 3], ``.npy``; they stay on disk. The manifest of ``a.npy`` is
        ``a.csv``; pictures that it lists as skipped have no row in the array.
    categories : names of the network's categories; without them, labels are places among classes.
    objects : whether what is behind their objects is read too, from ``a.objects.npy``.

    Raises
    ------
    InputError naming the file: it is no such array, or not the one of its manifest (numbers of
    pictures, hashes), the pictures are of another size than the first file's, or a class is not
    among `categories`.
    """
    tables = [read_manifest(file.with_suffix(".csv")) for file in files]
    parts = [read_pixels(file, table) for file, table in zip(files, tables, strict=True)]
    for file, pixels, table in zip(files, parts, tables, strict=True):
        if pixels.shape[1:] != parts[0].shape[1:]:
            raise InputError(
                f"{file}: pictures of {pixels.shape[1:3]}, but {files[0]} has {parts[0].shape[1:3]}"
            )
        for name in dict.fromkeys(table["class"]):
            if categories is not None and name not in categories:
                manifest = file.with_suffix(".csv")
                raise unknown(f"{manifest}: the network does not know the class", name, categories)
    table = pd.concat(tables, ignore_index=True)
    classes = list(dict.fromkeys(table["class"]))
    known = classes if categories is None else list(categories)
    place = {name: index for index, name in enumerate(classes)}
    return Pictures(
        pixels=_together(parts),
        names=table["picture"].to_numpy(dtype=str),
        classes=np.array(classes),
        labels=np.array([known.index(name) for name in classes]),
        class_index=table["class"].map(place).to_numpy(dtype=np.int64),
        behind=_together(list(map(_behind, files, parts))) if objects else None,
    )


def _together(parts: Sequence[NDArray[np.uint8]]) -> Pixels:
    return parts[0] if len(parts) == 1 else Stored(parts)


def _behind(file: Path, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is behind the objects of the pictures of a file, mapped from the file beside it."""
    beside = objects_file(file)
    try:
        behind: NDArray[np.uint8] = np.load(beside, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError) as error:
        raise damaged(beside, error) from error
    if behind.dtype != np.uint8 or behind.shape != (*pixels.shape[:3], 4):
        raise InputError(f"{beside}: {list(behind.shape)} is not of the pictures of {file}")
    return behind


def objects_file(file: Path) -> Path:
    """The file of what is behind the objects of the pictures of an array."""
    return file.with_suffix(".objects.npy")


def picture_ids(names: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
    """A stable number for each picture, from its name alone."""
    return np.array(
        [int.from_bytes(blake2b(str(name).encode(), digest_size=7).digest()) for name in names],
        dtype=np.int64,
    )
