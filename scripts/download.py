"""Fetch a dataset that is downloaded (imagenette); its checksum is verified."""

import argparse
from pathlib import Path

import command
from invariances.datasets.imagenette import download


def main(arguments: argparse.Namespace) -> None:
    download(arguments.root)
    arguments.marker.parent.mkdir(parents=True, exist_ok=True)
    arguments.marker.touch()


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder to download to")
    parser.add_argument("--marker", type=Path, required=True, help="file that says it is there")
    command.run(main, parser.parse_args())
