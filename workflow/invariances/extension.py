"""Names in a config and what they stand for: our own registries, and a user's ``my_module:thing``."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from invariances.errors import InputError, unknown

Entry = TypeVar("Entry")


class Registry(dict[str, Entry]):
    """Entries by name, none of which is taken twice.

    Attributes
    ----------
    what : what an entry is, for messages, as ``transform``.
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self._places: dict[str, tuple[str, str, int]] = {}

    def add(self, name: str, entry: Entry, function: Callable[..., Any]) -> None:
        """Add an entry that is made of `function`, a function or a class.

        The same lines may add it again (a module that is loaded anew), and so may a notebook's cells.
        Raises InputError for a name that is taken.
        """
        place = _place(function)
        before = self._places.get(name)
        again = before and (before == place or before[0] == place[0] == "__main__")
        if before and not again:
            raise InputError(
                f"{self.what} {name!r} of {place[0]} (line {place[2]}): the name is taken by "
                f"{before[0]} (line {before[2]}); choose another"
            )
        self._places[name] = place
        self[name] = entry


def is_own(name: str) -> bool:
    """Whether a name is that of a user's own code, as ``my_module:thing`` or as it stands in results."""
    return ":" in name or "." in name


def in_results(name: str) -> str:
    """``my_module:thing`` as tables and paths have it: ``my_module.thing``."""
    return name.replace(":", ".")


def in_config(name: str) -> str:
    """``my_module.thing`` as a config has it: ``my_module:thing``."""
    return name if ":" in name else ":".join(name.rsplit(".", 1))


def load(key: str, name: str) -> Callable[..., Any]:
    """The function or class that ``my_module:thing`` names, importable from the working directory.

    Raises InputError, which begins with `key`, where the module cannot be imported or has no such thing.
    """
    module_name, _, thing = name.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except InputError as error:
        raise InputError(f"{key} {name!r}: {error}") from error
    except Exception as error:  # a module's own code may raise anything
        raise InputError(
            f"{key} {name!r}: {module_name!r} cannot be imported: {error!r}"
        ) from error
    found: Any = getattr(module, thing, None)
    if not callable(found):
        names = [each for each, value in vars(module).items() if callable(value)]
        raise unknown(f"{key} {name!r}: in the module {module_name}", thing, names)
    return found  # type: ignore[no-any-return]


def _place(function: Callable[..., Any]) -> tuple[str, str, int]:
    """Module, file and first line."""
    code = getattr(function, "__code__", None) or getattr(function.__init__, "__code__", None)
    file, line = (code.co_filename, code.co_firstlineno) if code else ("", 0)
    return function.__module__, file, line
