"""Screen one network with one transform (or a pair): every picture of a chunk at every magnitude."""

import argparse
from pathlib import Path

import command
from invariances import costs
from invariances.checks import check_sweep
from invariances.configuration import default
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import PICTURES, write_arrays
from invariances.tables.files import write_json
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, precision, screening
    from invariances.classifiers import compiled
    from invariances.inference.responder import Responder
    from invariances.screening import job
    from invariances.screening.thumbnails import thumbnails
    from invariances.thresholds.search import searched_table
    from invariances.transforms import Setting

    axes = from_json(tuple[TransformAxis, ...], arguments.transform, "--transform")
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    classifier = compiled.opened(arguments.classifier, arguments.engine)
    classifier = classifier.to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    own = job.opened(axes, arguments.prepared, categories, arguments.window)
    pictures, magnitudes = own.pictures, own.magnitudes
    options = {"batch_size": arguments.batch_size, "precision": arguments.precision}
    responder = Responder(classifier, own.apply, setting, once=not arguments.each, **options)
    # Nothing more is asked of a pair, nor on an ordinal axis.
    method = arguments.search if arguments.pictures and not axes[0].ordinal else "grid"
    total = costs.passes(len(pictures), len(magnitudes), arguments.tolerance, method)
    # Every pass of the network counts, those of the search for pictures' own thresholds too.
    with command.counted(classifier, total, own.words):
        sweep = screening.sweep(responder, pictures, magnitudes, own.identity)
        write_arrays(check_sweep(sweep, arguments.output).arrays(), arguments.output)
        if arguments.precision != "float32":
            changed = precision.change(responder, pictures, magnitudes)
            write_json(changed, arguments.output.with_suffix(".precision.json"))
        if arguments.pictures:
            table = searched_table(
                *(responder, pictures, sweep, categories, arguments.classifier.name, axes[0].name),
                method=method,
                tolerance=arguments.tolerance,
                missed=arguments.missed,
                seed=arguments.seed,
                axis=axes[0].axis,
            )
            write(table, arguments.pictures, PICTURES)
    if arguments.thumbnails:
        shown = thumbnails(pictures, magnitudes, axes[0].axis, own.apply, setting)
        write_arrays(shown, arguments.thumbnails)


if __name__ == "__main__":
    shared = ("--padding", "--resampling", "--seed", "--batch-size", "--precision", "--tolerance")
    shared += ("--missed", "--device", "--threads", "--engine", "--each")
    parser = command.parser(__doc__, "--prepared", "--classifier", *shared)
    add = parser.add_argument
    add("--transform", required=True, help="one transform on its grid, or two, as JSON")
    add("--window", type=int, help="side of what the network sees of larger pictures")
    add("--search", choices=["bisect", "exhaustive", "grid"], default=default("thresholds.search"))
    add("--output", type=Path, required=True, help="the sweep, .npz")
    add("--pictures", type=Path, help="output: each picture's own thresholds, .parquet")
    add("--thumbnails", type=Path, help="output: transformed example pictures, .npz")
    command.run(main, parser.parse_args())
