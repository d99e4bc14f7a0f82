"""What of a syntax tree decides what a program computes, and its fingerprint.

Docstrings, annotations of functions, the texts of errors and of ``--help`` say nothing to the machine. The
walk over what remains is our own: ``ast.dump`` and ``ast.unparse`` differ between versions of Python, a
node's class and fields do not, as long as fields that are empty do not count.
"""

import ast
from hashlib import blake2b

ERRORS = ("InputError", "CellError", "warn")
"""Calls whose texts are messages, wherever they stand; in a ``raise`` any call's are."""
DESCRIPTIONS = {"add_argument": "help", "Table": "row"}
"""Arguments that tell a reader what an option or a table's row is; of any call, a text as `meaning`."""
UNREAD = ("ctx", "kind", "type_comment", "type_ignores")
"""Fields of nodes that no program can see: what a name is used for follows from where it stands."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TEXTS = (ast.Constant, ast.JoinedStr)


class Simplified(ast.NodeTransformer):
    """Takes out, in place, what computes nothing.

    With `annotations` those of functions stay: a module of one's own may read them.
    """

    def __init__(self, annotations: bool = False) -> None:
        self.annotations = annotations
        self.within_function = False

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """A docstring, or any other constant that stands alone."""
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Pass(self, node: ast.Pass) -> None:
        return None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        outer, self.within_function = self.within_function, True
        if not self.annotations:
            node.returns = None
        self.generic_visit(node)
        self.within_function = outer
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        outer, self.within_function = self.within_function, False
        self.generic_visit(node)
        self.within_function = outer
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        if not self.annotations:
            node.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Annotations of a class's fields stay, which dataclasses read, and those of a module's names."""
        self.generic_visit(node)
        if not self.within_function or self.annotations:
            return node
        if node.value is None:
            return None
        return ast.Assign(targets=[node.target], value=node.value)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            _silence(node.exc)
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        node.msg = None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in ERRORS:
            _silence(node)
        described = (DESCRIPTIONS.get(name), "meaning")
        node.keywords = [
            option
            for option in node.keywords
            if not (option.arg in described and isinstance(option.value, TEXTS))
        ]
        return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Pieces of text are joined: how an f-string is cut differs between versions of Python."""
        self.generic_visit(node)
        parts: list[ast.expr] = []
        for part in node.values:
            if isinstance(part, ast.Constant) and parts and isinstance(parts[-1], ast.Constant):
                parts[-1] = ast.Constant(f"{parts[-1].value!s}{part.value!s}")
            elif not (isinstance(part, ast.Constant) and part.value == ""):
                parts.append(part)
        node.values = parts
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        self.generic_visit(node)
        # "{x:}" has a format without parts, or none.
        if isinstance(node.format_spec, ast.JoinedStr) and not node.format_spec.values:
            node.format_spec = None
        return node


def _silence(call: ast.Call) -> None:
    """Take the texts out of a call's arguments; numbers and what is called for them stay."""

    class Silent(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            return ast.Constant("") if isinstance(node.value, str) else node

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
            return ast.Constant("")

    call.args = [Silent().visit(value) for value in call.args]
    for option in call.keywords:
        option.value = Silent().visit(option.value)


def fingerprint(node: ast.AST) -> str:
    """A digest of a simplified tree: classes, fields and values, imports left out.

    Imports are followed instead: what a name means counts, not the line that brings it.
    """
    parts: list[str] = []
    _write(node, parts.append)
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _write(value: object, write) -> None:  # type: ignore[no-untyped-def]
    if isinstance(value, (ast.Import, ast.ImportFrom)):
        return
    if isinstance(value, ast.AST):
        write(type(value).__name__)
        for name in sorted(value._fields):
            content = getattr(value, name, None)
            if name not in UNREAD and content is not None and content != []:
                write(name)
                _write(content, write)
        write(")")
    elif isinstance(value, list):
        write("[")
        for each in value:
            _write(each, write)
        write("]")
    else:
        # A float's repr is exact, and the same everywhere; that of a text depends on Unicode's version.
        write(f"{type(value).__name__} {value if isinstance(value, str) else repr(value)}")
