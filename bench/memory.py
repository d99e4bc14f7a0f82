"""The peak of a sweep's job with twice the pictures, classes or magnitudes, over that of a smaller one."""

import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from bench.cases import Size, pixels
from bench.rows import Row, Rows
from invariances.classifiers import Description, build, save
from invariances.records import to_json
from invariances.transforms import TRANSFORMS

ROOT = Path(__file__).parents[1]


def memory_rows(size: Size, wanted) -> Rows:
    larger = {"pictures": (2, 1, 1), "classes": (1, 2, 1), "magnitudes": (1, 1, 2)}
    if not any(wanted(f"memory: twice the {what}") for what in larger):
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        network = next(name for name in ("resnet18", *size.networks) if name in size.networks)
        names = tuple(f"class {number}" for number in range(size.classes))
        built = build(f"torchvision/{network}", classes=size.classes)
        save(built, Description(f"torchvision/{network}", names), folder / "model")
        base = peak(folder, size, 1, 1, 1)
        yield Row("memory: peak of a small sweep's job", base / 2**20, "MiB")
        for what, factors in larger.items():
            if wanted(f"memory: twice the {what}"):
                # Noise of allocators: a twentieth.
                ratio = peak(folder, size, *factors) / base
                yield Row(f"memory: twice the {what}", ratio, "of the small one's peak", "<= 1.05")


def peak(folder: Path, size: Size, pictures: int, classes: int, magnitudes: int) -> int:
    """Bytes that a job of its own held at most."""
    count, kinds = size.job * pictures, 2 * classes
    shown = pixels(count * kinds, size.side)
    np.save(folder / "pixels.npy", shown)
    pd.DataFrame(
        {
            "picture": [f"picture {place}" for place in range(len(shown))],
            "path": "made up",
            "sha256": [sha256(picture.tobytes()).hexdigest() for picture in shown],
            "skipped": None,
            "class": np.repeat([f"class {kind}" for kind in range(kinds)], count),
            "label": np.repeat(np.arange(kinds), count),
        }
    ).to_csv(folder / "pixels.csv", index=False)
    axis = TRANSFORMS["brightness"].on(np.linspace(-1, 1, 4 * magnitudes + 1).tolist())
    command = [
        *(sys.executable, str(ROOT / "scripts/sweep.py")),
        *("--prepared", str(folder / "pixels.npy"), "--classifier", str(folder / "model")),
        *("--transform", to_json((axis,))),
        *("--batch-size", "16", "--output", str(folder / "sweep.npz")),
        *("--pictures", str(folder / "pictures.parquet")),
    ]
    path = {**os.environ, "PYTHONPATH": str(ROOT / "workflow")}
    silence = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    number = os.posix_spawn(sys.executable, command, path, file_actions=silence)
    _, status, usage = os.wait4(number, 0)
    if status:
        raise RuntimeError(f"the sweep ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss * 1024
