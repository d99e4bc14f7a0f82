"""Copies of a finished small run, to be changed; scripts run by each `python`."""

import functools
import shutil
from pathlib import Path

import pytest
import yaml
from forked import PYTHONS, started
from house import SMALL, House, build


@pytest.fixture
def small() -> dict:
    """The small config, to be changed at will."""
    # In its own order, which is that of rows.
    return yaml.safe_load(yaml.safe_dump(SMALL, sort_keys=False))


@pytest.fixture
def house(finished: House, tmp_path: Path) -> House:
    """A copy of the finished run with all that Snakemake remembers of it, to be changed at will."""
    shutil.copytree(finished.path, tmp_path / "house", symlinks=True)
    return House(tmp_path / "house")


@pytest.fixture
def empty(tmp_path: Path) -> House:
    """A checkout in which nothing has run."""
    return build(tmp_path)


@pytest.fixture(params=PYTHONS.values(), ids=PYTHONS)
def run(request, tmp_path: Path):
    """(script's text, arguments) -> the started process, in the test's folder."""
    return functools.partial(started, request.param(), tmp_path)
