"""Whose locks are removed: a dead run's of this computer, and no other's."""

import socket

import pytest

pytestmark = pytest.mark.reliability
TARGET = "results/tiny/images/32-32-bilinear/0-of-1.npy"


def abandoned(house):
    """A run that was killed while it held its locks."""
    running = house.start(TARGET)
    running.worker("images")
    assert running.kill()
    locks = sorted((house.path / ".snakemake/locks").iterdir())
    assert locks
    return locks


def test_a_dead_run_s_locks_are_removed_and_it_is_said(house):
    locks = abandoned(house)
    said = house.run(TARGET)
    for path in locks:
        assert f"removed the lock of a run that was killed: .snakemake/locks/{path.name}" in said


def test_a_living_run_s_locks_stand(house):
    running = house.start("results/tiny/models/taught/weights.safetensors")
    worker = running.worker("classifier")
    worker.suspend()
    done = house.snakemake(
        "results/tiny/images/32-32-bilinear/training.npy", "--forcerun", "images"
    )
    worker.resume()
    assert done.returncode != 0
    assert "LockException" in done.stdout + done.stderr
    status, said = running.end()
    assert status == 0, said


def test_another_computer_s_locks_stand_until_they_are_unlocked(house):
    abandoned(house)
    alive = house.path / ".snakemake/alive"
    assert alive.read_text() == socket.gethostname()
    alive.write_text("another-computer")
    done = house.snakemake(TARGET)
    assert "LockException" in done.stdout + done.stderr
    house.run("--unlock")
    house.run(TARGET)
