"""The workflow through profiles/slurm on a real SLURM: jobs are killed, the results stay the same."""

import importlib.util
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from cluster import Cluster, UnavailableError
from tiny import CLAIMS, TINY, Running, Tiny, build_tiny

pytestmark = pytest.mark.slow

THROUGH = (
    *("--workflow-profile", "profiles/slurm"),
    # A cluster that is nobody else's may be asked every second, ...
    *("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1"),
    # ... and has GPUs to ask for, which are only files.
    *("--set-resources", "sweep:gpu=1"),
)


TARGETS = (*CLAIMS, "results/tiny/figures/overview.png")
"""Rest on jobs of every kind: timed and short, alone and in groups."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("Snakemake's executor for SLURM is not installed: make setup-slurm")
    # Not in pytest's folder: a socket's path has at most a hundred letters.
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder, ExitStack() as stack:
        try:
            started = stack.enter_context(Cluster(Path(folder)))
        except UnavailableError as reason:
            pytest.skip(f"no SLURM here: {reason}")
        yield started


@dataclass(frozen=True)
class Job:
    """A job of the cluster, as `squeue` tells of it."""

    number: int
    state: str
    memory: str
    rule: str


def jobs(cluster: Cluster, rule: str) -> list[Job]:
    """A rule's jobs so far, oldest first."""
    told = cluster.say("squeue", "--states=all", "--noheader", "--format=%i|%T|%m|%k")
    rows = [line.split("|") for line in told.splitlines()]
    found = [
        Job(int(number), state, memory, comment.split("_wildcards")[0].removeprefix("rule_"))
        for number, state, memory, comment in rows
    ]
    return sorted((job for job in found if job.rule == rule), key=lambda job: job.number)


def until(running: Running, find: Callable[[], Any]) -> Any:
    while not (found := find()):
        assert running.process.poll() is None, running.log.read_text()
        time.sleep(0.05)
    return found


def worker(house: Tiny, script: str) -> psutil.Process | None:
    """The process that runs a script for a house, wherever on the node it is."""
    for process in psutil.process_iter(["cmdline", "cwd"]):
        command = process.info["cmdline"] or []
        if process.info["cwd"] == str(house.path) and f"scripts/{script}.py" in command[1:2]:
            return process
    return None


def test_jobs_that_are_lost_are_submitted_again_and_change_nothing(cluster, tmp_path):
    config = TINY | {"pairs": [], "figures": {"formats": ["png"], "draw": ["overview"]}}
    house, beside = (build_tiny(make(tmp_path / name), config) for name in ("cluster", "alone"))
    beside.run(*TARGETS, cores=1)
    running = house.start(*TARGETS, *THROUGH, cores=1)
    try:
        # One is cancelled while it trains, as by an administrator, ...
        until(running, lambda: worker(house, "classifier"))
        cluster.say("scancel", str(jobs(cluster, "classifier")[-1].number))
        # ... the process of another is killed, as by the kernel where memory runs out.
        until(running, lambda: worker(house, "itn")).kill()
        status, said = running.end()
    finally:
        running.kill()
    assert status == 0, said
    check_jobs(cluster)
    # Byte by byte: tables, weights and figures.
    assert house.outcome() == beside.outcome()
    # Logs by rule, of those that failed; no lock is left, and nothing to do.
    logs = house.path / ".snakemake/slurm_logs"
    assert {path.parts[-3] for path in logs.rglob("*.log")} == {"rule_classifier", "rule_itn"}
    assert "Nothing to be done" in house.run(*TARGETS)
    # Nodes note what made a result as this machine does: without Snakemake's notes a change is seen too.
    shutil.rmtree(house.path / ".snakemake")
    assert "Nothing to be done" in house.run(*TARGETS, "--rerun-triggers", "mtime")
    house.configure(config | {"thresholds": {"resamples": 101}})
    changed = house.planned(*TARGETS, "--rerun-triggers", "mtime")
    assert "thresholds" in changed and "sweep" not in changed


def check_jobs(cluster: Cluster) -> None:
    """What was lost was submitted again, asking for twice the memory; a GPU was asked for."""
    for rule, end in (("classifier", "CANCELLED"), ("itn", "FAILED")):
        first, second = jobs(cluster, rule)
        assert (first.state, second.state) == (end, "COMPLETED")
        assert (first.memory, second.memory) == ("6000M", "12000M")
    (sweep,) = jobs(cluster, "sweep")
    assert "TresPerJob=gres:gpu:1" in cluster.say("scontrol", "show", "job", str(sweep.number))
    # Figures and tables are jobs of several rules.
    assert not jobs(cluster, "figure_overview") and not jobs(cluster, "claims")
    # What joins all thresholds asks for memory by their number, and is one alone.
    (joined,) = jobs(cluster, "thresholds_all")
    assert joined.state == "COMPLETED"


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder
