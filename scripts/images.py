"""Choose pictures, decode, resize and crop them once: a uint8 array and a manifest.

The array is [N, crop, crop, 3]; the manifest names each picture, its class, the class's place among
the dataset's categories, where it came from, and the SHA-256 of its prepared pixels. Pictures that
were skipped are in the manifest alone, with the reason.
"""

import argparse
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
from tqdm import tqdm

import command
from invariances import datasets
from invariances.errors import InputError
from invariances.pictures import Preparation, prepare, write_pixels
from invariances.records import from_json
from invariances.tables import MANIFEST, atomically
from invariances.tables.frames import frame, write


def main(arguments: argparse.Namespace) -> None:
    dataset = datasets.open_dataset(from_json(datasets.Settings, arguments.dataset, "--dataset"))
    preparation = Preparation.from_key(arguments.preparation)
    chosen = [
        (name, picture)
        for name in json.loads(arguments.classes)
        for picture in dataset.pictures(
            name, arguments.split, arguments.skip + arguments.count, arguments.seed
        )[arguments.skip :]
    ]
    if not chosen:
        raise InputError(f"dataset: there are no pictures for the {arguments.split} split")
    rows: list[dict[str, object]] = []

    def prepared() -> Iterator[np.ndarray]:
        for name, picture in tqdm(chosen, unit="picture", mininterval=5):
            entry = {
                "picture": picture,
                "class": name,
                "label": dataset.categories.index(name),
                "path": dataset.path(picture),
            }
            try:
                pixels = prepare(dataset.read(picture), preparation)
            except InputError as error:
                if arguments.on_bad_picture == "fail":
                    raise
                rows.append(entry | {"skipped": str(error)})
                continue
            rows.append(entry | {"sha256": sha256(pixels.tobytes()).hexdigest()})
            yield pixels
        check_all_have_some(rows)

    # Straight to disk: memory stays flat however many pictures there are.
    atomically(arguments.pixels, lambda path: write_pixels(path, prepared(), preparation.crop))
    write(frame(MANIFEST, rows), arguments.manifest, MANIFEST)


def check_all_have_some(rows: list[dict[str, object]]) -> None:
    """Raise InputError for a class of which every picture was skipped."""
    for name, own in frame(MANIFEST, rows).groupby("class", sort=False):
        if own["skipped"].notna().all():
            raise InputError(f"class {name!r}: no picture can be read: {own['skipped'].iloc[0]}")


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--dataset", required=True, help="the dataset's settings, as JSON")
    parser.add_argument("--classes", required=True, help="class names, as a JSON list")
    parser.add_argument("--split", choices=["screening", "training", "validation"], required=True)
    parser.add_argument("--skip", type=int, default=0, help="first ones of a class, left to others")
    parser.add_argument("--count", type=int, required=True, help="pictures a class, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--preparation", required=True, help="resize-crop-interpolation, as 256-224-bilinear"
    )
    parser.add_argument(
        "--on-bad-picture", choices=["fail", "skip"], default="fail", help="what cannot be read"
    )
    parser.add_argument("--pixels", type=Path, required=True, help="output, .npy")
    parser.add_argument("--manifest", type=Path, required=True, help="output, .csv")
    command.run(main, parser.parse_args())
