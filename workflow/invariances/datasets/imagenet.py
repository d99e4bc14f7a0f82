"""``imagenet``: the ILSVRC2012 validation pictures, in any of the forms in which people have them.

- one folder a WordNet id, under the root or its ``val``;
- the official ``ILSVRC2012_img_val.tar`` beside the development kit ``ILSVRC2012_devkit_t12.tar.gz``,
  read in place, never extracted;
- Kaggle's layout, ``ILSVRC/Data/CLS-LOC/val/*.JPEG`` with ``LOC_val_solution.csv``.
"""

import csv
import io
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from invariances.datasets import Dataset, Settings, Split, dataset, drawn, files_state
from invariances.datasets.folder import Folder
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError
from invariances.pictures import decode

PICTURES_TAR = "ILSVRC2012_img_val.tar"
KIT_TAR = "ILSVRC2012_devkit_t12.tar.gz"
KAGGLE_PICTURES = Path("ILSVRC/Data/CLS-LOC/val")
KAGGLE_LABELS = "LOC_val_solution.csv"


@dataset("imagenet")
def imagenet(settings: Settings) -> Dataset:
    """The validation set under `settings.root`, whichever layout it has."""
    root = settings.root
    if root is None:
        raise InputError(
            "dataset.root: `imagenet` needs the folder that holds ILSVRC2012's pictures"
        )
    ids = ImageNetTable.load().index
    for folder in (root / "val", root):
        if folder.is_dir() and any(path.name in ids for path in folder.iterdir()):
            return Folder(replace(settings, root=folder, categories="imagenet"))
    if settings.training_root is not None:
        raise InputError(
            "dataset.training_root: can only be used where `root` has one folder a class"
        )
    if (root / PICTURES_TAR).is_file():
        if not (root / KIT_TAR).is_file():
            raise InputError(f"{root / KIT_TAR}: missing; it holds the labels of {PICTURES_TAR}")
        return Flat(root, settings, TarPictures(root))
    if (root / KAGGLE_PICTURES).is_dir():
        return Flat(root, settings, KagglePictures(root))
    raise InputError(
        f"dataset.root: {str(root)!r} holds neither folders named by WordNet id (also under val/), "
        f"nor {PICTURES_TAR} with {KIT_TAR}, nor {KAGGLE_PICTURES} with {KAGGLE_LABELS}"
    )


class Flat:
    """Pictures in one heap, with a list of labels; names are file names."""

    def __init__(
        self, root: Path, settings: Settings, source: "TarPictures | KagglePictures"
    ) -> None:
        self.root, self.source = root, source
        self.screened, self.style = settings.images, settings.decode
        self.categories = ImageNetTable.load().names
        self.present = self.categories

    @cached_property
    def by_category(self) -> dict[str, list[str]]:
        table, names = ImageNetTable.load(), defaultdict(list)
        for picture, wnid in self.source.labels().items():
            if wnid not in table.index:
                raise InputError(
                    f"{self.root}: {picture} is labelled {wnid!r}, not an ImageNet class"
                )
            names[table.names[table.index[wnid]]].append(picture)
        return dict(names)

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        return drawn(self.by_category.get(category, []), split, self.screened, count, seed)

    def read(self, picture: str) -> Image.Image:
        return decode(self.source.content(picture), self.path(picture), self.style)

    def path(self, picture: str) -> str:
        return self.source.path(picture)

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        return files_state(
            self.source.files([p for name in categories for p in self.by_category.get(name, [])])
        )

    def aliases(self) -> dict[str, str]:
        return ImageNetTable.load().aliases()


class TarPictures:
    """The official archives. Members are read by name; nothing is written to disk."""

    def __init__(self, root: Path) -> None:
        self.archive, self.kit = root / PICTURES_TAR, root / KIT_TAR

    def files(self, pictures: Sequence[str]) -> list[Path]:
        return [self.archive, self.kit]

    @cached_property
    def tar(self) -> tarfile.TarFile:
        return _opened(self.archive)

    @cached_property
    def members(self) -> dict[str, tarfile.TarInfo]:
        try:
            return {Path(entry.name).name: entry for entry in self.tar if entry.isfile()}
        except tarfile.TarError as error:
            raise InputError(f"{self.archive}: damaged: {error}") from error

    def labels(self) -> dict[str, str]:
        """File name -> WordNet id: line i of the kit's list is the i-th picture in name order."""
        from scipy.io import loadmat

        try:
            with _opened(self.kit) as kit:
                truth = _member(kit, "ILSVRC2012_validation_ground_truth.txt").decode().split()
                table = io.BytesIO(_member(kit, "meta.mat"))
            meta = loadmat(table, squeeze_me=True)["synsets"]  # type: ignore[arg-type]
            wnids = {int(row["ILSVRC2012_ID"]): str(row["WNID"]) for row in meta}
        except InputError:
            raise
        except Exception as error:  # a damaged kit raises what its readers will
            raise InputError(f"{self.kit}: not a readable development kit: {error}") from error
        names = sorted(self.members)
        if len(names) != len(truth):
            raise InputError(
                f"{self.archive} holds {len(names)} pictures, {self.kit} labels {len(truth)}"
            )
        return {name: wnids[int(number)] for name, number in zip(names, truth, strict=True)}

    def content(self, picture: str) -> bytes:
        handle = self.tar.extractfile(self.members[picture])
        if handle is None:
            raise InputError(f"{self.path(picture)} is not a file")
        return handle.read()

    def path(self, picture: str) -> str:
        return f"{self.archive}!{picture}"


def _opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path)
    except tarfile.TarError as error:
        raise InputError(f"{path}: not a tar archive, or not a whole one: {error}") from error


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    for entry in archive:
        if entry.isfile() and Path(entry.name).name == name:
            handle = archive.extractfile(entry)
            if handle is not None:
                return handle.read()
    raise InputError(f"{archive.name!s} holds no {name}")


class KagglePictures:
    """Kaggle's unpacked download."""

    def __init__(self, root: Path) -> None:
        self.folder = root / KAGGLE_PICTURES
        self.list = next(
            (
                path
                for path in (root / KAGGLE_LABELS, root / "ILSVRC" / KAGGLE_LABELS)
                if path.is_file()
            ),
            root / KAGGLE_LABELS,
        )
        if not self.list.is_file():
            raise InputError(f"{self.list}: missing; it holds the labels of {self.folder}")

    def files(self, pictures: Sequence[str]) -> list[Path]:
        return [self.list, *(self.folder / picture for picture in pictures)]

    def labels(self) -> dict[str, str]:
        with self.list.open(newline="", encoding="utf-8-sig") as handle:
            rows = list(csv.DictReader(handle))
        try:
            labels = {row["ImageId"]: row["PredictionString"].split()[0] for row in rows}
        except (KeyError, IndexError, AttributeError) as error:
            raise InputError(
                f"{self.list}: needs ImageId and PredictionString in every row"
            ) from error
        for name in labels:
            if Path(name).name != name:
                raise InputError(f"{self.list}: {name!r} is not the name of a picture")
        return {f"{name}.JPEG": wnid for name, wnid in labels.items()}

    def content(self, picture: str) -> Path:
        return self.folder / picture

    def path(self, picture: str) -> str:
        return str(self.folder / picture)
