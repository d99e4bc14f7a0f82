"""Screen one network with one transform (or a pair): every picture of a chunk at every magnitude."""

import argparse
from pathlib import Path

from tqdm import tqdm

import command
from invariances import costs
from invariances.checks import check_sweep
from invariances.configuration import default
from invariances.inference import read_pictures
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import PICTURES, write_arrays
from invariances.tables.files import write_json
from invariances.tables.frames import write


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, precision, screening
    from invariances.classifiers import compiled
    from invariances.inference.responder import Responder
    from invariances.screening.grid import expanded, transform_of
    from invariances.screening.thumbnails import thumbnails
    from invariances.thresholds.search import searched_table
    from invariances.transforms import Setting, moves_object

    axes = from_json(tuple[TransformAxis, ...], arguments.transform, "--transform")
    names = [axis.name for axis in axes]
    apply = transform_of(names, arguments.window)
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    classifier = compiled.opened(arguments.classifier, arguments.engine)
    classifier = classifier.to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    options = {"batch_size": arguments.batch_size, "precision": arguments.precision}
    responder = Responder(classifier, apply, setting, **options)
    pictures = read_pictures(arguments.prepared, categories, objects=moves_object(names))
    magnitudes, identity = expanded([(axis.magnitudes, axis.identity) for axis in axes])
    # Nothing more is asked of a pair, nor on an ordinal axis.
    method = arguments.search if arguments.pictures and not axes[0].ordinal else "grid"
    total = costs.passes(len(pictures), len(magnitudes), arguments.tolerance, method)
    bar = tqdm(total=total, unit="pass", mininterval=5, desc="+".join(names))
    # Every pass of the network counts, those of the search for pictures' own thresholds too.
    classifier.register_forward_hook(lambda network, given, logits: count(bar, len(logits)))
    sweep = screening.sweep(responder, pictures, magnitudes, identity)
    write_arrays(check_sweep(sweep, arguments.output).arrays(), arguments.output)
    if arguments.precision != "float32":
        changed = precision.change(responder, pictures, magnitudes)
        write_json(changed, arguments.output.with_suffix(".precision.json"))
    if arguments.pictures:
        cell = (categories, arguments.classifier.name, names[0])
        table = searched_table(
            *(responder, pictures, sweep, *cell),
            method=method,
            tolerance=arguments.tolerance,
            missed=arguments.missed,
            seed=arguments.seed,
            axis=axes[0].axis,
        )
        write(table, arguments.pictures, PICTURES)
    bar.close()
    if arguments.thumbnails:
        shown = thumbnails(pictures, magnitudes, axes[0].axis, apply, setting)
        write_arrays(shown, arguments.thumbnails)


def count(bar: tqdm, passes: int) -> None:
    """Move the bar; a hook that returned something would replace the answer."""
    bar.update(passes)


if __name__ == "__main__":
    shared = ("--padding", "--resampling", "--seed", "--batch-size", "--precision", "--tolerance")
    shared += ("--missed", "--device", "--threads", "--engine")
    parser = command.parser(__doc__, "--prepared", "--classifier", *shared)
    add = parser.add_argument
    add("--transform", required=True, help="one transform on its grid, or two, as JSON")
    add("--window", type=int, help="side of what the network sees of larger pictures")
    add("--search", choices=["bisect", "exhaustive", "grid"], default=default("thresholds.search"))
    add("--output", type=Path, required=True, help="the sweep, .npz")
    add("--pictures", type=Path, help="output: each picture's own thresholds, .parquet")
    add("--thumbnails", type=Path, help="output: transformed example pictures, .npz")
    command.run(main, parser.parse_args())
