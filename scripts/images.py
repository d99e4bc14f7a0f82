"""Choose pictures, decode, resize and crop them once: a uint8 array and a manifest.

The array is [N, crop, crop, 3]; the manifest names each picture, its class, the class's place among
the dataset's categories, where it came from, and the SHA-256 of its prepared pixels.
"""

import argparse
import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

import command
from invariances import datasets
from invariances.errors import InputError
from invariances.pictures import Preparation, prepare
from invariances.tables import atomically, write_csv


def main(arguments: argparse.Namespace) -> None:
    dataset = datasets.open_dataset(json.loads(arguments.dataset))
    preparation = Preparation.from_key(arguments.preparation)
    chosen = [
        (name, picture)
        for name in json.loads(arguments.classes)
        for picture in dataset.pictures(name, arguments.split, arguments.count, arguments.seed)
    ]
    if not chosen:
        raise InputError(f"dataset: there are no pictures for the {arguments.split} split")
    rows = []
    shape = (len(chosen), preparation.crop, preparation.crop, 3)

    def write(path: Path) -> None:
        # Straight to disk: memory stays flat however many pictures there are.
        pixels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
        for place, (name, picture) in enumerate(tqdm(chosen, unit="picture", mininterval=5)):
            prepared = prepare(dataset.read(picture), preparation)
            pixels[place] = prepared
            rows.append(
                {
                    "picture": picture,
                    "class": name,
                    "label": dataset.categories.index(name),
                    "path": dataset.path(picture),
                    "sha256": sha256(prepared.tobytes()).hexdigest(),
                }
            )
        pixels.flush()

    atomically(arguments.pixels, write)
    columns = ["picture", "class", "label", "path", "sha256"]
    write_csv(pd.DataFrame(rows, columns=columns), arguments.manifest)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--dataset", required=True, help="the config's dataset section, as JSON")
    parser.add_argument("--classes", required=True, help="class names, as a JSON list")
    parser.add_argument("--split", choices=["screening", "training", "validation"], required=True)
    parser.add_argument("--count", type=int, required=True, help="pictures a class, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--preparation", required=True, help="resize-crop-interpolation, as 256-224-bilinear"
    )
    parser.add_argument("--pixels", type=Path, required=True, help="output, .npy")
    parser.add_argument("--manifest", type=Path, required=True, help="output, .csv")
    command.run(main, parser.parse_args())
