"""What a program reaches: the statements of the library that decide what it computes.

From a script's own statements the names that they use are followed through imports, to definitions, and on
to what those use. A class counts whole, methods that nobody calls by name among them. A module that is
imported at all counts with what it does on import.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from invariances.dependencies.modules import Finder, Module, Unit
from invariances.dependencies.names import EVERYTHING, Use
from invariances.errors import InputError

PLUMBING = {
    "invariances.costs": "how many passes a job will take: of its bar, and of plans",
    "invariances.errors": "words of errors: a job that raises one leaves no result",
    "command": "arguments, threads and the choice of a GPU: what they are for is in a job's parameters",
    "invariances.configuration.default": "defaults of options that the workflow's jobs all give",
    "invariances.configuration.declaration.default": "the same",
    "invariances.records": "how a job is handed what it needs; what that is, is in its parameters",
    "invariances.tables.files": "files whole or not at all, and the words of a damaged one",
}
"""Modules, and names in modules, that decide no result, each with its reason."""

RECORDS = {
    "images": "a manifest holds no number that is rounded",
    "classifier": "its accuracy on held-out pictures is told beside the network, which it does not change",
    "itn": "how many digits a training's history has is no reason to train again",
    "sweep": "its tables are Parquet",
    "sweep_checked": "the same",
}
"""Scripts of which the format of a CSV decides no result, each with its reason."""
CSV = {"invariances.tables.frames.as_csv"}

REGISTRARS = {
    "invariances.transforms.registry.geometric": "transform",
    "invariances.transforms.registry.sampled": "transform",
    "invariances.transforms.registry.photometric": "transform",
    "invariances.transforms.corruptions.corruption": "transform",
    "invariances.transforms.objects.of_object": "transform",
    "invariances.datasets.dataset": "dataset",
    "invariances.figures.registry.figure": "figure",
}
"""Decorators that put a definition into a registry, and what the registry holds. An entry is a leaf: it
counts where a job names it, not wherever its module is imported."""

CHOSEN = {
    "invariances.transforms.registry.combined",
    "invariances.transforms.registry.cropped",
    "invariances.augmentation.augmentation",
    "invariances.encoders.fitted",
    "invariances.encoders.from_texts",
}
"""Ways to apply a transform, or to make a network, of which a job takes one or none: leaves as well."""

Key = tuple[str, int]
"""A statement: its module's name, and its place there."""


@dataclass
class Found:
    """Statements, modules that are imported, and names of other libraries, as ``torch.Tensor``."""

    units: set[Key] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)


class Graph:
    """What each statement reaches directly, found once, and what programs reach."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.direct: dict[Key, Found] = {}
        self.imports: dict[str, Found] = {}

    def reached(self, script: str, names: Sequence[str] = ()) -> Found:
        """What a script reaches, and the things ``module:thing`` that it is given.

        Raises InputError for a script that is not there, and for what is not valid Python.
        """
        program = self.finder(script)
        if program is None:
            raise InputError(f"no script {script!r}")
        start = Found(modules={script})
        start.units |= {(script, n) for n, unit in enumerate(program.units) if unit.main}
        for name in names:
            module, _, thing = name.partition(":")
            given = self.finder.given(module)
            if given is not None:
                Direct(self.finder, start).resolve(given.name, (thing,))
        left_out = CHOSEN - {name.replace(":", ".") for name in names}
        left_out |= CSV if script in RECORDS else set()
        return self._closure(start, left_out)

    def _closure(self, start: Found, left_out: set[str]) -> Found:
        found, ahead = Found(), [start]
        while ahead:
            part = ahead.pop()
            found.outside |= part.outside
            for name in part.modules - found.modules:
                found.modules.add(name)
                ahead.append(self._imported(name))
            for key in part.units - found.units:
                if not left_out.isdisjoint(f"{key[0]}.{name}" for name in self.unit(key).names):
                    continue
                found.units.add(key)
                ahead.append(self._direct(key))
        return found

    def unit(self, key: Key) -> Unit:
        """The statement itself."""
        module = self.finder(key[0])
        assert module is not None
        return module.units[key[1]]

    def digest(self, found: Found) -> str:
        """Of statements and their modules, whatever the order in which they were found."""
        lines = [
            f"{key[0]} {' '.join(self.unit(key).names)} {self.unit(key).fingerprint}"
            for key in sorted(found.units)
        ]
        text = "\n".join([*lines, *sorted(found.outside)])
        return blake2b(text.encode(), digest_size=12).hexdigest()

    def _direct(self, key: Key) -> Found:
        if key not in self.direct:
            module, unit = self.finder(key[0]), self.unit(key)
            assert module is not None
            step = Direct(self.finder, Found())
            for use in unit.imports:
                step.imported(use)
            for use in unit.uses:
                step.use(module, use)
            self.direct[key] = step.found
        return self.direct[key]

    def _imported(self, name: str) -> Found:
        """What the import of a module runs: packages around it, what it imports, statements."""
        if name not in self.imports:
            step = Direct(self.finder, Found())
            module = self.finder(name)
            if "." in name:
                step.enter(name.rpartition(".")[0])
            for use in module.runs if module else ():
                step.imported(use)
            for place, unit in enumerate(module.units if module else ()):
                if module and (module.whole or runs(self.finder, module, unit)):
                    step.found.units.add((name, place))
            self.imports[name] = step.found
        return self.imports[name]

    def entry(self, kind: str, name: str) -> str:
        """``module:thing`` of an entry of the library's registries; raises InputError for none."""
        registrars = {registrar for registrar, held in REGISTRARS.items() if held == kind}
        for package in sorted({".".join(registrar.split(".")[:2]) for registrar in registrars}):
            for module in filter(None, map(self.finder, self.finder.beside(package))):
                for unit in module.units:
                    for use, text in unit.decorators:
                        called = full_names(self.finder, module, use)
                        if called & registrars and (text or unit.names[0]) == name:
                            return f"{module.name}:{unit.names[0]}"
        raise InputError(f"no {kind} {name!r} is registered in the library")


