"""docs/extending.md: transforms and a dataset of one's own, named in the config alone."""

import re

import numpy as np
import pandas as pd
import pytest
from house import ROOT

PAGE = ROOT / "docs/extending.md"


@pytest.fixture
def own(empty, small):
    """A config of the page's dataset and transforms, its code in files beside."""
    boxes = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    fade, shear, *others = boxes
    assert "def fade" in fade and "def shear" in shear
    (empty.path / "my_transforms.py").write_text(fade + shear)
    greys = next(text for text in others if text.startswith("# my_data.py"))
    (empty.path / "my_data.py").write_text(greys)
    small |= {"dataset": {"name": "my_data:Greys", "size": 32, "images": 3}, "pairs": []}
    small |= {"itn": {"enabled": False}, "chunks": 1}
    del small["models"]["two"]
    small["transforms"] = {
        "my_transforms:fade": {"steps": 5},
        "my_transforms:shear": {"range": [-0.5, 0.5], "steps": 5},
    }
    empty.configure(small)
    return empty


def test_own_transforms_and_dataset_go_through(own, small):
    own.run("results/small/thresholds.csv", "results/small/sizes.csv")
    table = pd.read_csv(own.path / "results/small/thresholds.csv")
    assert set(table["class"]) == {"dark", "light"}
    assert set(table["transform"]) == {"my_transforms.fade", "my_transforms.shear"}
    # An edit of the module reruns what uses it.
    own.edit("my_transforms.py", "127.5 * share", "126.5 * share")
    swept = {job for job in own.jobs() if job.startswith("sweep ")}
    assert swept and all("my_transforms" in job for job in swept)
    small["transforms"]["my_transforms:fad"] = None
    own.configure(small)
    done = own.snakemake("--dry-run")
    assert done.returncode and "did you mean 'fade'" in done.stdout + done.stderr


SHIFTED = '''

from pathlib import Path


class Shifted(Greys):
    """Its pictures are files, read as a setting beside them says."""

    def path(self, picture):
        return f"{picture.split('/')[0]}.grey"

    def read(self, picture):
        picture = super().read(picture)
        return picture.point(lambda level: level + int(Path("shift").read_text()))

    def state(self, categories, split=None):
        return Path("shift").read_text()
'''


def test_the_state_of_an_own_dataset_counts_beside_its_files(own, small):
    module = own.path / "my_data.py"
    module.write_text(module.read_text() + SHIFTED)
    small["dataset"]["name"] = "my_data:Shifted"
    small["transforms"] = {"rotate": {"steps": 3}}
    own.configure(small)
    for name in ("dark", "light"):
        (own.path / f"{name}.grey").touch()
    shift = own.path / "shift"
    shift.write_text("0")
    pictures = "results/small/images/32-32-bilinear/0-of-1"
    own.run(f"{pictures}.csv")
    before = np.load(own.path / f"{pictures}.npy")
    shift.write_text("20")
    assert own.planned(f"{pictures}.csv") == {"images": 1}
    own.run(f"{pictures}.csv")
    assert (np.load(own.path / f"{pictures}.npy") == before + 20).all()
    (own.path / "dark.grey").write_text("another")
    assert own.planned(f"{pictures}.csv") == {"images": 1}
