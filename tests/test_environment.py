"""The pinned requirements and the conda environment say the same."""

import re
from pathlib import Path

import yaml

ENVS = Path(__file__).parents[1] / "envs"


def names(file: str) -> set[str]:
    """What a requirements file asks for, the files that it includes (`-r`) with it."""
    lines = (line.split("#")[0].strip() for line in (ENVS / file).read_text().splitlines())
    found = set()
    for line in filter(None, lines):
        if line.startswith("-r "):
            found |= names(line.removeprefix("-r ").strip())
        else:
            found.add(re.split(r"[\[=<>~!]", line)[0].lower().replace("_", "-"))
    return found


def test_every_requirement_is_pinned():
    pins = names("constraints.txt")
    assert names("requirements.txt") | names("requirements-dev.txt") <= pins
    lines = (ENVS / "constraints.txt").read_text().splitlines()
    assert all("==" in line for line in lines if line and not line.startswith("#"))


def test_the_conda_environment_takes_the_same_files_and_python():
    environment = yaml.safe_load((ENVS / "environment.yaml").read_text())
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip == ["-r requirements.txt", "-c constraints.txt"]
    assert "python =3.11" in environment["dependencies"]
