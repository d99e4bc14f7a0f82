"""``imagenette``: ten ImageNet classes, fetched by torchvision's downloader with its checksum."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from invariances.datasets import Dataset, Settings, Split, dataset
from invariances.datasets.folder import Folder
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError

ARCHIVE = "imagenette2-320"
WORDNET_IDS = (
    "n01440764",
    "n02102040",
    "n02979186",
    "n03000684",
    "n03028079",
    "n03394916",
    "n03417042",
    "n03425413",
    "n03445777",
    "n03888257",
)


@dataset("imagenette")
class Imagenette:
    """The validation pictures are screened, the training pictures train; names as in ``folder``.

    The classes are known before the pictures are there, so that a DAG can be built; the workflow's
    rule ``download`` fetches them.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.root is None:
            raise InputError("dataset.root: `imagenette` needs the folder to download to")
        self.settings, self.folder = settings, settings.root / ARCHIVE
        table = ImageNetTable.load()
        self.categories = table.names
        self.present = tuple(table.names[table.index[wnid]] for wnid in WORDNET_IDS)

    def _files(self) -> Dataset:
        if not (self.folder / "val").is_dir():
            raise InputError(f"{self.folder}: not downloaded yet (scripts/download.py does it)")
        return Folder(
            replace(
                self.settings,
                name="folder",
                root=self.folder / "val",
                training_root=self.folder / "train",
                categories="imagenet",
            )
        )

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        return self._files().pictures(category, split, count, seed)

    def read(self, picture: str) -> Image.Image:
        return self._files().read(picture)

    def path(self, picture: str) -> str:
        return self._files().path(picture)

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        return ARCHIVE  # fixed by the checksum of the download

    def aliases(self) -> dict[str, str]:
        return ImageNetTable.load().aliases()


def download(root: Path) -> None:
    """Fetch and unpack the pictures under `root`; torchvision checks the archive's hash."""
    from torchvision.datasets import Imagenette as Torchvision

    if (root / ARCHIVE).is_dir():
        return
    # Unpacked apart and renamed when whole: torchvision takes any folder of that name for complete.
    unpacked = root / ".unpacking"
    shutil.rmtree(unpacked / ARCHIVE, ignore_errors=True)
    unpacked.mkdir(parents=True, exist_ok=True)
    try:
        Torchvision(str(unpacked), split="val", size="320px", download=True)
    except (OSError, RuntimeError) as error:
        raise InputError(f"imagenette: the download to {root} failed: {error}") from error
    (unpacked / ARCHIVE).rename(root / ARCHIVE)
    shutil.rmtree(unpacked)
