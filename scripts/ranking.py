"""Rank networks by how far pictures keep their predictions, each rank with its interval."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import command
from invariances.checks import check_sweep
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.screening import Sweep
from invariances.tables import PICTURES, RANKING, read_arrays
from invariances.tables.frames import read, write
from invariances.thresholds.differences import reaches
from invariances.thresholds.ranking import Place, Right, ranking_table


def main(arguments: argparse.Namespace) -> None:
    grids = from_json(dict[str, TransformAxis], arguments.transforms, "--transforms")
    axes = {name: (grid.axis, grid.identity) for name, grid in grids.items()}
    pictures = read(arguments.pictures, PICTURES)
    right = {
        (model, name): answers(
            [arguments.sweeps / model / name / f"{c}.npz" for c in arguments.chunks]
        )
        for model in dict.fromkeys(pictures["model"])
        for name in grids
    }
    table = ranking_table(
        pictures,
        right,
        axes,
        ends=reaches(grids),
        series={name: Place(*place) for name, place in json.loads(arguments.series).items()},
        resamples=arguments.resamples,
        seed=arguments.seed,
    )
    write(table, arguments.output, RANKING)


def answers(paths: Sequence[Path]) -> Right:
    """The right answers of all chunks of a sweep; of each no more is kept."""
    parts = []
    for path in paths:
        sweep = check_sweep(Sweep.from_arrays(read_arrays(path)), str(path))
        parts.append(sweep.right)
    return Right(np.concatenate(parts), sweep.magnitudes, sweep.identity)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--resamples", "--seed")
    parser.add_argument(
        "--pictures", type=Path, required=True, help="pictures' own thresholds, pictures.parquet"
    )
    # Thousands of files would be too long a command.
    parser.add_argument(
        "--sweeps", type=Path, required=True, help="folder of MODEL/TRANSFORM/CHUNK.npz"
    )
    parser.add_argument("--chunks", nargs="+", required=True, help="their names")
    parser.add_argument("--transforms", required=True, help="the grid of each transform, as JSON")
    parser.add_argument(
        "--series", default="{}", help="by network its series and where it stands in it, as JSON"
    )
    parser.add_argument("--output", type=Path, required=True, help="the table, .csv")
    command.run(main, parser.parse_args())
