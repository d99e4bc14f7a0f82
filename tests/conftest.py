"""What tests of several rooms share."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import torch
from filelock import FileLock
from house import SMALL, House, build
from hypothesis import settings
from PIL import Image

# No test is about time. The same examples in every run of CI: a failure is the change's, not the draw's.
settings.register_profile("fixed", derandomize=bool(os.environ.get("CI")), deadline=None)
settings.load_profile("fixed")

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real"
LONG = ("slurm", "workflow", "reliability", "browser")
"""Folders whose tests run the whole workflow: `make test-quick` leaves them out."""

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: no worker is left with one of them when the others have ended."""
    order = {name: place for place, name in enumerate(LONG)}
    for item in items:
        if item.path.parent.name in LONG:
            item.add_marker("runs")
    items.sort(key=lambda item: order.get(item.path.parent.name, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """(name, make) -> a folder which `make` has filled, once for all workers."""
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent

    def get(name: str, make: Callable[[Path], object]) -> Path:
        folder, made = root / name, root / f"{name}.made"
        with FileLock(root / f"{name}.lock"):
            if not made.exists():
                # What a worker left whose attempt failed.
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                made.touch()
        return folder

    return get


@pytest.fixture(scope="session")
def finished(once: Once) -> House:
    """A finished small run of the whole workflow; not to be changed.

    What its jobs executed is noted in `traced` (see tests/dependencies/tracer.py).
    """

    def make(folder: Path) -> None:
        house = build(folder)
        house.configure(SMALL)
        notes = folder / "traced"
        notes.mkdir()
        with patch.dict(os.environ, TRACED=str(notes), PYTHONPATH=str(ROOT / "tests/dependencies")):
            house.run()

    return House(once("finished", make))


@pytest.fixture(scope="session")
def random_pictures() -> Callable[..., torch.Tensor]:
    """(number, height, width) -> pictures [N, 3, H, W] of whole grey levels, the same every time."""

    def make(number: int, height: int, width: int, seed: int = 0) -> torch.Tensor:
        rng = np.random.default_rng([seed, number, height, width])
        return torch.from_numpy(rng.integers(0, 256, (number, 3, height, width))).float()

    return make


@pytest.fixture
def picture_file() -> Callable[..., Path]:
    """(path, width, height) -> the path, a random picture written there."""

    def write(path: Path, width: int = 12, height: int = 10, seed: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([seed, *path.name.encode()])
        pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        return path

    return write


@pytest.fixture
def class_folders(tmp_path, picture_file) -> Callable[..., Path]:
    """(names, number) -> a folder with one folder a class, each of `number` pictures."""

    def make(*names: str, number: int = 4, root: str = "pictures") -> Path:
        for name in names:
            for place in range(number):
                picture_file(tmp_path / root / name / f"{place}.png")
        return tmp_path / root

    return make


@pytest.fixture(scope="session")
def real() -> Path:
    """Real networks and photographs, which are not part of the repository."""
    if not REAL.is_dir():
        pytest.skip(f"no real networks and photographs at {REAL}")
    return REAL
