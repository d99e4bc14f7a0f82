"""The wheel: the command in an empty environment, outside any checkout."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

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


def files(root: Path) -> dict[str, bytes]:
    paths = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def test_the_command_runs_outside_a_checkout(tmp_path, class_folders):
    packages = installed(tmp_path)
    shipped = packages / "invariances/shipped"
    for name in ("Snakefile", "config", "envs", "profiles", "scripts", "workflow/rules"):
        ours, theirs = ROOT / name, shipped / name
        assert (
            theirs.read_bytes() == ours.read_bytes()
            if ours.is_file()
            else files(theirs) == files(ours)
        )

    class_folders("daisy", "pizza", number=2)
    (tmp_path / "small_networks.py").write_text(NETWORKS)
    command = str(tmp_path / "venv/bin/invariances")
    environment = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [command, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    options = ["--network", "small_networks:coarse", "--transforms", "rotate", "--images", "2"]
    assert "The config is pictures-coarse.yaml" in said("run", "pictures", *options, "--dry-run")
    # Smaller, and without what is drawn.
    file = tmp_path / "pictures-coarse.yaml"
    config = yaml.safe_load(file.read_text())
    config["models"]["coarse"]["preprocessing"] = {"resize": 16, "crop": 16}
    config |= {"figures": {"draw": []}, "thresholds": {"resamples": 100}}
    file.write_text(yaml.safe_dump(config))
    said("run", "pictures-coarse.yaml", "--cores", "2")
    assert (tmp_path / "results/pictures-coarse/explorer.html").is_file()
    drawn = "results/pictures-coarse/figures/curves/coarse/rotate/daisy.png"
    assert drawn in said("figure", "pictures-coarse", "rotate", "daisy")
    assert (tmp_path / drawn).is_file()
