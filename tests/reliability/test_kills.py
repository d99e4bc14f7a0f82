"""A run that is killed at any moment is started again and ends as if nothing had happened."""

import itertools
import re

import pytest
from tiny import CLAIMS, moments

pytestmark = pytest.mark.reliability
KILLS = 20


def assert_finishes_as(house, undisturbed, *targets):
    """A plain second start, nothing removed and nothing unlocked by hand, gives the same files."""
    house.run(*targets)
    found, wanted = house.outcome(), undisturbed.outcome()
    assert sorted(set(found) - set(wanted)) == []
    assert targets or sorted(set(wanted) - set(found)) == []
    assert {"thresholds.csv", "itn/taught/evaluation.csv", "claims.csv"} <= set(found)
    assert [name for name in found if found[name] != wanted[name]] == []
    assert not list(house.results.rglob("*.tmp*")), "what killed writers left"


def test_there_are_tables_to_lose(undisturbed):
    names = set(undisturbed.outcome())
    assert {"thresholds.csv", "curves.parquet", "pictures.parquet", "claims.csv"} <= names
    assert {"itn/taught/history.csv", "models/taught/weights.safetensors"} <= names


def test_twenty_kills_of_the_whole_group_lose_nothing(house, undisturbed):
    """Each start is killed at a random moment; a run that ends in spite of it makes place for another."""
    kills, chains = 0, 1
    for moment in moments(7, 0.5, 7.0):
        if house.start(*CLAIMS).kill_after(moment):
            kills += 1
            if kills == KILLS:
                break
        else:
            assert_finishes_as(house, undisturbed, *CLAIMS)
            house.forget()
            chains += 1
    assert_finishes_as(house, undisturbed, *CLAIMS)
    print(f"{kills} kills in {chains} runs")


@pytest.mark.parametrize(
    ("target", "checkpoint", "passes"),
    [
        ("results/tiny/models/taught/weights.safetensors", "models/taught/checkpoint.pt", 70),
        ("results/tiny/itn/taught/trained.safetensors", "itn/taught/checkpoint.pt", 90),
    ],
)
def test_a_training_killed_again_and_again_goes_on_from_its_checkpoint(
    house, undisturbed, target, checkpoint, passes
):
    if "/itn/" in target:
        house.run("results/tiny/models/taught/weights.safetensors")
    house.passes()
    killed = 0
    for moment in itertools.islice(moments(3, 0.3, 1.2), 3):
        running = house.start(target)
        while not (house.results / checkpoint).exists() and running.process.poll() is None:
            pass
        killed += running.kill_after(moment)
    assert killed == 3
    assert (house.results / checkpoint).is_file()
    before = house.passes()
    house.run(target)
    after = house.passes()
    assert 0 < after < passes, "the training began anew"
    assert before + after >= passes
    name = target.removeprefix("results/tiny/")
    assert (house.results / name).read_bytes() == (undisturbed.results / name).read_bytes()
    assert not (house.results / checkpoint).exists()


def test_a_worker_killed_stops_the_run_and_the_next_goes_on(house, undisturbed):
    """One worker a start, from the first stage to the last.

    Snakemake lets the other jobs of a start end: the ITN is asked for alone, so that none has ended it.
    """
    targets = dict.fromkeys(("images", "classifier", "itn", "sweep", "thresholds_all"), CLAIMS)
    targets["itn"] = ("results/tiny/itn/taught/itn.safetensors",)
    for script, target in targets.items():
        running = house.start(*target)
        running.worker(script).kill()
        status, said = running.end()
        assert status != 0
        # The rules of pairs and borders run the script of sweeps.
        assert re.search(rf"Error in rule {script}\w*:", said)
    assert_finishes_as(house, undisturbed, *CLAIMS)


def test_snakemake_alone_killed_leaves_jobs_that_do_no_harm(house, undisturbed):
    """Its jobs live on and write what the next run's write as well."""
    running = house.start(*CLAIMS)
    running.worker("sweep")
    running.process.kill()
    running.process.wait()
    house.run(*CLAIMS)
    # A training that lives on may write a checkpoint after the next run has removed its own.
    running.wait_for_workers()
    assert_finishes_as(house, undisturbed, *CLAIMS)
