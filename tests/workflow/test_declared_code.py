"""What a figure's script imports is what its rule declares: an edit of any of it redraws the figure."""

import ast
import re
from pathlib import Path

from house import ROOT, House

LIBRARY = "workflow/invariances"
PLUMBING = {
    "scripts/command.py",
    f"{LIBRARY}/errors.py",
    *(f"{LIBRARY}/tables/{path.name}" for path in (ROOT / LIBRARY / "tables").glob("*.py")),
    f"{LIBRARY}/figures/__init__.py",
}
"""Reading, writing and complaining: none of it shows in a picture."""


def test_figures_declare_all_that_their_scripts_import(finished: House) -> None:
    curve = "results/small/figures/curves/one/rotate/orange.png"
    text = finished.run("all", curve, "--dry-run", "--forceall")
    jobs = re.findall(r"^(?:local)?rule (figure_\w+):\n    input: (.*)$", text, re.MULTILINE)
    assert len({rule for rule, _ in jobs}) > 12
    for rule, inputs in jobs:
        # The command imports the figure by its name.
        figure = f"{LIBRARY}/figures/{rule.removeprefix('figure_')}.py"
        reached = closure(finished.path, "scripts/figure.py") | closure(finished.path, figure)
        undeclared = reached - set(inputs.split(", "))
        assert undeclared <= PLUMBING, f"{rule} does not declare {undeclared - PLUMBING}"


def closure(root: Path, first: str) -> set[str]:
    """A script with all of the project that it imports, directly or not, as paths below `root`."""
    seen: set[str] = set()
    todo = [first]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += filter(None, (file(root, module) for module in imported(root / name)))
    return seen


def imported(path: Path) -> list[str]:
    """Modules that a file names in its imports; of `from a import b` both a and a.b."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return found


def file(root: Path, module: str) -> str | None:
    """Where the project keeps a module; None for others' modules."""
    place = module.replace(".", "/")
    for name in (f"workflow/{place}/__init__.py", f"workflow/{place}.py", f"scripts/{place}.py"):
        if (root / name).is_file():
            return name
    return None
