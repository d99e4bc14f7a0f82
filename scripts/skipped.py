"""The pictures that were skipped, from the manifests of all parts of a dataset."""

import argparse
from pathlib import Path

import pandas as pd

import command
from invariances.tables import MANIFEST, SKIPPED
from invariances.tables.frames import read, write


def main(arguments: argparse.Namespace) -> None:
    manifests = [read(path, MANIFEST) for path in arguments.manifests]
    table = pd.concat(manifests, ignore_index=True)
    bad = table[table["skipped"].notna()].drop_duplicates("path")
    write(bad[SKIPPED.names], arguments.output, SKIPPED)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--manifests", type=Path, nargs="+", required=True, help="manifests, .csv")
    parser.add_argument("--output", type=Path, required=True, help="skipped pictures, .csv")
    command.run(main, parser.parse_args())
