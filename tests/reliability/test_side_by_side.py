"""Two configs of one run started together: each ends with its own tables, or Snakemake's lock refuses it.

Once in each order; `SIDE_BY_SIDE=20` does it so often.
"""

import time

import pandas as pd
import pytest
import yaml
from proofs import asked
from tiny import TINY, Running

pytestmark = pytest.mark.reliability
TIMES = int(asked("SIDE_BY_SIDE", "1", "20"))
PICTURES = "results/tiny/images/32-32-bilinear/0-of-1.csv"
TARGETS = (PICTURES, "results/tiny/config.yaml")
APART = 0.05
"""Seconds between the two starts, at most."""


class Start(Running):
    """A start with a config of its own."""

    def __init__(self, house, images):
        self.images = images
        config = TINY | {"dataset": TINY["dataset"] | {"images": images}}
        (house.path / f"{images}.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
        super().__init__(house, TARGETS, 1, config=f"{images}.yaml", log=f"said-{images}.txt")


def found(house):
    """Pictures of each class in the prepared pictures, and in the config beside them."""
    counts = pd.read_csv(house.path / PICTURES)["class"].value_counts()
    config = yaml.safe_load((house.results / "config.yaml").read_text())
    assert len(set(counts)) == 1
    return int(counts.iloc[0]), config["dataset"]["images"]


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
@pytest.mark.parametrize("time_", range(TIMES))
def test_each_ends_with_its_own_tables_or_is_refused(house, order, time_):
    starts = []
    for images in order:
        starts.append(Start(house, images))
        time.sleep(APART * time_ / TIMES)
    ended = []
    while len(ended) < 2:
        for start in starts:
            if start not in ended and start.process.poll() is not None:
                ended.append(start)
        time.sleep(0.005)
    succeeded = [start for start in ended if start.process.returncode == 0]
    for start in ended:
        said = start.log.read_text()
        assert start in succeeded or "LockException" in said, said
    assert succeeded
    # Of two that succeeded the other began once the first had ended.
    assert found(house) == (succeeded[-1].images,) * 2
