"""Hold each two networks against each other: paired differences and rank correlations of thresholds."""

import argparse
import json
from itertools import combinations
from pathlib import Path

import pandas as pd

import command
from invariances.errors import InputError
from invariances.tables import CORRELATIONS, DIFFERENCES, PICTURES, THRESHOLDS
from invariances.tables.frames import read, write
from invariances.thresholds import correlation_table, difference_table
from invariances.thresholds.comparison import Axes

WITHIN = "within transforms"


def main(arguments: argparse.Namespace) -> None:
    entries = json.loads(arguments.transforms)
    axes: Axes = {name: (entry["axis"], entry["identity"]) for name, entry in entries.items()}
    options = {"resamples": arguments.resamples, "seed": arguments.seed}
    thresholds = read(arguments.thresholds, THRESHOLDS)
    pictures = read(arguments.pictures, PICTURES)
    for path, table in ((arguments.thresholds, thresholds), (arguments.pictures, pictures)):
        if table["model"].nunique() < 2:
            raise InputError(f"{path}: a comparison needs two networks or more")
    differences, correlations = arguments.output
    write(difference_table(pictures, axes, **options), differences, DIFFERENCES)
    write(correlated(thresholds, axes, options), correlations, CORRELATIONS)


def correlated(thresholds: pd.DataFrame, axes: Axes, options: dict[str, int]) -> pd.DataFrame:
    """The correlations over all transforms, then those within each, by pair of networks.

    A transform in which all classes of one network tie has no correlation, and no row.
    """
    parts = [correlation_table(thresholds, axes, **options)]
    for name in axes:
        own = thresholds[thresholds["transform"] == name]
        found = correlation_table(own, axes, name, **options)
        known = (found["statistic"] == WITHIN) & found["correlation"].notna()
        parts.append(found[known])
    # Pairs one after the other, in the order of the models.
    models = list(dict.fromkeys(thresholds["model"]))
    places = {pair: place for place, pair in enumerate(combinations(models, 2))}
    joined = pd.concat(parts, ignore_index=True)
    order = pd.Series(
        [places[pair] for pair in zip(joined["first"], joined["second"], strict=True)]
    )
    return joined.iloc[order.argsort(kind="stable")]


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.csv")
    parser.add_argument(
        "--pictures", type=Path, required=True, help="pictures' own thresholds, pictures.parquet"
    )
    parser.add_argument(
        "--transforms", required=True, help="axis and identity of each transform, as a JSON object"
    )
    parser.add_argument("--resamples", type=int, default=1000, help="bootstrap resamples")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--output",
        type=Path,
        nargs=2,
        required=True,
        metavar=("DIFFERENCES", "CORRELATIONS"),
        help="paired differences by cell, and rank correlations (.csv)",
    )
    command.run(main, parser.parse_args())
