"""A disk that is full, read-only or gone: an error that names the path, nothing half-written, and on."""

import re
import resource
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from disks import disk
from matplotlib.figure import Figure
from tiny import CLAIMS

from invariances import checkpoints, classifiers, itn
from invariances.figures import style
from invariances.pictures import write_pixels
from invariances.tables import Column, Table, atomically, write_arrays
from invariances.tables.frames import write

pytestmark = pytest.mark.reliability

NOISE = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)
FRAME = pd.DataFrame({"place": range(NOISE.size), "value": NOISE.ravel().astype(float)})
COLUMNS = (Column("place", "int", meaning="."), Column("value", "float", meaning="."))
TABLE = Table("noise", ("table.csv",), row="a pixel", key=("place",), columns=COLUMNS)


def store_training(path):
    network = torch.nn.Linear(40, 40)
    optimiser = torch.optim.AdamW(network.parameters())
    state = {"network": network.state_dict(), "optimizer": optimiser.state_dict()["state"]}
    checkpoints.store(path, {"fingerprint": "0" * 64, "epochs": 1, **state})


def store_classifier(path):
    network = torch.nn.Linear(40, 40)
    classifiers.save(network, classifiers.Description("m:n", ("a",)), path.parent)


WRITERS = {
    "table.csv": lambda path: write(FRAME, path, TABLE),
    "table.parquet": lambda path: write(FRAME, path, TABLE),
    "sweep.npz": lambda path: write_arrays({"pictures": NOISE}, path),
    "pictures.npy": lambda path: atomically(path, lambda file: write_pixels(file, NOISE, 16)),
    "weights.safetensors": store_classifier,
    "itn.safetensors": lambda path: itn.save(itn.InvariantTransformer(), path),
    "checkpoint.pt": lambda path: checkpoints.store(path, {"pictures": torch.from_numpy(NOISE)}),
    "training.pt": store_training,
    "figure.png": lambda path: style.save(Figure(), [path]),
    "figure.pdf": lambda path: style.save(Figure(), [path]),
}


@pytest.mark.parametrize("name", list(WRITERS))
@pytest.mark.parametrize("room", [0, 700])
def test_a_full_disk_is_an_error_with_the_path_and_leaves_nothing(tmp_path, name, room):
    path = tmp_path / name
    path.write_bytes(b"what was there")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(OSError, match=re.escape(str(path))) as error:
            WRITERS[name](path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(error.value.filename) == str(path)
    assert path.read_bytes() == b"what was there"
    assert [file.name for file in tmp_path.iterdir()] == [name]
    WRITERS[name](path)
    assert path.stat().st_size > 700


@pytest.fixture
def results(house):
    place = disk(house.path / "results")
    yield place
    place.close()


def assert_says(done, reason):
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert reason in said, said[-3000:]
    assert re.search(rf"error: results/tiny/\S+: {reason}|{reason}: '\S*results/tiny/\S+'", said), (
        said[-3000:]
    )


def test_a_run_survives_a_full_and_a_read_only_disk(house, results, undisturbed):
    """Full among the pictures, full again among the sweeps, read-only, then as it should be."""
    wanted = undisturbed.outcome()
    for kilobytes in (150, 620):
        results.room(kilobytes)
        assert_says(house.snakemake(*CLAIMS), results.full)
        whole = {name: content for name, content in house.outcome().items() if name in wanted}
        assert [name for name, content in whole.items() if content != wanted[name]] == []
    results.lock()
    # What a job interrupted by the full disk made is to be made again, which Snakemake itself refuses.
    done = house.snakemake(*CLAIMS)
    if "ProtectedOutputException" not in done.stderr:
        assert_says(done, results.read_only)
    results.free()
    house.run(*CLAIMS)
    found = house.outcome()
    assert {"thresholds.csv", "claims.csv"} <= set(found)
    assert [name for name in found if found[name] != wanted.get(name)] == []


def test_a_file_where_the_results_should_be_is_named(house):
    (house.path / "results").write_text("a file")
    done = house.snakemake("--dry-run")
    assert done.returncode != 0
    assert "results/tiny" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    (house.path / "results").unlink()
    assert len(house.jobs()) > 20


def test_prepared_pictures_that_vanish_are_named_and_made_again(copied, undisturbed):
    """While a job needs them: an error with their path; before the next run: made again."""
    wanted = undisturbed.outcome()
    running = copied.start("results/tiny/thresholds.csv", "--forcerun", "sweep")
    running.worker("sweep")
    shutil.rmtree(copied.results / "images")
    status, said = running.end()
    assert status != 0
    assert "results/tiny/images/32-32-bilinear/0-of-1" in said.split("Error in rule sweep")[1]
    copied.run()
    found = copied.outcome()
    assert [name for name in wanted if found.get(name) != wanted[name]] == []
