"""What changes a fingerprint, and what does not, whatever Python reads the tree."""

import ast
from pathlib import Path

import pytest

from invariances.dependencies.syntax import Simplified, fingerprint

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "workflow/invariances").rglob("*.py"), *(ROOT / "scripts").glob("*.py")])

PROGRAM = '''
def scaled(values, factor=2.5):
    """Every value times a factor."""
    if factor < 0:
        raise ValueError(f"factor {factor} is negative")
    # Once, not in a loop.
    total = [value * factor for value in values]
    return total
'''


def of(text: str, annotations: bool = False) -> str:
    return fingerprint(Simplified(annotations).visit(ast.parse(text)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Every value", "Each value"),
        ('    """Every value times a factor."""\n', ""),
        ("# Once, not in a loop.", "# Another comment.\n"),
        ("value * factor for", "(value\n        * factor) for"),
        ("is negative", "must be positive, not {factor:g}"),
        ("(values, factor=2.5)", "(values: list[float], factor: float = 2.5) -> list[float]"),
        ("total =", "total: list[float] ="),
        ("    return", "    pass\n    return"),
    ],
)
def test_what_computes_nothing_changes_no_fingerprint(old, new):
    assert old in PROGRAM
    assert of(PROGRAM.replace(old, new)) == of(PROGRAM)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.5", "2.6"),
        ("< 0", "<= 0"),
        ("value * factor", "factor * value"),
        ("return total", "return total[:1]"),
        ("ValueError", "KeyError"),
        ("in values]", "in values if value]"),
        ("def scaled", "async def scaled"),
        ("factor=2.5", "*, factor=2.5"),
    ],
)
def test_what_computes_changes_the_fingerprint(old, new):
    assert of(PROGRAM.replace(old, new)) != of(PROGRAM)


def test_numbers_are_told_from_texts_and_from_each_other():
    values = ["1", "1.0", "'1'", "b'1'", "True", "1j", "None", "...", "-1", "'1.0'"]
    assert len({of(f"x = {value}") for value in values}) == len(values)


def test_a_field_of_a_class_counts_with_its_annotation():
    one, other = "class A:\n    x: int = 0", "class A:\n    x: float = 0"
    assert of(one) != of(other)


def test_annotations_of_functions_count_where_asked():
    one, other = "def f(x: int): return x", "def f(x: str): return x"
    assert of(one) == of(other)
    assert of(one, annotations=True) != of(other, annotations=True)


def test_the_fingerprint_is_that_of_every_python():
    """Read off once; whichever Python runs this must find it again."""
    text = f'{PROGRAM}\nclass A:\n    x: "T" = f"{{1}}" "b" f"{{2:>{{3}}}}"\n'
    assert of(text) == "927efea6c18f7e70fa896c33"


def test_fields_that_other_pythons_do_not_have_count_only_where_they_hold_something():
    tree = Simplified().visit(ast.parse(PROGRAM))
    before = fingerprint(tree)
    function = tree.body[0]
    function._fields = (*function._fields, "a_new_field")
    function.a_new_field = []
    assert fingerprint(tree) == before
    function.a_new_field = [ast.Name("T", ast.Load())]
    assert fingerprint(tree) != before


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_written_anew_without_comments_every_file_is_the_same(path):
    text = path.read_text()
    assert of(ast.unparse(ast.parse(text))) == of(text)
