"""``table``: pictures by a table, a CSV with the columns ``path`` and ``label``."""

import csv
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from PIL import Image

from invariances.datasets import Settings, Split, dataset, drawn, files_state
from invariances.datasets.folder import class_table, in_order
from invariances.errors import InputError
from invariances.names import composed
from invariances.pictures import EXTENSIONS, decode

COLUMNS = ("path", "label")


@dataset("table")
class Table:
    """Rows of a picture's path, from the table's own folder, and the name of its class.

    What the names mean ``categories`` says, as for ``folder``. Names of pictures are their paths as the
    table has them. Each row is checked when the table is opened: InputError names file and line.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.file is None:
            raise InputError("dataset.file: `table` needs one, with the columns path and label")
        if settings.training_root is not None or settings.root is not None:
            raise InputError("dataset: `table` has a `file`, and neither root nor training_root")
        self.file, self.screened, self.style = settings.file, settings.images, settings.decode
        rows = read_rows(self.file)
        labels = list(dict.fromkeys(rows.values()))
        table = class_table(settings.categories, labels)
        if table is None:
            own = in_order(labels, settings.categories, self.file)
            category_of = {label: label for label in own}
            self.categories = tuple(own)
        else:
            category_of = {label: table.resolve(label, self.file) for label in labels}
            self.categories = table.names
        self.table, self.labels = table, category_of
        self.by_category: dict[str, list[str]] = {}
        for path, label in rows.items():
            self.by_category.setdefault(category_of[label], []).append(path)
        self.present = tuple(name for name in self.categories if name in self.by_category)

    def pictures(self, category: str, split: Split, count: int, seed: int) -> list[str]:
        return drawn(self.by_category[category], split, self.screened, count, seed)

    def read(self, picture: str) -> Image.Image:
        return decode(self.file.parent / picture, self.path(picture), self.style)

    def path(self, picture: str) -> str:
        return str(self.file.parent / picture)

    def state(self, categories: Sequence[str], split: Split | None = None) -> str:
        names = [name for category in categories for name in self.by_category[category]]
        return files_state([self.file, *(self.file.parent / name for name in names)])

    def aliases(self) -> dict[str, str]:
        if self.table is not None:
            return self.labels | self._alias_table
        if any(name.isdigit() for name in self.categories):
            return dict(self.labels)
        return {str(place): name for place, name in enumerate(self.categories)} | self.labels

    @cached_property
    def _alias_table(self) -> dict[str, str]:
        return self.table.aliases() if self.table is not None else {}


def read_rows(file: Path) -> dict[str, str]:
    """Label by path, of a table whose every row was checked; raises InputError naming file and line."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                there = ", ".join(reader.fieldnames or ()) or "none"
                raise InputError(
                    f"{file}: lacks the column {lacking[0]!r}; its columns are: {there}"
                )
            rows: dict[str, str] = {}
            for row in reader:
                path, label = _checked(row, f"{file}, line {reader.line_num}", file.parent)
                if path in rows:
                    raise InputError(
                        f"{file}, line {reader.line_num}: {path!r} stands there a second time"
                    )
                rows[path] = label
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not a table in UTF-8") from error
    except csv.Error as error:
        raise InputError(f"{file}, line {reader.line_num}: no CSV: {error}") from error
    except OSError as error:
        raise InputError(f"dataset.file: {file}: {error.strerror}") from error
    if not rows:
        raise InputError(f"{file}: has no rows")
    return rows


def _checked(row: dict[str, str | None], where: str, folder: Path) -> tuple[str, str]:
    path, label = ((row.get(name) or "").strip() for name in COLUMNS)
    for name, value in zip(COLUMNS, (path, label), strict=True):
        if not value:
            raise InputError(f"{where}: the {name} is empty")
    if None in row:
        raise InputError(
            f"{where}: has more fields than the table has columns; quote what holds commas"
        )
    file = folder / path
    if not file.is_file():
        raise InputError(f"{where}: no picture {str(file)!r} (paths begin at the table's folder)")
    if file.suffix.lower() not in EXTENSIONS:
        known = ", ".join(sorted(EXTENSIONS))
        raise InputError(f"{where}: {path!r} is not named as a picture; endings that are: {known}")
    return path, composed(label)
