"""The pinned requirements and the conda environment say the same."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
ENVS = ROOT / "envs"


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


def test_the_conda_environment_is_what_the_requirements_bring(tmp_path):
    """Its file stands alone: `python scripts/environment_reference.py` writes it."""
    written = tmp_path / "environment.yaml"
    script = ROOT / "scripts/environment_reference.py"
    subprocess.run([sys.executable, script, "--output", written], check=True)
    assert written.read_text() == (ENVS / "environment.yaml").read_text()


def test_pip_finds_the_conda_environment_s_versions_here():
    environment = yaml.safe_load((ENVS / "environment.yaml").read_text())
    pins = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert all("==" in pin for pin in pins)
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", *pins]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Would install" not in done.stdout


def test_what_the_library_imports_is_declared():
    """At its modules' heads: `pip install .` gives a library that imports."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[=<>~!]", line)[0].lower() for line in project["dependencies"]}
    optional = {
        re.split(r"[\[=<>~!]", line)[0].lower()
        for line in project["optional-dependencies"]["workflow"]
    }
    assert declared | optional <= names("requirements.txt") | {"pydantic"}
    distributions = packages_distributions()
    head, inside = set(), set()
    for file in (ROOT / "workflow/invariances").rglob("*.py"):
        tree = ast.parse(file.read_text())
        head |= imports(tree.body)
        inside |= imports(list(ast.walk(tree)))
    for found, allowed in ((head, declared), (inside, declared | optional)):
        others = found - set(sys.stdlib_module_names) - {"invariances"}
        assert others, "there are imports to look at"
        missing = {
            name
            for name in others
            if not {each.lower() for each in distributions.get(name, [name])} & allowed
        }
        assert not missing


def imports(statements: list[ast.AST]) -> set[str]:
    """The outermost modules that these statements import."""
    found = {
        each.name for node in statements if isinstance(node, ast.Import) for each in node.names
    }
    found |= {
        node.module
        for node in statements
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return {name.split(".")[0] for name in found}


def test_the_version_is_one():
    """What a release's files state (.github/workflows/release.yml)."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == version
    assert re.search(rf"^## {re.escape(version)}$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    deposit = json.loads((ROOT / ".zenodo.json").read_text())
    assert deposit["title"] == citation["title"] and deposit["license"] == citation["license"]
