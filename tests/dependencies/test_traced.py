"""The digests of jobs, held against what the jobs of a small run were seen to execute.

Which functions a job executed was noted while it ran (`tracer`), and tells what must change its digest; of
the jobs that last, training, sweeps and ITNs, it tells as well what must not.
"""

import ast
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from invariances.dependencies import Code
from invariances.dependencies.modules import Finder, Module, read
from invariances.dependencies.reach import CHOSEN, CSV, PLUMBING, RECORDS, REGISTRARS, Graph

pytestmark = pytest.mark.runs
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LONG = ("classifier", "sweep", "sweep_tuple", "itn")
Program = tuple[str, tuple[str, ...]]
"""A script, and what it is given by name."""
Place = tuple[str, int]
"""A module, and the line of a function in it."""

MAY_REACH = {
    "classifier": {
        "invariances.phantoms": "a dataset is one class: its pictures and their categories",
        "invariances.classifiers": "weights may be a file's",
        "invariances.checkpoints": "weights may be trained, in several goes",
        "invariances.inference": "weights may be trained, on prepared pictures",
        "invariances.transforms.devices": "the same, which go to a device",
        "invariances.tables": "the same, with their manifests",
        "invariances.pictures": "a preprocessing names how pictures are prepared",
    },
    "itn": {
        "itn": "which part of the pictures",
        "invariances.itn.module": "`constrained` ends by scoring pictures, each under the same transform",
        "invariances.transforms.warping": "the same, and one of them may move them by whole pixels",
        "invariances.classifiers": "networks may be of any kind",
        "invariances.inference": "pictures may be read in other ways",
        "invariances.tables": "the same",
        "invariances.pictures": "a network's preprocessing names how pictures are prepared",
    },
    "sweep": {
        "invariances.classifiers": "networks may be of any kind",
        "invariances.inference": "pictures may be read in other ways",
        "invariances.screening": "a pair of transforms has no thumbnails",
        "invariances.tables": "a pair of transforms has no thresholds of single pictures",
        "invariances.thresholds": "the same",
        "invariances.magnitudes": "an axis is one class, its words for figures among its methods",
        "invariances.pictures": "a network's preprocessing names how pictures are prepared",
        "invariances.transforms.registry": "a pair may hold a transform of any kind",
    },
}
MAY_REACH["sweep_tuple"] = MAY_REACH["sweep"]
"""Modules of which a long job could call more with another config than any of this run's did."""


@dataclass
class Traced:
    """The checkout of a run, and by program what its jobs executed, once their modules were imported."""

    root: Path
    executed: dict[Program, set[Place]] = field(default_factory=lambda: defaultdict(set))
    digests: dict[Program, str] = field(default_factory=dict)

    @property
    def all_executed(self) -> set[Place]:
        return set().union(*self.executed.values())

    def file(self, module: str) -> Path:
        for folder in (self.root / "scripts", self.root / "workflow"):
            stem = folder.joinpath(*module.split("."))
            for path in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
                if path.is_file():
                    return path
        raise AssertionError(module)


@pytest.fixture(scope="module")
def traced(finished) -> Traced:
    found = Traced(finished.path)
    programs: dict[str, Program] = {}
    for path in (finished.path / ".snakemake/metadata").rglob("*"):
        record = json.loads(path.read_text()) if path.is_file() else {}
        for parameter in record.get("params", []):
            code = re.fullmatch(r"'([0-9a-f]{24}) (\w+)((?: \S+)*)'", parameter)
            if code and record["log"]:
                program = (code[2], tuple(code[3].split()))
                programs[record["log"][0].partition("/logs/")[2]] = program
                found.digests[program] = code[1]
    for path in (finished.path / "traced").glob("*.log"):
        for line in path.read_text().splitlines():
            file, number, when = line.split()
            if when == "run":
                place = (name_of(Path(file), finished.path), int(number))
                found.executed[programs[path.name.replace("|", "/")]].add(place)
    return found


