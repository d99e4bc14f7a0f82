"""``folder``: any directory with one folder a class."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from PIL import Image

from invariances.datasets import Settings, Split, dataset, drawn, files_state
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError
from invariances.pictures import EXTENSIONS, decode


@dataset("folder")
class Folder:
    """Folders named by label, or by ImageNet index, name or WordNet id; names are ``folder/file``.

    With ``categories: auto`` the classes are ImageNet's thousand if every folder bears a WordNet id of
    theirs, the sorted folders' own names otherwise (as torchvision's ``ImageFolder`` numbers them);
    ``imagenet`` and ``own`` say which.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.root is None:
            raise InputError(
                f"dataset.root: `{settings.name}` needs the folder that holds the classes"
            )
        self.root = settings.root
        # The same folder twice is one pool: otherwise the screened pictures would be trained on.
        same = settings.training_root is not None and settings.training_root.resolve() == (
            self.root.resolve()
        )
        self.training_root = None if same else settings.training_root
        self.screened = settings.images
        folders = _class_folders(self.root, "dataset.root")
        self.table = _table(settings.categories, folders)
        if self.table is None:
            self.categories = tuple(folders)
            self.folders = {name: name for name in folders}
        else:
            self.categories = self.table.names
            self.folders = {}
            for name in folders:
                category = self.table.resolve(name, self.root)
                if category in self.folders:
                    raise InputError(
                        f"{self.root}: the folders {self.folders[category]!r} and {name!r} are both "
                        f"of the class {category!r}; put their pictures into one"
                    )
                self.folders[category] = name
        self.present = tuple(name for name in self.categories if name in self.folders)

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
        return [f"{prefix}{folder}/{path.name}" for path in _files(root / folder)]

    def _file(self, picture: str) -> Path:
        if self.training_root is not None and picture.startswith("training:"):
            return self.training_root / picture.removeprefix("training:")
        return self.root / picture

    def read(self, picture: str) -> Image.Image:
        return decode(self._file(picture), self.path(picture))

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
        own = {folder: name for name, folder in self.folders.items()}
        if self.table is not None:
            return own | self._alias_table
        # Where folders bear numbers, a number is a name and never a place.
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


def _table(categories: str, folders: Sequence[str]) -> ImageNetTable | None:
    if categories == "own":
        return None
    table = ImageNetTable.load()
    if categories == "imagenet" or all(folder in table.index for folder in folders):
        return table
    return None
