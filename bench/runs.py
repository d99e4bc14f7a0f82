"""Whole runs: `make run`, `snakemake` with nothing to do, and the plan for all of ImageNet."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from bench.cases import Size
from bench.rows import Row, Rows
from invariances.datasets.synsets import ImageNetTable

ROOT = Path(__file__).parents[1]
TREE = ("Snakefile", "workflow", "scripts", "config", "profiles", "envs")
TRANSFORMS = ("translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom", "brightness",
              "contrast", "grayscale", "blur", "noise", "contrast_about_mean")  # fmt: skip
SMALLEST = {
    "run": "bench",
    "dataset": {"name": "digits", "images": 2, "training_images": 4, "validation_images": 2},
    "models": {"net": {"network": "invariances.networks:small_cnn", "weights": "train",
                       "preprocessing": {"resize": 32, "crop": 32}, "training": {"epochs": 1}}},
    "transforms": {"brightness": {"steps": 3}},
    "pairs": [],
    "thresholds": {"resamples": 100},
    "itn": {"enabled": False},
    "figures": {"formats": ["png"], "draw": ["overview"]},
}  # fmt: skip


def run_rows(size: Size, wanted) -> Rows:
    """The embedded default in a checkout of its own: to the thresholds, the rest, with nothing to do."""
    titles = ("run: passes", "run: main job", "run: everything", "run: nothing to do")
    if not any(map(wanted, titles)):
        return
    cores = len(os.sched_getaffinity(0))
    with checkout() as folder:
        passes = folder / "passes"
        passes.mkdir()
        name, arguments = "phantoms", []
        if size.dataset < 1000:
            (folder / "config.yaml").write_text(yaml.safe_dump(SMALLEST))
            name, arguments = SMALLEST["run"], ["--configfile", "config.yaml"]
        hook = {"PYTHONPATH": str(ROOT / "bench/passes"), "BENCH_PASSES": str(passes)}
        main = snakemake(folder, f"results/{name}/thresholds.csv", *arguments, more=hook)[0]
        wall = main + snakemake(folder, *arguments, more=hook)[0]
        spent = sum(float(file.read_text()) for file in passes.iterdir())
        unit = f"of {cores} cores x {wall:.0f} s"
        yield Row(f"{titles[0]}, forward and backward", spent / (wall * cores), unit, ">= 0.6")
        yield Row(f"{titles[1]}, to thresholds.csv on {cores} cores", main / 60, "minutes", "<= 5")
        yield Row(f"{titles[2]}, make run on {cores} cores", wall / 60, "minutes", "<= 8")
        again = [snakemake(folder, *arguments) for _ in range(size.rounds)]
        assert all("Nothing to be done" in said for _, said in again)
        yield Row(titles[3], min(seconds for seconds, _ in again), "seconds", "<= 4")


def plan_rows(size: Size, wanted) -> Rows:
    """A dry run of all of ImageNet: so many classes of fifty pictures that are there in name only."""
    if not wanted("plan: all of ImageNet"):
        return
    with checkout() as folder:
        config = make_imagenet(folder, size.dataset, size.planned)
        (folder / "config.yaml").write_text(yaml.safe_dump(config))
        command = ["--configfile", "config.yaml", "--dry-run"]
        first, _ = snakemake(folder, *command)
        again, said = snakemake(folder, *command)
        jobs = int(re.findall(r"^total +(\d+)$", said, re.MULTILINE)[0])
        yield Row("plan: all of ImageNet", jobs, "jobs", "<= 999")
        yield Row("plan: all of ImageNet, dry run", again, "seconds", "<= 10")
        yield Row(
            "plan: all of ImageNet, first dry run, which tries the networks", first, "seconds"
        )


def make_imagenet(folder: Path, classes: int, networks: tuple[str, ...]) -> dict:
    """The validation folders, every picture of a class a link to one of 8x8 pixels, and the config."""
    rng = np.random.default_rng(0)
    for identity in ImageNetTable.load().ids[:classes]:
        picture = folder / f"{identity}.JPEG"
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(picture)
        place = folder / "data/val" / identity
        place.mkdir(parents=True)
        for number in range(50):
            (place / f"ILSVRC2012_val_{number:08d}.JPEG").hardlink_to(picture)
    return {
        "run": "plan",
        "dataset": {"name": "imagenet", "root": "data", "classes": "all", "images": 50},
        "models": {
            name: {"network": f"torchvision/{name}", "weights": "IMAGENET1K_V1"}
            for name in networks
        },
        "transforms": dict.fromkeys(TRANSFORMS),
    }


class checkout(tempfile.TemporaryDirectory):  # noqa: N801 - used as a function
    """A copy of what a run needs, without results."""

    def __enter__(self) -> Path:
        folder = Path(super().__enter__())
        for name in TREE:
            source, skip = ROOT / name, shutil.ignore_patterns("__pycache__")
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=skip)
            else:
                shutil.copy2(source, folder / name)
        return folder


def snakemake(
    folder: Path, *arguments: str, more: dict[str, str] | None = None
) -> tuple[float, str]:
    """Seconds, and what was said."""
    command = [sys.executable, "-m", "snakemake", "--cores", "all", *arguments]
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | (more or {}), capture_output=True, text=True
    )
    taken = time.perf_counter() - start
    said = done.stdout + done.stderr
    if done.returncode:
        raise RuntimeError(said[-3000:])
    return taken, said
