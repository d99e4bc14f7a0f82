"""The embedded default at its smallest: every stage, one network that is trained, in half a minute."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
from house import House, build

# A network slow enough to be killed in the middle of its training; each pass leaves a mark.
NETWORKS = '''
"""A small network that takes its time over training, and counts its passes."""
import time

import torch
from torch import nn


class Pause(nn.Module):
    def forward(self, pictures):
        if torch.is_grad_enabled():
            time.sleep(0.03)
            with open("passes", "a") as file:
                file.write(".")
        return pictures


def unhurried(num_classes: int) -> nn.Module:
    head = nn.Linear(3 * 6 * 6, num_classes)
    return nn.Sequential(Pause(), nn.AdaptiveAvgPool2d(6), nn.Flatten(), nn.Dropout(0.1), head)
'''

TINY = {
    "run": "tiny",
    "dataset": {
        "name": "phantoms",
        "size": 32,
        "images": 3,
        "training_images": 8,
        "validation_images": 2,
        "classes": ["orange", "barbell", "vertical_stripes"],
    },
    "models": {
        "taught": {
            "network": "small_networks:unhurried",
            "weights": "train",
            "preprocessing": {"resize": 32, "crop": 32},
            "training": {"epochs": 10, "batch_size": 16, "learning_rate": 0.01},
        },
    },
    "transforms": {"zoom": {"steps": 5}},
    "pairs": [{"transforms": ["translate_x", "rotate"], "steps": 3}],
    "thresholds": {"resamples": 100},
    "itn": {"steps": 90, "batch_size": 4, "images": 4, "points": 2},
    "figures": {"formats": ["png"], "dpi": 72},
}

CLAIMS = ("results/tiny/claims.csv", "results/tiny/itn/taught/evaluation.csv")
"""Rest on every table, the ITN's among them, and on no figure."""

UNCOUNTED = ("logs/", "provenance.html")
"""What tells of how and when a run went, and not of what it found."""


class Tiny(House):
    """A checkout on which runs are started, killed and compared."""

    @property
    def results(self) -> Path:
        return self.path / "results/tiny"

    def forget(self) -> None:
        """Back to a checkout in which nothing has run."""
        for name in ("results", ".snakemake"):
            shutil.rmtree(self.path / name, ignore_errors=True)

    def start(self, *arguments: str, cores: int = 2) -> "Running":
        return Running(self, arguments, cores)

    def outcome(self) -> dict[str, bytes]:
        """Every file of the results, by name."""
        found = {}
        for path in sorted(self.results.rglob("*")):
            name = str(path.relative_to(self.results))
            if path.is_file() and not name.startswith(UNCOUNTED):
                found[name] = path.read_bytes()
        return found

    def passes(self) -> int:
        """How often the network has been trained through since it was last asked."""
        marks = self.path / "passes"
        count = marks.stat().st_size if marks.exists() else 0
        marks.unlink(missing_ok=True)
        return count


class Running:
    """A run of Snakemake in a process group of its own, each of its jobs a process as a user's is."""

    def __init__(
        self,
        house: House,
        arguments: tuple[str, ...],
        cores: int,
        config: str = "small.yaml",
        log: str = "said.txt",
    ) -> None:
        self.log = house.path / log
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                house.command(*arguments, cores=cores, forked=False, config=config),
                cwd=house.path,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> bool:
        """SIGKILL to the whole process group; whether the run was still at work."""
        alive = self.process.poll() is None
        if alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.wait_for_workers()
        return alive

    def wait_for_workers(self) -> None:
        """Until no process of the run's group is left."""
        while group(self.process.pid):
            time.sleep(0.02)

    def kill_after(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()
        return False

    def kill_when(self, file: Path) -> bool:
        """Kill as soon as there is such a file."""
        while not file.exists() and self.process.poll() is None:
            time.sleep(0.01)
        return self.kill()

    def worker(self, script: str) -> psutil.Process:
        """The job that runs a script, as soon as it does."""
        while self.process.poll() is None:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                if is_job(child, script):
                    return child
            time.sleep(0.01)
        raise AssertionError(f"no job of {script}:\n{self.log.read_text()}")

    def end(self, timeout: float = 1200) -> tuple[int, str]:
        """Exit status, and what was said."""
        return self.process.wait(timeout), self.log.read_text()


def is_job(process: psutil.Process, script: str) -> bool:
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    # Of a job that is forked, the process that waits for it: `python -IS client.py ADDRESS PYTHON SCRIPT`.
    return any(word.endswith(f"scripts/{script}.py") for word in command[1:7])


def group(number: int) -> list[int]:
    """Living members of a process group."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == number and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process.pid)
        except (OSError, psutil.Error):
            continue
    return members


def moments(seed: int, low: float, high: float):
    """Random moments, the same for the same seed."""
    draw = random.Random(seed)
    while True:
        yield draw.uniform(low, high)


def build_tiny(path: Path, config: dict = TINY) -> Tiny:
    house = Tiny(build(path).path)
    (path / "small_networks.py").write_text(NETWORKS)
    house.configure(config)
    return house
