"""The registry of figures: what each is drawn from and where it goes, known without drawing.

A figure is one function under `figure`. The workflow reads these heads from the files' syntax trees,
since importing the files would import matplotlib; that is why they hold nothing but literals.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path
from string import Formatter
from typing import Any, TypeGuard, TypeVar

from invariances.errors import InputError, unknown

Drawing = TypeVar("Drawing", bound=Callable[..., Any])

WILDCARDS = ("model", "single", "pair", "combined", "slug", "number", "first", "second")
"""What may vary in an address: a network, a transform, a pair of transforms, two or three combined (pairs
among them), a class's name as part of a path, a figure of the paper, and two networks compared."""
RUN = ("transforms", "palette", "models", "width")
"""What a figure may ask of the run: the axes of transforms, the looks of classes, the networks' order,
and the width that the config wants (left out unless it does)."""
CASES = (
    "all", "cells", "learners", "gated", "networks", "paper", "borders", "resamplings", "layers",
    "layer_pairs", "ranked", "counted", "series", "none",
)  # fmt: skip
"""What a run draws: every value of the address's wildcards; the config's single cells; the networks
with an ITN, or with the paper's beside it; each two networks; the paper's figures; where other
borders are swept, or other resamplings; where layers are measured, of all or of each two networks;
where networks are ranked, their multiply-adds are known besides, or they belong to series; nothing but on
request."""

MOST_PNGS = 10
"""Pages up to which each is a PNG beside the PDF: sheets of 140 classes. Of a thousand classes PNGs of all
pages would be most of the bytes of a run and of its report, and of the time that figures take."""
HEAD = ("address", "reads", "category", "labels", "kind", "cases", "per_page")
"""What a head may declare."""


