"""Files that come with other packages of Python's, found without importing these."""

from importlib.util import find_spec
from pathlib import Path

from invariances.errors import InputError

INSTALL = "`make setup-photographs` installs it (envs/requirements-photographs.txt)"


def file_in(package: str, file: str, wanted: str) -> Path:
    """A file of an installed package.

    Raises InputError, saying what it is wanted for, where the package is not installed or lacks the file.
    """
    found = find_spec(package)
    folders = (found.submodule_search_locations or []) if found else []
    for folder in folders:
        path = Path(folder) / file
        if path.exists():
            return path
    if not folders:
        raise InputError(f"{wanted}: comes with the package {package}, which is missing; {INSTALL}")
    raise InputError(f"{wanted}: the package {package} has no {file}; {INSTALL}")
