"""A module's statements, each with its fingerprint and what it uses; where modules are, read once.

Reading all of the library takes half a second, every start of the workflow would pay it: what was found in
a file is kept, under the digest of its content.
"""

import ast
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from invariances.dependencies.names import Use, Uses, bound
from invariances.dependencies.syntax import FUNCTIONS, Simplified, fingerprint
from invariances.errors import InputError

ROOM = blake2b(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()
"""The code that finds: with another, what was kept counts no more."""


@dataclass(frozen=True)
class Unit:
    """A statement at the top of a module.

    Attributes
    ----------
    names : what it binds.
    fingerprint : of its simplified syntax tree.
    uses : what it, or what it defines, may reach directly.
    imports : modules that it imports when it, or what it defines, runs.
    runs : it does something when the module is imported, beside binding names.
    main : only where the module is the program.
    decorators : what a definition is decorated with, each with its first argument if that is a text.
    """

    names: tuple[str, ...]
    fingerprint: str
    uses: tuple[Use, ...]
    imports: tuple[Use, ...]
    runs: bool = False
    main: bool = False
    decorators: tuple[tuple[Use, str], ...] = ()


@dataclass
class Module:
    """A file of Python: its statements, and what its imports bind and run."""

    name: str
    units: tuple[Unit, ...] = ()
    imports: dict[str, Use] = field(default_factory=dict)
    runs: tuple[Use, ...] = ()
    whole: bool = False

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The statements that bind each name."""
        found: dict[str, list[int]] = {}
        for place, unit in enumerate(self.units):
            for name in unit.names:
                found.setdefault(name, []).append(place)
        return found

    @cached_property
    def stars(self) -> list[str]:
        """Modules of which everything is imported."""
        return [origin for _, origin, *attribute in self.runs if attribute == ["*"]]


def read(text: str, name: str, is_package: bool, whole: bool) -> Module:
    """What is in a module; raises SyntaxError. See `Finder` for `whole`."""
    package = name if is_package else name.rpartition(".")[0]
    tree = Simplified(annotations=whole).visit(ast.parse(text))
    units: list[Unit] = []
    imports: dict[str, Use] = {}
    runs: set[Use] = set()
    for node in tree.body:
        scope = bound([node], package)
        imports |= scope.imports
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            runs |= Uses(package).of([node]).imported
        elif not (_typing(node) or "__all__" in scope.names):
            units.append(_unit(node, scope.names, package))
    return Module(name, tuple(units), imports, tuple(sorted(runs)), whole)


def _unit(node: ast.stmt, names: set[str], package: str) -> Unit:
    uses = Uses(package).of([node])
    defines = isinstance(node, (*FUNCTIONS, ast.ClassDef))
    return Unit(
        names=tuple(sorted(names)),
        fingerprint=fingerprint(node),
        uses=tuple(sorted(uses.found)),
        imports=tuple(sorted(uses.imported)),
        runs=not (defines or _binds(node)),
        main=isinstance(node, ast.If) and _mentions(node.test, "__name__"),
        decorators=tuple(_decorators(node, package)),
    )


def _decorators(node: ast.stmt, package: str) -> Iterator[tuple[Use, str]]:
    for each in getattr(node, "decorator_list", []):
        first = each.args[0] if isinstance(each, ast.Call) and each.args else None
        text = first.value if isinstance(first, ast.Constant) else ""
        called = each.func if isinstance(each, ast.Call) else each
        for use in Uses(package).of([called]).found:
            yield use, text if isinstance(text, str) else ""


def _binds(node: ast.stmt) -> bool:
    """Whether a statement only gives names to a value."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    plain = (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.expr_context)
    return not isinstance(node, (ast.AugAssign, ast.For, ast.AsyncFor)) and all(
        target is not None and all(isinstance(each, plain) for each in ast.walk(target))
        for target in targets
    )


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _typing(node: ast.stmt) -> bool:
    """``if TYPE_CHECKING:``, which never runs."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


class Finder:
    """Modules by name, from folders in the order in which Python would look.

    Parameters
    ----------
    own : the library's and the scripts' folders.
    others : folders of modules of one's own, each counted as a whole: nobody tests what its parts reach.
    kept : a folder that keeps what was found in files, or none.
    """

    def __init__(
        self, own: Sequence[Path], others: Sequence[Path], kept: Path | None = None
    ) -> None:
        self.own, self.kept = tuple(own), kept
        self.others = [str(folder) for folder in others]
        self.folders = [*map(str, own), *self.others]
        # Where the library is installed, what lies beside it is others'.
        self.installed = {
            str(folder) for folder in own if (folder / "invariances/shipped").is_dir()
        }
        self.listings: dict[str, frozenset[str]] = {}
        self.modules: dict[str, Module | None] = {}

    def __call__(self, name: str) -> Module | None:
        """The module of this name; None where it is no file of these folders, as torch."""
        if name not in self.modules:
            path = self._path(name)
            self.modules[name] = self._module(name, Path(path)) if path else None
        return self.modules[name]

    def given(self, name: str) -> Module | None:
        """The module that a config names: one's own may be called as a script of the workflow is."""
        module = self(name)
        own = self._path(name, self.others)
        if own is None or module is None or module.whole or name.startswith("invariances."):
            return module
        key = f"./{name}"
        self.modules[key] = self.modules.get(key) or self._module(key, Path(own))
        return self.modules[key]

    def _path(self, name: str, folders: Sequence[str] | None = None) -> str | None:
        *packages, last = name.split(".")
        for folder in folders if folders is not None else self.folders:
            if folder in self.installed and name.split(".")[0] != "invariances":
                continue
            place = os.path.join(folder, *packages)  # noqa: PTH118 - asked for thousands of names
            names = self._listed(place)
            if last in names and "__init__.py" in self._listed(f"{place}/{last}"):
                return f"{place}/{last}/__init__.py"
            if f"{last}.py" in names:
                return f"{place}/{last}.py"
        return None

    def _listed(self, folder: str) -> frozenset[str]:
        if folder not in self.listings:
            try:
                self.listings[folder] = frozenset(os.listdir(folder))  # noqa: PTH208
            except OSError:
                self.listings[folder] = frozenset()
        return self.listings[folder]

    def _module(self, name: str, path: Path) -> Module:
        is_package = path.name == "__init__.py"
        try:
            text = path.read_text(encoding="utf-8")
            whole = not any(path.is_relative_to(folder) for folder in self.own)
            kept = self.kept / _key(ROOM, name, is_package, whole, text) if self.kept else None
            module = _kept(kept) if kept else None
            if module is None:
                module = read(text, name, is_package, whole)
                if kept:
                    _keep(module, kept)
            return module
        except (SyntaxError, ValueError) as error:
            raise InputError(f"{path}: not valid Python: {error}") from error

    def beside(self, package: str) -> list[str]:
        """The names of a package's modules, those of packages within it among them."""
        for folder in self.own:
            root = folder.joinpath(*package.split("."))
            if root.is_dir():
                return sorted(
                    ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(
                        ".__init__"
                    )
                    for path in root.rglob("*.py")
                )
        return [package]


def _keep(module: Module, path: Path) -> None:
    """Keep a module for the next start; where that is not possible, it is read again."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(asdict(module)), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()


def _kept(path: Path) -> Module | None:
    """What was kept, if it can be read."""
    try:
        return _module(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _module(entry: dict[str, Any]) -> Module:
    """A module from what JSON makes of it."""
    units = [
        Unit(
            names=tuple(unit["names"]),
            fingerprint=unit["fingerprint"],
            uses=tuple(map(tuple, unit["uses"])),
            imports=tuple(map(tuple, unit["imports"])),
            runs=unit["runs"],
            main=unit["main"],
            decorators=tuple((tuple(use), text) for use, text in unit["decorators"]),
        )
        for unit in entry["units"]
    ]
    return Module(
        name=entry["name"],
        units=tuple(units),
        imports={name: tuple(use) for name, use in entry["imports"].items()},
        runs=tuple(map(tuple, entry["runs"])),
        whole=entry["whole"],
    )


def _key(*parts: object) -> str:
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=12).hexdigest()