@dataclass(frozen=True)
class Declared:
    """A figure as its head declares it.

    Parameters
    ----------
    name, module, file
        The function, and where it is.
    parameters
        What the function asks for.
    caption
        Its docstring, reStructuredText with the address's wildcards in braces.
    others
        As `figure` takes them.
    """

    name: str
    module: str
    file: Path
    parameters: tuple[str, ...]
    caption: str
    address: str
    reads: dict[str, str]
    category: str
    labels: dict[str, str]
    kind: str = ""
    cases: str = "all"
    per_page: int = 0

    @property
    def entry(self) -> str:
        """What the command calls it: the library's by name, others as `module:function`."""
        return (
            self.name if self.module.startswith(f"{__package__}.") else f"{self.module}:{self.name}"
        )

    @property
    def wildcards(self) -> tuple[str, ...]:
        """The wildcards of its address, in their order."""
        return fields(self.address)

    def pages(self, classes: int) -> int:
        """How many pages it has, for a number of classes."""
        return max(1, -(-classes // self.per_page)) if self.per_page else 1

    def pngs(self, classes: int, formats: Sequence[str]) -> int:
        """How many of its pages are PNGs too: all, or of more than `MOST_PNGS` in a PDF the first."""
        count = self.pages(classes)
        return 1 if count > MOST_PNGS and "pdf" in formats else count


def figure(
    address: str,
    *,
    reads: dict[str, str],
    category: str,
    labels: dict[str, str],
    kind: str = "",
    cases: str = "all",
    per_page: int = 0,
) -> Callable[[Drawing], Drawing]:
    """Declare that a function draws a figure of the run; its docstring is the caption.

    The function is called with what its parameters name: a table or files of `reads`, a wildcard of the
    address (`name` is the class of `{slug}`), or one of `RUN`. It returns a matplotlib figure, or its
    pages, as a list or one after the other. All that stands here is literal, as the workflow reads it
    without importing the module.

    Parameters
    ----------
    address
        Its path below `results/{run}/figures/` without suffix; it may vary by `WILDCARDS`.
    reads
        By parameter, the file below `results/{run}/`, by the address's wildcards and `{chunk}`. A table of
        `invariances.tables` arrives as a frame, another file as a list of paths; a parameter with a
        default is left out where the run has no such file.
    category, labels
        Where it stands in the report.
    kind
        Its name in the config's `figures.draw`; the function's name if "".
    cases
        Which of them are part of the run, one of `CASES`.
    per_page
        How many classes a page holds; 0 for a figure of one page.
    """

    def registered(function: Drawing) -> Drawing:
        return function

    return registered


def fields(pattern: str) -> tuple[str, ...]:
    """The names in braces, each once, in their order."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(pattern) if name))


@dataclass
class Registry:
    """Figures by name; a name, an address or a kind taken twice is refused."""

    figures: dict[str, Declared] = field(default_factory=dict)

    def add(self, declared: Declared) -> None:
        """Take a figure up; raises InputError if its name or address is taken."""
        for other in self.figures.values():
            for what in ("name", "address"):
                if getattr(declared, what) == getattr(other, what):
                    raise InputError(
                        f"{declared.file}: figure {declared.name!r}: the {what} "
                        f"{getattr(declared, what)!r} is that of {other.module}:{other.name}; "
                        "give it another"
                    )
        self.figures[declared.name] = declared


def registry(own: Iterable[str] = ()) -> dict[str, Declared]:
    """The library's figures and those of the user (`module:function`), by name.

    Raises
    ------
    InputError
        For a head that cannot be read, a name or an address taken twice, a module or function that
        is not there.
    """
    found = Registry()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        for declared in heads(file, f"{__package__}.{file.stem}"):
            found.add(declared)
    for entry in own:
        found.add(find(entry))
    return found.figures


def wanted(draw: Sequence[str]) -> dict[str, Declared]:
    """The registry with the figures of one's own in a config's `figures.draw`, every entry checked.

    Raises
    ------
    InputError
        As `registry`, and for an entry that is the kind of no figure.
    """
    found = registry(entry for entry in draw if ":" in entry)
    kinds = dict.fromkeys(declared.kind for declared in found.values() if declared.cases != "cells")
    for entry in draw:
        if entry not in kinds:
            raise unknown("figures.draw", entry, kinds)
    return found


def find(entry: str) -> Declared:
    """A figure by `module:function`, the module found from the working directory, not imported."""
    module, _, name = entry.partition(":")
    file = _file_of(module, entry)
    named = {declared.name: declared for declared in heads(file, module, kind=entry)}
    if name not in named:
        raise unknown(f"figure {entry!r}: {file} has no such function under @figure", name, named)
    return named[name]


def _file_of(module: str, entry: str) -> Path:
    places: list[str] | None = [str(Path.cwd()), *sys.path]
    for depth in range(len(module.split("."))):
        name = ".".join(module.split(".")[: depth + 1])
        spec = PathFinder.find_spec(name, places)
        if spec is None:
            raise InputError(
                f"figure {entry!r}: no module {name!r} in the working directory or installed"
            )
        places = spec.submodule_search_locations and list(spec.submodule_search_locations)
    if spec is None or not spec.origin:
        raise InputError(f"figure {entry!r}: {module!r} is no file of Python")
    return Path(spec.origin)


def heads(file: Path, module: str, kind: str = "") -> list[Declared]:
    """The figures that a file declares; `kind` is theirs unless they say another."""
    text = file.read_text(encoding="utf-8")
    if "figure(" not in text:
        return []
    try:
        tree = ast.parse(text, str(file))
    except SyntaxError as error:
        raise InputError(f"{file}: line {error.lineno}: {error.msg}") from None
    found, constants = [], _constants(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            calls = [each for each in node.decorator_list if _is_figure(each)]
            found += [_declared(node, call, constants, file, module, kind) for call in calls]
    return found


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What the file's capitals stand for: a head may name them."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_figure(node: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and "figure" in (
        getattr(node.func, "id", ""),
        getattr(node.func, "attr", ""),
    )


def _declared(
    node: ast.FunctionDef,
    call: ast.Call,
    constants: dict[str, ast.expr],
    file: Path,
    module: str,
    kind: str,
) -> Declared:
    where = f"{file}: figure {node.name!r}"
    given = [("address", each) for each in call.args[:1]]
    given += [(each.arg or "**", each.value) for each in call.keywords]
    values: dict[str, Any] = {}
    for key, value in given:
        if key not in HEAD:
            raise unknown(f"{where}: @figure", key, HEAD)
        try:
            named = value.id if isinstance(value, ast.Name) else ""
            values[key] = ast.literal_eval(constants.get(named, value))
        except ValueError:
            raise InputError(
                f"{where}: {key} is no literal; the workflow reads it without importing the file"
            ) from None
    missing = {"address", "reads", "category", "labels"} - set(values)
    if missing:
        raise InputError(f"{where}: @figure lacks {', '.join(sorted(missing))}")
    values["kind"] = values.get("kind") or kind or node.name
    declared = Declared(
        name=node.name,
        module=module,
        file=file,
        parameters=tuple(each.arg for each in (*node.args.args, *node.args.kwonlyargs)),
        caption=ast.get_docstring(node) or "",
        **values,
    )
    _check(declared, where)
    return declared


def _check(declared: Declared, where: str) -> None:
    named = ("name",) if "slug" in declared.wildcards else ()
    if not declared.caption:
        raise InputError(f"{where}: lacks a docstring; it is the caption")
    for name in declared.wildcards:
        if name not in WILDCARDS:
            raise unknown(f"{where}: address {declared.address!r}", name, WILDCARDS)
    for name in fields(declared.caption):
        if name not in (*declared.wildcards, *named):
            raise unknown(f"{where}: caption", name, (*declared.wildcards, *named))
    if declared.cases not in CASES:
        raise unknown(f"{where}: cases", declared.cases, CASES)
    allowed = (*declared.reads, *declared.wildcards, *named, *RUN)
    for name in declared.parameters:
        # What a case of the paper or of an ITN fixes need not stand in the address.
        if name not in allowed and not (declared.cases == "paper" and name in WILDCARDS):
            raise unknown(f"{where}: parameter", name, allowed)
    for name in declared.reads:
        if name not in declared.parameters:
            raise InputError(f"{where}: reads {name!r}, which is none of its parameters")
