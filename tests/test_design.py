"""docs/design.md: every place that its table of questions names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (.+?) \| `([^`]+)`(?: `([^`]+)`)? \|", (ROOT / "docs/design.md").read_text(), re.MULTILINE
)


def symbols(path: Path) -> set[str]:
    """What a Python file defines at its top, and in its classes as `Class.name`."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        found |= named(node)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for inner in node.body for name in named(inner)}
    return found


def named(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def test_there_are_answers():
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("question", "place", "symbol"), ROWS)
def test_the_place_is_there(question: str, place: str, symbol: str):
    path = ROOT / place
    assert path.exists(), question
    if symbol and path.suffix == ".py":
        assert symbol in symbols(path), question
    elif symbol:
        defined = rf"^\s*(?:rule |def |use rule \w+ as )?{re.escape(symbol)}\b"
        assert re.search(defined, path.read_text(), re.MULTILINE), question
