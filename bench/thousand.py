"""A run of the shape of all of ImageNet: 1,000 classes, two networks of 1,000 outputs and next to no cost.

    python -m bench.thousand FOLDER                 a checkout there, with pictures and thousand.yaml
    python -m bench.thousand FOLDER --classes 100   the same of the first hundred of the thousand classes

docs/benchmarks.md says how it is run, and what it showed.
"""

import argparse
import shutil
from pathlib import Path

import yaml
from PIL import Image

from bench import textures
from bench.runs import TRANSFORMS, TREE

ROOT = Path(__file__).parents[1]
ALL = 1000
"""Categories of the networks, and folders of pictures, however many classes are screened."""


def main(arguments: argparse.Namespace) -> None:
    folder = arguments.folder
    folder.mkdir(parents=True)
    for name in TREE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    shutil.copy2(textures.__file__, folder / "textures.py")
    for place in range(ALL):
        make_class(folder / "pictures" / name_of(place), place, arguments.images)
    text = yaml.safe_dump(config(arguments.classes, arguments.images), sort_keys=False)
    (folder / "thousand.yaml").write_text(text)


def name_of(place: int) -> str:
    return f"texture_{place:03}"


def make_class(folder: Path, place: int, images: int) -> None:
    """A class's pictures, as files."""
    folder.mkdir(parents=True)
    for number, picture in enumerate(textures.pictures(ALL, place, images)):
        Image.fromarray(picture.numpy()).save(folder / f"{number:03}.png")


def config(classes: int, images: int) -> dict:
    """A default run of two networks, the twelve transforms and a pair."""
    preprocessing = {
        "resize": 36, "crop": 32, "interpolation": "bilinear", "mean": [0, 0, 0], "std": [1, 1, 1]
    }  # fmt: skip
    return {
        "run": "thousand",
        "dataset": {
            "name": "folder",
            "root": "pictures",
            "classes": [name_of(place) for place in range(classes)] if classes < ALL else "all",
            "images": images,
        },
        "models": {
            f"raster{side}": {
                "network": "textures:nearest",
                "weights": "own",
                "options": {"side": side},
                "preprocessing": preprocessing,
            }
            for side in (4, 3)
        },
        "transforms": dict.fromkeys(TRANSFORMS),
        "pairs": [{"transforms": ["translate_x", "translate_y"], "steps": 7}],
        "itn": {"enabled": False},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="bench.thousand",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="where it goes; it is made")
    parser.add_argument("--classes", type=int, default=ALL, help="screened, of the thousand")
    parser.add_argument("--images", type=int, default=10, help="pictures of each class")
    main(parser.parse_args())
