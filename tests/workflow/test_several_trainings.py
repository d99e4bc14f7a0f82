"""Networks trained several times, by a real run."""

import copy

import pytest
from house import SMALL, build

from invariances.tables import TRAINING_DIFFERENCES, TRAININGS
from invariances.tables.frames import read

TABLES = ("results/small/trainings.csv", "results/small/training_differences.csv")


def config(*seeds):
    found = copy.deepcopy(SMALL)
    found["dataset"] |= {"training_images": 24, "validation_images": 2}
    found |= {
        "itn": {"enabled": False},
        "transforms": {"rotate": {"steps": 5}},
        "pairs": [],
        "chunks": 1,
    }
    for model, number in zip(found["models"].values(), seeds, strict=True):
        model |= {
            "weights": "train",
            "training": {"epochs": 40, "learning_rate": 0.02, "seeds": number},
        }
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A finished run of one training each, as far as tables of networks compared."""
    found = build(tmp_path_factory.mktemp("trainings"))
    found.configure(config(1, 1))
    found.run("results/small/differences.csv")
    return found


def test_further_seeds_are_trained_and_swept_beside_the_first(house):
    before = (house.path / "results/small/thresholds.csv").read_bytes()
    house.configure(config(2, 3))
    jobs = house.jobs(*TABLES)
    assert {job for job in jobs if job.startswith("classifier")} == {
        "classifier model=one-seed-1",
        "classifier model=two-seed-1",
        "classifier model=two-seed-2",
    }
    assert not [job for job in jobs if "model=one " in job or "model=two " in job]
    assert not [job for job in jobs if job.startswith("images")]
    said = house.run(*TABLES, "results/small/thresholds.csv")
    assert "models.two: training.seeds: 3 times its training and its sweeps" in said
    assert (house.path / "results/small/thresholds.csv").read_bytes() == before
    declared = (TRAININGS, TRAINING_DIFFERENCES)
    spread, differences = (
        read(house.path / name, own) for name, own in zip(TABLES, declared, strict=True)
    )
    assert dict(spread.groupby("model")["trainings"].first()) == {"one": 2, "two": 3}
    assert set(differences["first"]) == {"one"}
    assert set(differences["second"]) == {"two"}
    assert (differences["images"] <= 3).all()
    told = differences.dropna(subset="difference")
    assert len(told)
    assert ((told["low"] <= told["difference"]) & (told["difference"] <= told["high"])).all()


def test_each_training_has_weights_of_its_own(house):
    names = ("two", "two-seed-1", "two-seed-2")
    files = [house.path / f"results/small/models/{name}/weights.safetensors" for name in names]
    assert len({file.read_bytes() for file in files}) == len(names)


def test_they_are_part_of_the_whole_run_and_of_no_figure(house):
    jobs = house.jobs()
    assert not [job for job in jobs if "figure" in job and "seed" in job]
    assert not [job for job in jobs if "itn" in job]
    assert any(job.startswith("baseline model=two-seed-2") for job in jobs)


def test_only_networks_that_are_trained_here_have_seeds(house):
    wrong = config(1, 2)
    wrong["models"]["two"]["weights"] = "own"
    house.configure(wrong)
    done = house.snakemake("--dry-run")
    assert done.returncode != 0
    assert "models.two.training.seeds: 2, but its weights are 'own'" in done.stdout + done.stderr
    taken = config(2, 1)
    taken["models"]["one-seed-1"] = taken["models"].pop("two")
    house.configure(taken)
    done = house.snakemake("--dry-run")
    assert "models.one-seed-1: so are called the results" in done.stdout + done.stderr
