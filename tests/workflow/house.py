"""A small run of the real workflow, in a copy of the checkout that tests may edit."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import forks
import yaml

ROOT = Path(__file__).parents[2]
TREE = ("Snakefile", "workflow", "scripts", "config", "profiles", "envs")

NETWORKS = '''
"""Small networks, ready at once: fixed random projections of coarse colours and edges."""
import torch
from torch import nn


def coarse(num_classes: int, seed: int = 0, side: int = 4) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    head = nn.Linear(3 * side * side, num_classes)
    with torch.no_grad():
        head.weight.copy_(torch.randn(head.weight.shape, generator=generator))
        head.bias.zero_()
    return nn.Sequential(nn.AdaptiveAvgPool2d(side), nn.Flatten(), head)
'''

SMALL = {
    "run": "small",
    "dataset": {
        "name": "phantoms",
        "size": 32,
        "images": 3,
        "training_images": 8,
        "validation_images": 2,
        "classes": ["orange", "barbell", "vertical_stripes", "obelisk"],
    },
    "models": {
        "one": {
            "network": "small_networks:coarse",
            "weights": "own",
            "preprocessing": {"resize": 32, "crop": 32},
        },
        "two": {
            "network": "small_networks:coarse",
            "weights": "own",
            "options": {"seed": 1, "side": 3},
            "preprocessing": {"resize": 32, "crop": 32},
        },
    },
    "transforms": {"rotate": {"steps": 5}, "brightness": {"steps": 5}},
    "pairs": [{"transforms": ["translate_x", "translate_y"], "steps": 3}],
    "tuples": [
        {
            "transforms": {
                "translate_x": {"steps": 3},
                "rotate": {"range": [-30, 30], "steps": 3},
                "contrast": {"magnitudes": [0.5, 1]},
            },
            "random": 5,
        }
    ],
    "thresholds": {"resamples": 100},
    "itn": {"steps": 4, "batch_size": 4, "images": 4, "points": 2},
    "figures": {"formats": ["png"], "dpi": 150},
    "chunks": 2,
}


@dataclass
class House:
    """A checkout with a config, on which Snakemake is run."""

    path: Path

    def configure(self, config: dict) -> None:
        (self.path / "small.yaml").write_text(yaml.safe_dump(config, sort_keys=False))

    def command(
        self,
        *arguments: str,
        cores: int = 2,
        forked: bool = True,
        config: str = "small.yaml",
    ) -> list[str]:
        """Of a start of Snakemake; it and its jobs are forked (`forks`), or processes as a user's are."""
        folder = forks.folder() if forked else Path(sys.executable).parent
        command = [str(folder / "snakemake"), "--cores", str(cores)]
        # Targets first: --configfile takes every word that follows it.
        return [*command, *arguments, "--configfile", config]

    def snakemake(
        self, *arguments: str, cores: int = 2, forked: bool = True
    ) -> subprocess.CompletedProcess[str]:
        command = self.command(*arguments, cores=cores, forked=forked)
        return subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=1800)

    def run(self, *arguments: str, cores: int = 2, forked: bool = True) -> str:
        done = self.snakemake(*arguments, cores=cores, forked=forked)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def jobs(self, *arguments: str) -> set[str]:
        """Jobs that would run, as `rule model=one single=rotate`."""
        text = self.run("--dry-run", *arguments)
        blocks = re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", text, re.MULTILINE)
        found = set()
        for name, lines in blocks:
            wildcards = re.search(r"^    wildcards: (.*)$", lines, re.MULTILINE)
            found.add(" ".join([name, *(wildcards[1].split(", ") if wildcards else [])]))
        return found - {"all"}

    def planned(self, *arguments: str) -> dict[str, int]:
        """Jobs that would run, by rule."""
        text = self.run("--dry-run", *arguments)
        table = text.split("Job stats:")[1].split("total")[0] if "Job stats:" in text else ""
        jobs = {name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)$", table, re.M)}
        return {name: count for name, count in jobs.items() if name != "all"}

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1))


def build(path: Path) -> House:
    """A copy of what a run needs, with small networks of its own."""
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, path / name)
    (path / "small_networks.py").write_text(NETWORKS)
    return House(path)
