"""What lies behind the objects of prepared pictures, and what these cover: an array beside theirs.

It is uint8 [N, crop, crop, 4], a row for each of the pictures' array: RGB, and 255 where the object covers
all of a pixel.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
from tqdm import tqdm

import command
from invariances import datasets
from invariances.datasets.objects import Hole, behind_of
from invariances.pictures import Preparation, write_pixels
from invariances.records import from_json
from invariances.tables import atomically
from invariances.tables.arrays import read_pixels
from invariances.tables.frames import read_manifest


def main(arguments: argparse.Namespace) -> None:
    dataset = datasets.open_dataset(from_json(datasets.Settings, arguments.dataset, "--dataset"))
    preparation = Preparation.from_key(arguments.preparation)
    manifest = read_manifest(arguments.pixels.with_suffix(".csv"))
    pictures = read_pixels(arguments.pixels, manifest)

    def behind() -> Iterator[np.ndarray]:
        names = tqdm(manifest["picture"], unit="picture", mininterval=5)
        for name, pixels in zip(names, pictures, strict=True):
            how = (preparation, arguments.masks, arguments.hole)
            yield behind_of(dataset, name, np.asarray(pixels), *how)

    atomically(
        arguments.output, lambda path: write_pixels(path, behind(), preparation.crop, channels=4)
    )


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--dataset", required=True, help="the dataset's settings, as JSON")
    parser.add_argument("--preparation", required=True, help="the pictures', as 256-224-bilinear")
    parser.add_argument(
        "--pixels", type=Path, required=True, help="prepared pictures, .npy, their manifest beside"
    )
    parser.add_argument("--masks", type=Path, help="folder of masks, unless objects are known")
    parser.add_argument("--hole", choices=get_args(Hole), default="smooth")
    parser.add_argument("--output", type=Path, required=True, help="output, .npy")
    command.run(main, parser.parse_args())