@dataclass
class Direct:
    """Collects what names mean: one step from a statement."""

    finder: Finder
    found: Found

    def imported(self, use: Use) -> None:
        """A module, or what may be a module of a package, is imported."""
        _, name, *rest = use
        self.enter(name)
        if rest:
            self.enter(f"{name}.{rest[0]}")

    def enter(self, name: str) -> None:
        """A module is imported: what it does then counts."""
        if name not in PLUMBING and self.finder(name) is not None:
            self.found.modules.add(name)

    def use(self, module: Module, use: Use) -> None:
        """A statement of a module uses a name."""
        if use == EVERYTHING:
            self.everything(module.name)
        elif use[0] == "":
            self.resolve(use[1], use[2:])
        elif use[0] in module.places or use[0] in module.imports or module.stars:
            self.resolve(module.name, use)

    def resolve(self, name: str, attributes: Sequence[str]) -> None:
        """Count what ``name.attribute...`` is, `name` being a module."""
        if name in PLUMBING:
            return
        self.enter(name)
        module = self.finder(name)
        if not attributes or not attributes[0]:
            self.everything(name)
            return
        first, rest = attributes[0], attributes[1:]
        full = f"{name}.{first}"
        if full in PLUMBING:
            return
        if module is not None:
            self.found.units |= {(name, place) for place in module.places.get(first, ())}
            if first in module.imports:
                _, origin, *attribute = module.imports[first]
                if (origin, *attribute) != (name, first):
                    self.resolve(origin, (*attribute, *rest))
                    return
        if self.finder(full) is not None:
            self.resolve(full, rest)
        elif module is None:
            # Further attributes are of what the name is: of a class, of an array.
            self.found.outside.add(full)
        elif first not in module.places:
            self.found.units |= {(name, n) for n in module.places.get("__getattr__", ())}
            for origin in module.stars:
                self.resolve(origin, attributes)

    def everything(self, name: str) -> None:
        """A module itself is handed on: any of its names may be taken of it."""
        module = self.finder(name)
        if module is None:
            self.found.outside.add(name)
            return
        for place, unit in enumerate(module.units):
            if not unit.main:
                self.found.units.add((name, place))


def runs(finder: Finder, module: Module, unit: Unit) -> bool:
    """Whether a statement does something on import: decorators of the library do, save registrars."""
    if unit.main:
        return False
    for use, _ in unit.decorators:
        called = full_names(finder, module, use)
        own = any(finder(name.rpartition(".")[0]) is not None for name in called)
        if own and called.isdisjoint(REGISTRARS):
            return True
    return unit.runs


def full_names(finder: Finder, module: Module, use: Use) -> set[str]:
    """What a name is called where it is defined, through imports and re-exports."""
    if use[0] == "":
        origin, attributes = use[1], use[2:]
    elif use[0] in module.imports:
        _, origin, *first = module.imports[use[0]]
        attributes = (*first, *use[1:])
    else:
        return {".".join((module.name, *use))}
    there = finder(origin)
    if there is not None and there is not module and attributes and attributes[0] in there.imports:
        return full_names(finder, there, attributes)
    return {".".join((origin, *attributes))}
