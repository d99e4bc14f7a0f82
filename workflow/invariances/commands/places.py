"""Runs by name, by folder, or by config."""

from pathlib import Path
from typing import Any

import yaml

from invariances.configuration import Config, check
from invariances.errors import InputError, unknown

RESULTS = Path("results")
CONFIGS = (".yaml", ".yml", ".json")


def config_of(run: str) -> Path:
    """The config of a run that is given by its name, its folder in results/, or as a config's file.

    Raises InputError with the names there are.
    """
    given = Path(run)
    if given.suffix.lower() in CONFIGS and given.is_file():
        return given
    for folder in (given, RESULTS / run):
        if (folder / "config.yaml").is_file():
            return folder / "config.yaml"
    # A run that has not come as far as its config has still the one that it was started with.
    beside = Path(f"{given.name}.yaml")
    if beside.is_file():
        return beside
    runs = sorted(path.parent.name for path in RESULTS.glob("*/config.yaml"))
    if given.suffix.lower() in CONFIGS:
        raise InputError(f"{run}: there is no such file")
    raise unknown("the run (a name in results/, or a config's file)", run, runs)


def read_config(file: Path) -> Config:
    """A config's file, checked; raises InputError that names it."""
    return check(read_yaml(file))


def read_yaml(file: Path) -> Any:
    """What a file of YAML holds."""
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not valid YAML: {' '.join(str(error).split())}") from error
