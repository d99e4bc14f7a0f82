"""Which names of its module, or of others, a statement uses: what it may call, directly."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from invariances.dependencies.syntax import FUNCTIONS

Use = tuple[str, ...]
"""A name of the module and attributes taken of it; or "", the module that it comes from, and these."""

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
NAMESPACES = ("globals", "vars", "locals", "eval", "exec")
"""Functions through which any name of a module may be reached."""
EVERYTHING: Use = ("*",)


@dataclass
class Scope:
    """Names that a function, a class or a comprehension binds; `imports` are those bound by an import."""

    names: set[str] = field(default_factory=set)
    imports: dict[str, Use] = field(default_factory=dict)
    is_class: bool = False


@dataclass
class Uses:
    """What a statement uses, and the modules that it imports when it runs."""

    package: str
    found: set[Use] = field(default_factory=set)
    imported: set[Use] = field(default_factory=set)

    def of(self, nodes: Iterable[ast.AST], scopes: tuple[Scope, ...] = ()) -> "Uses":
        for node in nodes:
            self._visit(node, scopes)
        return self

    def _visit(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        if isinstance(node, (ast.Name, ast.Attribute)):
            self._chain(node, scopes)
        elif isinstance(node, (*FUNCTIONS, ast.Lambda)):
            self._function(node, scopes)
        elif isinstance(node, ast.ClassDef):
            outside = [*node.decorator_list, *node.bases, *node.keywords]
            inside = bound(node.body, self.package)
            inside.is_class = True
            self.of(outside, scopes).of(node.body, (*scopes, inside))
        elif isinstance(node, COMPREHENSIONS):
            targets = [generator.target for generator in node.generators]
            inside = Scope({n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)})
            self._visit(node.generators[0].iter, scopes)
            self.of(ast.iter_child_nodes(node), (*scopes, inside))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imported |= modules(node, self.package)
        elif isinstance(node, ast.AnnAssign):
            self.of([node.target, *([node.value] if node.value else [])], scopes)
            self._annotation(node.annotation, scopes)
        else:
            self.of(ast.iter_child_nodes(node), scopes)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scopes: tuple[Scope, ...]
    ) -> None:
        self.of(ast.iter_child_nodes(node.args), scopes)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        if not isinstance(node, ast.Lambda):
            self.of([*node.decorator_list, *([node.returns] if node.returns else [])], scopes)
        inside = bound(body, self.package)
        inside.names |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        self.of(body, (*scopes, inside))

    def _annotation(self, node: ast.expr, scopes: tuple[Scope, ...]) -> None:
        """Also of names written as texts, which mean classes further down."""
        self._visit(node, scopes)
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                try:
                    self._visit(ast.parse(each.value, mode="eval"), scopes)
                except SyntaxError:
                    continue

    def _chain(self, node: ast.expr, scopes: tuple[Scope, ...]) -> None:
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            self._visit(node, scopes)
            return
        for place, scope in enumerate(reversed(scopes)):
            if scope.is_class and (place > 0 or not isinstance(node.ctx, ast.Load)):
                # A class's names are seen in its body alone, and there they may be the module's as well.
                if place == 0:
                    return
                continue
            if node.id in scope.imports:
                self.found.add((*scope.imports[node.id], *attributes))
            if node.id in scope.names and not scope.is_class:
                return
        self.found.add(EVERYTHING if node.id in NAMESPACES else (node.id, *attributes))


def bound(body: Iterable[ast.AST], package: str) -> Scope:
    """The names that statements bind in their own scope, functions and classes within them left alone."""
    scope = Scope()
    elsewhere: set[str] = set()
    for node in _own(body):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            scope.names.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            scope.names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            scope.imports |= aliases(node, package)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            scope.names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            scope.names.add(node.rest)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            elsewhere |= set(node.names)
    scope.names = (scope.names | set(scope.imports)) - elsewhere
    return scope


def _own(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes of a scope; of a comprehension what its walrus binds, which is the function's."""
    for node in nodes:
        yield node
        if isinstance(node, COMPREHENSIONS):
            yield from (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        elif not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            yield from _own(ast.iter_child_nodes(node))


def aliases(node: ast.Import | ast.ImportFrom, package: str) -> dict[str, Use]:
    """What each name that an import binds means: "", a module, and an attribute of it."""
    if isinstance(node, ast.Import):
        return {
            entry.asname or entry.name.partition(".")[0]: (
                ("", entry.name if entry.asname else entry.name.partition(".")[0])
            )
            for entry in node.names
        }
    origin = source(node, package)
    return {entry.asname or entry.name: ("", origin, entry.name) for entry in node.names}


def modules(node: ast.Import | ast.ImportFrom, package: str) -> set[Use]:
    """What an import runs: modules, and what may be a module of a package."""
    if isinstance(node, ast.Import):
        return {("", entry.name) for entry in node.names}
    return {("", source(node, package), entry.name) for entry in node.names}


def source(node: ast.ImportFrom, package: str) -> str:
    """The full name of the module that names are imported from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
