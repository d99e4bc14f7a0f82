"""Every declared table comes back as it was written, and what cannot be is refused by name."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from whole import ROWS, plain, whole, write_whole

from invariances.errors import InputError
from invariances.tables import TABLES, THRESHOLDS, Column, Table
from invariances.tables.checking import CellError, check_cells, checked
from invariances.tables.frames import (
    format_intervals,
    frame,
    read,
    seal_of,
    write,
)

AWKWARD = [
    "007", "1.50", "1e5", "NA", "nan", "null", "True", "a,b", 'a"b', "it's", "a\nb", "a\r\nb", " a ",
    "brûlée 图", "0x10", "-", "2024-01-01", "=1+1",
]  # fmt: skip

TYPES = {
    ("text", False): "str",
    ("text", True): "str",
    ("int", False): "int64",
    ("int", True): "Int64",
    ("float", False): "float64",
    ("float", True): "float64",
    ("bool", False): "bool",
    ("bool", True): "boolean",
    ("intervals", False): "object",
}


def suffixes(table: Table) -> set[str]:
    """How its files are stored."""
    return {f".{path.rpartition('.')[2]}" for path in table.paths}


STORED = [
    pytest.param(table, suffix, id=f"{table.name}{suffix}")
    for table in TABLES.values()
    for suffix in sorted(suffixes(table))
]


def values(column: Column) -> st.SearchStrategy[object]:
    """What a column may hold, to seven significant digits, as CSV keeps it."""
    if column.dtype == "text":
        found = st.sampled_from(column.allowed or AWKWARD)
    elif column.dtype == "bool":
        found = st.booleans()
    elif column.dtype == "intervals":
        pair = st.tuples(st.integers(-99, 0), st.integers(0, 99))
        found = st.lists(pair, max_size=3).map(
            lambda pairs: tuple((float(low), float(high)) for low, high in pairs)
        )
    elif column.dtype == "int":
        found = st.integers(max(-(10**6), int(max(column.low, -1e6))), 10**6)
    else:
        low, high = max(column.low, -1e4), min(column.high, 1e4)
        found = st.floats(low, high).map(lambda value: float(f"{value:.5g}"))
        found = found.filter(lambda value: low <= value <= high)
        if column.infinite:
            found |= st.sampled_from([-np.inf, np.inf])
    return found | st.none() if column.missing else found


@st.composite
def frames(draw: st.DrawFn, table: Table) -> pd.DataFrame:
    """Any frame that the declaration allows, its optional columns there or not."""
    columns = [column for column in table if not column.where or draw(st.booleans())]
    rows = draw(
        st.lists(
            st.fixed_dictionaries({column.name: values(column) for column in columns}), max_size=4
        )
    )
    key = [name for name in table.key if any(column.name == name for column in columns)]
    found = pd.DataFrame(rows, columns=[column.name for column in columns])
    return found.drop_duplicates(key) if key else found.head(1)


@pytest.mark.parametrize(("table", "suffix"), STORED)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_table_comes_back_as_it_was_written(tmp_path_factory, table, suffix, data):
    given = data.draw(frames(table))
    path = tmp_path_factory.mktemp("tables") / f"t{suffix}"
    write(given, path, table)
    back = read(path, table)
    pd.testing.assert_frame_equal(back, checked(given, table, path))
    for name in back:
        column = table[str(name)]
        assert back[name].dtype == TYPES[column.dtype, bool(column.missing)], name


@pytest.mark.parametrize(("table", "suffix"), STORED)
@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_missing_columns_keep_their_type(tmp_path, table, suffix, rows):
    path = tmp_path / f"t{suffix}"
    given = whole(table, pd.DataFrame(index=range(rows)))
    write(given, path, table)
    back = read(path, table)
    assert len(back) == rows
    for name in back:
        column = table[str(name)]
        assert back[name].dtype == TYPES[column.dtype, bool(column.missing)], name
        assert back[name].isna().all() or not column.missing or not rows


NAMES = Table(
    "names", ("t.csv",), row="a name", key=(), columns=(Column("class", "text", meaning="."),)
)  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", AWKWARD)
def test_a_name_survives_whatever_it_looks_like(tmp_path, suffix, name):
    write(pd.DataFrame({"class": [name]}), tmp_path / f"t{suffix}", NAMES)
    assert read(tmp_path / f"t{suffix}", NAMES)["class"].tolist() == [name]


def test_the_same_table_is_the_same_bytes(tmp_path):
    for name in ("a.csv", "b.csv"):
        write(ROWS, tmp_path / name, THRESHOLDS)
    for name in ("a.csv", "b.csv"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "a.csv").read_bytes()
        assert seal_of(tmp_path / name).read_bytes() == seal_of(tmp_path / "a.csv").read_bytes()


def test_a_class_that_is_recognised_nowhere_has_a_threshold_all_the_same(tmp_path):
    path = write_whole(
        {"class": ["a", "b"], "recognised": [[], []]}, tmp_path / "t.csv", THRESHOLDS
    )
    assert read(path, THRESHOLDS)["recognised"].tolist() == [(), ()]


def test_intervals_are_lists_in_parquet_and_text_in_csv(tmp_path):
    import pyarrow.parquet as pq

    pictures = TABLES["pictures"]
    path = write_whole(
        {"picture": ["a"], "intervals": [[(-1.5, 2)]]}, tmp_path / "t.parquet", pictures
    )
    assert pq.read_table(path)["intervals"].to_pylist() == [[[-1.5, 2.0]]]
    assert format_intervals([(-180, -152.3), (-41.2, 38.0)]) == "[-180,-152.3] [-41.2,38]"
    assert format_intervals([(-0.0, 1)]) == "[0,1]"
    assert format_intervals([]) == ""


def test_csv_holds_seven_significant_digits_and_the_declared_order(tmp_path):
    table = Table(
        "t",
        ("t.csv",),
        row="a row",
        key=("b",),
        columns=(Column("b", "text", meaning="."), Column("a", "float", meaning=".")),
    )
    write(pd.DataFrame({"a": [1 / 3], "b": ["x"]}), tmp_path / "t.csv", table)
    assert (tmp_path / "t.csv").read_text() == "b,a\nx,0.3333333\n"


def test_rows_without_what_may_be_missing_are_filled():
    comparison = TABLES["comparison"]
    rows = [
        {name: plain(comparison[name]) for name in comparison.names if not comparison[name].missing}
    ]
    assert frame(comparison, rows)["censored"].isna().all()
    assert frame(comparison, rows).columns.tolist() == comparison.names


# ---- what cannot be --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("baseline_accuracy", 1.01, "baseline_accuracy is 1.01, not a number in [0, 1]"),
        ("baseline_accuracy", -0.2, "baseline_accuracy is -0.2"),
        ("baseline_accuracy", np.nan, "baseline_accuracy is missing, not a number in [0, 1]"),
        ("threshold", np.nan, "threshold is missing, not a finite number"),
        ("threshold", np.inf, "threshold is inf, not a finite number"),
        ("threshold", "soon", "threshold is soon, not a finite number"),
        ("images", 0, "images is 0, not a whole number of at least 1"),
        ("images", 2.5, "images is 2.5, not a whole number of at least 1"),
        ("images", None, "images is missing"),
        ("censored", "maybe", "censored is maybe, not True or False"),
        ("censored", None, "censored is missing"),
        ("recognised", [(2, 1)], "recognised is ((2.0, 1.0),), not intervals"),
        ("recognised", "[1,x]", "recognised is [1,x], not intervals"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_cell(column, value, words):
    table = ROWS.astype(object)
    table[column] = [*table[column][:2], value, table[column][3]]
    with pytest.raises(CellError) as error:
        checked(table, THRESHOLDS, "t.csv")
    assert str(error.value).startswith(
        "t.csv: model=m transform=rotate class=b direction=up: " + words
    )


def test_a_text_that_is_not_allowed_is_named():
    with pytest.raises(CellError, match="direction is left, not one of up, down"):
        checked(ROWS.replace("down", "left"), THRESHOLDS, "t.csv")


def test_a_row_that_is_there_twice_is_named():
    twice = ROWS.iloc[[0, 1, 2, 3, 2]]
    with pytest.raises(CellError, match="twice: model=m transform=rotate class=b direction=up"):
        checked(twice, THRESHOLDS, "t.csv")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_refuses_its_key_twice(table):
    twice = whole(table, pd.DataFrame(index=range(2)))
    with pytest.raises(CellError, match=f"{table.name}: a row is there twice"):
        checked(twice, table, table.name)


def test_columns_that_lack_and_columns_that_nobody_declared_are_named():
    with pytest.raises(InputError, match=r"t\.csv: lacks the columns low, images"):
        checked(ROWS.drop(columns=["low", "images"]), THRESHOLDS, "t.csv")
    with pytest.raises(InputError, match=r"t\.csv: .*has no column colour"):
        checked(ROWS.assign(colour=1), THRESHOLDS, "t.csv")


BOTH = {"model": ["m"], "transform": ["rotate"], "class": ["a", "b"], "direction": ["up", "down"]}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROWS.iloc[:2], "a cell is missing: model=m transform=rotate class=b direction=up"),
        (ROWS.iloc[:3], "a cell is missing: model=m transform=rotate class=b direction=down"),
        (ROWS.replace("b", "c"), "a cell is missing"),
        (pd.concat([ROWS, ROWS.assign(model="n")]), "no such cell: model=n"),
    ],
)
def test_every_cell_is_there_and_no_other(rows, words):
    check_cells(ROWS, THRESHOLDS, "t.csv", [BOTH])
    with pytest.raises(CellError, match=words):
        check_cells(rows, THRESHOLDS, "t.csv", [BOTH])
