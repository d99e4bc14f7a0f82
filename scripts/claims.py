"""Decide the statements C1 to C8 and R1 from a run's tables, or again under other borders, resamplings."""

import argparse
import json
from pathlib import Path

import command
from invariances.claims import Learned, Tables, claim_table
from invariances.claims.border_claims import Swept, border_claim_table
from invariances.tables import CLAIMS, CORRELATIONS, EVALUATION, HISTORY, LAYER_TRENDS, TABLES
from invariances.tables.frames import read, read_all, write

BESIDE = {"thresholds": ".csv", "curves": ".parquet", "pictures": ".pictures.parquet"}


def main(arguments: argparse.Namespace) -> None:
    entries = json.loads(arguments.transforms)
    axes = {name: (entry["axis"], entry["identity"]) for name, entry in entries.items()}
    names = ("thresholds", "curves", "pictures", "sizes")
    tables = Tables(
        *(read(getattr(arguments, name), TABLES[name]) for name in names),
        correlations=read(arguments.correlations, CORRELATIONS) if arguments.correlations else None,
        learned={
            model: Learned(
                read(folder / "history.csv", HISTORY),
                read(folder / "evaluation.csv", EVALUATION),
                f"{folder.parent.name}/{folder.name}",
            )
            for model, folder in arguments.itn
        },
        trends=read(arguments.trends, LAYER_TRENDS) if arguments.trends else None,
    )
    symmetric = arguments.point_symmetric, arguments.axisymmetric
    if arguments.others:
        # results/{run}/borders/{padding}/{model}/{transform}.csv, or resamplings/{resampling}/...
        paths = command.grouped((path.parent.parent.name, path) for path in arguments.others)
        others = {padding: read_swept(own) for padding, own in paths.items()}
        declared = TABLES[arguments.output.stem]
        options = {"resamples": arguments.resamples, "seed": arguments.seed}
        table = border_claim_table(tables, others, axes, *symmetric, **options, declared=declared)
        write(table, arguments.output, declared)
    else:
        write(claim_table(tables, axes, *symmetric), arguments.output, CLAIMS)


def read_swept(paths: list[Path]) -> Swept:
    """Thresholds, and the curves and pictures' thresholds beside them."""
    tables = {
        name: read_all([path.with_suffix(suffix) for path in paths], TABLES[name])
        for name, suffix in BESIDE.items()
    }
    return Swept(**tables)


if __name__ == "__main__":
    parser = command.parser(__doc__, "--resamples", "--seed")
    add = parser.add_argument
    for name in ("thresholds.csv", "curves.parquet", "pictures.parquet", "sizes.csv"):
        add(f"--{Path(name).stem}", type=Path, required=True, help=name)
    add("--correlations", type=Path, help="correlations.csv (without it C4 cannot be told)")
    add("--trends", type=Path, help="layer_trends.csv (without it R1 is not asked)")
    itn = {"metavar": "MODEL=FOLDER", "help": "the paper's ITN, for C5 to C8"}
    add("--itn", nargs="*", default=[], type=command.assigned, **itn)
    others = "thresholds as borders/{padding}/{model}/{transform}.csv, other tables beside them"
    add("--others", type=Path, nargs="*", default=[], help=others)
    add("--transforms", required=True, help="axis and identity of each transform, as JSON")
    for name in ("--point-symmetric", "--axisymmetric"):
        add(name, nargs="*", default=[], metavar="CLASS", help="classes that are so")
    add("--output", type=Path, required=True, help="statements (.csv)")
    command.run(main, parser.parse_args())
