"""``folder``: any directory with one folder a class."""

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from PIL import Image

from invariances.datasets import Settings, Split, dataset, drawn, files_state
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError
from invariances.names import composed
from invariances.pictures import EXTENSIONS, decode


@dataset("folder")
class Folder:
    """Folders named by label, or by ImageNet index, name or WordNet id; names are ``folder/file``.

    With ``categories: auto`` the classes are ImageNet's thousand if every folder has the name of a WordNet
    id of theirs, or if the folders are the numbers 0 to 999; the sorted folders' own names otherwise.
    ``own`` sorts them as text (as torchvision's ``ImageFolder`` numbers them), ``numbered`` as numbers, and
    ``imagenet`` takes them for ImageNet's. Names are compared with their accents composed (NFC).
    """

    def __init__(self, settings: Settings) -> None:
        if settings.root is None:
            raise InputError(
                f"dataset.root: `{settings.name}` needs the folder that holds the classes"
            )
        self.root = settings.root
        # The same folder twice is one pool: otherwise the screened pictures would be trained on.
        same = settings.training_root is not None and os.path.realpath(settings.training_root) == (
            os.path.realpath(self.root)
        )
        self.training_root = None if same else settings.training_root
        self.screened, self.style = settings.images, settings.decode
        folders = _class_folders(self.root, "dataset.root")
        self.table = table = class_table(settings.categories, folders)
        if table is None:
            folders = in_order(folders, settings.categories, self.root)
            self.folders = self._by_category(folders, composed)
            self.categories = tuple(self.folders)
        else:
            self.folders = self._by_category(folders, lambda name: table.resolve(name, self.root))
            self.categories = table.names
        self.present = tuple(name for name in self.categories if name in self.folders)

    def _by_category(
        self, folders: Sequence[str], category_of: Callable[[str], str]
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in folders:
            category = category_of(name)
            if category in found:
                raise InputError(
                    f"{self.root}: the folders {found[category]!r} and {name!r} are both "
                    f"of the class {category!r}; put their pictures into one"
                )
            found[category] = name
        return found

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        folder = self.folders[category]
        if self.training_root is None or split == "screening":
            names = self._names(self.root, folder)
            return drawn(names, split, self.screened, count, seed)
        return drawn(self._names(self.training_root, folder), split, 0, count, seed)

    def _names(self, root: Path, folder: str) -> list[str]:
        if not (root / folder).is_dir():
            raise InputError(f"{root / folder}: no such folder of training pictures")
        prefix = "" if root == self.root else "training:"
        files = _files(root / folder)
        if not files:
            _check_level(root, folder)
        return [f"{prefix}{folder}/{path.name}" for path in files]

    def _file(self, picture: str) -> Path:
        if self.training_root is not None and picture.startswith("training:"):
            return self.training_root / picture.removeprefix("training:")
        return self.root / picture

    def read(self, picture: str) -> Image.Image:
        return decode(self._file(picture), self.path(picture), self.style)

    def path(self, picture: str) -> str:
        return str(self._file(picture))

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        roots = [self.root]
        if self.training_root is not None:
            own = {"screening": [self.root], None: [self.root, self.training_root]}
            roots = own.get(split, [self.training_root])
        folders = [root / self.folders[name] for root in roots for name in categories]
        return files_state([path for folder in folders for path in _files(folder)])

    def aliases(self) -> dict[str, str]:
        own = {composed(folder): name for name, folder in self.folders.items()}
        if self.table is not None:
            return own | self._alias_table
        # Where folders are numbered, a number is a name and never a place.
        if any(name.isdigit() for name in self.folders):
            return own
        return {str(place): name for place, name in enumerate(self.categories)} | own

    @cached_property
    def _alias_table(self) -> dict[str, str]:
        return self.table.aliases() if self.table is not None else {}


def _class_folders(root: Path, key: str) -> list[str]:
    if not root.is_dir():
        raise InputError(f"{key}: {str(root)!r} is not a folder")
    folders = sorted(
        _named(path).name
        for path in root.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    )
    if not folders:
        raise InputError(f"{key}: {str(root)!r} holds no folders; one folder a class is needed")
    return folders


def _files(folder: Path) -> list[Path]:
    """Files and links named as pictures; a broken link is listed, so that it is missed by name."""
    if not folder.is_dir():
        return []
    return sorted(
        _named(path)
        for path in folder.iterdir()
        if path.suffix.lower() in EXTENSIONS and not path.name.startswith(".")
    )


def _named(path: Path) -> Path:
    """`path`, if its name can be written to a table; file systems allow more than texts do."""
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{str(path)!r}: its name is not valid UTF-8; rename it") from error
    if "\r" in path.name:
        raise InputError(f"{str(path)!r}: its name holds a carriage return; rename it")
    return path


def _check_level(root: Path, folder: str) -> None:
    """Raise InputError for a class without pictures whose own folders have some."""
    inner = [
        path
        for path in _subfolders(root / folder)
        if _files(path) or any(map(_files, _subfolders(path)))
    ]
    if not inner:
        return
    if len(inner) == 1:
        raise InputError(
            f"{root / folder}: its pictures lie in {inner[0].name!r} within; put them into the class's own "
            "folder"
        )
    raise InputError(
        f"{root / folder} holds no pictures, but folders of pictures ({inner[0].name!r}, "
        f"{inner[1].name!r}, ...); if those are the classes, give it as the root: {str(root / folder)!r}"
    )


def _subfolders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def in_order(folders: Sequence[str], categories: str, root: Path) -> list[str]:
    """Folders in the order of a network's logits, which for numbers must be said."""
    as_text = sorted(folders)
    numbers = all(name.isascii() and name.isdecimal() for name in folders)
    if categories == "numbered" and not numbers:
        odd = next(name for name in as_text if not (name.isascii() and name.isdecimal()))
        raise InputError(f"dataset.categories: 'numbered', but the class {odd!r} is no number")
    if not numbers or categories == "own":
        return as_text
    as_numbers = sorted(as_text, key=int)
    if categories == "auto" and as_numbers != as_text:
        raise InputError(
            f"dataset.categories: the classes of {str(root)!r} are numbers, and a network may have them in "
            f"two orders: write `numbered` for {', '.join(as_numbers[:3])}, ... {as_numbers[-1]}, or `own` "
            f"for their order as text, {', '.join(as_text[:3])}, ... {as_text[-1]}, as ImageFolder has it"
        )
    return as_numbers


def class_table(categories: str, folders: Sequence[str]) -> ImageNetTable | None:
    """ImageNet's classes where these names mean them, by ``categories`` of a config; else None."""
    if categories in ("own", "numbered"):
        return None
    table = ImageNetTable.load()
    indices = {str(place) for place in range(len(table.ids))}
    known = all(folder in table.index for folder in folders) or set(folders) == indices
    if categories == "imagenet" or known:
        return table
    return None
