"""Screen one network with two or three transforms combined: every picture of a chunk at every point."""

import argparse
from pathlib import Path

import command
from invariances import costs
from invariances.checks import check_points
from invariances.magnitudes import TransformAxis
from invariances.records import from_json
from invariances.tables import write_arrays
from invariances.tables.files import write_json


def main(arguments: argparse.Namespace) -> None:
    from invariances import classifiers, precision
    from invariances.classifiers import compiled
    from invariances.inference.responder import Responder
    from invariances.screening import job
    from invariances.screening.refining import refine
    from invariances.screening.tuples import answered
    from invariances.transforms import Setting

    axes = from_json(tuple[TransformAxis, ...], arguments.transform, "--transform")
    setting = Setting(arguments.padding, arguments.seed, resampling=arguments.resampling)
    classifier = compiled.opened(arguments.classifier, arguments.engine)
    classifier = classifier.to(command.device(arguments.device))
    categories = classifiers.describe(arguments.classifier).categories
    own = job.opened(axes, arguments.prepared, categories)
    options = {"batch_size": arguments.batch_size, "precision": arguments.precision}
    responder = Responder(classifier, own.apply, setting, once=not arguments.each, **options)
    pictures, magnitudes = own.pictures, own.magnitudes
    total = costs.combined_passes(len(pictures), axes, arguments.tolerance, refine=arguments.refine)
    with command.counted(classifier, total, own.words):
        points = answered(responder, pictures, magnitudes, own.identity)
        if arguments.refine:
            points = refine(responder, pictures, points, axes, arguments.tolerance)
    write_arrays(check_points(points, arguments.output).arrays(), arguments.output)
    if arguments.precision != "float32":
        changed = precision.change(responder, pictures, magnitudes)
        write_json(changed, arguments.output.with_suffix(".precision.json"))


if __name__ == "__main__":
    shared = ("--padding", "--resampling", "--seed", "--batch-size", "--precision", "--tolerance")
    shared += ("--device", "--threads", "--engine", "--each")
    parser = command.parser(__doc__, "--prepared", "--classifier", *shared)
    add = parser.add_argument
    add("--transform", required=True, help="two or three transforms on their grids, as JSON")
    add(
        "--refine", action="store_true", help="search each picture's worst point between the grid's"
    )
    add("--output", type=Path, required=True, help="the answers, .npz")
    command.run(main, parser.parse_args())
