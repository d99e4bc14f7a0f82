"""How runs end that do not end well: each in a sentence that says what to do."""

import os
import re
import signal
import subprocess
import time

import pytest
from house import House

WEIGHTS = "results/small/models/one/model.json"
SLOW = """
import os, time
from pathlib import Path

class Slow(nn.Module):
    def forward(self, pictures):
        if os.path.exists("slow"):
            Path("job").write_text(str(os.getpid()))
            time.sleep(300)
        return pictures

def slow(num_classes):
    return nn.Sequential(Slow(), coarse(num_classes))
"""


@pytest.fixture
def slow(empty: House, small: dict) -> House:
    """A run whose first network's job lasts until somebody ends it."""
    with (empty.path / "small_networks.py").open("a") as file:
        file.write(SLOW)
    small["models"]["one"]["network"] = "small_networks:slow"
    empty.configure(small)
    empty.run("--dry-run", WEIGHTS)  # its plan is made before it is slow
    (empty.path / "slow").touch()
    return empty


def begun(house: House) -> subprocess.Popen[str]:
    """A start of the run whose job has begun, in a process group of its own as a terminal has it."""

    def hears() -> None:  # also where these tests were started in the background, which does not
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    process = subprocess.Popen(
        house.command(WEIGHTS, "--logger", "invariances", forked=False),
        cwd=house.path, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=hears,
    )  # fmt: skip
    for _ in range(600):
        if (house.path / "job").is_file() and (house.path / "job").read_text():
            return process
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)
    raise AssertionError("the job has not begun")


def test_a_second_start_and_ctrl_c_are_said(slow):
    process = begun(slow)
    try:
        second = slow.snakemake(WEIGHTS, "--logger", "invariances")
        assert second.returncode != 0
        assert "results/small is being made already" in second.stderr.splitlines()[-1]
        assert "--unlock" not in second.stderr
    finally:
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    assert said.count("Interrupted; the same command goes on.") == 1
    assert "Traceback" not in said and "Failed" not in said
    log = (slow.path / "results/small/logs/classifier/one.log").read_text()
    assert "Traceback" not in log


def test_a_job_that_is_killed_is_told_of(slow):
    process = begun(slow)
    os.kill(int((slow.path / "job").read_text()), signal.SIGKILL)
    said = process.communicate(timeout=60)[1]
    assert "Failed: classifier" in said
    assert "killed from outside (137), perhaps for want of memory: run fewer jobs at once" in said
    assert "more in" not in said and "Traceback" not in said


def test_what_cannot_be_started_is_one_sentence(empty, small, tmp_path):
    empty.configure(small)

    def last(*arguments: str, **environment: str) -> str:
        command = empty.command("--dry-run", "--logger", "invariances", *arguments)
        done = subprocess.run(
            command, cwd=empty.path, env=os.environ | environment, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        return done.stderr.splitlines()[-1]

    assert "--cores 0: no job could run" in last("--cores", "0")
    small["dataset"] |= {"images": 200_000}
    small["models"]["one"]["preprocessing"] = {"resize": 2048, "crop": 2048}
    empty.configure(small)
    assert re.search(r"about \d+\.\d GB of results .* are free in /", last())
    (empty.path / "results").symlink_to("/nowhere/at/all")
    assert "results is a link to /nowhere/at/all, which is not there" in last()


def test_what_a_removed_transform_has_left_is_said_and_cleared(house, small):
    del small["transforms"]["brightness"]
    house.configure(small)
    (house.path / "results/small/notes.txt").write_text("mine")
    # Of other chunks, and of the version before.
    others = [
        house.path / "results/small" / name for name in ("sizes/0-of-9.csv", "benchmarks/a.tsv")
    ]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    said = house.run("results/small/config.yaml", "--forcerun", "configuration")
    assert "Left in results/small by an earlier config" in said
    assert "invariances clear small" in said
    before = {path for path in (house.path / "results/small").rglob("*") if path.is_file()}
    house.run("clear")
    removed = before - set((house.path / "results/small").rglob("*"))
    kept = {str(path.relative_to(house.path / "results/small")) for path in before - removed}
    assert not (house.path / "results/small/sweeps/one/brightness").exists()
    assert removed >= set(others)
    assert (house.path / "results/small/models/one/weights.safetensors").is_file()
    assert {"notes.txt", "itn/one/itn.safetensors", "explorer.html", "config.yaml"} <= kept
    assert "sizes/0-of-2.csv" in kept
    logs = {name for name in kept if name.startswith("logs/")}
    assert not any("brightness" in name for name in kept - logs)
    assert "sweep" not in house.planned()
    assert "Left in" not in house.run("results/small/config.yaml", "--forcerun", "configuration")
