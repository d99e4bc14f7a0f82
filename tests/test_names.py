"""Classes' names as parts of paths."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invariances.names import LONGEST, composed, file_name

# Of the characters that the rule treats differently, often.
NAMES = st.text(
    st.sampled_from("ab _-.+~27e{}/'é\u0301") | st.characters(codec="utf-8"), min_size=1
)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("golf_ball", "golf_ball"),
        ("school bus", "school+bus"),
        ("jack-o'-lantern", "jack-o~27~-lantern"),
        ("a{b}", "a~7b~b~7d~"),
        ("../x", "~2e~.~2f~x"),
        ("a+b", "a~2b~b"),
        ("Möwe", "Möwe"),
    ],
)
def test_the_rule_by_example(name, path):
    assert file_name(name) == path


@given(NAMES, NAMES)
def test_no_two_names_share_a_file(one, other):
    assert (file_name(one) == file_name(other)) == (composed(one) == composed(other))


@given(NAMES)
def test_a_name_is_fit_for_a_path_and_a_wildcard(name):
    path = file_name(name)
    assert path and not path.startswith(".") and len(path.encode()) <= LONGEST
    assert not set(path) & set(" /\\{}*?'\"$&|;<>()\n\t\0")
    assert set(path) & set(string.punctuation) <= set("_-.+~")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=15))
def test_a_short_name_can_be_read_back(name):
    parts = file_name(name).split("~")
    texts = [
        chr(int(part, 16)) if place % 2 else part.replace("+", " ")
        for place, part in enumerate(parts)
    ]
    assert "".join(texts) == composed(name)