def name_of(file: Path, root: Path) -> str:
    folder = root / ("scripts" if file.is_relative_to(root / "scripts") else "workflow")
    return ".".join(file.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


def mutated(text: str, line: int) -> str:
    """The text with a number of the function in this line changed, or, where it has none, its body."""
    tree = ast.parse(text)
    function = next(
        node for node in ast.walk(tree) if isinstance(node, FUNCTIONS) and line in heads(node)
    )
    said = {id(each) for node in ast.walk(function) if is_said(node) for each in ast.walk(node)}
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and id(node) not in said and is_number(node.value):
                node.value += 1
                return ast.unparse(tree)
    function.body.append(ast.parse("mutated = 1").body[0])
    return ast.unparse(tree)


def heads(node) -> range:
    """The lines that Python may call a function's first: of its decorators, and of itself."""
    return range(
        min([node.lineno, *(each.lineno for each in node.decorator_list)]), node.lineno + 1
    )


def is_said(node: ast.AST) -> bool:
    """Whether it is words for a reader: what is raised, and the annotations of functions."""
    return isinstance(node, (ast.Raise, ast.Assert, ast.arg, ast.JoinedStr))


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Changed(Finder):
    """The modules of another finder, one of them replaced."""

    def __init__(self, base: Finder, module: Module) -> None:
        super().__init__(base.own, ())
        self.folders, self.listings = base.folders, base.listings
        self.modules = {**base.modules, module.name: module}


def leads(module: Module) -> tuple:
    """All that decides what a module's statements reach: everything but what is computed in them."""
    units = [replace(unit, fingerprint="") for unit in module.units]
    return units, module.imports, module.runs


@pytest.fixture(scope="module")
def code(traced) -> Code:
    root = traced.root
    code = Code([root / "scripts", root / "workflow"], [root])
    for program, digest in traced.digests.items():
        assert code.digest(*program) == digest
    return code


@pytest.fixture(scope="module")
def changing(traced, code) -> dict[Place, set[Program]]:
    """By function that any job executed, the programs whose digests change with it.

    What each program reaches is found once: the change of a number leads nowhere else.
    """
    base = code.graph
    reached = {program: base.reached(*program) for program in traced.executed}
    found: dict[Place, set[Program]] = {}
    for place in sorted(traced.all_executed):
        name, line = place
        path = traced.file(name)
        module = read(mutated(path.read_text(), line), name, path.name == "__init__.py", False)
        assert leads(module) == leads(base.finder(name)), place
        graph = Graph(Changed(base.finder, module))
        found[place] = {
            program
            for program in traced.executed
            if (place in traced.executed[program] or program[0] in LONG)
            and graph.digest(reached[program]) != traced.digests[program]
        }
    return found


def left_out(place: Place, program: Program, traced: Traced) -> bool:
    """Whether a function is plumbing, or the format of a CSV that is no result of the program."""
    name = f"{place[0]}.{function_at(traced.file(place[0]), place[1])}"
    if program[0] in RECORDS and any(name == each for each in CSV):
        return True
    return any(name == each or name.startswith(f"{each}.") for each in PLUMBING)


def function_at(path: Path, line: int) -> str:
    """The name of the definition at the top of a module that holds a line."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            if first <= line <= node.end_lineno:
                return node.name
    raise AssertionError(f"{path}: no definition in line {line}")


def test_every_job_was_traced(traced):
    assert len(traced.executed) > 30
    assert {script for script, _ in traced.executed} == {script for script, _ in traced.digests}
    files = {name for name, _ in traced.all_executed}
    assert len(files) > 80
    assert all(len(places) > 3 for places in traced.executed.values())


def test_what_a_job_executed_changes_its_digest(traced, changing):
    holes = {
        (place[0], function_at(traced.file(place[0]), place[1]), program)
        for program, places in traced.executed.items()
        for place in places
        if program not in changing[place] and not left_out(place, program, traced)
    }
    assert not holes, "\n".join(map(str, sorted(holes)))


def test_what_is_left_out_is_there(traced):
    """A name that nothing has any more leaves out nothing."""
    for each in {*PLUMBING, *CSV, *CHOSEN, *REGISTRARS}:
        module, _, name = each.rpartition(".")
        try:
            traced.file(each)
        except AssertionError:
            assert re.search(rf"\b{name}\b", traced.file(module).read_text()), each
    assert set(RECORDS) <= {path.stem for path in (traced.root / "scripts").glob("*.py")}


def test_long_jobs_depend_on_what_they_execute_alone(traced, changing):
    """Of a definition that other jobs execute, no digest of theirs: a class counts as one definition."""
    too_many = set()
    for program, places in traced.executed.items():
        own = {(name, function_at(traced.file(name), line)) for name, line in places}
        for name, line in traced.all_executed if program[0] in LONG else ():
            definition = (name, function_at(traced.file(name), line))
            if program in changing[name, line] and definition not in own:
                too_many.add((*definition, program))
    unexpected = {each for each in too_many if not may_reach(each[0], each[2][0])}
    assert not unexpected, "\n".join(map(str, sorted(unexpected)))


def may_reach(name: str, script: str) -> bool:
    """Whether a script may depend on a module's function that it did not execute."""
    return any(f"{name}.".startswith(f"{module}.") for module in MAY_REACH[script])


def test_another_transforms_function_changes_no_sweep(traced, changing):
    entries = {
        name
        for _, names in traced.executed
        for name in names
        if name.startswith("invariances.transforms.") and ".registry:" not in name
    }
    assert len(entries) > 3
    for place, programs in changing.items():
        name = f"{place[0]}:{function_at(traced.file(place[0]), place[1])}"
        if name in entries:
            scripts = ("sweep", "sweep_tuple")
            sweeps = {program for program in programs if program[0] in scripts}
            assert sweeps == {
                program
                for program in traced.executed
                if program[0] in scripts and name in program[1]
            }


def test_words_and_layout_change_no_digest(traced, code, tmp_path):
    """Every file written anew from its syntax tree, with other docstrings and without comments."""
    for folder in ("scripts", "workflow"):
        for path in (traced.root / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            for node in ast.walk(tree):
                if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and ast.get_docstring(node):
                    node.body[0].value.value = "Other words."
            target = tmp_path / path.relative_to(traced.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(ast.unparse(tree))
    anew = Code([tmp_path / "scripts", tmp_path / "workflow"], [traced.root])
    for program, digest in traced.digests.items():
        assert anew.digest(*program) == digest
