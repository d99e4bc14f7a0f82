"""What decides a plan beside its config and its files: the library's own code, others' versions, GPUs."""

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from invariances import datasets

LIBRARY = Path(__file__).parents[1]
RESOLVING = (
    "classifiers", "configuration", "datasets", "inference", "layers", "phantoms", "transforms",
    "augmentation.py", "costs.py", "encoders.py", "errors.py", "extension.py", "magnitudes.py",
    "names.py", "networks.py", "packages.py", "pictures.py", "plan.py", "records.py",
)  # fmt: skip
"""What of the library decides a plan."""
OTHERS = ("torch", "torchvision", "timm")
"""What networks are built with: another version may know other settings of the same weights."""


def code_that_decides() -> str:
    """A digest of the files that decide a plan, by their content."""
    places = [LIBRARY / name for name in RESOLVING]
    files = [
        file
        for place in places
        for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])
    ]
    return datasets.digest("\n".join(file.read_text(encoding="utf-8") for file in files))


def versions() -> list[str]:
    """Of `OTHERS`; nothing of one that is not installed."""
    found = []
    for name in OTHERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(name)
    return found


def gpus() -> list[str]:
    """What tells whether torch will see a GPU, without the seconds that importing it takes."""
    return [
        *map(str, sorted(Path("/dev").glob("nvidia*"))),
        # Empty it hides all, unset none.
        str(os.environ.get("CUDA_VISIBLE_DEVICES")),
    ]
