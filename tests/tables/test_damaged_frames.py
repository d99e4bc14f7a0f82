"""Tables that were cut short, changed or damaged are refused by name, with the remedy."""

import numpy as np
import pandas as pd
import pytest
from whole import ROWS, write_whole

from invariances.errors import InputError
from invariances.tables import CURVES, TABLES, THRESHOLDS, Column, Table
from invariances.tables.checking import CellError, check_cells
from invariances.tables.frames import read, read_all, read_manifest, seal_of, write

BOTH = {"model": ["m"], "transform": ["rotate"], "class": ["a", "b"], "direction": ["up", "down"]}


@pytest.fixture
def csv(tmp_path):
    write(ROWS.assign(flips_to="a,b"), tmp_path / "t.csv", THRESHOLDS)
    return tmp_path / "t.csv"


def lines(path, keep):
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:keep]))


@pytest.mark.parametrize(
    ("keep", "words"),
    [(4, "3 rows where 4 were written"), (1, "0 rows where 4 were written")],
)
def test_a_csv_that_lost_rows_is_refused_by_its_count(csv, keep, words):
    lines(csv, keep)
    with pytest.raises(
        InputError, match=rf"t\.csv: it is damaged \({words}\): remove it and run again"
    ):
        read(csv, THRESHOLDS)


def test_a_csv_that_lost_a_row_is_refused_by_its_cells_where_nothing_lies_beside(csv):
    seal_of(csv).unlink()
    lines(csv, 4)
    with pytest.raises(CellError, match="missing: model=m transform=rotate class=b direction=down"):
        check_cells(read(csv, THRESHOLDS), THRESHOLDS, csv, [BOTH])


@pytest.mark.parametrize("sealed", [True, False])
def test_a_csv_cut_anywhere_is_refused(tmp_path, sealed):
    path = tmp_path / "t.csv"
    columns = (
        Column("class", "text", meaning="."),
        Column("skipped", "text", meaning=".", missing="it is used"),
    )
    table = Table("t", ("t.csv",), row="a row", key=("class",), columns=columns)
    write(pd.DataFrame({"class": ["a", "b"], "skipped": ["", 'cut, "short"']}), path, table)
    content = path.read_bytes()
    if not sealed:
        seal_of(path).unlink()
    whole_rows = content.index(b"\nb") + 1
    for length in range(len(content)):
        path.write_bytes(content[:length])
        if not sealed and length in (whole_rows, content.index(b"\n") + 1):
            continue  # whole rows: only a count, or the cells, can tell
        with pytest.raises(InputError, match=r"t\.csv: it is damaged .*remove it and run again"):
            read(path, table)


def test_a_csv_in_which_a_digit_was_changed_is_refused(csv):
    csv.write_text(csv.read_text().replace("rotate", "rotaty"))
    with pytest.raises(InputError, match=r"t\.csv: it is damaged \(it was changed\)"):
        read(csv, THRESHOLDS)


def test_a_csv_copied_without_its_count_is_read(csv, tmp_path):
    other = tmp_path / "copy" / "t.csv"
    other.parent.mkdir()
    other.write_bytes(csv.read_bytes())
    pd.testing.assert_frame_equal(read(other, THRESHOLDS), read(csv, THRESHOLDS))


def test_a_count_that_is_damaged_is_refused_by_name(csv):
    seal_of(csv).write_text("{")
    with pytest.raises(InputError, match=r"\.t\.csv\.check: it is damaged"):
        read(csv, THRESHOLDS)


@pytest.mark.parametrize(("name", "table"), [("t.csv", THRESHOLDS), ("t.parquet", CURVES)])
@pytest.mark.parametrize("content", [b"", b"PAR1junkPAR1", b"\xff\xfe\x00\x01", b'a,"b\n'])
def test_files_that_are_no_tables_are_refused_by_name(tmp_path, name, table, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        read(tmp_path / name, table)


def test_a_row_with_too_many_fields_is_refused(csv):
    seal_of(csv).unlink()
    csv.write_text(csv.read_text().rstrip("\n") + ",more\n")
    with pytest.raises(InputError, match=r"t\.csv: it is damaged"):
        read(csv, THRESHOLDS)


def test_every_byte_of_a_parquet_table_counts(tmp_path):
    path = tmp_path / "t.parquet"
    rows = pd.DataFrame({"magnitude": np.linspace(0, 1, 300), "predicted_class": "a"})
    write_whole(rows, path, CURVES)
    content, before = path.read_bytes(), read(path, CURVES)
    generator = np.random.default_rng(0)
    refused = 0
    for place in generator.choice(len(content), 60, replace=False):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        path.write_bytes(damaged)
        try:
            back = read(path, CURVES)
        except InputError as error:
            assert "t.parquet" in str(error)
            refused += 1
        else:
            pd.testing.assert_frame_equal(back, before)  # a byte that no value depends on
    assert refused > 20


def test_a_row_that_two_tables_have_is_refused(csv, tmp_path):
    other = tmp_path / "u.csv"
    write(ROWS.iloc[:1], other, THRESHOLDS)
    with pytest.raises(CellError, match=r"t\.csv and others: a row is there twice"):
        read_all([csv, other], THRESHOLDS)


def test_a_manifest_says_of_each_picture_why_it_is_used_or_not(tmp_path):
    manifest = TABLES["manifest"]
    rows = {"picture": ["a", "b"], "sha256": ["00", None], "skipped": [None, "it is no picture"]}
    path = write_whole(rows, tmp_path / "m.csv", manifest)
    assert read_manifest(path)["picture"].tolist() == ["a"]
    write_whole(rows | {"skipped": None}, path, manifest)
    with pytest.raises(CellError, match="picture=b: a digest or a reason"):
        read_manifest(path)
