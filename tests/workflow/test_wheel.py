"""The wheel: the command in an empty environment, outside any checkout."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
import torch
import yaml
from house import NETWORKS, ROOT, TREE

BUILT_OF = (*TREE, "pyproject.toml", "setup.py", "README.md", "LICENSE")
SITE = Path(torch.__file__).parents[1]


def installed(place: Path) -> Path:
    """An environment that holds the wheel, and others' packages by reference; its folder of packages."""
    for name in BUILT_OF:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        (place / "source").mkdir(exist_ok=True)
        copy(ROOT / name, place / "source" / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place)]
    subprocess.run([*pip, *build, str(place / "source")], check=True)
    shutil.rmtree(place / "source")
    venv.create(place / "venv", with_pip=False, symlinks=True)
    python = place / "venv/bin/python"
    wheel = next(place.glob("*.whl"))
    install = ["install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip[:3], "--python", str(python), *pip[3:], *install], check=True)
    packages = next((place / "venv/lib").glob("python*")) / "site-packages"
    (packages / "others.pth").write_text(f"{SITE}\n")
    return packages


class Place:
    """A folder in which the installed commands are run."""

    def __init__(self, packages: Path, path: Path) -> None:
        self.path, self.bin = path, packages.parents[2] / "bin"

    def said(self, command: str, *arguments: str) -> str:
        environment = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
        words = [str(self.bin / command), *arguments]
        if not (self.bin / command).is_file():
            words = [str(self.bin / "python"), "-m", command, *arguments]
        done = subprocess.run(words, cwd=self.path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def files(root: Path) -> dict[str, bytes]:
    paths = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> Path:
    return installed(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def place(packages, tmp_path, class_folders) -> Place:
    """An empty folder with pictures and a small network."""
    class_folders("daisy", "pizza", number=2)
    (tmp_path / "small_networks.py").write_text(NETWORKS)
    return Place(packages, tmp_path)


def test_the_wheel_carries_the_workflow(packages):
    shipped = packages / "invariances/shipped"
    for name in ("Snakefile", "config", "envs", "profiles", "scripts", "workflow/rules"):
        ours, theirs = ROOT / name, shipped / name
        assert (
            theirs.read_bytes() == ours.read_bytes()
            if ours.is_file()
            else files(theirs) == files(ours)
        )


def test_the_command_runs_outside_a_checkout(place):
    options = ["--network", "small_networks:coarse", "--transforms", "rotate", "--images", "2"]
    said = place.said("invariances", "run", "pictures", *options, "--dry-run")
    assert "The config is pictures-coarse.yaml" in said
    # Smaller, and without what is drawn.
    file = place.path / "pictures-coarse.yaml"
    file.write_text(yaml.safe_dump(smaller(yaml.safe_load(file.read_text()))))
    place.said("invariances", "run", "pictures-coarse.yaml", "--cores", "2")
    assert (place.path / "results/pictures-coarse/explorer.html").is_file()
    drawn = "results/pictures-coarse/figures/curves/coarse/rotate/daisy.png"
    assert drawn in place.said("invariances", "figure", "pictures-coarse", "rotate", "daisy")
    assert (place.path / drawn).is_file()


def smaller(config: dict) -> dict:
    config["models"]["coarse"]["preprocessing"] = {"resize": 16, "crop": 16}
    return config | {"figures": {"draw": []}, "thresholds": {"resamples": 100}}


def test_the_workflow_is_a_module_by_its_address(place, tmp_path_factory):
    """From a tag of a git repository, into a folder that has nothing else; and again."""
    repository = tmp_path_factory.mktemp("repository")
    (repository / "workflow").mkdir()
    shutil.copy(ROOT / "workflow/Snakefile", repository / "workflow")
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["tag", "v0.1.0"]):
        subprocess.run([*git, *words], check=True)
    entry = {"network": "small_networks:coarse", "weights": "own"}
    config = {"run": "study", "dataset": {"name": "folder", "root": "pictures", "images": 2}}
    config |= {"models": {"coarse": entry}, "transforms": {"rotate": {"steps": 3}}}
    address = f"git+file://{repository}/workflow/Snakefile@v0.1.0"
    (place.path / "Snakefile").write_text(
        f"module invariances:\n    snakefile: {address!r}\n    config: {smaller(config)!r}\n\n"
        "use rule * from invariances as invariances_*\n"
    )
    target = "results/study/thresholds.csv"
    said = place.said("snakemake", target, "--cores", "2")
    assert "rule invariances_sweep:" in said and (place.path / target).is_file()
    assert "Nothing to be done" in place.said("snakemake", target, "--cores", "2")


def test_the_address_s_version_is_the_package_s():
    stated = re.search(r'^VERSION = "(.+)"$', (ROOT / "workflow/Snakefile").read_text(), re.M)[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert stated == project["version"]
