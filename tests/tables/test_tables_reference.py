"""docs/tables.md is what the declarations say, and every table has a name of its own place."""

import re
import subprocess
import sys
from pathlib import Path

import tables_reference
from invariances.tables import TABLES

ROOT = Path(__file__).parents[2]


def test_the_reference_is_current():
    text = (ROOT / "docs/tables.md").read_text(encoding="utf-8")
    assert text == tables_reference.reference(), "run python scripts/tables_reference.py"


def test_every_column_is_described():
    columns = [(table.name, column) for table in TABLES.values() for column in table]
    assert len(columns) > 200
    assert [(name, column.name) for name, column in columns if len(column.meaning) < 5] == []


def test_every_table_of_the_readme_is_declared():
    listed = (ROOT / "README.md").read_text(encoding="utf-8").split("## What comes out")[1]
    named = set(re.findall(r"`(\w+\.(?:csv|parquet))`", listed.split("\n## ")[0]))
    declared = {path.rpartition("/")[2] for table in TABLES.values() for path in table.paths}
    assert len(named) > 10
    assert named <= declared


def test_no_two_tables_share_a_place():
    places = [path for table in TABLES.values() for path in table.paths]
    assert len(set(places)) == len(places)


def test_declarations_cost_no_import_of_pandas():
    code = "import sys, invariances.tables; sys.exit('pandas' in sys.modules or 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
