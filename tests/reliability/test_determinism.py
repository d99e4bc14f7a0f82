"""The same run gives the same bytes, and how the work is divided changes nothing that counts."""

import numpy as np
import pandas as pd
import pytest
import yaml
from tiny import CLAIMS, Tiny, build_tiny

from invariances.screening import Sweep
from invariances.tables import read_arrays

pytestmark = pytest.mark.reliability
SOFTMAX = 1e-4


def test_the_same_run_twice_is_the_same_to_the_byte(undisturbed, house):
    house.run()
    found, wanted = house.outcome(), undisturbed.outcome()
    assert sorted(found) == sorted(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []


def test_processes_of_their_own_give_the_bytes_of_forks(copied, undisturbed, monkeypatch):
    """Jobs of each kind that were forked before: trainings, a sweep, a table, a figure."""
    monkeypatch.setenv("INVARIANCES_FORKS", "0")
    rules = ("classifier", "itn", "sweep", "thresholds", "figure_overview")
    targets = (
        *("models/taught/weights.safetensors", "itn/taught/trained.safetensors"),
        *("sweeps/taught/zoom/0-of-1.npz", "thresholds/taught/zoom.csv", "figures/overview.png"),
    )
    for name in targets:
        (copied.results / name).unlink()
    places = [f"results/tiny/{name}" for name in targets]
    said = copied.run(*places, "--allowed-rules", *rules, forked=False)
    assert "5 of 5 steps (100%) done" in said
    for name in targets:
        assert (copied.results / name).read_bytes() == (undisturbed.results / name).read_bytes()


def test_seeds_are_recorded(undisturbed):
    recorded = yaml.safe_load((undisturbed.results / "config.yaml").read_text())
    assert recorded["seed"] == 0
    assert recorded["itn"]["steps"] == 90


def answers(house: Tiny) -> pd.DataFrame:
    """Every picture's prediction and true softmax at every magnitude, whatever the chunks."""
    rows = []
    for path in sorted((house.results / "sweeps").rglob("*.npz")):
        if path.name.endswith("thumbnails.npz"):
            continue
        sweep = Sweep.from_arrays(read_arrays(path))
        for row, picture in enumerate(sweep.picture):
            for place, magnitude in enumerate(np.atleast_2d(sweep.magnitudes.T).T.tolist()):
                key = (path.parent.name, str(picture), str(magnitude))
                said = (sweep.prediction[row, place], sweep.true_softmax[row, place])
                rows.append((*key, *said))
    columns = ["transform", "picture", "magnitude", "prediction", "softmax"]
    table = pd.DataFrame(rows, columns=columns)
    keys = columns[:3]
    assert not table.duplicated(keys).any()
    return table.sort_values(keys, ignore_index=True)


def test_answers_do_not_depend_on_how_work_is_divided(undisturbed, tmp_path, config):
    """Another number of cores, of chunks, and of pictures that go through a network together."""
    house = build_tiny(tmp_path, config | {"chunks": 12, "batch_size": 1})
    house.run(*CLAIMS, cores=1)
    one, other = answers(undisturbed), answers(house)
    keys = ["transform", "picture", "magnitude", "prediction"]
    assert len(one) == 3 * 3 * (5 + 9)  # classes, pictures, magnitudes
    assert one[keys].equals(other[keys])
    assert (one["softmax"] - other["softmax"]).abs().max() <= SOFTMAX
    taught = "models/taught/weights.safetensors"
    assert (house.results / taught).read_bytes() == (undisturbed.results / taught).read_bytes()
    assert_alike(undisturbed, house)


def assert_alike(one: Tiny, other: Tiny) -> None:
    """All that claims rest on, the ITN among it: the same rows and names, numbers to rounding."""
    of_chunks = ("images/", "sizes/")
    names = [
        name for name in other.outcome() if name.endswith(".csv") and not name.startswith(of_chunks)
    ]
    assert {"thresholds.csv", "itn/taught/evaluation.csv", "claims.csv"} <= set(names)
    for name in names:
        tables = [pd.read_csv(house.results / name) for house in (one, other)]
        pd.testing.assert_frame_equal(*tables, rtol=1e-3, atol=SOFTMAX, obj=name)
