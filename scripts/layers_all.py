"""A run's tables of layers, each from its parts by network and transform."""

from argparse import Namespace
from pathlib import Path

import command
from invariances.tables import LAYER_SCORES, LAYER_TRENDS, LAYERS
from invariances.tables.frames import read_all, write


def main(arguments: Namespace) -> None:
    for path, parts, table in (
        (arguments.output[0], arguments.layers, LAYERS),
        (arguments.output[1], arguments.scores, LAYER_SCORES),
        (arguments.output[2], arguments.trends, LAYER_TRENDS),
    ):
        write(read_all(parts, table), path, table)


if __name__ == "__main__":
    parser = command.parser(__doc__)
    parser.add_argument("--layers", type=Path, nargs="+", required=True, help="parts, .parquet")
    parser.add_argument("--scores", type=Path, nargs="+", required=True, help="parts, .csv")
    parser.add_argument("--trends", type=Path, nargs="+", required=True, help="parts, .csv")
    parser.add_argument("--output", type=Path, nargs=3, required=True, help="the tables, whole")
    command.run(main, parser.parse_args())
