"""An undisturbed run, against which disturbed ones are held, and places for them."""

import shutil
from pathlib import Path

import pytest
import yaml
from tiny import TINY, Tiny, build_tiny


@pytest.fixture
def config() -> dict:
    """The smallest config, to be changed at will."""
    return yaml.safe_load(yaml.safe_dump(TINY))


@pytest.fixture(scope="session")
def undisturbed(once) -> Tiny:
    """A finished run, started as a user starts it, that nothing has disturbed; not to be changed."""

    def make(folder: Path) -> None:
        build_tiny(folder).run(forked=False)

    return Tiny(once("undisturbed", make))


@pytest.fixture
def copied(undisturbed: Tiny, tmp_path: Path) -> Tiny:
    """A copy of the undisturbed run, to be changed at will."""
    shutil.copytree(undisturbed.path, tmp_path / "house", symlinks=True)
    return Tiny(tmp_path / "house")


@pytest.fixture
def house(tmp_path: Path) -> Tiny:
    """A checkout in which nothing has run."""
    return build_tiny(tmp_path)
