"""On the path of a run's jobs: which functions of the library and of the scripts each job executes.

Every function writes its place down the first time that it is called; a line is a file below the checkout,
the line of the function in it, and whether it was called while a module was being imported. Jobs are told
apart by their logs, to which their standard error goes.
"""

import ast
import builtins
import importlib.abc
import importlib.machinery
import marshal
import os
import sys
import types
from hashlib import blake2b
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Notes:
    """What this process has executed so far, in a file that bears its log's name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.written, self.noting = folder, set(), False

    def __call__(self, place: str) -> None:
        # What listens to Python's audit events is executed by the very act of noting.
        if self.noting or (place, "run") in self.written:
            return
        self.noting = True
        try:
            self._note(place)
        finally:
            self.noting = False

    def _note(self, place: str) -> None:
        when = "import" if importing() else "run"
        if (place, when) not in self.written:
            self.written.add((place, when))
            _, found, log = str(Path("/proc/self/fd/2").readlink()).partition("/logs/")
            if found:
                with (self.folder / log.replace("/", "|")).open("a") as file:
                    file.write(f"{place} {when}\n")


def importing() -> bool:
    """Whether a module other than the program is being executed."""
    frame = sys._getframe(3)
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") != "__main__":
            return True
        frame = frame.f_back
    return False


class Noting(importlib.machinery.SourceFileLoader):
    """Loads a module whose functions each begin with a note."""

    def get_code(self, fullname):
        data = Path(self.path).read_bytes()
        key = blake2b(self.path.encode() + data, digest_size=16).hexdigest()
        kept = Path(os.environ["TRACED"]) / "compiled" / key
        if not kept.exists():
            tree = ast.parse(data)
            for node in ast.walk(tree):
                if isinstance(node, FUNCTIONS):
                    note = ast.parse(f"__note__({f'{self.path} {node.lineno}'!r})").body[0]
                    node.body.insert(bool(ast.get_docstring(node)), ast.fix_missing_locations(note))
            kept.parent.mkdir(exist_ok=True)
            temporary = kept.with_suffix(f".{os.getpid()}")
            temporary.write_bytes(marshal.dumps(compile(tree, self.path, "exec")))
            temporary.replace(kept)
        return marshal.loads(kept.read_bytes())

    def exec_module(self, module) -> None:
        super().exec_module(module)
        if module.__name__ == "command":
            module.run = noting_program(module.run)


def noting_program(run):
    """The program itself is loaded by Python: its functions are wrapped when it runs its command."""

    def noted(function):
        place = f"{function.__code__.co_filename} {function.__code__.co_firstlineno}"

        def call(*arguments, **options):
            builtins.__note__(str(Path(place).resolve()))
            return function(*arguments, **options)

        return call

    def started(command, arguments):
        program = vars(sys.modules["__main__"])
        for name, value in list(program.items()):
            if isinstance(value, types.FunctionType) and value.__module__ == "__main__":
                program[name] = noted(value)
        return run(program[command.__name__], arguments)

    return started


class Finder(importlib.abc.MetaPathFinder):
    """Finds what Python's own finder does, and gives the checkout's files the loader above."""

    def find_spec(self, name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        file, root = str(spec.origin) if spec else "", Path.cwd()
        own = (f"{root}/workflow/invariances/", f"{root}/scripts/")
        if file.endswith(".py") and file.startswith(own):
            spec.loader = Noting(name, file)
            return spec
        return None


def trace() -> None:
    """Note from here on what this process executes."""
    builtins.__note__ = Notes(Path(os.environ["TRACED"]))
    sys.meta_path.insert(0, Finder())
