"""Decide the paper's statements again under every other padding: border_claims.csv."""

import argparse
from pathlib import Path

import pandas as pd

import claims
import command
from invariances.claims.border_claims import Swept, border_claim_table
from invariances.tables import read_table, write_csv

BESIDE = {"thresholds": ".csv", "curves": ".parquet", "pictures": ".pictures.parquet"}


def main(arguments: argparse.Namespace) -> None:
    tables, axes = claims.read_tables(arguments)
    parts: dict[str, list[Path]] = {}
    for path in arguments.others:
        # results/{run}/borders/{padding}/{model}/{transform}.csv
        parts.setdefault(path.parent.parent.name, []).append(path)
    table = border_claim_table(
        tables,
        {padding: read_swept(paths) for padding, paths in parts.items()},
        axes,
        arguments.point_symmetric,
        arguments.axisymmetric,
        resamples=arguments.resamples,
        seed=arguments.seed,
    )
    write_csv(table, arguments.output)


def read_swept(paths: list[Path]) -> Swept:
    """Thresholds, and the curves and pictures' thresholds beside them."""
    tables = {
        name: pd.concat([read_table(p.with_suffix(suffix)) for p in paths], ignore_index=True)
        for name, suffix in BESIDE.items()
    }
    return Swept(**tables)


if __name__ == "__main__":
    parser = claims.parser(__doc__)
    parser.add_argument(
        "--others",
        type=Path,
        nargs="+",
        required=True,
        help="thresholds under others, as borders/{padding}/{model}/{transform}.csv, with curves and "
        "pictures beside them",
    )
    parser.add_argument("--resamples", type=int, default=1000, help="bootstrap resamples")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, required=True, help="statements by padding, .csv")
    command.run(main, parser.parse_args())
