"""What a program reaches in small made-up libraries, every way in which Python lets it."""

from pathlib import Path

import pytest
from house import ROOT

from invariances.dependencies import Code
from invariances.errors import InputError

LIBRARY = {
    "scripts/job.py": "import library\n\nif __name__ == '__main__':\n    print(library.answer())\n",
    "workflow/library/__init__.py": "from library.parts.inner import answer, other\n",
    "workflow/library/parts/__init__.py": "",
    "workflow/library/parts/inner.py": "from ..deep import LIMIT, helper, unused\n\n"
    "def answer():\n    return helper(LIMIT)\n\ndef other():\n    return unused()\n",
    "workflow/library/deep.py": "import numpy as np\n\nLIMIT = 3\n\n"
    "def helper(x):\n    return np.abs(x)\n\ndef unused():\n    return 5\n",
}


def build(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def digest(root: Path, *names: str, script: str = "job", kept: Path | None = None) -> str:
    return Code([root / "scripts", root / "workflow"], [root], kept).digest(script, names)


@pytest.fixture
def library(tmp_path):
    return build(tmp_path, LIBRARY)


def counts(root: Path, file: str, old: str, new: str, *names: str) -> bool:
    """Whether an edit changes the digest."""
    before = digest(root, *names)
    path = root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    after = digest(root, *names)
    path.write_text(text)
    return before != after


def test_names_are_followed_through_packages_and_relative_imports(library):
    deep = "workflow/library/deep.py"
    assert counts(library, deep, "LIMIT = 3", "LIMIT = 4")
    assert counts(library, deep, "np.abs", "np.exp")
    assert counts(library, deep, "numpy as np", "cupy as np")
    assert counts(library, "scripts/job.py", "answer()", "other()")
    assert not counts(library, deep, "return 5", "return 6")
    assert not counts(library, "workflow/library/parts/inner.py", "return unused()", "return 0")


# A statement at the head of a module, the body of its `answer`, and the number in it that must count.
WAYS = {
    "an import within a function": (
        "",
        "    from library.deep import LIMIT as most\n    return most",
    ),
    "a module as a name": ("from library import deep", "    return deep.LIMIT"),
    "a dotted import": ("import library.deep", "    return library.deep.LIMIT"),
    "a dotted import with a name": ("import library.deep as d", "    return d.LIMIT"),
    "everything imported": ("from library.deep import *", "    return LIMIT"),
    "a module handed on": ("from library import deep", "    return getattr(deep, 'LIM' + 'IT')"),
    "a default": ("from library.deep import LIMIT\ndef f(x=LIMIT): return x", "    return f()"),
    "a decorator": (
        "from library.deep import LIMIT\n@(lambda f: LIMIT)\ndef f(): ...",
        "    return f",
    ),
    "a class's body": ("from library.deep import LIMIT\nclass A:\n    x = LIMIT", "    return A.x"),
    "a method nobody calls by name": (
        "from library.deep import LIMIT\nclass A:\n    def __len__(self): return LIMIT",
        "    return len(A())",
    ),
    "a base class": (
        "from library.deep import LIMIT\nclass A:\n    x = LIMIT\nclass B(A): ...",
        "    return B.x",
    ),
    "a function within a function": (
        "from library.deep import LIMIT",
        "    def inner(LIMIT_=0):\n        return LIMIT\n    return inner()",
    ),
    "a comprehension": ("from library.deep import LIMIT", "    return [LIMIT for _ in range(2)]"),
    "a name that a comprehension binds for itself": (
        "from library.deep import LIMIT",
        "    return [LIMIT for LIMIT in (1, 2)], LIMIT",
    ),
    "a table of functions": (
        "from library.deep import LIMIT\ndef f(): return LIMIT\nTABLE = {'f': f}",
        "    return TABLE['f']()",
    ),
    "what a module does on import": (
        "from library import deep\nseen = []\nseen.append(deep.LIMIT)",
        "    return seen",
    ),
    "a global that a function sets": (
        "from library.deep import LIMIT\nX = LIMIT",
        "    global X\n    X += 1\n    return X",
    ),
    "globals()": ("from library.deep import LIMIT\nmost = LIMIT", "    return globals()['most']"),
    "a condition": (
        "import sys\nif sys.platform:\n    from library.deep import LIMIT as m\nelse:\n    m = 0",
        "    return m",
    ),
    "what is tried": (
        "try:\n    import missing\nexcept ImportError:\n    from library.deep import LIMIT as missing",
        "    return missing",
    ),
    "the text of a field's type": (
        "from dataclasses import dataclass\nfrom library.deep import LIMIT\n"
        "class A:\n    x = LIMIT\n@dataclass\nclass B:\n    a: 'A'",
        "    return B",
    ),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_no_way_of_reaching_a_number_is_a_hole(library, way):
    head, body = WAYS[way]
    text = f"{head}\n\n\ndef answer():\n{body}\n\n\ndef other(): ...\n"
    build(library, {"workflow/library/parts/inner.py": text})
    assert counts(library, "workflow/library/deep.py", "LIMIT = 3", "LIMIT = 4")
    assert not counts(library, "workflow/library/deep.py", "return 5", "return 6") or (
        way == "a module handed on"
    )


def test_a_name_that_is_a_functions_own_is_not_the_modules(library):
    text = "from library.deep import unused\n\ndef answer():\n    unused = 1\n    return unused\n"
    build(library, {"workflow/library/parts/inner.py": text})
    assert not counts(library, "workflow/library/deep.py", "return 5", "return 6")


def test_a_module_imported_for_what_it_does_counts_with_that_alone(library):
    build(library, {"workflow/library/parts/__init__.py": "from library import effects  # noqa\n"})
    build(library, {"workflow/library/effects.py": "import os\nos.umask(7)\n\ndef f(): return 1\n"})
    assert counts(library, "workflow/library/effects.py", "umask(7)", "umask(8)")
    assert not counts(library, "workflow/library/effects.py", "return 1", "return 2")


def test_modules_of_ones_own_count_as_a_whole_with_what_they_import(library):
    build(
        library,
        {
            "mine.py": "from pack.part import X\n\ndef net(): ...\n",
            "pack/part.py": "X = 1\nY = 2\n",
        },
    )
    assert counts(library, "pack/part.py", "Y = 2", "Y = 3", "mine:net")
    assert counts(library, "mine.py", "net(): ...", "net(): return 1", "mine:net")
    assert not counts(library, "mine.py", "\n\n", "\n\n# words\n\n", "mine:net")
    assert not counts(library, "pack/part.py", "Y = 2", "Y = 3")


def test_a_module_of_ones_own_may_be_called_as_a_script_is(library):
    build(library, {"job.py": "X = 1\n\ndef net(): ...\n"})
    assert counts(library, "job.py", "X = 1", "X = 2", "job:net")
    assert not counts(library, "job.py", "X = 1", "X = 2")
    assert counts(library, "scripts/job.py", "answer()", "other()", "job:net")


def test_what_is_named_of_the_library_counts_alone(library):
    deep = "workflow/library/deep.py"
    assert counts(library, deep, "return 5", "return 6", "library.deep:unused")
    assert not counts(library, deep, "return 5", "return 6", "library.deep:helper")


def test_what_was_kept_is_used_and_never_stale(library, tmp_path):
    kept = tmp_path / "kept"
    before = digest(library, kept=kept)
    assert digest(library, kept=kept) == before
    names = sorted(path.name for path in kept.iterdir())
    assert len(names) == 5
    for path in kept.iterdir():
        path.write_text("{}")
    assert digest(library, kept=kept) == before
    build(
        library, {"workflow/library/deep.py": LIBRARY["workflow/library/deep.py"].replace("3", "4")}
    )
    assert digest(library, kept=kept) == digest(library) != before


def test_where_nothing_can_be_kept_everything_is_read_again(library):
    (library / "a file").write_text("")
    assert digest(library, kept=library / "a file" / "kept") == digest(library)


def test_what_is_not_python_is_named(library):
    build(library, {"workflow/library/deep.py": "def helper(:\n"})
    with pytest.raises(InputError, match=r"deep\.py: not valid Python"):
        digest(library)


def test_a_script_that_is_not_there_is_named(library):
    with pytest.raises(InputError, match="no script 'jbo'"):
        digest(library, script="jbo")


@pytest.mark.parametrize(
    ("script", "reached", "unreached"),
    [
        ("figure", "matplotlib pandas pyarrow", "torch scipy.stats timm"),
        ("thresholds", "scipy.special pandas", "torch matplotlib"),
        ("images", "PIL.Image numpy", "torch matplotlib scipy"),
        ("sweep", "torch timm torchvision", "torch.optim matplotlib scipy.stats"),
        ("itn", "torch.optim safetensors.torch", "matplotlib sklearn"),
        ("trial", "scipy.stats torch", "torch.optim matplotlib"),
    ],
)
def test_libraries_are_those_that_a_script_can_reach(script, reached, unreached):
    """What a process that forks jobs imports for them (workflow/rules/inputs/starting.smk)."""
    found = Code([ROOT / "scripts", ROOT / "workflow"]).libraries(script)
    assert set(reached.split()) <= found
    assert not set(unreached.split()) & found
