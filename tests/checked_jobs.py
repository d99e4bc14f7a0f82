"""Jobs of `precision: checked` whose network and pictures lie on the disk: for their tests."""

from argparse import Namespace
from hashlib import sha256

import numpy as np

from invariances.classifiers import Description, save
from invariances.magnitudes import TransformAxis
from invariances.records import to_json
from invariances.tables import MANIFEST
from invariances.tables.frames import frame, write

CATEGORIES = tuple("01234")


def job_of(folder, pictures, network, name, magnitudes, head=None) -> Namespace:
    """The options of `scripts/sweep_checked.py` for a network, by its `name`, under brightness."""
    np.save(folder / "p.npy", pictures.pixels)
    rows = [
        {
            "picture": name, "class": str(pictures.classes[place]), "label": int(pictures.labels[place]),
            "path": name, "sha256": sha256(pixels.tobytes()).hexdigest(), "skipped": None,
        }
        for name, place, pixels in zip(
            pictures.names, pictures.class_index, pictures.pixels, strict=True
        )
    ]  # fmt: skip
    write(frame(MANIFEST, rows), folder / "p.csv", MANIFEST)
    described = Description(name, CATEGORIES, std=(0.01,) * 3, channels_last=False, head=head)
    save(network, described, folder / "network")
    axis = TransformAxis("brightness", "", "", 0.0, "linear", magnitudes)
    return Namespace(
        prepared=[folder / "p.npy"], classifier=folder / "network", transform=to_json([axis]),
        padding="black", resampling="bilinear", seed=0, window=None, engine=None, halved_engine=None,
        device="cpu", batch_size=4, search="bisect", tolerance=1 / 16, missed=0.02, thumbnails=None,
        output=folder / "s.npz", pictures=folder / "s.pictures.parquet", each=False,
    )  # fmt: skip
