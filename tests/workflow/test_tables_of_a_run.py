"""Every table that a run leaves is declared, and is what its declaration says."""

import re

import pandas as pd

from invariances.tables import TABLES
from invariances.tables.frames import read, seal_of

PATTERNS = {
    re.compile(re.sub(r"\\{\w+\\}", "[^/.]+", re.escape(path))): table
    for table in TABLES.values()
    for path in table.paths
}

UNMADE = {
    "skipped", "validation", "consistency", "borders", "border_claims", "interpolation", "objectives",
    "resamplings", "resampling_claims", "corruption_errors", "layers", "layer_scores",
    "layer_trends", "trainings", "training_differences", "ranking", "networks",
    "precision",
}  # fmt: skip
"""What the small run does not ask for."""


def test_every_table_of_a_run_is_as_declared(finished):
    results = finished.path / "results/small"
    found = {}
    for path in sorted([*results.rglob("*.csv"), *results.rglob("*.parquet")]):
        place = str(path.relative_to(results))
        (table,) = [table for pattern, table in PATTERNS.items() if pattern.fullmatch(place)]
        frame = read(path, table)
        assert list(frame) == [name for name in table.names if name in frame]
        assert path.suffix == ".parquet" or seal_of(path).is_file()
        found[table.name] = found.get(table.name, 0) + len(frame)
    assert set(TABLES) - set(found) == UNMADE
    # The networks' answers hold under no transform: their ITNs are certified as the identity.
    empty = {name for name, rows in found.items() if rows == 0}
    assert empty == {"differences", "mixed_differences", "comparison"}


def test_truth_values_and_lists_are_such_for_pandas_alone(finished):
    results = finished.path / "results/small"
    thresholds = pd.read_csv(results / "thresholds.csv")
    assert thresholds["censored"].dtype == bool
    pictures = pd.read_parquet(results / "pictures.parquet")
    assert pictures["censored"].dtype == bool
    pairs = [pair for row in pictures["intervals"] for pair in row]
    assert pairs
    assert all(len(pair) == 2 and pair[0] <= pair[1] for pair in pairs)
